import assert from 'node:assert/strict';
import { driverLabels } from '../../client/src/driverPlace';

/** Labels of drivers of one name in folders of one workspace folder. */
const labels = (...folders: readonly string[]) =>
  driverLabels(folders.map((folder) => ({ name: 'stratus', root: null, folder })));

describe('where drivers are', () => {
  it('is not said of one that has a name of its own', () => {
    const places = ['stratus', 'nimbus'].map((name) => ({ name, root: null, folder: `drivers/${name}` }));
    assert.deepEqual(driverLabels(places), ['', '']);
  });

  it('is the part of the path that no other driver of the name has, as near to its end as can be', () => {
    assert.deepEqual(labels('drivers/stratus', 'old/stratus'), ['drivers/…', 'old/…']);
    assert.deepEqual(labels('vfio/pci/stratus', 'vfio/old/stratus', 'nimbus/vfio'), ['…/pci/…', '…/old/…', 'nimbus/…']);
    assert.deepEqual(labels('a/x', 'a/y'), ['…/x', '…/y']);
    assert.deepEqual(labels('a/x/b', 'b/x/a', 'a/b/x'), ['…/x/b', '…/x/a', 'a/b/…']);
  });

  it('does not take a part of a name for a name', () => {
    assert.deepEqual(labels('old/stratus', 'older/stratus'), ['old/…', 'older/…']);
  });

  it('is the whole path where all of it is in another', () => {
    assert.deepEqual(labels('stratus', 'old/stratus'), ['stratus', 'old/…']);
    assert.deepEqual(labels('', 'old'), ['./', 'old']);
    assert.deepEqual(labels('/home/k/stratus', 'stratus'), ['…/k/…', 'stratus']);
  });

  it('always has the folder of a workspace of several, and the path only where two are in one', () => {
    const place = (root: string | null, folder: string) => ({ name: 'stratus', root, folder });
    assert.deepEqual(
      driverLabels([place('first', 'stratus'), place('second', 'stratus'), place(null, '/tmp/stratus')]),
      ['first', 'second', ''],
    );
    assert.deepEqual(driverLabels([place('first', 'a/stratus'), place('first', 'b/stratus')]), [
      'first • a/…',
      'first • b/…',
    ]);
  });

  it('differs for any two folders', () => {
    const names = ['a', 'b', 'ab'];
    const paths = ['', ...names, ...names.flatMap((a) => names.map((b) => `${a}/${b}`)), 'a/b/a', 'b/a/b', 'a/a/a'];
    const all = labels(...paths);
    assert.equal(new Set(all).size, paths.length, all.join(' '));
  });
});
