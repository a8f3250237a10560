// Results files: { stats: { passes, failures, pending }, tests: [{ title, state, ms?, error? }] }, one per suite.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A suite that left no file, an empty one or one with failures did not pass. */
export function readResults(file) {
  let results;
  try {
    results = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return {
      passed: false,
      stats: { passes: 0, failures: 0, pending: 0 },
      tests: [],
      problem: `no results: ${error.message}`,
    };
  }
  const { stats, tests } = results;
  return { passed: stats.passes > 0 && stats.failures === 0, stats, tests };
}

/** Writes results so that a reader never sees half of them. */
export function writeResults(file, results) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, `${JSON.stringify(results, null, 2)}\n`);
  renameSync(`${file}.part`, file);
}

/** One results object for several suites. */
export function mergeResults(all) {
  const sum = (key) => all.reduce((total, { stats }) => total + stats[key], 0);
  return {
    stats: { passes: sum('passes'), failures: sum('failures'), pending: sum('pending') },
    tests: all.flatMap(({ tests }) => tests),
  };
}
