import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Imported, ImportOptions } from '../simulation';
import { importText, traceOf } from '../simulation';
import type { Trace } from '../wire';
import type { Style } from './display';
import { count, printable } from './display';
import type { Platform } from './platform';

/** A log with every call of a migration is no larger. */
const largestFile = 64 * 1024 ** 2;

/** Whether what stands for a scenario or for the other side of a comparison names a file. */
export function isFileName(text: string): boolean {
  return /\.json$/i.test(text);
}

/**
 * A file that tells what devices did (trace, scenario, QEMU's log, debugfs samples), run again. Null when it can not be read;
 * standard error then has its line and why.
 */
export async function importedFrom(
  path: string,
  options: Omit<ImportOptions, 'name'>,
  platform: Platform,
): Promise<Imported | null> {
  const complain = (place: string, why: string) => {
    platform.stderr.write(`vfio-arcs: ${printable(path)}${place}: ${why}\n`);
    return null;
  };
  let text: string;
  try {
    const file = resolve(platform.cwd, path);
    if ((await stat(file)).size > largestFile) {
      return complain('', `more than ${largestFile / 1024 ** 2} MiB`);
    }
    text = await readFile(file, 'utf8');
  } catch (error) {
    return complain('', reasonOf(error));
  }
  const name = path.slice(path.lastIndexOf('/') + 1);
  const imported = importText(text, { name: printable(name), ...options });
  return 'problem' in imported
    ? complain(imported.line === null ? '' : `:${imported.line}`, imported.problem)
    : imported;
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'a folder, not a file' : 'it can not be read';
}

/** The run of a file as it is saved. */
export function traceOfImported({ recorder, scenario, verdict }: Imported): Trace {
  return traceOf(recorder, scenario, verdict);
}

/** The first step that does not end as the file says, and what of the file was passed over; a line each. */
export function importRemarks({ impossible, notes, recorder }: Imported, style: Style): readonly string[] {
  if (impossible === null) {
    return [...notes, `${count(recorder.steps.length, 'step')} run as the file says.`];
  }
  const { step, why } = impossible;
  return [...notes, style.red(`Step ${step + 1} does not end as the file says: ${printable(why)}.`)];
}
