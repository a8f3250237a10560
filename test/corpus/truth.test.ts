import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { kernelTrees } from '../support/corpus';
import { root } from '../support/repo';
import { type CorpusDriver, corpusDrivers } from './drivers';

/** What `arcs --format json` says of one driver; the parts that are compared. */
interface ArcsDriver {
  readonly setState: { readonly name: string };
  readonly flagSets: readonly { readonly flags: readonly string[]; readonly when: string | null }[];
  readonly arcs: readonly {
    readonly from: string;
    readonly to: string;
    readonly status: string;
    readonly required: boolean;
    readonly returns: readonly string[];
  }[];
  readonly missing: readonly object[];
  readonly superfluous: readonly object[];
}

const trees = kernelTrees();

describe('real drivers', () => {
  if (typeof trees === 'string') {
    it('are read as people read them', function () {
      console.log(`Not run, ${trees}`);
      this.skip();
    });
    return;
  }
  const drivers = corpusDrivers(trees);

  it('are all there', () => {
    const known = { '6.1': 2, '6.12': 5 };
    for (const [series, count] of Object.entries(known)) {
      if (!trees.some((tree) => tree.series === series)) continue;
      assert.equal(drivers.filter(({ tree }) => tree.series === series).length, count, `linux ${series}`);
    }
    assert.ok(drivers.length > 0);
  });

  for (const driver of drivers) {
    it(`${driver.name}: flags, arcs and what they return are those that people read`, () => {
      assert.deepEqual(found(driver), expected(driver));
    });
  }
});

function expected({ truth }: CorpusDriver): object {
  return {
    setState: truth.setState,
    flags: [truth.flags],
    handled: truth.arcs,
    others: ['rejected'],
    required: Object.keys(truth.arcs),
    missing: [],
    superfluous: [],
  };
}

function found({ tree, truth }: CorpusDriver): object {
  const driver = arcsOf(join(tree.path, truth.file)).find(({ setState }) => setState.name === truth.setState);
  assert.ok(driver, `no driver with ${truth.setState}()`);
  const handled = driver.arcs.filter(({ status }) => status === 'handled');
  return {
    setState: driver.setState.name,
    flags: driver.flagSets.map(({ flags }) => flags),
    handled: Object.fromEntries(handled.map(({ from, to, returns }) => [`${from} -> ${to}`, returns])),
    others: [...new Set(driver.arcs.filter((arc) => !handled.includes(arc)).map(({ status }) => status))],
    required: driver.arcs.filter(({ required }) => required).map(({ from, to }) => `${from} -> ${to}`),
    missing: driver.missing,
    superfluous: driver.superfluous,
  };
}

/** Asks the command line, as a user would. */
function arcsOf(path: string): readonly ArcsDriver[] {
  const asked = spawnSync(process.execPath, [join(root, 'dist/cli.js'), 'arcs', '--format', 'json', path], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  assert.equal(asked.status, 0, asked.stderr);
  const answer: { schema: string; drivers: readonly ArcsDriver[] } = JSON.parse(asked.stdout);
  assert.equal(answer.schema, 'vfio-arcs.arcs/1');
  return answer.drivers;
}
