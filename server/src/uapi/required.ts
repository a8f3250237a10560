import type { Arc } from './arcs';
import { sameArc } from './arcs';
import type { FlagName, FlagSet } from './flags';
import { flagSet } from './flags';
import { nextState, pathOf } from './next';
import type { StateName } from './states';
import { statesFor } from './states';

/** Every ordered pair of different states that a user of a device with these flags may have and request. */
export function transitionsOf(flags: FlagSet): Arc[] {
  const all = statesFor(flags);
  return all.flatMap((from) => all.filter((to) => to !== from).map((to) => ({ from, to })));
}

/** The arcs that one request makes the driver carry out, in order; empty when it is refused or nothing is to do. */
export function arcsOf(flags: FlagSet, transition: Arc): Arc[] {
  const path = pathOf(flags, transition.from, transition.to) ?? [];
  return path.map((to, index) => ({ from: path[index - 1] ?? transition.from, to }));
}

/**
 * The arcs that a driver with these flags must handle: every (cur, next) that the core asks for over all pairs of states
 * that the flags allow, ordered by the values of `from`, then of `to`. Empty for a flag set without STOP_COPY.
 */
export function requiredArcs(flags: FlagSet): readonly Arc[] {
  const key = flags.join();
  const known = requiredBySet.get(key) ?? arcsAskedFor(flags);
  requiredBySet.set(key, known);
  return known;
}

const requiredBySet = new Map<string, readonly Arc[]>();

function arcsAskedFor(flags: FlagSet): readonly Arc[] {
  const asked = transitionsOf(flags).flatMap(({ from, to }) => {
    const next = nextState(flags, from, to);
    return next === null ? [] : [{ from, to: next }];
  });
  return transitionsOf(flags).filter((arc) => asked.some((each) => sameArc(each, arc)));
}

/** The flags of the set without which nobody would ask for the arc. Empty when the set does not require it. */
export function flagsRequiring(flags: FlagSet, arc: Arc): FlagName[] {
  const requires = (set: FlagSet) => requiredArcs(set).some((each) => sameArc(each, arc));
  if (!requires(flags)) {
    return [];
  }
  return flagSet(flags).filter((flag) => !requires(flags.filter((each) => each !== flag)));
}

/**
 * Of the flags that require an arc, those to name as the reason: STOP_COPY, without which there is no migration, only where no
 * other is.
 */
export function namedFlags(requiredBy: readonly FlagName[]): readonly FlagName[] {
  const optional = requiredBy.filter((flag) => flag !== 'STOP_COPY');
  return optional.length > 0 ? optional : requiredBy;
}

/** The user-visible transitions whose way leads over the arc, and that fail without it. */
export function breaksWithout(flags: FlagSet, arc: Arc): Arc[] {
  return transitionsOf(flags).filter((transition) => arcsOf(flags, transition).some((step) => sameArc(step, arc)));
}

/** What a whole migration consists of, for the source (first) and the destination (the others). */
const migrationSteps: readonly Arc[] = [
  { from: 'RUNNING', to: 'STOP_COPY' },
  { from: 'RUNNING', to: 'RESUMING' },
  { from: 'RESUMING', to: 'RUNNING' },
];

/**
 * True when, without the `missing` arcs, a VM with the device can not be migrated at all: no sequence of successful
 * requests leads from RUNNING to STOP_COPY, or from RUNNING to RESUMING, or from RESUMING to RUNNING.
 * True for a flag set without STOP_COPY, which allows no migration to begin with.
 */
export function stopsMigration(flags: FlagSet, missing: readonly Arc[]): boolean {
  const works = transitionsOf(flags).filter((transition) => {
    const steps = arcsOf(flags, transition);
    return steps.length > 0 && !steps.some((step) => missing.some((each) => sameArc(each, step)));
  });
  return migrationSteps.some(({ from, to }) => !reachable(works, from).has(to));
}

function reachable(transitions: readonly Arc[], start: StateName): ReadonlySet<StateName> {
  // Iterating over a Set also visits what is added on the way.
  const seen = new Set([start]);
  for (const at of seen) {
    for (const { from, to } of transitions) {
      if (from === at) {
        seen.add(to);
      }
    }
  }
  return seen;
}
