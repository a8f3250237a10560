import type { Arc, StateName } from '../../../../server/src/wire';

/**
 * Where the states stand and which way the arcs between them go, chosen by hand: what an engineer would draw. Running states
 * and what stops them in one row, their saving twins in the next, so that every arc that the protocol asks for joins two
 * neighbours. Arcs that only an odd driver has go around the outside or across.
 */

/** A place in the drawing; `row` 0 holds the states without a saving session. */
export interface Cell {
  readonly column: number;
  readonly row: number;
}

/** The sides of the drawing and of a state when the rows lie flat; a narrow drawing stands them up. */
export type Side = 'top' | 'right' | 'bottom' | 'left';

/**
 * - `lane`: straight to a neighbour;
 * - `diagonal`: across to a neighbour's neighbour;
 * - `loop`: around the outside.
 */
export type Way = { readonly kind: 'lane' } | { readonly kind: 'diagonal' } | Loop;

/** Out through the first side and in through the last. */
export interface Loop {
  readonly kind: 'loop';
  readonly sides: readonly [Side, Side?];
  /** Counts outwards among the loops of a side. */
  readonly track: number;
  /** Where it leaves and enters: -1 and 1 are off the middle of the side. */
  readonly ports: readonly [number, number];
}

export interface Plan {
  readonly cells: Readonly<Partial<Record<StateName, Cell>>>;
  /** By the two states, in either order, with a blank between. */
  readonly ways: Readonly<Record<string, Way>>;
}

const lane: Way = { kind: 'lane' };
const diagonal: Way = { kind: 'diagonal' };

function loop(track: number, sides: Loop['sides'], ports: Loop['ports']): Way {
  return { kind: 'loop', sides, track, ports };
}

const withP2p: Plan = {
  cells: {
    RUNNING: { column: 0, row: 0 },
    RUNNING_P2P: { column: 1, row: 0 },
    STOP: { column: 2, row: 0 },
    RESUMING: { column: 3, row: 0 },
    PRE_COPY: { column: 0, row: 1 },
    PRE_COPY_P2P: { column: 1, row: 1 },
    STOP_COPY: { column: 2, row: 1 },
    ERROR: { column: 3, row: 1 },
  },
  ways: {
    'RUNNING RUNNING_P2P': lane,
    'RUNNING_P2P STOP': lane,
    'STOP RESUMING': lane,
    'RUNNING PRE_COPY': lane,
    'RUNNING_P2P PRE_COPY_P2P': lane,
    'STOP STOP_COPY': lane,
    'PRE_COPY PRE_COPY_P2P': lane,
    'PRE_COPY_P2P STOP_COPY': lane,
    'RUNNING PRE_COPY_P2P': diagonal,
    'RUNNING_P2P PRE_COPY': diagonal,
    'RUNNING_P2P STOP_COPY': diagonal,
    'STOP PRE_COPY_P2P': diagonal,
    'RESUMING STOP_COPY': diagonal,
    'RUNNING STOP': loop(0, ['top'], [1, -1]),
    'RUNNING_P2P RESUMING': loop(1, ['top'], [0, -1]),
    'RUNNING RESUMING': loop(2, ['top'], [-1, 1]),
    'PRE_COPY STOP': loop(3, ['left', 'top'], [0, 1]),
    'PRE_COPY STOP_COPY': loop(0, ['bottom'], [1, -1]),
    'RUNNING STOP_COPY': loop(1, ['left', 'bottom'], [1, 1]),
    'RESUMING PRE_COPY_P2P': loop(2, ['right', 'bottom'], [1, 0]),
    'RESUMING PRE_COPY': loop(3, ['right', 'bottom'], [-1, -1]),
    'ERROR RUNNING': loop(4, ['bottom', 'left'], [0, -1]),
  },
};

const withoutP2p: Plan = {
  cells: {
    RUNNING: { column: 0, row: 0 },
    STOP: { column: 1, row: 0 },
    RESUMING: { column: 2, row: 0 },
    PRE_COPY: { column: 0, row: 1 },
    STOP_COPY: { column: 1, row: 1 },
    ERROR: { column: 2, row: 1 },
  },
  ways: {
    'RUNNING STOP': lane,
    'STOP RESUMING': lane,
    'RUNNING PRE_COPY': lane,
    'STOP STOP_COPY': lane,
    'PRE_COPY STOP_COPY': lane,
    'RUNNING STOP_COPY': diagonal,
    'STOP PRE_COPY': diagonal,
    'RESUMING STOP_COPY': diagonal,
    'RUNNING RESUMING': loop(0, ['top'], [0, 0]),
    'RESUMING PRE_COPY': loop(0, ['right', 'bottom'], [0, 0]),
    'ERROR RUNNING': loop(1, ['bottom', 'left'], [0, 0]),
  },
};

/** The drawing for these states. */
export function planFor(states: readonly StateName[]): Plan {
  return states.some((state) => state.endsWith('P2P')) ? withP2p : withoutP2p;
}

/** The way of an arc, and whether the drawing names it from the other end; null for a pair that is not drawn. */
export function wayOf({ ways }: Plan, { from, to }: Arc): { readonly way: Way; readonly reversed: boolean } | null {
  const way = ways[`${from} ${to}`];
  if (way !== undefined) {
    return { way, reversed: false };
  }
  const back = ways[`${to} ${from}`];
  return back === undefined ? null : { way: back, reversed: true };
}
