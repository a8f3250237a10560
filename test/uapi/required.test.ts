import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Arc, FlagSet } from '../../server/src/uapi';
import {
  arcsOf,
  arcText,
  breaksWithout,
  flagNames,
  flagSetText,
  flagsRequiring,
  isBlocked,
  pathOf,
  requiredArcs,
  sameArc,
  statesFor,
  stopsMigration,
  transitionsOf,
} from '../../server/src/uapi';
import { anyArc, anyFlagSet, everyFlagSet, everyPair, legalFlagSets } from './arbitrary';

const arc = (text: string): Arc => {
  const found = everyPair.find((pair) => arcText(pair) === text);
  assert.ok(found, text);
  return found;
};
const arcs = (...texts: string[]) => texts.map(arc);
const byText = (list: readonly Arc[]) => list.map(arcText).sort((a, b) => a.localeCompare(b));

describe('required arcs', () => {
  const counts: [FlagSet, number][] = [
    [['STOP_COPY'], 6],
    [['STOP_COPY', 'P2P'], 8],
    [['STOP_COPY', 'PRE_COPY'], 9],
    [['STOP_COPY', 'P2P', 'PRE_COPY'], 15],
  ];
  for (const [flags, count] of counts) {
    it(`are ${count} with ${flagSetText(flags)}`, () => {
      assert.equal(requiredArcs(flags).length, count);
    });
  }

  it('include RUNNING <-> STOP with PRE_COPY and without P2P, other than the comment in the kernel says', () => {
    const required = requiredArcs(['STOP_COPY', 'PRE_COPY']).map(arcText);
    assert.ok(required.includes('RUNNING -> STOP') && required.includes('STOP -> RUNNING'));
  });

  it('do not include PRE_COPY -> STOP_COPY when all flags are declared', () => {
    assert.ok(!requiredArcs(flagNames).map(arcText).includes('PRE_COPY -> STOP_COPY'));
  });

  it('are the arcs of all paths, no more and no fewer, each once', () => {
    for (const flags of everyFlagSet) {
      const walked = new Set(transitionsOf(flags).flatMap((each) => arcsOf(flags, each).map(arcText)));
      assert.deepEqual(
        byText(requiredArcs(flags)),
        [...walked].sort((a, b) => a.localeCompare(b)),
        flagSetText(flags),
      );
    }
  });

  it('are never blocked, never touch ERROR and never stay where they are', () => {
    for (const each of everyFlagSet.flatMap(requiredArcs)) {
      assert.ok(
        !isBlocked(each) && each.from !== 'ERROR' && each.to !== 'ERROR' && each.from !== each.to,
        arcText(each),
      );
    }
  });

  it('are each requested directly by their own pair of states', () => {
    for (const flags of legalFlagSets) {
      for (const each of requiredArcs(flags)) {
        assert.deepEqual(pathOf(flags, each.from, each.to), [each.to]);
      }
    }
  });

  it('are none without STOP_COPY', () => {
    for (const flags of everyFlagSet.filter((set) => !set.includes('STOP_COPY'))) {
      assert.deepEqual(statesFor(flags), []);
      assert.deepEqual(requiredArcs(flags), []);
      assert.equal(stopsMigration(flags, []), true);
    }
  });
});

describe('the flags that require an arc', () => {
  const cases: [string, FlagSet, FlagSet][] = [
    ['STOP -> RESUMING', flagNames, ['STOP_COPY']],
    ['RUNNING -> PRE_COPY', flagNames, ['STOP_COPY', 'PRE_COPY']],
    ['RUNNING_P2P -> STOP', flagNames, ['STOP_COPY', 'P2P']],
    ['PRE_COPY_P2P -> STOP_COPY', flagNames, ['STOP_COPY', 'P2P', 'PRE_COPY']],
    ['RUNNING -> STOP', ['STOP_COPY', 'PRE_COPY'], ['STOP_COPY']],
    ['RUNNING -> STOP', flagNames, []],
    ['STOP_COPY -> PRE_COPY', flagNames, []],
  ];
  for (const [text, declared, expected] of cases) {
    it(`for ${text} with ${flagSetText(declared)} are ${flagSetText(expected)}`, () => {
      assert.deepEqual(flagsRequiring(declared, arc(text)), expected);
    });
  }
});

describe('what breaks without an arc', () => {
  it('is every transition that goes over it', () => {
    assert.deepEqual(breaksWithout(['STOP_COPY'], arc('STOP -> STOP_COPY')).map(arcText), [
      'STOP -> STOP_COPY',
      'RUNNING -> STOP_COPY',
      'RESUMING -> STOP_COPY',
    ]);
  });

  it('is the arc itself and more for required arcs, nothing for others', () => {
    fc.assert(
      fc.property(anyFlagSet, anyArc, (flags, missing) => {
        const required = requiredArcs(flags).some((each) => sameArc(each, missing));
        const breaks = breaksWithout(flags, missing);
        assert.equal(
          breaks.some((each) => sameArc(each, missing)),
          required,
        );
        assert.equal(breaks.length > 0, required);
        for (const { from, to } of breaks) {
          const states = [from, ...(pathOf(flags, from, to) ?? [])];
          assert.ok(states.some((state, at) => state === missing.from && states[at + 1] === missing.to));
        }
      }),
    );
  });
});

describe('a missing arc stops migration', () => {
  const cases: [FlagSet, Arc[], boolean, string][] = [
    [['STOP_COPY'], [], false, 'nothing missing'],
    [['STOP_COPY'], arcs('STOP -> STOP_COPY'), true, 'nothing can be saved'],
    [['STOP_COPY'], arcs('STOP_COPY -> STOP'), false, 'the source may stay in STOP_COPY until it is reset'],
    [['STOP_COPY'], arcs('STOP -> RESUMING'), true, 'nothing can be restored'],
    [['STOP_COPY'], arcs('RESUMING -> STOP'), true, 'a restored device can not start'],
    [['STOP_COPY', 'PRE_COPY'], arcs('RUNNING -> PRE_COPY'), false, 'one can go through STOP'],
    [['STOP_COPY', 'PRE_COPY'], arcs('STOP -> STOP_COPY'), false, 'one can go through PRE_COPY'],
    [['STOP_COPY', 'PRE_COPY'], arcs('STOP -> STOP_COPY', 'RUNNING -> PRE_COPY'), true, 'neither way is left'],
    [['STOP_COPY', 'PRE_COPY'], arcs('RUNNING -> STOP'), false, 'STOP is reached from STOP_COPY'],
    [['STOP_COPY', 'PRE_COPY'], arcs('STOP -> RUNNING'), true, 'from STOP_COPY nothing leads back to PRE_COPY'],
    [flagNames, arcs('RUNNING -> RUNNING_P2P'), false, 'one can go through PRE_COPY and PRE_COPY_P2P'],
    [flagNames, arcs('RUNNING_P2P -> RUNNING'), false, 'a restored device can go back through the pre-copy states'],
    [['STOP_COPY', 'P2P'], arcs('RUNNING -> RUNNING_P2P'), true, 'the only way out of RUNNING'],
    [['STOP_COPY', 'P2P'], arcs('RUNNING_P2P -> RUNNING'), true, 'the only way back to RUNNING'],
    [['STOP_COPY'], arcs('RUNNING -> PRE_COPY'), false, 'nobody asks for it'],
  ];
  for (const [flags, missing, expected, why] of cases) {
    it(`${flagSetText(flags)} without ${missing.map(arcText).join(', ') || 'nothing'}: ${expected}, ${why}`, () => {
      assert.equal(stopsMigration(flags, missing), expected);
    });
  }

  it('the more, the rather; and never for arcs that nobody asks for', () => {
    fc.assert(
      fc.property(anyFlagSet, fc.array(anyArc, { maxLength: 8 }), anyArc, (flags, missing, another) => {
        const stops = stopsMigration(flags, missing);
        assert.ok(!stops || stopsMigration(flags, [...missing, another]));
        const asked = missing.filter((each) => requiredArcs(flags).some((required) => sameArc(required, each)));
        assert.equal(stops, stopsMigration(flags, asked));
      }),
    );
  });

  it('always when all arcs are missing', () => {
    for (const flags of everyFlagSet) {
      assert.equal(stopsMigration(flags, requiredArcs(flags)), true);
    }
  });
});
