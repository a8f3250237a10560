import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runMocha } from '../runMocha';

const testTimeoutMs = 30_000;

/** What VS Code calls in its extension host (--extensionTestsPath). TEST_RESULTS names the file for the results. */
export async function run(): Promise<void> {
  const resultsFile = process.env['TEST_RESULTS'];
  if (resultsFile === undefined) throw new Error('TEST_RESULTS is not set: a run without results counts as failed');
  const files = readdirSync(__dirname)
    .filter((name) => name.endsWith('.test.js'))
    .sort()
    .map((name) => join(__dirname, name));
  await runMocha(files, resultsFile, testTimeoutMs);
}
