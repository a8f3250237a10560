import type { Renaming } from './rename';
import type { Site, Value } from './value';

/** What happened on a path, newest first; a call's own trail hangs below it. */
export interface Trail {
  readonly before: Trail | null;
  readonly step: Step;
}

export type Step =
  /** A branch; `open` when the condition was not decided by what is known. */
  | { readonly k: 'branch'; readonly site: Site; readonly holds: boolean; readonly open: boolean }
  | { readonly k: 'case'; readonly site: Site; readonly value: Value }
  | {
      readonly k: 'call';
      readonly site: Site;
      readonly name: string;
      readonly inner: Trail | null;
      readonly result: Value;
      /** The names inside the call as names outside; null for a call out of the module. */
      readonly renaming: Renaming | null;
    }
  /** The driver asked the core for the next state. */
  | { readonly k: 'next-state'; readonly site: Site; readonly current: Value; readonly wanted: Value }
  | { readonly k: 'return'; readonly site: Site; readonly value: Value }
  /** Paths came together here: what came before is one of them, told for all. */
  | { readonly k: 'meet'; readonly where: string }
  /** The end of the road: what could not be followed. */
  | { readonly k: 'lost'; readonly site: Site; readonly reason: string };

export const append = (before: Trail | null, step: Step): Trail => ({ before, step });

/** The steps in order of execution, one level deep. */
export function stepsOf(trail: Trail | null): Step[] {
  const steps: Step[] = [];
  for (let at = trail; at; at = at.before) steps.push(at.step);
  return steps.reverse();
}

/** A step that has a place in the source. */
export type Told = Exclude<Step, { readonly k: 'meet' }>;

/** A step of a story, with the name that a value has where the step was taken, and how many calls deep that is. */
export interface ToldStep {
  readonly step: Told;
  readonly depth: number;
  inner(id: string): string;
}

/**
 * All steps in order of execution, those inside calls before the call itself. Where paths that ended in different values
 * were joined, the story of one of the values is told: `value` is what the whole trail led to, `chosen` names the one.
 */
export function storyOf(trail: Trail | null, value: Value, chosen: string): ToldStep[] {
  return tell(trail, value, chosen, 0, (id) => id);
}

function tell(
  trail: Trail | null,
  value: Value | null,
  chosen: string,
  depth: number,
  inner: (id: string) => string,
): ToldStep[] {
  let told: ToldStep[] = [];
  for (const step of stepsOf(trail)) {
    if (step.k === 'meet') {
      const way =
        value?.k === 'symbol' && value.origin.k === 'join' && value.origin.where === step.where
          ? value.origin.alternatives.find((a) => a.value.id === chosen)
          : undefined;
      if (way) told = tell(way.trail, way.via, chosen, depth, inner);
    } else {
      if (step.k === 'call') {
        const { renaming } = step;
        const made = value !== null && step.result.id === inner(value.id) ? value : null;
        told.push(...tell(step.inner, made, chosen, depth + 1, renaming ? (id) => renaming.inner(inner(id)) : inner));
      }
      told.push({ step, depth, inner });
    }
  }
  return told;
}

/** All steps, told for whichever of joined paths comes first. */
export const allStepsOf = (trail: Trail | null): Told[] => tell(trail, null, '', 0, (id) => id).map((t) => t.step);
