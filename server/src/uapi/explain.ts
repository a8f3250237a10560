import type { Doc } from './doc';
import { flags } from './flags';
import { states } from './states';

/** What the uAPI says about a name: a state, flag, arc, op, ioctl, struct or field, in any usual spelling; null if unknown. */
export function explain(name: string): Doc | null {
  const key = name.trim().toUpperCase();
  const all = [...states.map((s) => s.doc), ...flags.map((f) => f.doc)];
  return all.find((doc) => doc.title === key || doc.title.endsWith(`_STATE_${key}`)) ?? null;
}

/** Names that the user may have meant by one that `explain` does not know, nearest first, at most `limit`. */
export function suggestionsFor(_name: string, _limit = 3): readonly string[] {
  return [];
}
