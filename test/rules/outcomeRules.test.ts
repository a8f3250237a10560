import assert from 'node:assert/strict';
import type { DriverModel, Outcome } from '../../server/src/analysis/model';
import { at, driverModel, error, success, unknown } from '../support/driverModel';
import { everything, findings, only } from '../support/ruleFindings';

describe('wrong-data-fd', () => {
  const returning = (...kinds: readonly Parameters<typeof success>[0]['file'][]) => ({
    outcomes: [...kinds.map((kind) => success({ file: kind })), error()],
  });
  const cases: readonly (readonly [string, { readonly outcomes: readonly Outcome[] }, RegExp | null])[] = [
    ['STOP -> STOP_COPY', returning('null'), /returns NULL, but a new data fd to read from is due/],
    [
      'STOP -> RESUMING',
      returning('session-file'),
      /returns the file of the session .*, but a new data fd to write to is due/,
    ],
    ['RUNNING -> STOP', returning('new-file'), /returns a new file, but NULL is due/],
    ['STOP -> STOP_COPY', returning('null', 'new-file'), null],
    ['STOP -> STOP_COPY', returning('unknown-file'), null],
    ['STOP -> STOP_COPY', { outcomes: [success({ file: 'null' }), unknown('a test')] }, null],
    ['RUNNING -> STOP', returning('null', 'new-file'), null],
  ];
  for (const [arc, parts, expected] of cases) {
    it(`${arc} with ${parts.outcomes.map((each) => (each.kind === 'success' ? each.file : each.kind)).join(', ')}`, () => {
      const found = findings('wrong-data-fd', driverModel({ arcs: { [arc]: parts } }));
      if (expected === null) {
        assert.deepEqual(found, []);
      } else {
        assert.match(only(found).message, expected);
      }
    });
  }

  it('says nothing of an arc that nobody asks for', () => {
    assert.deepEqual(
      findings('wrong-data-fd', driverModel({ arcs: { 'RUNNING -> RESUMING': returning('null') } })),
      [],
    );
  });
});

describe('accepts-unknown-arc', () => {
  const found = (...defaultPath: DriverModel['defaultPath']) =>
    findings('accepts-unknown-arc', driverModel({ defaultPath })).length;
  const open = { text: 'demo->ready', location: at(1) };

  it('reports success on the default path, also beside calls that can fail', () => {
    assert.equal(found(success({ file: 'null' })), 1);
    assert.equal(found(success({ file: 'null' }), error({ failedCall: { name: 'lock', location: at(1) } })), 1);
    assert.equal(found(success({ file: 'null' }), error({ conditions: [open] })), 1);
  });

  it('says nothing when the driver refuses, or may refuse, or is not known', () => {
    assert.equal(found(error()), 0);
    assert.equal(found(success({ file: 'null', conditions: [open] }), error({ conditions: [open] })), 0);
    assert.equal(found(success({ file: 'null' }), unknown('a test')), 0);
  });
});

describe('hidden-arc-error', () => {
  it('reports the place once, with the arcs that it is on the way of', () => {
    const hidden = { outcomes: [success({ file: 'null', hiddenError: at(700) }), success({ file: 'new-file' })] };
    const driver = driverModel({ arcs: { 'STOP -> STOP_COPY': hidden, 'STOP -> RESUMING': hidden } });
    const finding = only(findings('hidden-arc-error', driver));
    assert.match(finding.message, /for STOP -> STOP_COPY and STOP -> RESUMING\./);
    assert.deepEqual(finding.location, at(700));
  });
});

describe('state-out-of-step', () => {
  const ending = (...states: readonly ('new' | 'old' | 'other' | 'unknown')[]) => ({
    outcomes: states.map((stateAfter) => success({ file: 'null', stateAfter })),
  });
  const failing = (...states: readonly ('new' | 'old' | 'other')[]) => ({
    outcomes: [
      success({ file: 'null' }),
      ...states.map((stateAfter) => error({ stateAfter, failedCall: { name: 'stop', location: at(800) } })),
    ],
  });

  it('reports success without an update', () => {
    const finding = only(findings('state-out-of-step', driverModel({ arcs: { 'RUNNING -> STOP': ending('old') } })));
    assert.match(
      finding.message,
      /^Success is returned here, but demo->state is not the new state then, for RUNNING -> STOP\./,
    );
    assert.deepEqual(finding.location, at(100));
  });

  it('reports an update before a call that fails', () => {
    const finding = only(findings('state-out-of-step', driverModel({ arcs: { 'RUNNING -> STOP': failing('new') } })));
    assert.match(finding.message, /^When this fails, demo->state is already the new state, for RUNNING -> STOP\./);
    assert.deepEqual(finding.location, at(800));
  });

  it('says nothing where a deferred reset may have written the state, or the state is not known', () => {
    for (const parts of [
      ending('new', 'other'),
      ending('unknown'),
      failing('old', 'new'),
      failing('other'),
      failing('old'),
      // No call failed and no errno was written: the value could be an error by its type alone.
      { outcomes: [success({ file: 'null' }), error({ stateAfter: 'new', errno: null, failedCall: null })] },
    ]) {
      assert.deepEqual(findings('state-out-of-step', driverModel({ arcs: { 'STOP -> RUNNING': parts } })), []);
    }
  });
});

describe('state-out-of-step, in a loop without end', () => {
  const failing = [error({ failedCall: { name: 'stop', location: at(800) } })];
  const endless = {
    status: 'undecided',
    outcomes: [...failing, { ...unknown('round and round'), endless: true }],
  } as const;

  it('reports arcs of which only failures come out, instead of calling them undecided', () => {
    const driver = driverModel({ arcs: { 'RUNNING -> STOP': endless, 'STOP -> RUNNING': endless } });
    assert.deepEqual(everything(driver), ['state-out-of-step never']);
    const finding = only(findings('state-out-of-step', driver));
    assert.match(
      finding.message,
      /^demo_set_state\(\) does not come to an end when a step succeeds, for STOP -> RUNNING and RUNNING -> STOP: demo->state/,
    );
    assert.deepEqual(finding.location, at(20));
  });

  it('does not conclude it from an arc that is not decided for another reason', () => {
    const nothing = { status: 'undecided', outcomes: [] } as const;
    const budget = { status: 'undecided', outcomes: [unknown('no steps left')] } as const;
    for (const arc of [nothing, budget]) {
      assert.deepEqual(everything(driverModel({ arcs: { 'STOP -> RUNNING': arc } })), ['undecided-arc STOP->RUNNING']);
    }
  });

  it('takes an arc that the driver refuses after a call for missing', () => {
    const refusing = { status: 'rejected', outcomes: [...failing, error()] } as const;
    assert.deepEqual(everything(driverModel({ arcs: { 'RUNNING -> STOP': refusing } })), ['missing-arc RUNNING->STOP']);
  });
});

describe('no-next-state', () => {
  it('names the combinations that fail', () => {
    const finding = only(findings('no-next-state', driverModel({ usesNextState: false })));
    assert.match(
      finding.message,
      /^demo_set_state\(\) does not go through vfio_mig_get_next_state\(\), so .*RUNNING -> STOP_COPY.* fail\./,
    );
    assert.deepEqual(finding.location, at(20));
  });

  it('says nothing of a driver that handles every combination itself', () => {
    const handled = { status: 'handled' } as const;
    const combinations = [
      'STOP_COPY -> RUNNING',
      'STOP_COPY -> RESUMING',
      'RESUMING -> RUNNING',
      'RESUMING -> STOP_COPY',
      'RUNNING -> STOP_COPY',
      'RUNNING -> RESUMING',
    ];
    const driver = driverModel({
      usesNextState: false,
      arcs: Object.fromEntries(combinations.map((arc) => [arc, handled])),
    });
    assert.deepEqual(everything(driver), []);
  });
});

describe('missing-migration-op', () => {
  const members = (...names: readonly string[]) =>
    names.map((name) => ({ name, value: name.startsWith('!') ? 'NULL' : 'f', location: at(11) }));
  const ops = (...names: readonly string[]) =>
    ({ name: 'demo_ops', type: 'vfio_migration_ops', location: at(10), members: members(...names) }) as const;
  const two = ops('migration_set_state', 'migration_get_state');

  it('asks for get_data_size from 6.2 on', () => {
    const finding = only(findings('missing-migration-op', driverModel({ ops: two })));
    assert.match(finding.message, /^demo_ops has no \.migration_get_data_size, which Linux 6\.2 to 7\.0 requires/);
    assert.deepEqual(findings('missing-migration-op', driverModel({ ops: two, profile: '6.0' })), []);
  });

  it('takes NULL for absent', () => {
    const withNull = {
      ...two,
      members: [...two.members, { name: 'migration_get_data_size', value: 'NULL', location: at(12) }],
    };
    assert.equal(findings('missing-migration-op', driverModel({ ops: withNull })).length, 1);
  });
});

describe('undecided-arc', () => {
  it('groups the arcs that one place leaves open', () => {
    const open = { outcomes: [unknown('the callee is not known')] };
    const finding = only(
      findings('undecided-arc', driverModel({ arcs: { 'RUNNING -> STOP': open, 'STOP -> RUNNING': open } })),
    );
    assert.equal(
      finding.message,
      'Whether STOP -> RUNNING and RUNNING -> STOP are handled could not be decided: the callee is not known.',
    );
    assert.deepEqual(finding.location, at(500));
  });

  it('says when the flags were not found', () => {
    assert.deepEqual(everything(driverModel({ flagSets: [] })), ['undecided-arc flags']);
  });
});
