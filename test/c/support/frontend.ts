import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type CModule, createFrontEnd, type FrontEnd, type FunctionIR, printIR, validate } from '../../../server/src/c';

const wasm = (name: string): Uint8Array => readFileSync(require.resolve(name));

/** A front end of its own, for tests that look at what is kept between calls. */
export function newFrontEnd(): Promise<FrontEnd> {
  return createFrontEnd({
    runtime: wasm('web-tree-sitter/web-tree-sitter.wasm'),
    grammar: wasm('tree-sitter-c/tree-sitter-c.wasm'),
  });
}

let shared: Promise<FrontEnd> | null = null;

/** The module of some texts by path, from a front end that has not seen them. */
export async function moduleOf(files: string | Readonly<Record<string, string>>): Promise<CModule> {
  shared ??= newFrontEnd();
  const end = await shared;
  const list = Object.entries(typeof files === 'string' ? { 'a.c': files } : files).map(([path, text]) => ({
    path,
    text,
  }));
  for (const { path } of list) end.forget(path);
  return end.module(list);
}

/** The only definition of a function in the module. */
export function functionOf(module: CModule, name: string): FunctionIR {
  const found = module.files.flatMap((file) => file.functions).filter((fn) => fn.name === name);
  const [only] = found;
  assert.ok(only !== undefined && found.length === 1, `${found.length} functions are named ${name}`);
  return only.ir();
}

/** Lowers the function `f` of a text; its IR must hold the invariants. */
export async function lower(text: string, name = 'f'): Promise<FunctionIR> {
  const ir = functionOf(await moduleOf(text), name);
  assert.deepEqual(validate(ir), []);
  return ir;
}

/** The printed IR of `f`, without locals and indentation: one instruction a line. */
export async function lowered(text: string): Promise<string[]> {
  const lines = printIR(await lower(text)).split('\n');
  return lines
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('local '));
}

/** All functions of a module, printed. */
export function printAll(module: CModule): Map<string, string> {
  const printed = new Map<string, string>();
  for (const file of module.files) {
    file.functions.forEach((fn, index) => {
      const ir = fn.ir();
      assert.deepEqual(validate(ir), []);
      printed.set(`${file.path}:${fn.name}:${index}`, printIR(ir));
    });
  }
  return printed;
}
