import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FlagSet } from '../../server/src/uapi';
import {
  arcText,
  bitsOf,
  constantName,
  contractOf,
  endsSession,
  flagNames,
  flagSet,
  flagSetText,
  flags,
  flagsOfBits,
  isAllowed,
  isBlocked,
  isProfileId,
  newestProfile,
  profileIds,
  profileOf,
  profiles,
  requiredArcs,
  stateByValue,
  stateNames,
  stateOf,
  states,
  statesFor,
  validFlagSets,
  valueOfState,
} from '../../server/src/uapi';
import { anyArc, everyFlagSet, everyPair, legalFlagSets } from './arbitrary';

describe('states', () => {
  it('have the values and names of the header', () => {
    assert.deepEqual(
      states.map(({ constant, value }) => `${constant} = ${value}`),
      [
        'VFIO_DEVICE_STATE_ERROR = 0',
        'VFIO_DEVICE_STATE_STOP = 1',
        'VFIO_DEVICE_STATE_RUNNING = 2',
        'VFIO_DEVICE_STATE_STOP_COPY = 3',
        'VFIO_DEVICE_STATE_RESUMING = 4',
        'VFIO_DEVICE_STATE_RUNNING_P2P = 5',
        'VFIO_DEVICE_STATE_PRE_COPY = 6',
        'VFIO_DEVICE_STATE_PRE_COPY_P2P = 7',
      ],
    );
  });

  it('are found by value and name, both ways', () => {
    for (const { name, value, constant } of states) {
      assert.equal(valueOfState(name), value);
      assert.equal(stateByValue(value), name);
      assert.equal(stateByValue(BigInt(value)), name);
      assert.equal(constantName(name), constant);
      assert.equal(stateOf(name)?.name, name);
    }
  });

  it('are not found for any other number or name', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.bigInt(), fc.integer({ min: 8 })), (value) => {
        const found = stateByValue(value);
        assert.equal(
          found,
          Number(value) >= 0 && Number.isInteger(Number(value)) ? (stateNames[Number(value)] ?? null) : null,
        );
      }),
    );
    for (const name of ['', 'running', '__proto__', 'constructor', 'VFIO_DEVICE_STATE_STOP']) {
      assert.equal(stateOf(name), null);
    }
  });

  it('of a device are those whose flags are all declared, never ERROR', () => {
    const named = (set: FlagSet) => statesFor(set).join(' ');
    assert.equal(named(['STOP_COPY']), 'STOP RUNNING STOP_COPY RESUMING');
    assert.equal(named(['STOP_COPY', 'P2P']), 'STOP RUNNING STOP_COPY RESUMING RUNNING_P2P');
    assert.equal(named(['STOP_COPY', 'PRE_COPY']), 'STOP RUNNING STOP_COPY RESUMING PRE_COPY');
    assert.equal(named(flagNames), 'STOP RUNNING STOP_COPY RESUMING RUNNING_P2P PRE_COPY PRE_COPY_P2P');
    assert.equal(named(['P2P', 'PRE_COPY']), '');
    assert.ok(everyFlagSet.every((set) => !isAllowed(set, 'ERROR')));
  });

  it('of the saving group are PRE_COPY, PRE_COPY_P2P and STOP_COPY', () => {
    const group = states.filter(({ savingGroup }) => savingGroup).map(({ name }) => name);
    assert.deepEqual(group, ['STOP_COPY', 'PRE_COPY', 'PRE_COPY_P2P']);
  });
});

describe('flags', () => {
  it('have the bits and names of the header', () => {
    assert.deepEqual(
      flags.map(({ constant, bit }) => `${constant} = ${1 << bit}`),
      ['VFIO_MIGRATION_STOP_COPY = 1', 'VFIO_MIGRATION_P2P = 2', 'VFIO_MIGRATION_PRE_COPY = 4'],
    );
  });

  it('are read from any value with nothing lost', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }), (value) => {
        const { flags: set, unknownBits } = flagsOfBits(value);
        assert.equal(bitsOf(set) | unknownBits, BigInt.asUintN(64, value));
        assert.equal(bitsOf(set) & unknownBits, 0n);
      }),
    );
  });

  it('that a generation does not define count as unknown bits', () => {
    assert.deepEqual(flagsOfBits(5n, profileOf('5.18').flags), { flags: ['STOP_COPY'], unknownBits: 4n });
  });

  it('come in one order, each once, without what is no flag', () => {
    assert.deepEqual(flagSet(['PRE_COPY', 'nonsense', 'STOP_COPY', 'PRE_COPY']), ['STOP_COPY', 'PRE_COPY']);
    assert.equal(flagSetText(['PRE_COPY', 'STOP_COPY']), 'STOP_COPY | PRE_COPY');
    assert.equal(flagSetText([]), '0');
  });
});

describe('arcs', () => {
  const required = everyPair.filter((pair) =>
    legalFlagSets.some((set) => requiredArcs(set).some((arc) => arcText(arc) === arcText(pair))),
  );

  it('of which a new fd is due are four', () => {
    const due = required
      .filter((arc) => contractOf(arc) !== 'none')
      .map((arc) => `${arcText(arc)}: ${contractOf(arc)}`);
    assert.deepEqual(due, [
      'STOP -> STOP_COPY: new-read-fd',
      'STOP -> RESUMING: new-write-fd',
      'RUNNING -> PRE_COPY: new-read-fd',
      'RUNNING_P2P -> PRE_COPY_P2P: new-read-fd',
    ]);
  });

  it('that end the session are four', () => {
    assert.deepEqual(required.filter(endsSession).map(arcText), [
      'STOP_COPY -> STOP',
      'RESUMING -> STOP',
      'PRE_COPY -> RUNNING',
      'PRE_COPY_P2P -> RUNNING_P2P',
    ]);
  });

  it('that are blocked are two', () => {
    assert.deepEqual(everyPair.filter(isBlocked).map(arcText), ['STOP_COPY -> PRE_COPY', 'STOP_COPY -> PRE_COPY_P2P']);
  });

  it('hand out a fd only where they lead into a session that was not open before', () => {
    fc.assert(
      fc.property(anyArc, (arc) => {
        const before = stateOf(arc.from)?.session;
        const after = stateOf(arc.to)?.session;
        if (contractOf(arc) !== 'none') {
          assert.equal(contractOf(arc), after === 'saving' ? 'new-read-fd' : 'new-write-fd');
          assert.ok(after !== 'none' && before !== after && arc.from !== 'ERROR');
        }
        assert.ok(!endsSession(arc) || before !== 'none');
      }),
    );
  });
});

describe('profiles', () => {
  it('stand from the oldest to the newest and are found by id', () => {
    assert.deepEqual(
      profiles.map(({ id }) => id),
      profileIds,
    );
    assert.equal(newestProfile.id, '7.1');
    for (const profile of profiles) {
      assert.equal(profileOf(profile.id), profile);
      assert.ok(isProfileId(profile.id));
    }
    assert.ok(!isProfileId('6.12') && !isProfileId('') && !isProfileId('__proto__'));
  });

  it('differ as the kernels do', () => {
    const facts = profiles.map((each) => [
      each.id,
      flagSetText(each.flags),
      each.opsType,
      each.mandatoryOps.length,
      each.precopyInfo === null ? '-' : `${each.precopyInfo.validIn.join('+')}${each.precopyInfo.mandatory ? '!' : ''}`,
      each.precopyInfoV2,
    ]);
    assert.deepEqual(facts, [
      ['patch-v7', 'STOP_COPY | P2P | PRE_COPY', 'vfio_device_ops', 2, 'PRE_COPY', false],
      ['5.18', 'STOP_COPY | P2P', 'vfio_device_ops', 2, '-', false],
      ['6.0', 'STOP_COPY | P2P', 'vfio_migration_ops', 2, '-', false],
      ['6.2', 'STOP_COPY | P2P | PRE_COPY', 'vfio_migration_ops', 3, 'PRE_COPY+PRE_COPY_P2P!', false],
      ['7.1', 'STOP_COPY | P2P | PRE_COPY', 'vfio_migration_ops', 3, 'PRE_COPY+PRE_COPY_P2P!', true],
    ]);
  });

  for (const { id, flags: all, states: has, precopyInfo } of profiles) {
    it(`${id} has the states of its flags, and every flag set with STOP_COPY is valid`, () => {
      assert.deepEqual(has, statesFor(all));
      assert.ok(precopyInfo === null || precopyInfo.validIn.every((state) => has.includes(state)));
      const sets = validFlagSets(id);
      assert.deepEqual(
        sets.map(flagSetText).sort(),
        legalFlagSets
          .filter((set) => set.every((flag) => all.includes(flag)))
          .map(flagSetText)
          .sort(),
      );
      assert.deepEqual(sets.at(-1), all);
      for (const set of sets) {
        assert.ok(requiredArcs(set).every((arc) => has.includes(arc.from) && has.includes(arc.to)));
      }
    });
  }
});
