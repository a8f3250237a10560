import assert from 'node:assert/strict';
import type { DriverModel, Outcome } from '../../server/src/analysis/model';
import type { CModule } from '../../server/src/c/module';
import { ruleOf, rules } from '../../server/src/rules';
import type { Finding } from '../../server/src/rules/rule';
import { at, driverModel, error, file, success, textModule, unknown } from '../support/driverModel';

const all = ['STOP_COPY', 'P2P', 'PRE_COPY'] as const;

/** What one rule says of a driver. */
function findings(id: string, driver: DriverModel, module: CModule = textModule()): readonly Finding[] {
  const rule = ruleOf(id);
  assert.ok(rule, `there is no rule ${id}`);
  return rule.check({ driver, module });
}

/** "rule key" of everything that all rules say of a driver. */
function everything(driver: DriverModel): readonly string[] {
  return rules.flatMap((rule) => rule.check({ driver, module: textModule() })).map(({ rule, key }) => `${rule} ${key}`);
}

function only<T>(list: readonly T[]): T {
  assert.equal(list.length, 1);
  const [first] = list;
  assert.ok(first);
  return first;
}

describe('rules', () => {
  it('have nothing to say of a driver that does what it declares', () => {
    for (const flags of [['STOP_COPY'], ['STOP_COPY', 'P2P'], ['STOP_COPY', 'PRE_COPY'], all] as const) {
      assert.deepEqual(everything(driverModel({ flagSets: [flags] })), []);
    }
  });

  it('have unique ids in kebab case, one line of summary and every heading', () => {
    assert.equal(new Set(rules.map((rule) => rule.id)).size, rules.length);
    for (const { id, summary, docs } of rules) {
      assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)+$/);
      assert.doesNotMatch(summary, /\n|\.$/);
      for (const text of [docs.whatItFinds, docs.whyItMatters, docs.example, docs.fixed, docs.knownMisses]) {
        assert.ok(text.trim().length > 0, id);
      }
      assert.ok(docs.references.length > 0, id);
    }
  });

  it('end their messages with a full stop and put them on one line', () => {
    const broken = driverModel({
      flagSets: [all],
      arcs: { 'RUNNING -> PRE_COPY': { status: 'rejected' }, 'STOP -> RESUMING': { status: 'undecided' } },
    });
    const found = rules.flatMap((rule) => rule.check({ driver: broken, module: textModule() }));
    assert.equal(found.length, 2);
    for (const { message } of found) {
      assert.match(message, /^[^\n]*[^.\s]\.$/);
    }
  });
});

describe('missing-arc', () => {
  const rejected = { status: 'rejected' } as const;

  it('names the flag, what breaks first, and that pre-copy is lost', () => {
    const finding = only(
      findings('missing-arc', driverModel({ flagSets: [all], arcs: { 'RUNNING -> PRE_COPY': rejected } })),
    );
    assert.equal(
      finding.message,
      'RUNNING -> PRE_COPY is not handled, but VFIO_MIGRATION_PRE_COPY requires it. ' +
        'Breaks RUNNING -> PRE_COPY, STOP -> PRE_COPY, RESUMING -> PRE_COPY and RUNNING_P2P -> PRE_COPY; ' +
        'live migration can still be done, but without pre-copy.',
    );
    assert.deepEqual(finding.location, at(900));
    assert.equal(finding.key, 'RUNNING->PRE_COPY');
  });

  it('says when no migration is possible at all', () => {
    const finding = only(findings('missing-arc', driverModel({ arcs: { 'STOP -> RESUMING': rejected } })));
    assert.match(
      finding.message,
      /^STOP -> RESUMING is not handled, but VFIO_MIGRATION_STOP_COPY requires it\. .*; no live migration is possible\.$/,
    );
  });

  it('names two flags that only together require the arc', () => {
    const finding = only(
      findings('missing-arc', driverModel({ flagSets: [all], arcs: { 'PRE_COPY_P2P -> PRE_COPY': rejected } })),
    );
    assert.match(finding.message, /VFIO_MIGRATION_P2P and VFIO_MIGRATION_PRE_COPY together require it\./);
  });

  it('names the flag sets when not all of them require the arc', () => {
    const flagSets = [
      { flags: all, unknownBits: 0n, when: 'cap_precopy', locations: [at(41)] },
      { flags: ['STOP_COPY', 'P2P'], unknownBits: 0n, when: '!cap_precopy', locations: [at(40)] },
    ] as const;
    const finding = only(findings('missing-arc', driverModel({ flagSets, arcs: { 'RUNNING -> PRE_COPY': rejected } })));
    assert.match(
      finding.message,
      /requires it when the driver declares STOP_COPY \| P2P \| PRE_COPY \(cap_precopy\)\./,
    );
  });

  it('links the declaration of the flag and the place where the arc falls through', () => {
    const text = 'flags = VFIO_MIGRATION_STOP_COPY;\nflags |= VFIO_MIGRATION_PRE_COPY;\n'.padEnd(1000);
    const place = (start: number, end: number) => ({ file, span: { start, end } });
    const set = {
      flags: ['STOP_COPY', 'PRE_COPY'],
      unknownBits: 0n,
      when: null,
      locations: [place(0, 33), place(34, 67)],
    } as const;
    const driver = driverModel({ flagSets: [set], arcs: { 'RUNNING -> PRE_COPY': rejected } });
    assert.deepEqual(only(findings('missing-arc', driver, textModule({ [file]: text }))).related, [
      { message: 'VFIO_MIGRATION_PRE_COPY is declared here', location: place(43, 66) },
      { message: 'RUNNING -> PRE_COPY falls through to here', location: at(900) },
    ]);
  });

  it('leaves an arc that is only rejected under a condition to conditional-arc', () => {
    const driver = driverModel({ arcs: { 'STOP -> STOP_COPY': rejected } });
    const conditional = { ...driver, missing: driver.missing.map((arc) => ({ ...arc, always: false })) };
    assert.deepEqual(everything(conditional), ['conditional-arc STOP->STOP_COPY']);
  });
});

describe('conditional-arc', () => {
  const when = { text: 'demo->can_save', location: at(300) };
  const arcs = {
    'STOP -> STOP_COPY': {
      status: 'conditional',
      condition: 'demo->can_save',
      outcomes: [
        success({ file: 'new-file', conditions: [when] }),
        error({ conditions: [{ ...when, text: '!demo->can_save' }] }),
      ],
    },
  } as const;

  it('names the condition and points to where it is tested', () => {
    const finding = only(findings('conditional-arc', driverModel({ arcs })));
    assert.match(
      finding.message,
      /^STOP -> STOP_COPY is handled only if demo->can_save, but .* is declared without that condition\./,
    );
    assert.deepEqual(finding.location, at(300));
  });

  it('is the only one to speak of such an arc', () => {
    assert.deepEqual(everything(driverModel({ arcs })), ['conditional-arc STOP->STOP_COPY']);
  });
});

describe('superfluous-arc', () => {
  it('marks the arc as unnecessary where it is selected', () => {
    const finding = only(
      findings('superfluous-arc', driverModel({ arcs: { 'RUNNING -> RESUMING': { status: 'handled' } } })),
    );
    assert.match(finding.message, /^RUNNING -> RESUMING is handled, but the core never asks for it/);
    assert.deepEqual(finding.tags, ['unnecessary']);
    assert.deepEqual(finding.location, at(200));
  });

  it('says nothing of pairs that a set_state without next states is asked for itself', () => {
    const arcs = { 'RUNNING -> RESUMING': { status: 'handled' } } as const;
    assert.deepEqual(findings('superfluous-arc', driverModel({ arcs, usesNextState: false })), []);
  });

  it('says nothing of arcs that the default path accepts', () => {
    const step = (offset: number) => ({ location: at(offset), what: 'a test' });
    const accepted = success({ file: 'null', at: at(900), trail: [step(1)] });
    const other = { outcomes: [success({ file: 'null', trail: [step(1), step(2)] })] };
    const arcs = {
      'RUNNING -> STOP': other,
      'RUNNING -> RESUMING': { outcomes: [{ ...accepted, trail: [step(1), step(2)] }] },
    };
    const driver = driverModel({ arcs, defaultPath: [accepted] });
    assert.deepEqual(everything(driver), ['accepts-unknown-arc default']);
  });
});

describe('undeclared-flag', () => {
  const handled = { status: 'handled' } as const;
  const p2p = {
    'RUNNING -> RUNNING_P2P': handled,
    'RUNNING_P2P -> RUNNING': handled,
    'RUNNING_P2P -> STOP': handled,
    'STOP -> RUNNING_P2P': handled,
  };

  it('reports a whole group once, instead of arc by arc', () => {
    const driver = driverModel({ arcs: p2p });
    assert.deepEqual(everything(driver), ['undeclared-flag P2P']);
    const finding = only(findings('undeclared-flag', driver));
    assert.match(
      finding.message,
      /^VFIO_MIGRATION_P2P is not declared, but all its arcs are handled: .* declare STOP_COPY \| P2P\.$/,
    );
    assert.deepEqual(finding.location, at(40));
  });

  it('leaves a group that is not whole to superfluous-arc', () => {
    const { 'STOP -> RUNNING_P2P': _, ...three } = p2p;
    assert.deepEqual(
      everything(driverModel({ arcs: three })).map((text) => text.split(' ')[0]),
      ['superfluous-arc', 'superfluous-arc', 'superfluous-arc'],
    );
  });

  it('finds two flags that are both not declared', () => {
    const full = driverModel({ flagSets: [all] });
    const arcs = Object.fromEntries(
      full.arcs.filter((arc) => arc.required).map((arc) => [`${arc.from} -> ${arc.to}`, handled]),
    );
    assert.deepEqual(everything(driverModel({ arcs })), ['undeclared-flag P2P', 'undeclared-flag PRE_COPY']);
  });

  it('says nothing when the flag is declared on some path', () => {
    assert.deepEqual(findings('undeclared-flag', driverModel({ flagSets: [['STOP_COPY', 'P2P'], ['STOP_COPY']] })), []);
  });
});

describe('blocked-arc', () => {
  it('reports both ways from STOP_COPY back, and nobody calls them superfluous', () => {
    const handled = { status: 'handled' } as const;
    const arcs = { 'STOP_COPY -> PRE_COPY': handled, 'STOP_COPY -> PRE_COPY_P2P': handled };
    assert.deepEqual(everything(driverModel({ flagSets: [all], arcs })), [
      'blocked-arc STOP_COPY->PRE_COPY',
      'blocked-arc STOP_COPY->PRE_COPY_P2P',
    ]);
  });
});

describe('invalid-flags', () => {
  const set = (flags: readonly ('STOP_COPY' | 'P2P' | 'PRE_COPY')[], unknownBits = 0n) => ({
    flags,
    unknownBits,
    when: null,
    locations: [at(40)],
  });

  it('reports P2P without STOP_COPY', () => {
    const finding = only(findings('invalid-flags', driverModel({ flagSets: [set(['P2P'])] })));
    assert.match(finding.message, /^P2P is declared without VFIO_MIGRATION_STOP_COPY, which is mandatory/);
    assert.deepEqual(finding.location, at(40));
  });

  it('reports bits that nobody knows', () => {
    const finding = only(findings('invalid-flags', driverModel({ flagSets: [set(['STOP_COPY'], 0x18n)] })));
    assert.match(finding.message, /^The bits 0x18 are declared, but Linux 6\.2 to 7\.0 does not define them\.$/);
  });

  it('reports a flag that the kernel generation does not have', () => {
    const finding = only(
      findings('invalid-flags', driverModel({ profile: '6.0', flagSets: [set(['STOP_COPY'], 4n)] })),
    );
    assert.match(
      finding.message,
      /^VFIO_MIGRATION_PRE_COPY is declared, but Linux 6\.0 and 6\.1 does not define it\.$/,
    );
  });

  it('takes a path that declares nothing for one without migration', () => {
    assert.deepEqual(findings('invalid-flags', driverModel({ flagSets: [set(['STOP_COPY']), set([])] })), []);
  });
});

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
    ]) {
      assert.deepEqual(findings('state-out-of-step', driverModel({ arcs: { 'STOP -> RUNNING': parts } })), []);
    }
  });
});

describe('state-out-of-step, in a loop without end', () => {
  const failing = {
    status: 'rejected',
    outcomes: [error({ failedCall: { name: 'stop', location: at(800) } })],
  } as const;

  it('reports arcs of which only failures come out, instead of calling them missing', () => {
    const nothing = { status: 'undecided', outcomes: [] } as const;
    const driver = driverModel({ arcs: { 'RUNNING -> STOP': failing, 'STOP -> RUNNING': nothing } });
    assert.deepEqual(everything(driver), ['state-out-of-step never']);
    const finding = only(findings('state-out-of-step', driver));
    assert.match(
      finding.message,
      /^demo_set_state\(\) does not come to an end when a step succeeds, for STOP -> RUNNING and RUNNING -> STOP: demo->state/,
    );
    assert.deepEqual(finding.location, at(20));
  });

  it('knows it from a way that asks for the next state twice', () => {
    const asks = { location: at(60), what: 'asks vfio_mig_get_next_state() for the next state' };
    const twice = { status: 'undecided', outcomes: [{ ...unknown('no steps left'), trail: [asks, asks] }] } as const;
    const once = { status: 'undecided', outcomes: [{ ...unknown('no steps left'), trail: [asks] }] } as const;
    assert.deepEqual(everything(driverModel({ arcs: { 'RUNNING -> STOP': twice } })), ['state-out-of-step never']);
    assert.deepEqual(everything(driverModel({ arcs: { 'RUNNING -> STOP': once } })), ['undecided-arc RUNNING->STOP']);
  });

  it('does not conclude it from an arc of which nothing comes out, or without knowing the state', () => {
    const nothing = { status: 'undecided', outcomes: [] } as const;
    assert.deepEqual(everything(driverModel({ arcs: { 'STOP -> RUNNING': nothing } })), [
      'undecided-arc STOP->RUNNING',
    ]);
    const driver = driverModel({ arcs: { 'RUNNING -> STOP': failing }, stateLocation: null });
    assert.deepEqual(everything(driver), ['missing-arc RUNNING->STOP']);
  });

  it('takes an arc that the driver refuses after a call for missing', () => {
    const refusing = { status: 'rejected', outcomes: [...failing.outcomes, error()] } as const;
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
