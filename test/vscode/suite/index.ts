import { join } from 'node:path';
import { runMocha } from '../runMocha';

const testTimeoutMs = 30_000;

/**
 * What VS Code calls in its extension host (--extensionTestsPath). TEST_RESULTS names the file for the results, TEST_FILES the
 * files of tests, by their names in this folder with commas between.
 */
export async function run(): Promise<void> {
  const resultsFile = process.env['TEST_RESULTS'];
  if (resultsFile === undefined) throw new Error('TEST_RESULTS is not set: a run without results counts as failed');
  const names = (process.env['TEST_FILES'] ?? '').split(',');
  const files = names.map((name) => join(__dirname, name.replace(/\.ts$/, '.js')));
  await runMocha(files, resultsFile, testTimeoutMs);
}
