import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { kernelTrees } from '../support/corpus';
import { root } from '../support/repo';

/** A finding on a kernel driver that a maintainer would accept, and why. */
interface Explained {
  /** Where it begins to hold, and the path in the kernel tree. */
  readonly series: string;
  readonly file: string;
  readonly rule: string;
  readonly key: string;
  readonly reason: string;
}

/** Every finding on Debian's kernels. There is none: these drivers handle exactly the arcs that their flags ask for. */
const explained: readonly Explained[] = [];

const trees = kernelTrees();

describe('findings on real drivers', () => {
  if (typeof trees === 'string') {
    it('are all explained', function () {
      console.log(`Not run, ${trees}`);
      this.skip();
    });
    return;
  }
  for (const tree of trees) {
    it(`linux ${tree.series}: all are explained, and all explained ones are there`, () => {
      const asked = spawnSync(process.execPath, ['dist/cli.js', 'check', '--format', 'json', tree.path], {
        cwd: root,
        encoding: 'utf8',
        maxBuffer: 64 << 20,
      });
      const answer: { findings: readonly { rule: string; key: string; file: string }[] } = JSON.parse(asked.stdout);
      const found = answer.findings.map(
        ({ rule, key, file }) => `${rule} ${key} in ${relative(tree.path, `${root}/${file}`)}`,
      );
      const known = explained
        .filter(({ series }) => series === tree.series)
        .map(({ rule, key, file }) => `${rule} ${key} in ${file}`);
      assert.deepEqual(found.sort(), known.sort(), asked.stderr);
      assert.equal(asked.status, known.length > 0 ? 1 : 0, asked.stderr);
    });
  }
});
