import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../support/repo';

interface CheckAnswer {
  readonly drivers: readonly { readonly name: string; readonly missing: readonly string[] }[];
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly key: string;
    readonly file: string;
  }[];
}

/** Runs the command line in the repository's root. */
function cli(...args: string[]): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli.js'), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

// What test/samples/README.md, the project's README and the pictures say.
describe('sample drivers, checked', () => {
  it('stratus misses one arc and handles one under a condition; nimbus is clean', () => {
    const { code, stdout } = cli('check', '--format', 'json', 'test/samples');
    assert.equal(code, 1);
    const { drivers, findings }: CheckAnswer = JSON.parse(stdout);
    assert.deepEqual(
      drivers.map(({ name }) => name),
      ['nimbus_migration_ops', 'stratus_mig_ops'],
    );
    assert.deepEqual(
      findings.map(({ rule, severity, key, file }) => `${severity} ${rule} ${key} in ${file}`),
      [
        'warning conditional-arc PRE_COPY->PRE_COPY_P2P in test/samples/stratus/main.c',
        'error missing-arc PRE_COPY_P2P->STOP_COPY in test/samples/stratus/main.c',
      ],
    );
  });

  it('nimbus by itself leaves with 0', () => {
    const { code, stdout } = cli('check', 'test/samples/nimbus');
    assert.equal(code, 0, stdout);
  });

  it('both are decided to the last arc', () => {
    const { stdout } = cli('arcs', '--format', 'json', 'test/samples/nimbus', 'test/samples/stratus');
    const answer: { drivers: readonly { arcs: readonly { status: string; required: boolean }[] }[] } =
      JSON.parse(stdout);
    const count = answer.drivers.map(({ arcs }) => {
      const of = (status: string): number => arcs.filter((arc) => arc.status === status).length;
      return {
        handled: of('handled'),
        conditional: of('conditional'),
        rejected: of('rejected'),
        undecided: of('undecided'),
      };
    });
    assert.deepEqual(count, [
      { handled: 15, conditional: 0, rejected: 27, undecided: 0 },
      { handled: 13, conditional: 1, rejected: 28, undecided: 0 },
    ]);
  });
});
