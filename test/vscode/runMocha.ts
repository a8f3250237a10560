import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Mocha from 'mocha';

interface TestResult {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly ms?: number;
  readonly error?: string;
}

/**
 * Runs test files, tells each test on the console as it ends, and leaves the results (see results.mjs) in `resultsFile`.
 * Rejects when a test failed or none ran.
 */
export async function runMocha(files: readonly string[], resultsFile: string, timeoutMs: number): Promise<void> {
  const tests: TestResult[] = [];
  class Collector extends Mocha.reporters.Base {
    constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
      super(runner, options);
      const add = (result: TestResult, line: string): void => {
        tests.push(result);
        console.log(line);
      };
      runner.on('pass', (test) => {
        const ms = test.duration ?? 0;
        add({ title: test.fullTitle(), state: 'passed', ms }, `  ok    ${test.fullTitle()} (${ms} ms)`);
      });
      runner.on('fail', (test, { stack, message }: Error) => {
        const error = stack ?? message;
        add({ title: test.fullTitle(), state: 'failed', error }, `  FAIL  ${test.fullTitle()}\n${error}`);
      });
      runner.on('pending', (test) => add({ title: test.fullTitle(), state: 'skipped' }, `  skip  ${test.fullTitle()}`));
    }
  }

  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: timeoutMs, reporter: Collector, forbidOnly: true });
  for (const file of files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));

  const count = (state: TestResult['state']): number => tests.filter((test) => test.state === state).length;
  const stats = { passes: count('passed'), failures: count('failed'), pending: count('skipped') };
  mkdirSync(dirname(resultsFile), { recursive: true });
  writeFileSync(`${resultsFile}.part`, JSON.stringify({ stats, tests }, null, 2));
  renameSync(`${resultsFile}.part`, resultsFile);
  if (failures > 0 || stats.passes === 0) throw new Error(`${failures} failed, ${stats.passes} passed`);
}
