import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FlagSet, StateName } from '../../server/src/uapi';
import {
  arcText,
  deriveArcs,
  deriveNextState,
  deriveWays,
  elementaryArcs,
  flagNames,
  flagSetText,
  isBlocked,
  nextState,
  nextStateTable,
  pathOf,
  requiredArcs,
  stateNames,
  stateOf,
  statesFor,
  transitionsOf,
} from '../../server/src/uapi';
import { anyFlagSet, anyState, everyFlagSet, everyPair, legalFlagSets } from './arbitrary';

const saving = (state: StateName) => stateOf(state)?.savingGroup === true;
const all: FlagSet = flagNames;

describe('next state', () => {
  it('goes the ways that the kernel documents', () => {
    const ways: [FlagSet, StateName, StateName[]][] = [
      [all, 'RUNNING', ['RUNNING_P2P', 'STOP', 'STOP_COPY']],
      [all, 'RUNNING', ['RUNNING_P2P', 'STOP', 'RESUMING']],
      [all, 'RESUMING', ['STOP', 'RUNNING_P2P', 'RUNNING', 'PRE_COPY']],
      [all, 'PRE_COPY', ['PRE_COPY_P2P', 'STOP_COPY']],
      [all, 'PRE_COPY', ['RUNNING', 'RUNNING_P2P', 'STOP', 'RESUMING']],
      [all, 'PRE_COPY_P2P', ['RUNNING_P2P', 'RUNNING']],
      [['STOP_COPY'], 'RUNNING', ['STOP', 'STOP_COPY']],
      [['STOP_COPY'], 'RESUMING', ['STOP', 'RUNNING']],
      [['STOP_COPY', 'P2P'], 'STOP_COPY', ['STOP', 'RUNNING_P2P', 'RUNNING']],
      [['STOP_COPY', 'PRE_COPY'], 'PRE_COPY', ['STOP_COPY']],
      [['STOP_COPY', 'PRE_COPY'], 'RUNNING', ['PRE_COPY']],
      [['STOP_COPY', 'PRE_COPY'], 'STOP', ['RUNNING', 'PRE_COPY']],
    ];
    for (const [flags, from, path] of ways) {
      assert.deepEqual(pathOf(flags, from, path.at(-1) ?? from), path, `${flagSetText(flags)}: from ${from}`);
    }
  });

  it('answers where it is when that is wanted, also for STOP_COPY', () => {
    for (const flags of legalFlagSets) {
      for (const state of statesFor(flags)) {
        assert.equal(nextState(flags, state, state), state);
        assert.deepEqual(pathOf(flags, state, state), []);
      }
    }
  });

  it('refuses the blocked arcs for every flag set instead of looking for ever', () => {
    for (const flags of everyFlagSet) {
      assert.equal(nextState(flags, 'STOP_COPY', 'PRE_COPY'), null);
      assert.equal(nextState(flags, 'STOP_COPY', 'PRE_COPY_P2P'), null);
      assert.equal(pathOf(flags, 'STOP_COPY', 'PRE_COPY'), null);
    }
  });

  it('refuses ERROR and states that the flags do not give, on either side', () => {
    for (const flags of everyFlagSet) {
      const allowed = statesFor(flags);
      for (const { from, to } of everyPair.filter(
        (pair) => !allowed.includes(pair.from) || !allowed.includes(pair.to),
      )) {
        assert.equal(nextState(flags, from, to), null, `${flagSetText(flags)}: ${from} -> ${to}`);
        assert.equal(pathOf(flags, from, to), null);
      }
    }
  });

  it('refuses names that are no states, from callers that do not keep to the types', () => {
    fc.assert(
      fc.property(fc.string(), anyState, (text, state) => {
        fc.pre(stateOf(text) === null);
        const garbage = text as StateName;
        assert.equal(nextState(all, garbage, state), null);
        assert.equal(nextState(all, state, garbage), null);
        assert.equal(pathOf(all, garbage, garbage), null);
      }),
      {
        examples: [
          ['', 'RUNNING'],
          ['__proto__', 'STOP'],
          ['constructor', 'RUNNING'],
          ['toString', 'STOP_COPY'],
        ],
      },
    );
  });

  it('does not care for the order or repetition of flags', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...flagNames), { maxLength: 6 }), anyState, anyState, (flags, from, to) => {
        const canonical = flagNames.filter((flag) => flags.includes(flag));
        assert.equal(nextState(flags, from, to), nextState(canonical, from, to));
      }),
    );
  });

  it('stays within the states of the device and comes nearer with every step', () => {
    fc.assert(
      fc.property(anyFlagSet, anyState, anyState, (flags, from, to) => {
        const next = nextState(flags, from, to);
        if (next !== null && from !== to) {
          assert.ok(statesFor(flags).includes(next));
          assert.equal(pathOf(flags, next, to)?.length, (pathOf(flags, from, to)?.length ?? 0) - 1);
        }
      }),
    );
  });

  it('has a whole table that leads to the wanted state or to ERROR, and out of ERROR nowhere', () => {
    for (const from of stateNames) {
      assert.deepEqual(Object.keys(nextStateTable[from]), [...stateNames]);
      assert.equal(nextStateTable[from].ERROR, 'ERROR');
      assert.equal(nextStateTable.ERROR[from], 'ERROR');
    }
  });
});

describe('every path', () => {
  for (const flags of legalFlagSets) {
    it(`with ${flagSetText(flags)} is the one that the rules of the uAPI give`, () => {
      for (const { from, to } of everyPair) {
        const ways = deriveWays(flags, from, to);
        const what = `${from} -> ${to}`;
        assert.ok(ways.length <= 1, `${what} has ${ways.length} shortest ways, so the rules alone do not decide`);
        assert.deepEqual(pathOf(flags, from, to), ways[0] ?? null, what);
        assert.equal(nextState(flags, from, to), deriveNextState(flags, from, to), what);
      }
    });

    it(`with ${flagSetText(flags)} opens and closes a saving session only at its ends`, () => {
      for (const { from, to } of transitionsOf(flags)) {
        const interior = pathOf(flags, from, to)?.slice(0, -1) ?? [];
        const groupOnly = saving(from) && saving(to);
        assert.ok(
          interior.every((state) => saving(state) === groupOnly),
          `${from} -> ${to} goes through ${interior.join(', ')}`,
        );
      }
    });

    it(`with ${flagSetText(flags)} exists for all pairs but the blocked ones`, () => {
      const without = transitionsOf(flags).filter(({ from, to }) => pathOf(flags, from, to) === null);
      assert.deepEqual(without, transitionsOf(flags).filter(isBlocked));
    });

    it(`with ${flagSetText(flags)} is made of the elementary arcs that the rules leave`, () => {
      const sorted = (texts: string[]) => texts.sort((a, b) => a.localeCompare(b));
      assert.deepEqual(sorted(deriveArcs(flags).map(arcText)), sorted(requiredArcs(flags).map(arcText)));
    });

    it(`with ${flagSetText(flags)} has no shorter legal one`, () => {
      for (const { from, to } of transitionsOf(flags)) {
        const path = pathOf(flags, from, to);
        assert.equal(path?.length ?? null, shortestLegal(flags, from, to), `${from} -> ${to}`);
      }
    });
  }

  it('is nowhere for a flag set without STOP_COPY', () => {
    for (const flags of everyFlagSet.filter((set) => !set.includes('STOP_COPY'))) {
      for (const { from, to } of everyPair) {
        assert.equal(pathOf(flags, from, to), null);
        assert.equal(deriveNextState(flags, from, to), null);
      }
      assert.deepEqual(deriveArcs(flags), []);
    }
  });

  it('of a device with everything needs all fifteen elementary arcs', () => {
    assert.equal(elementaryArcs.length, 15);
    assert.deepEqual(requiredArcs(all), elementaryArcsInOrder());
  });
});

function elementaryArcsInOrder() {
  return everyPair.filter((pair) => elementaryArcs.some((arc) => arc.from === pair.from && arc.to === pair.to));
}

/** The length of the shortest legal way over the required arcs, by breadth-first search; null when there is none. */
function shortestLegal(flags: FlagSet, from: StateName, to: StateName): number | null {
  const arcs = requiredArcs(flags);
  const groupOnly = saving(from) && saving(to);
  const reached = new Map<StateName, number>([[from, 0]]);
  for (const [at, distance] of reached) {
    if (at === to) {
      return distance;
    }
    for (const arc of arcs.filter((each) => each.from === at && !reached.has(each.to))) {
      if (arc.to === to || saving(arc.to) === groupOnly) {
        reached.set(arc.to, distance + 1);
      }
    }
  }
  return null;
}
