import type { Arc, StateName } from '../../../../server/src/wire';
import { sameArc } from '../../../../server/src/wire';
import type { Point } from './geometry';
import { angleOf, centreOf, distance, samplesOf } from './geometry';
import type { ArcPlace, Layout, StatePlace } from './layout';

/** What has the keyboard's focus in a drawing. */
export type Spot = { readonly state: StateName } | { readonly arc: Arc };

const directions: Readonly<Record<string, number>> = { ArrowRight: 0, ArrowDown: 90, ArrowLeft: 180, ArrowUp: -90 };

/**
 * Where a key leads. From a state an arrow key goes out over the arc in that direction, and on to the state at its end; against
 * the arc it goes back; across the arc it goes round to the next that leaves the same state. Where no arc leads, it goes to
 * the next state. Null for other keys and where nothing is.
 */
export function moveFocus(layout: Layout, spot: Spot, key: string): Spot | null {
  if (key === 'Home' || key === 'End') {
    const state = layout.states.at(key === 'Home' ? 0 : -1)?.state;
    return state === undefined ? null : { state };
  }
  const direction = directions[key];
  if (direction === undefined) {
    return null;
  }
  if ('state' in spot) {
    return fromState(layout, spot.state, direction);
  }
  const arc = layout.arcs.find((each) => sameArc(each, spot.arc));
  return arc === undefined ? null : fromArc(layout, arc, direction);
}

function spotOn({ from, to }: Arc): Spot {
  return { arc: { from, to } };
}

export function sameSpot(a: Spot, b: Spot): boolean {
  return 'state' in a ? 'state' in b && a.state === b.state : 'arc' in b && sameArc(a.arc, b.arc);
}

function fromState(layout: Layout, state: StateName, direction: number): Spot | null {
  const [best] = leaving(layout, state)
    .map((arc) => ({ arc, turn: Math.abs(turn(departure(arc), direction)) }))
    .filter((each) => each.turn <= 50)
    .sort((a, b) => a.turn - b.turn);
  if (best !== undefined) {
    return spotOn(best.arc);
  }
  const here = layout.states.find((each) => each.state === state);
  const next = here === undefined ? null : neighbour(layout, here, direction);
  return next === null ? null : { state: next.state };
}

function fromArc(layout: Layout, arc: ArcPlace, direction: number): Spot {
  const bend = turn(departure(arc), direction);
  if (Math.abs(bend) <= 45) {
    return { state: arc.to };
  }
  if (Math.abs(bend) >= 135) {
    return { state: arc.from };
  }
  const round = leaving(layout, arc.from).toSorted((a, b) => departure(a) - departure(b));
  const index = round.findIndex((each) => sameArc(each, arc));
  const next = round[(index + (bend > 0 ? 1 : -1) + round.length) % round.length] ?? arc;
  return spotOn(next);
}

function leaving({ arcs }: Layout, state: StateName): readonly ArcPlace[] {
  return arcs.filter(({ from }) => from === state);
}

/** The direction in which an arc leaves its state, in degrees; arcs through the same side differ a little. */
function departure({ route, head }: ArcPlace): number {
  const direct = angleOf(route[0], route[1]);
  return direct + turn(direct, angleOf(route[0], head)) / 1000 + lengthRank(route) / 1_000_000;
}

function lengthRank(route: readonly Point[]): number {
  return route.reduce((sum, point, index) => sum + distance(route[index - 1] ?? point, point), 0) / 100;
}

function neighbour({ states }: Layout, from: StatePlace, direction: number): StatePlace | null {
  const here = centreOf(from.box);
  const [best] = states
    .filter((each) => each !== from)
    .map((each) => {
      const there = centreOf(each.box);
      return { each, turn: Math.abs(turn(angleOf(here, there), direction)), far: distance(here, there) };
    })
    .filter((candidate) => candidate.turn <= 60)
    .sort((a, b) => a.far * (1 + a.turn / 45) - b.far * (1 + b.turn / 45));
  return best?.each ?? null;
}

/** The angle from one direction to another, between -180 and 180 degrees; clockwise is positive. */
function turn(from: number, to: number): number {
  const raw = (to - from) % 360;
  return raw > 180 ? raw - 360 : raw <= -180 ? raw + 360 : raw;
}

/** The middle of what is in focus, for a card beside it. */
export function placeOfSpot(layout: Layout, spot: Spot): Point | null {
  if ('state' in spot) {
    const place = layout.states.find(({ state }) => state === spot.state);
    return place === undefined ? null : centreOf(place.box);
  }
  const arc = layout.arcs.find((each) => sameArc(each, spot.arc));
  const points = arc === undefined ? [] : samplesOf(arc.route, 2);
  return points[Math.floor(points.length / 2)] ?? null;
}
