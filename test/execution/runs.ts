import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type StateName, stateNames } from '../../server/src/uapi';
import type { Program } from './compile';

/** A place in a source file, by line. */
export interface Line {
  readonly file: string;
  readonly line: number;
}

/** What came out of set_state. */
export type Result =
  | { readonly k: 'file'; readonly file: 'null' | 'new-file' | 'session-file' }
  /** The error that a call of the kernel gave, handed on as it was. */
  | { readonly k: 'failed'; readonly call: string; readonly at: Line }
  /** An error of the driver's own; `at` is where it was last written. */
  | { readonly k: 'errno'; readonly errno: number; readonly at: Line }
  /** Nothing that could be compared: a crash on made-up memory, no end, an error pointer of a positive number. */
  | { readonly k: 'none'; readonly why: string };

/** One run of set_state; equal runs are given once. */
export interface Run {
  readonly from: StateName;
  readonly to: StateName;
  /** All calls succeeded in memory as the driver left it; one call failed; or all was random. */
  readonly world: 'plain' | 'failing' | 'random';
  readonly result: Result;
  /** The number of the state afterwards. */
  readonly after: number;
  /** As the harness printed it. */
  readonly text: string;
}

/** Runs a program: every pair of states, plain, with each call failing, and in so many random worlds (1,500 by default). */
export async function runsOf(program: Program, worlds?: number): Promise<Run[]> {
  const args = worlds === undefined ? [] : [`${worlds}`];
  const { stdout } = await promisify(execFile)(program.executable, args, { maxBuffer: 1 << 28 });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(parse);
}

function parse(text: string): Run {
  const [from = '', to = '', what = '', result = '', after = ''] = text.split(' ');
  const world = what === '-' ? 'plain' : what === '~' ? 'random' : 'failing';
  return { from: stateNamed(from), to: stateNamed(to), world, result: parseResult(result), after: Number(after), text };
}

function stateNamed(text: string): StateName {
  const name = stateNames.find((each) => each === text);
  if (!name) throw new Error(`the harness says ${text}, which is no state`);
  return name;
}

function parseResult(text: string): Result {
  const [kind = '', what = '', file = '', line = ''] = text.split(':');
  const at = { file, line: Number(line) };
  if (kind === 'failed') return { k: 'failed', call: what, at };
  if (kind === 'errno') return { k: 'errno', errno: Number(what), at };
  if (kind === 'null' || kind === 'new-file' || kind === 'session-file') return { k: 'file', file: kind };
  return { k: 'none', why: text };
}
