import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readRepo, root } from '../support/repo';

const folder = 'test/device/traces';

/** The recorded traces, by file name, relative to the root. */
export const traceFiles: readonly string[] = readdirSync(join(root, folder))
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => `${folder}/${name}`);

/** The parsed text of a trace. */
export function readTrace(file: string): unknown {
  return JSON.parse(readRepo(file));
}
