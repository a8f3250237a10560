import type { Arc } from './arcs';
import type { FlagName } from './flags';
import { flagNames } from './flags';
import type { StateName } from './states';
import { stateNames } from './states';

/** A name as it is compared: capitals, no space around it, and `_` where people write `-`. */
export function normalized(text: string): string {
  return text
    .trim()
    .toUpperCase()
    .replace(/-(?!>)/g, '_');
}

/** The state that the text names, with or without `VFIO_DEVICE_STATE_`, in any case; null if none. */
export function parseState(text: string): StateName | null {
  const key = normalized(text).replace(/^VFIO_DEVICE_STATE_/, '');
  return stateNames.find((name) => name === key) ?? null;
}

/** The flag that the text names, with or without `VFIO_MIGRATION_`, in any case; null if none. */
export function parseFlag(text: string): FlagName | null {
  const key = normalized(text).replace(/^VFIO_MIGRATION_/, '');
  return flagNames.find((name) => name === key) ?? null;
}

/**
 * The pair of states that the text names: two states with `->`, `:`, `,`, "to" or just space between them.
 * null for anything else, and for a state and itself, which is no arc.
 */
export function parseArc(text: string): Arc | null {
  const parts = text.trim().split(/\s*(?:->|→|:|,)\s*|\s+(?:to\s+)?/i);
  const [from, to] = parts.map(parseState);
  if (parts.length !== 2 || from == null || to == null || from === to) {
    return null;
  }
  return { from, to };
}
