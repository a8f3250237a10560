import type { Arc, StateName } from '../../../../server/src/wire';
import type { Box, Point, Route } from './geometry';
import { boundsOf, boxAround, centreOf, pathData, pointAt } from './geometry';
import type { Cell, Plan, Way } from './places';
import { planFor, wayOf } from './places';
import type { Ends, Tracks } from './routes';
import { diagonalRoute, laneRoute, loopRoute, tracksInUse, uprightSides } from './routes';
import { signPlaces } from './signs';

/** How the states lie: in two rows, or in two columns for where there is no width. */
export type Shape = 'wide' | 'narrow';

/** A drawing of a state machine in its own units: ten are one em of its text. */
export interface Layout {
  readonly shape: Shape;
  readonly bounds: Box;
  readonly states: readonly StatePlace[];
  readonly arcs: readonly ArcPlace[];
  /** The way out of ERROR: not an arc of the driver but VFIO_DEVICE_RESET. */
  readonly reset: ArcPlace;
}

export interface StatePlace {
  readonly state: StateName;
  readonly box: Box;
}

export interface ArcPlace extends Arc {
  readonly route: Route;
  /** The route as the `d` of an SVG path. */
  readonly path: string;
  /** The tip of its arrow and where it points, in degrees. */
  readonly head: Point & { readonly angle: number };
  /** Room for a word beside it; null for arcs that go around or across. */
  readonly label: LabelPlace | null;
  /** Room for small signs on it, the best first; may be empty where arcs are crowded. */
  readonly signs: readonly Point[];
}

export interface LabelPlace {
  readonly box: Box;
  /** Which end of the box the text begins at. */
  readonly anchor: 'start' | 'middle' | 'end';
}

export const stateSize = { width: 92, height: 38 } as const;

interface Measures {
  readonly columnPitch: number;
  readonly rowPitch: number;
  readonly label: { readonly width: number; readonly height: number };
}

const measures: Readonly<Record<Shape, Measures>> = {
  wide: { columnPitch: 176, rowPitch: 112, label: { width: 58, height: 10 } },
  narrow: { columnPitch: 154, rowPitch: 92, label: { width: 46, height: 10 } },
};

/** From the line between two states, with the two arcs of a pair on its sides, to the words beyond them. */
const labelOffset = 11.5;
const margin = 6;

/**
 * Places states, arcs and what is written at them.
 * @param states The machine's, and others in which a device stands; ERROR is always drawn.
 * @param arcs Those to be drawn; what joins other states is left out.
 */
export function layoutOf(states: readonly StateName[], arcs: readonly Arc[], shape: Shape): Layout {
  const plan = planFor(states);
  const places = placesOf([...new Set<StateName>([...states, 'ERROR'])], plan, shape);
  const routed = routedArcs([...arcs, { from: 'ERROR', to: 'RUNNING' }], places, plan, shape);
  const signs = signPlaces(
    routed.map(({ route, way }) => ({ route, isLane: way.kind === 'lane' })),
    [...places.map(({ box }) => box), ...routed.flatMap(({ label }) => (label === null ? [] : [label.box]))],
  );
  const drawn = routed.map(
    ({ arc, route, label }, index): ArcPlace => ({
      ...arc,
      route,
      path: pathData(route),
      head: pointAt(route, 1),
      label,
      signs: signs[index] ?? [],
    }),
  );
  const reset = drawn.find(({ from }) => from === 'ERROR');
  if (reset === undefined) {
    throw new Error('a machine without RUNNING can not be drawn');
  }
  const bounds = boundsOf([
    ...places.map(({ box }) => box),
    ...drawn.flatMap(({ label }) => (label === null ? [] : [label.box])),
    ...drawn.flatMap(({ route }) => route.map((point) => boxAround(point, 0, 0))),
  ]);
  return {
    shape,
    bounds: {
      x: bounds.x - margin,
      y: bounds.y - margin,
      width: bounds.width + 2 * margin,
      height: bounds.height + 2 * margin,
    },
    states: places,
    arcs: drawn.filter(({ from }) => from !== 'ERROR'),
    reset,
  };
}

function placesOf(states: readonly StateName[], { cells }: Plan, shape: Shape): readonly StatePlace[] {
  return states.flatMap((state) => {
    const cell = cells[state];
    return cell === undefined ? [] : [{ state, box: stateBox(cell, shape) }];
  });
}

function stateBox({ column, row }: Cell, shape: Shape): Box {
  const { columnPitch, rowPitch } = measures[shape];
  const [x, y] = shape === 'wide' ? [column, row] : [row, column];
  return boxAround({ x: x * columnPitch, y: y * rowPitch }, stateSize.width, stateSize.height);
}

interface Routed {
  readonly arc: Arc;
  readonly way: Way;
  readonly route: Route;
  readonly label: LabelPlace | null;
}

function routedArcs(arcs: readonly Arc[], places: readonly StatePlace[], plan: Plan, shape: Shape): readonly Routed[] {
  const found = arcs.flatMap((arc) => {
    const planned = wayOf(plan, arc);
    const ends = endsOf(arc, places);
    return planned === null || ends === null
      ? []
      : [{ arc, ends, reversed: planned.reversed, way: turned(planned.way, shape) }];
  });
  const labels = found.map(({ way, ends }) => (way.kind === 'lane' ? labelPlace(ends, shape) : null));
  const frame = boundsOf([...places.map(({ box }) => box), ...labels.flatMap((label) => label?.box ?? [])]);
  const tracks = tracksInUse(found.map(({ way }) => way));
  return found.map(({ arc, ends, way, reversed }, index): Routed => {
    return { arc, way, route: routeOf(way, ends, reversed, frame, tracks), label: labels[index] ?? null };
  });
}

function routeOf(way: Way, ends: Ends, reversed: boolean, frame: Box, tracks: Tracks): Route {
  switch (way.kind) {
    case 'lane':
      return laneRoute(ends);
    case 'diagonal':
      return diagonalRoute(ends);
    case 'loop':
      return loopRoute(ends, way, reversed, frame, tracks);
  }
}

function endsOf({ from, to }: Arc, places: readonly StatePlace[]): Ends | null {
  const start = places.find(({ state }) => state === from);
  const end = places.find(({ state }) => state === to);
  return start === undefined || end === undefined ? null : { from: start.box, to: end.box };
}

function turned(way: Way, shape: Shape): Way {
  return way.kind === 'loop' && shape === 'narrow' ? { ...way, sides: uprightSides(way.sides) } : way;
}

/** Beside the arc, on its side of the pair: above or below a level one, left or right of an upright one. */
function labelPlace({ from, to }: Ends, shape: Shape): LabelPlace {
  const { width, height } = measures[shape].label;
  const [start, end] = [centreOf(from), centreOf(to)];
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
  if (start.y === end.y) {
    const above = end.x > start.x;
    const y = above ? middle.y - labelOffset - height / 2 : middle.y + labelOffset + height / 2;
    return { box: boxAround({ x: middle.x, y }, width, height), anchor: 'middle' };
  }
  const right = end.y > start.y;
  const x = right ? middle.x + labelOffset + width / 2 : middle.x - labelOffset - width / 2;
  return { box: boxAround({ x, y: middle.y }, width, height), anchor: right ? 'start' : 'end' };
}
