import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { CModule, FunctionDecl } from '../../server/src/c';
import { root } from '../support/repo';
import { type Closure, closureOf, comparedNumbers, type ForeignCall } from './closure';
import { Declarations } from './declarations';
import { entryText, executedText, getStateText } from './sources';

const here = join(root, 'test', 'execution');
const stubs = readFileSync(join(here, 'stubs.h'), 'utf8');
const provided = new Set(
  [...stubs.matchAll(/^(?:#define\s+(\w+)|static inline .*?(\w+)\()/gm)].map((m) => m[1] ?? m[2] ?? ''),
);
const openStructs = new Set([...stubs.matchAll(/\bMORE_(\w+)/g)].map((m) => m[1] ?? ''));

/** A driver's step functions as a program. */
export interface Program {
  readonly folder: string;
  readonly executable: string;
  readonly closure: Closure;
  /** Functions of the driver that had to be stubbed as a whole, and what gcc could not make of them. */
  readonly stubbed: ReadonlyMap<string, string>;
  readonly rounds: number;
}

/**
 * Compiles set_state and all that it reaches. What the kernel's headers would declare is made from gcc's own complaints,
 * round by round; a function that still does not compile is stubbed as a whole. `keep` names those that must not be.
 */
export async function compile(
  module: CModule,
  setState: FunctionDecl,
  getState: FunctionDecl,
  keep: ReadonlySet<string>,
): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'vfio-arcs-execution-'));
  const closure = closureOf(module, [setState, getState]);
  const own = new Set(module.files.flatMap((f) => f.structs).map((s) => s.name));
  const foreign = closure.foreign.filter(({ name }) => !provided.has(name));
  const declarations = new Declarations(foreign, foreignEnums(module), own, openStructs, copiedMembers(module));
  const compared = comparedNumbers(module, closure.functions);
  const stubbed = new Map<string, string>();
  const absent = new Set<string>();
  const units = [...new Set([...closure.functions].map((f) => basename(f.file)))].filter((name) => name.endsWith('.c'));
  for (let round = 1; round <= 60; round++) {
    const files = executedText(module, closure, stubbed);
    for (const { name, text } of files) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, 'kernel.h'), declarations.text());
    for (const unit of units) {
      const parts = ['#include "kernel.h"', '#include "stubs.h"', `#include "${unit}"`];
      if (basename(setState.file) === unit) parts.push(entryText(module, setState, absent, compared));
      if (basename(getState.file) === unit) parts.push(getStateText(getState));
      writeFileSync(join(folder, `unit_${unit}`), parts.join('\n'));
    }
    const complaints = (
      await Promise.all(units.map((unit) => gcc(folder, ['-c', `unit_${unit}`, '-o', `${unit}.o`])))
    ).join('\n');
    if (complaints.trim() === '') {
      const linked = await link(folder, units);
      return { folder, executable: linked, closure, stubbed, rounds: round };
    }
    const sources = new Map(files.map(({ name, text }) => [name, text.split('\n')]));
    if (declarations.learn(complaints, sources)) continue;
    const missing = [...complaints.matchAll(/^unit_.*error: .* has no member named '(\w+)'/gm)].map((m) => m[1] ?? '');
    if (missing.some((name) => !absent.has(name))) {
      for (const name of missing) absent.add(name);
      continue;
    }
    const culprit = [...closure.functions].find(
      (f) => blame(f, complaints, module) && !stubbed.has(f.name) && !keep.has(f.name),
    );
    if (!culprit) throw new Error(`does not compile in ${folder}:\n${complaints.split('\n').slice(0, 20).join('\n')}`);
    stubbed.set(culprit.name, blame(culprit, complaints, module) ?? '');
  }
  throw new Error(`does not compile in 60 rounds: ${folder}`);
}

/**
 * The program again with other text for one of its files, or what gcc says against that text. `text` has the lines of the
 * module's file; only what is in functions that run may differ from it.
 */
export async function recompile(program: Program, file: string, edit: (executed: string) => string): Promise<string> {
  const { folder } = program;
  const name = basename(file);
  const path = join(folder, name);
  const before = readFileSync(path, 'utf8');
  const units = readdirSync(folder).flatMap((each) => /^unit_(.*\.c)$/.exec(each)?.[1] ?? []);
  try {
    writeFileSync(path, edit(before));
    const affected = units.filter((unit) => unit === name || name.endsWith('.h'));
    const said = await Promise.all(affected.map((unit) => gcc(folder, ['-c', `unit_${unit}`, '-o', `${unit}.o`])));
    if (said.join('').trim() !== '') return said.join('\n').trim();
    await link(folder, units);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    writeFileSync(path, before);
  }
}

/** Members that are arrays, for they are given to memcpy() and its kin as they are. */
function copiedMembers(module: CModule): Set<string> {
  const pattern = /\bmem(?:cpy|move|set|cmp)\s*\(\s*[\w.>-]*[.>](\w+)\s*,/g;
  return new Set(module.files.flatMap((f) => [...f.text.matchAll(pattern)].map((m) => m[1] ?? '')));
}

function foreignEnums(module: CModule): Set<string> {
  const text = `${stubs}\n${module.files.map((f) => f.text).join('\n')}`;
  const names = new Set([...text.matchAll(/\benum\s+(\w+)/g)].map((m) => m[1] ?? ''));
  for (const [, name = ''] of text.matchAll(/\benum\s+(\w+)\s*\{/g)) names.delete(name);
  return names;
}

/** The first complaint about a function. */
function blame(decl: FunctionDecl, complaints: string, module: CModule): string | undefined {
  const text = module.file(decl.file)?.text ?? '';
  const first = text.slice(0, decl.span.start).split('\n').length;
  const last = text.slice(0, decl.span.end).split('\n').length;
  const all = [...complaints.matchAll(/^(\S+?):(\d+):\d+: error.*/gm)];
  return all.find(
    ([, file, line]) => file === basename(decl.file) && Number(line) >= first && Number(line) <= last,
  )?.[0];
}

const options = [
  ...[
    '-std=gnu11',
    '-O0',
    '-g',
    '-w',
    '-fno-builtin',
    '-fpermissive',
    '-fmax-errors=0',
    '-fno-diagnostics-show-caret',
    '-fdiagnostics-column-unit=byte',
  ],
  ...[
    '-fwrapv',
    '-fno-strict-aliasing',
    '-ftrivial-auto-var-init=zero',
    '-Werror=implicit-function-declaration',
    '-Werror=implicit-int',
  ],
];

async function link(folder: string, units: readonly string[]): Promise<string> {
  const objects = units.map((unit) => `${unit}.o`);
  const harness = join(here, 'harness.c');
  let missing = new Set<string>();
  for (let round = 0; round < 3; round++) {
    writeFileSync(join(folder, 'missing.c'), [...missing].map((name) => `long ${name}[512];`).join('\n'));
    const said = await gcc(folder, ['-include', 'kernel.h', harness, 'missing.c', ...objects, '-o', 'run']);
    if (said.trim() === '') return join(folder, 'run');
    const names = [...said.matchAll(/undefined reference to [`'](\w+)'/g)].map((m) => m[1] ?? '');
    if (names.length === 0) throw new Error(said);
    missing = new Set([...missing, ...names]);
  }
  throw new Error(`does not link: ${folder}`);
}

/** What gcc complains of; empty when all is well. */
function gcc(folder: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('gcc', [...options, `-I${here}`, '-I.', ...args], {
      cwd: folder,
      env: { ...process.env, LC_ALL: 'C' },
    });
    let said = '';
    child.stderr.on('data', (data: Buffer) => {
      said += data.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0 ? '' : said || `gcc ended with ${code}`));
  });
}

export type { ForeignCall };
