import * as fs from 'node:fs';
import type { AnalyseOptions, Analysis, DriverModel, ProfileChoice } from '../../server/src/analysis';
import { analyse } from '../../server/src/analysis';
import type { CModule, FrontEnd } from '../../server/src/c';
import { createFrontEnd } from '../../server/src/c';
import { newestProfile } from '../../server/src/uapi';

let shared: Promise<FrontEnd> | null = null;

/** One front end for all tests of a run, from the npm packages' own wasm files. */
export function frontEnd(): Promise<FrontEnd> {
  shared ??= createFrontEnd({
    runtime: fs.readFileSync(require.resolve('web-tree-sitter/web-tree-sitter.wasm')),
    grammar: fs.readFileSync(require.resolve('tree-sitter-c/tree-sitter-c.wasm')),
  });
  return shared;
}

export const newest: ProfileChoice = { id: newestProfile.id, reason: 'the test says so' };

/** The module of some texts by path; paths may be relative, they are only names. */
export async function moduleOf(files: Readonly<Record<string, string>>): Promise<CModule> {
  const end = await frontEnd();
  return end.module(Object.entries(files).map(([path, text]) => ({ path, text })));
}

export async function analysisOf(
  files: Readonly<Record<string, string>>,
  options: Partial<AnalyseOptions> = {},
): Promise<Analysis> {
  return analyse(await moduleOf(files), { profile: newest, ...options });
}

/** The only driver in the text; throws when there is none or more. */
export async function driverOf(
  files: string | Readonly<Record<string, string>>,
  profile: ProfileChoice = newest,
): Promise<DriverModel> {
  const analysis = await analysisOf(typeof files === 'string' ? { 'driver.c': files } : files, { profile });
  const [driver] = analysis.drivers;
  if (!driver || analysis.drivers.length !== 1) {
    throw new Error(
      `expected one driver, found ${analysis.drivers.length}: ${analysis.notDrivers.map((n) => n.message).join(' ')}`,
    );
  }
  return driver;
}

/** The arcs of a status as "RUNNING>STOP", sorted. */
export function arcsWith(driver: DriverModel, ...statuses: readonly string[]): string[] {
  return driver.arcs
    .filter((a) => statuses.includes(a.status))
    .map((a) => `${a.from}>${a.to}`)
    .sort();
}

/** What a pair may return, as in the command line's JSON, plus `unknown`. */
export function returnsOf(driver: DriverModel, pair: string): string[] {
  const arc = driver.arcs.find((a) => `${a.from}>${a.to}` === pair);
  if (!arc) throw new Error(`no pair ${pair}`);
  return [...new Set(arc.outcomes.map((o) => (o.kind === 'success' ? o.file : o.kind)))].sort();
}
