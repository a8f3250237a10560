import assert from 'node:assert/strict';
import type { ArcTreeNode } from '../../client/src/arcTree';
import { DriverRows } from '../../client/src/driverRows';
import type { DriverEntry } from '../../server/src/wire';
import { flags, place } from '../support/arcTables';

const entry = (name: string, handled = 14): DriverEntry => ({
  name,
  ops: `${name}_ops`,
  location: place(`${name}.c`, 9),
  files: [`file:///k/${name}.c`, 'file:///k/common.h'],
  flags,
  coverage: { required: 15, handled, undecided: 0 },
});

describe('the rows below drivers', () => {
  let asked: string[];
  let rows: DriverRows;
  let fails: boolean;
  const one = entry('one');
  const two = entry('two');

  beforeEach(() => {
    asked = [];
    fails = false;
    rows = new DriverRows(async ({ name }): Promise<readonly ArcTreeNode[]> => {
      asked.push(name);
      if (fails) throw new Error('the server is gone');
      return [];
    });
    rows.follow([one, two], (uri) => uri);
  });

  it('are asked for once', async () => {
    await Promise.all([rows.of(one), rows.of(one), rows.of(two)]);
    await rows.of(one);
    assert.deepEqual(asked, ['one', 'two']);
  });

  it('are asked for again after a change of one of its files, and only its own', async () => {
    await Promise.all([rows.of(one), rows.of(two)]);
    assert.equal(rows.touch('file:///k/one.c'), true);
    assert.equal(rows.touch('file:///k/plain.c'), false);
    await Promise.all([rows.of(one), rows.of(two)]);
    assert.deepEqual(asked, ['one', 'two', 'one']);
    rows.touch('file:///k/common.h');
    await Promise.all([rows.of(one), rows.of(two)]);
    assert.deepEqual(asked, ['one', 'two', 'one', 'one', 'two']);
  });

  it('are asked for again when the server tells something else of the driver', async () => {
    await rows.of(one);
    await rows.of(entry('one', 15));
    assert.deepEqual(asked, ['one', 'one']);
  });

  it('that an edit overtook are not kept', async () => {
    const before = rows.of(one);
    rows.touch('file:///k/one.c');
    await before;
    await rows.of(one);
    assert.deepEqual(asked, ['one', 'one']);
  });

  it('that could not be had are asked for again', async () => {
    fails = true;
    await assert.rejects(rows.of(one), /gone/);
    fails = false;
    await rows.of(one);
    assert.deepEqual(asked, ['one', 'one']);
  });
});
