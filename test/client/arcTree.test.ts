import assert from 'node:assert/strict';
import { type ArcTreeNode, driverChildren, driverId, driverNode } from '../../client/src/arcTree';
import type { ArcRow, DriverEntry, DriverTable, MissingRow } from '../../server/src/wire';
import { driver, flags, place } from '../support/arcTables';

const t = (message: string, ...values: readonly (string | number)[]): string =>
  message.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)]));

const entry: DriverEntry = {
  name: 'stratus',
  ops: 'stratus_mig_ops',
  location: place('main.c', 90),
  files: ['file:///k/main.c'],
  flags,
  coverage: { required: 15, handled: 14, undecided: 0 },
};

const nowhere = { label: '', path: 'drivers/stratus' };

const missing: MissingRow = {
  from: 'PRE_COPY_P2P',
  to: 'STOP_COPY',
  requiredBy: ['P2P', 'PRE_COPY'],
  flagSets: [0],
  breaks: [{ from: 'PRE_COPY', to: 'STOP_COPY' }],
  stopsMigration: false,
  always: true,
  rejectedAt: place('main.c', 61),
};

const nodesOf = (table: DriverTable): readonly ArcTreeNode[] => driverChildren('stratus', table, t);
const group = (table: DriverTable, look: string): ArcTreeNode | undefined =>
  nodesOf(table).find((node) => node.kind === 'group' && node.look === look);

/** A row of the driver, changed. */
const changed =
  (from: string, to: string, change: Partial<ArcRow>) =>
  (row: ArcRow): ArcRow =>
    row.from === from && row.to === to ? { ...row, ...change } : row;

describe('the Arc Table view', () => {
  it('tells of a driver how many arcs it handles, without its table', () => {
    const node = driverNode(entry, nowhere, true, t);
    assert.deepEqual([node.label, node.description, node.unfolded], ['stratus', '14 of 15 arcs', true]);
    const open = { required: 15, handled: 12, undecided: 2 };
    assert.equal(driverNode({ ...entry, coverage: open }, nowhere, true, t).description, '12 of 15 arcs, 2 undecided');
    const unknown = driverNode({ ...entry, coverage: null, flags: null }, nowhere, false, t);
    assert.match(unknown.description, /not known/);
  });

  it('tells where a driver is, in short in its row and whole when it is pointed at', () => {
    const node = driverNode(entry, { label: 'kernel • old/…', path: 'old/pci/stratus' }, true, t);
    assert.equal(node.description, 'kernel • old/… • 14 of 15 arcs');
    assert.deepEqual(node.tooltip.split('\n').slice(0, 2), ['stratus: stratus_mig_ops', 'old/pci/stratus']);
    assert.match(driverNode(entry, nowhere, true, t).tooltip, /^drivers\/stratus$/m);
  });

  it('knows which arc a row is about, and none of others', () => {
    const rows = group(driver(), 'handled')?.children ?? [];
    assert.equal(rows.length, 15);
    for (const { arc, label } of rows) assert.equal(`${arc?.from} -> ${arc?.to}`, label);
    assert.equal(driverNode(entry, nowhere, true, t).arc, null);
  });

  it('keeps two drivers of one file apart', () => {
    const other = { ...entry, ops: 'stratus_vf_ops' };
    assert.notEqual(driverId(entry), driverId(other));
  });

  it('puts what is missing first and unfolded, with who requires it, and leads to where it falls through', () => {
    const table = driver({ missing: [missing] }, changed('PRE_COPY_P2P', 'STOP_COPY', { status: 'rejected' }));
    const nodes = nodesOf(table);
    assert.deepEqual(
      nodes.map(({ label, description, unfolded }) => [label, description, unfolded]),
      [
        ['STOP_COPY | P2P | PRE_COPY', '', false],
        ['Missing', '1', true],
        ['Handled', '14', false],
      ],
    );
    const [arc] = group(table, 'missing')?.children ?? [];
    assert.equal(arc?.label, 'PRE_COPY_P2P -> STOP_COPY');
    assert.equal(arc.description, 'required by P2P and PRE_COPY');
    assert.match(arc.tooltip, /Breaks PRE_COPY -> STOP_COPY/);
    assert.deepEqual(arc.place, missing.rejectedAt);
  });

  it('has each arc that is required or handled in exactly one group', () => {
    const table = driver(
      { missing: [missing, { ...missing, from: 'PRE_COPY', to: 'PRE_COPY_P2P', always: false }] },
      (row) => {
        const name = `${row.from} ${row.to}`;
        if (name === 'PRE_COPY_P2P STOP_COPY') return { ...row, status: 'rejected' };
        if (name === 'PRE_COPY PRE_COPY_P2P') return { ...row, status: 'conditional', condition: 'st->fw >= 3' };
        if (name === 'STOP RESUMING') return { ...row, status: 'undecided', returns: ['unknown'] };
        if (name === 'STOP PRE_COPY') return { ...row, status: 'handled', returns: ['new-file', 'error'] };
        return row;
      },
    );
    const sizes = nodesOf(table).flatMap(({ kind, look, children }) =>
      kind === 'group' ? [[look, children.length]] : [],
    );
    assert.deepEqual(sizes, [
      ['missing', 1],
      ['conditional', 1],
      ['undecided', 1],
      ['handled', 12],
      ['superfluous', 1],
    ]);
    assert.equal(group(table, 'conditional')?.children[0]?.description, 'only when st->fw >= 3');
    assert.equal(group(table, 'superfluous')?.children[0]?.description, 'returns new file');
    const ids = nodesOf(table).flatMap((node) => [node.id, ...node.children.map(({ id }) => id)]);
    assert.equal(new Set(ids).size, ids.length, 'ids are unique');
  });

  it('lists findings with their rule, at their place', () => {
    const findings = [
      { rule: 'missing-arc', severity: 'error', message: 'A -> B is not handled.', location: place('main.c', 61) },
      {
        rule: 'no-next-state',
        severity: 'warning',
        message: 'set_state does it alone.',
        location: place('main.c', 70),
      },
    ] as const;
    const nodes = group(driver({ findings }), 'findings')?.children ?? [];
    assert.deepEqual(
      nodes.map(({ look, label, description, rule }) => [look, label, description, rule]),
      findings.map(({ severity, message, rule }) => [severity, rule, message, rule]),
    );
    assert.deepEqual(nodes[1]?.place, place('main.c', 70));
  });

  it('says under which condition flags are declared, and where; and that none are', () => {
    const declaredAt = place('main.c', 80);
    const flagSets = [
      { flags, when: 'st->cap & 1', declaredAt },
      { flags: ['STOP_COPY'] as const, when: null, declaredAt: null },
    ];
    const [rich, poor] = nodesOf(driver({ flagSets }));
    assert.deepEqual([rich?.description, rich?.place], ['when st->cap & 1', declaredAt]);
    assert.deepEqual([poor?.label, poor?.description, poor?.place], ['STOP_COPY', '', null]);
    const [none] = nodesOf(driver({ flagSets: [] }));
    assert.match(none?.tooltip ?? '', /Nothing assigns migration_flags/);
  });
});
