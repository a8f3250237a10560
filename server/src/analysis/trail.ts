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
  /** The end of the road: what could not be followed. */
  | { readonly k: 'lost'; readonly site: Site; readonly reason: string };

export const append = (before: Trail | null, step: Step): Trail => ({ before, step });

/** The steps in order of execution, one level deep. */
export function stepsOf(trail: Trail | null): Step[] {
  const steps: Step[] = [];
  for (let at = trail; at; at = at.before) steps.push(at.step);
  return steps.reverse();
}

/** All steps in order of execution, those inside calls before the call itself. */
export function allStepsOf(trail: Trail | null): Step[] {
  return stepsOf(trail).flatMap((step) => (step.k === 'call' ? [...allStepsOf(step.inner), step] : [step]));
}
