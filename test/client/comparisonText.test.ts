import assert from 'node:assert/strict';
import { comparisonText } from '../../client/src/comparisonText';
import type { ArcRow, DriverTable } from '../../server/src/wire';
import { driver } from '../support/arcTables';

/** A driver that returns what is due everywhere, with a row changed. */
function faithful(change: (row: ArcRow) => ArcRow = (row) => row): DriverTable {
  return driver({}, (row) => change(row.required ? { ...row, returns: [row.due, 'error'] } : row));
}

const only = (table: DriverTable, side: 'reference' | 'driver', other: 'reference' | 'driver') => {
  const there = new Set(comparisonText(table, other).split('\n'));
  return comparisonText(table, side)
    .split('\n')
    .filter((line) => !there.has(line));
};

describe('a driver beside the reference', () => {
  it('is the same text when it does what is required', () => {
    assert.equal(comparisonText(faithful(), 'driver'), comparisonText(faithful(), 'reference'));
    assert.match(comparisonText(faithful(), 'reference'), /^STOP -> STOP_COPY {2,}new file$/m);
    assert.match(comparisonText(faithful(), 'reference'), /^RUNNING -> RUNNING_P2P {2,}NULL$/m);
  });

  it('lacks the line of a missing arc', () => {
    const table = faithful((row) =>
      row.from === 'STOP' && row.to === 'RESUMING' ? { ...row, status: 'rejected' } : row,
    );
    assert.deepEqual(only(table, 'driver', 'reference'), []);
    assert.match(only(table, 'reference', 'driver').join(), /^STOP -> RESUMING +new file$/);
  });

  it('differs where it returns something else, does it under a condition, more than it has to, or nobody knows', () => {
    const table = faithful((row) => {
      const name = `${row.from} ${row.to}`;
      if (name === 'STOP STOP_COPY') return { ...row, returns: ['null', 'error'] };
      if (name === 'RUNNING RUNNING_P2P') return { ...row, status: 'conditional', condition: 'st->fw > 2' };
      if (name === 'RUNNING RESUMING') return { ...row, status: 'handled', returns: ['new-file'] };
      if (name === 'STOP RESUMING') return { ...row, status: 'undecided', returns: ['unknown'] };
      return row;
    });
    assert.deepEqual(
      only(table, 'driver', 'reference')
        .map((line) => line.replace(/ {2,}/, ': '))
        .sort(),
      [
        'RUNNING -> RESUMING: new file',
        'RUNNING -> RUNNING_P2P: NULL, only when st->fw > 2',
        'STOP -> RESUMING: not decided',
        'STOP -> STOP_COPY: NULL',
      ],
    );
  });
});
