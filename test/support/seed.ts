import { execFileSync } from 'node:child_process';

/**
 * The seed of a randomised test, printed by the test: what the environment variable says; in CI the commit, so that every
 * commit is tested with fresh inputs and a commit that passed passes again; else the time.
 */
export function seedFrom(variable: string): number {
  const given = process.env[variable];
  if (given !== undefined) return Number(given);
  if (process.env['CI'] === undefined) return Date.now() % 2 ** 31;
  return Number.parseInt(execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).slice(0, 7), 16);
}
