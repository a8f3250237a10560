import assert from 'node:assert/strict';
import { rules } from '../../server/src/rules';
import { at, driverModel, error, file, success, textModule } from '../support/driverModel';
import { everything, findings, only } from '../support/ruleFindings';

const all = ['STOP_COPY', 'P2P', 'PRE_COPY'] as const;

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
    const step = (offset: number) =>
      ({ kind: 'condition', location: at(offset), depth: 0, callee: null, holds: true, what: 'a test' }) as const;
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
