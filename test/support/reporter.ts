import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

interface Result {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
}

/**
 * Mocha reporter of `npm test`: silent about what passes, whole about what fails, and a results file (path in TEST_RESULTS,
 * the form that test/vscode writes too) for the totals.
 */
class ResultsReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const tests: Result[] = [];
    const note = (test: Mocha.Runnable, state: Result['state']): void => {
      tests.push({ title: test.fullTitle(), state });
    };
    runner.on('pass', (test) => note(test, 'passed'));
    runner.on('pending', (test) => note(test, 'skipped'));
    runner.on('fail', (test) => note(test, 'failed'));
    runner.once('end', () => {
      if (this.failures.length > 0) Mocha.reporters.Base.list(this.failures);
      const count = (state: Result['state']): number => tests.filter((test) => test.state === state).length;
      const stats = { passes: count('passed'), failures: count('failed'), pending: count('skipped') };
      const file = process.env['TEST_RESULTS'];
      if (file) writeFileSync(file, JSON.stringify({ stats, tests }));
    });
  }
}

// Mocha requires the module itself to be the class.
export = ResultsReporter;
