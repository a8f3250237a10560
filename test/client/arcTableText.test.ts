import assert from 'node:assert/strict';
import { arcTableText } from '../../client/src/arcTableText';
import type { ArcRow, ArcTable } from '../../server/src/wire';
import { driver, flags, place } from '../support/arcTables';

function lines(table: ArcTable): readonly string[] {
  return arcTableText(table).text.split('\n');
}

describe('the arc table as text', () => {
  it('says in one line that nothing is missing', () => {
    const text = lines({ drivers: [driver()], notDrivers: [] });
    assert.ok(text.includes('All 15 required arcs are handled.'));
    assert.ok(!text.includes('Missing arcs'));
  });

  it('keeps every cell under its column', () => {
    const text = lines({ drivers: [driver()], notDrivers: [] });
    const head = text.findIndex((line) => line.startsWith('  from \\ to'));
    const upper = text[head] ?? '';
    const columns = [...upper.matchAll(/\S+/g)].slice(3).map((match) => match.index);
    assert.equal(columns.length, 7);
    const rows = text.slice(head + 2, head + 9);
    for (const row of rows)
      assert.deepEqual(
        [...row.matchAll(/\S+/g)].slice(1).map((match) => match.index),
        columns,
        row,
      );
    const width = Math.max(...[upper, ...rows].map((line) => line.length));
    assert.ok(width <= 90, `${width} columns fit beside the source`);
  });

  it('shows a missing arc in the matrix and says what it breaks, linked to where it falls through', () => {
    const missing = {
      from: 'PRE_COPY_P2P',
      to: 'PRE_COPY',
      requiredBy: ['PRE_COPY', 'P2P'],
      flagSets: [0],
      breaks: [{ from: 'PRE_COPY_P2P', to: 'RUNNING' }],
      stopsMigration: false,
      always: true,
      rejectedAt: place('main.c', 61),
    } as const;
    const reject = (row: ArcRow): ArcRow =>
      row.from === missing.from && row.to === missing.to ? { ...row, status: 'rejected' } : row;
    const { text, links } = arcTableText({ drivers: [driver({ missing: [missing] }, reject)], notDrivers: [] });
    assert.match(text, /^1 of 15 required arcs is missing\.$/m);
    assert.match(text, /^ {2}PRE_COPY_P2P .*\bMISSING\b/m);
    assert.match(text, /^ {4}required by +PRE_COPY and P2P$/m);
    assert.match(text, /^ {4}breaks +PRE_COPY_P2P -> RUNNING$/m);
    assert.match(text, /^ {4}migration +can still be done/m);

    const link = links.find(({ target }) => target.range.start.line === 60);
    assert.ok(link);
    assert.equal(text.split('\n')[link.line]?.slice(link.start, link.end), 'main.c:61');
  });

  it('says what an arc returns, and explains only the marks that it uses', () => {
    const plain = lines({ drivers: [driver()], notDrivers: [] }).join('\n');
    assert.match(plain, /^ {2}NULL +required/m);
    assert.doesNotMatch(plain, /^ {2}(file|MISSING|\*|\( \)|\?) /m);

    const mixed = driver({ superfluous: [{ from: 'STOP', to: 'PRE_COPY' }] }, (row) => {
      const arc = `${row.from} ${row.to}`;
      if (arc === 'RUNNING PRE_COPY') return { ...row, returns: ['error', 'new-file'] };
      if (arc === 'STOP RESUMING') return { ...row, status: 'undecided' };
      if (arc === 'STOP PRE_COPY') return { ...row, status: 'handled', returns: ['null'] };
      return row;
    });
    const text = lines({ drivers: [mixed], notDrivers: [] }).join('\n');
    for (const mark of ['file', '\\( \\)', '\\?']) assert.match(text, new RegExp(`^ {2}${mark} +\\w`, 'm'));
    assert.match(text, /^ {2}STOP .*\(NULL\)/m);
    assert.match(text, /^ {2}RUNNING -> PRE_COPY +new file or error +main\.c:40$/m);
    assert.match(text, /^Of 15 required arcs, 1 could not be decided\.$/m);
  });

  it('tells an arc that is handled under a condition from a missing one', () => {
    const lacking = {
      from: 'PRE_COPY',
      to: 'PRE_COPY_P2P',
      requiredBy: ['P2P'],
      flagSets: [0],
      breaks: [],
      stopsMigration: false,
      always: false,
      rejectedAt: place('main.c', 61),
    } as const;
    const some = driver({ missing: [lacking] }, (row) =>
      row.from === lacking.from && row.to === lacking.to
        ? { ...row, status: 'conditional', condition: 'st->cap & 1' }
        : row,
    );
    const text = lines({ drivers: [some], notDrivers: [] }).join('\n');
    assert.match(text, /^Of 15 required arcs, 1 is handled only under a condition\.$/m);
    assert.match(text, /^Conditional arcs$/m);
    assert.doesNotMatch(text, /Missing arcs|MISSING/);
    assert.match(text, /^ {2}PRE_COPY .*NULL\*$/m);
    assert.match(text, /^ {4}handled when +st->cap & 1$/m);
  });

  it('tells an arc that fails under a condition of poorer flags alone from a missing one', () => {
    const flagSets = [
      { flags, when: 'st->cap & 1', declaredAt: null },
      { flags: ['STOP_COPY'] as const, when: null, declaredAt: null },
    ];
    const lacking = {
      from: 'STOP',
      to: 'RUNNING',
      requiredBy: ['STOP_COPY'],
      flagSets: [1],
      breaks: [],
      stopsMigration: false,
      always: false,
      rejectedAt: place('main.c', 61),
    } as const;
    const text = lines({ drivers: [driver({ flagSets, missing: [lacking] })], notDrivers: [] }).join('\n');
    assert.match(text, /^Conditional arcs$/m);
    assert.doesNotMatch(text, /Missing arcs|missing\./);
  });

  it('does not say that nothing is required when the flags are not known', () => {
    const unknown = driver({ flagSets: [] }, (row) => ({ ...row, required: false }));
    const text = lines({ drivers: [unknown], notDrivers: [] }).join('\n');
    assert.match(text, /^Which arcs are required is not known\.$/m);
  });

  it('links an arc to the place where it is selected', () => {
    const decided = driver({}, (row) =>
      row.from === 'STOP' && row.to === 'STOP_COPY' ? { ...row, place: place('main.c', 11) } : row,
    );
    assert.match(lines({ drivers: [decided], notDrivers: [] }).join('\n'), /^ {2}STOP -> STOP_COPY .*main\.c:11$/m);
  });

  it('knows where it tells of which arc: by name under the headings, for a driver by its ops', () => {
    const lacking = {
      from: 'PRE_COPY',
      to: 'PRE_COPY_P2P',
      requiredBy: ['P2P'],
      flagSets: [0],
      breaks: [{ from: 'RUNNING', to: 'STOP' }],
      stopsMigration: false,
      always: false,
      rejectedAt: place('main.c', 61),
    } as const;
    const first = driver({ name: 'two: one_ops', missing: [lacking] }, (row) =>
      row.from === 'STOP' && row.to === 'RESUMING' ? { ...row, status: 'undecided' } : row,
    );
    const second = driver({ name: 'two: other_ops', ops: { name: 'other_ops', location: place('other.c', 95) } });
    const { text, arcs } = arcTableText({ drivers: [first, second], notDrivers: [] });
    const all = text.split('\n');
    for (const { line, start, end, of } of arcs) {
      assert.equal(all[line]?.slice(start, end), `${of.arc.from} -> ${of.arc.to}`);
    }
    const headings = (from: string, to: string, ops: string) =>
      arcs
        .filter(({ of }) => of.arc.from === from && of.arc.to === to && of.ops === ops)
        .map(({ line }) => all.slice(0, line).findLast((each) => / arcs$/.test(each)));
    const own = 'stratus_mig_ops';
    assert.deepEqual(headings('PRE_COPY', 'PRE_COPY_P2P', own), ['Conditional arcs', 'Handled arcs']);
    assert.deepEqual(headings('STOP', 'RESUMING', own), ['Undecided arcs']);
    assert.deepEqual(headings('STOP', 'RESUMING', 'other_ops'), ['Handled arcs']);
    assert.deepEqual(headings('RUNNING', 'STOP', own), [], 'what an arc breaks is told of that arc');
    assert.deepEqual([...new Set(arcs.map(({ of }) => of.uri))], ['file:///k/main.c', 'file:///k/other.c']);
    assert.equal(arcs.length, 1 + 14 + 1 + 15);
  });

  it('says under which flags an arc is missing when it is not so under all', () => {
    const flagSets = [
      { flags, when: 'st->cap & 1', declaredAt: null },
      { flags: ['STOP_COPY'] as const, when: null, declaredAt: null },
    ];
    const missing = {
      from: 'STOP',
      to: 'RUNNING',
      requiredBy: [],
      flagSets: [1],
      breaks: [],
      stopsMigration: true,
      always: true,
      rejectedAt: place('main.c', 61),
    } as const;
    const text = lines({ drivers: [driver({ flagSets, missing: [missing] })], notDrivers: [] }).join('\n');
    assert.match(text, /^ {2}Flags +STOP_COPY \| P2P \| PRE_COPY {2}when st->cap & 1$/m);
    assert.match(text, /required by .*\(with STOP_COPY\)$/m);
    assert.match(text, /^ {4}migration +can not be done any more$/m);
  });

  it('says why there is no driver', () => {
    const { text, links } = arcTableText({
      drivers: [],
      notDrivers: [{ message: 'main.c uses protocol v1', location: place('main.c', 3) }],
    });
    assert.match(text, /No VFIO migration driver here/);
    assert.match(text, /Not a driver: main\.c uses protocol v1 {2}main\.c:3/);
    assert.equal(links.length, 1);
  });

  it('shows names of files as they are, however they are written in a URI', () => {
    const odd = { name: 'x_set_state', location: place('a%20b%C3%A9%ZZ.c', 1) };
    const { text, links } = arcTableText({ drivers: [driver({ setState: odd })], notDrivers: [] });
    assert.ok(text.includes('a%20b%C3%A9%ZZ.c:1'), 'what is no valid encoding stays');
    const good = { name: 'x_set_state', location: place('a%20b%C3%A9.c', 1) };
    assert.ok(arcTableText({ drivers: [driver({ setState: good })], notDrivers: [] }).text.includes('a bé.c:1'));
    assert.ok(links.length > 2);
  });
});
