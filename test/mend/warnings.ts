import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DriverCase } from '../fuzz/driverCase';
import { root } from '../support/repo';

const call = promisify(execFile);
/** As in a kernel build, callbacks may have parameters that they do not need. */
const options = [
  ...['-O2', '-std=gnu11', '-c', '-o', '/dev/null', '-Wall', '-Wextra', '-Wdeclaration-after-statement'],
  '-Wno-unused-parameter',
  ...[`-I${join(root, 'test/support/kernel-headers')}`, `-I${join(root, 'test/fuzz')}`, '-include', 'kernel.h'],
];

/** What gcc has to say about a driver, without line numbers and each thing once. Throws for C that it rejects. */
export async function warningsOf(driver: DriverCase): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'vfio-arcs-warnings-'));
  try {
    for (const { path, text } of driver.files) writeFileSync(join(folder, path), text);
    const sources = driver.files.filter(({ path }) => path.endsWith('.c'));
    const said = await Promise.all(
      sources.map(async ({ path }) => (await call('gcc', [...options, path], { cwd: folder })).stderr),
    );
    const warnings = said.join('\n').matchAll(/^(\S+?):[\d:]+ (warning: .*)$/gm);
    return [...new Set([...warnings].map(([, file, warning]) => `${file}: ${warning}`))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
