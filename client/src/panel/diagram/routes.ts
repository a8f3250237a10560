import type { Box, Point, Route } from './geometry';
import { centreOf, distance, towards } from './geometry';
import type { Loop, Side, Way } from './places';

/** The ways of arcs as lines. Of two arcs that join the same states each keeps to its left, so that they never touch. */

export interface Ends {
  readonly from: Box;
  readonly to: Box;
}

/** From the middle line of a pair to each of its arcs. */
const laneOffset = 5.5;
const tightOffset = 3;
/** From the tip of an arrow to the state that it points at. */
const tipGap = 2;
/** From the states to the innermost loop, and from one loop to the next. */
const firstTrack = 14;
const trackPitch = 12;
/** How far ports are from the middle of a side: along a level one, along an upright one. */
const levelPort = 18;
const uprightPort = 9;
/** How far from its corner a diagonal leaves a state. */
const cornerInset = 9;

/** Straight from side to side of neighbours. */
export function laneRoute({ from, to }: Ends): Route {
  const [start, end] = [centreOf(from), centreOf(to)];
  const across = leftOf(start, end, laneOffset);
  const [first, last] =
    start.y === end.y
      ? [from.width / 2, distance(start, end) - to.width / 2]
      : [from.height / 2, distance(start, end) - to.height / 2];
  return shifted([towards(start, end, first), towards(start, end, last - tipGap)], across);
}

/** From corner to corner, across the space between four states. */
export function diagonalRoute({ from, to }: Ends): Route {
  const [start, end] = [cornerTowards(from, to), cornerTowards(to, from)];
  const down = end.y > start.y;
  const across = { x: down ? tightOffset : -tightOffset, y: 0 };
  return shifted([start, towards(end, start, tipGap)], across);
}

/** Out of one side, along the outside of the drawing, into another. Of a pair, the arc back goes outside the other. */
export function loopRoute({ from, to }: Ends, loop: Loop, reversed: boolean, frame: Box, tracks: Tracks): Route {
  const [first, last] = reversed ? [to, from] : [from, to];
  const out = reversed ? tightOffset : -tightOffset;
  const route = loopLine(
    first,
    last,
    loop,
    out,
    (side) => trackAt(side, loop.track, tracks, frame) + outward[side] * out,
  );
  return withTip(reversed ? backwards(route) : route);
}

/** For each side the tracks that are in use, the inner first: a drawing takes no room for arcs that it does not have. */
export type Tracks = Readonly<Record<Side, readonly number[]>>;

export function tracksInUse(ways: readonly Way[]): Tracks {
  const on = (side: Side): readonly number[] => {
    const used = ways.flatMap((way) => (way.kind === 'loop' && way.sides.includes(side) ? [way.track] : []));
    return [...new Set(used)].sort((a, b) => a - b);
  };
  return { top: on('top'), right: on('right'), bottom: on('bottom'), left: on('left') };
}

/** What the sides become when the rows stand up as columns. */
export function uprightSides([first, second]: Loop['sides']): Loop['sides'] {
  return second === undefined ? [upright[first]] : [upright[first], upright[second]];
}

const upright = { top: 'left', left: 'top', bottom: 'right', right: 'bottom' } as const;

/** Which way leads out, as coordinates count. */
const outward: Readonly<Record<Side, 1 | -1>> = { top: -1, left: -1, bottom: 1, right: 1 };

function isLevel(side: Side): boolean {
  return side === 'top' || side === 'bottom';
}

/** The y of a track above or below, the x of one to the left or right. */
function trackAt(side: Side, track: number, tracks: Tracks, frame: Box): number {
  const edge = { top: frame.y, left: frame.x, bottom: frame.y + frame.height, right: frame.x + frame.width }[side];
  return edge + outward[side] * (firstTrack + trackPitch * tracks[side].indexOf(track));
}

/** `out`: how far it lies outside the middle of its pair. */
function loopLine(from: Box, to: Box, { sides, ports }: Loop, out: number, lineOf: (side: Side) => number): Route {
  const [first, second] = sides;
  const final = second ?? first;
  const [leaves, enters] = [portOf(from, first, ports[0]), portOf(to, final, ports[1])];
  const along = (point: Point, side: Side): number => (isLevel(side) ? point.x : point.y);
  const firstTurn = second === undefined ? along(enters, first) : lineOf(second);
  const lastTurn = second === undefined ? along(leaves, first) : lineOf(first);
  const start = movedAlong(leaves, first, -out * Math.sign(firstTurn - along(leaves, first)));
  const end = movedAlong(enters, final, out * Math.sign(along(enters, final) - lastTurn));
  const onto = onLine(start, first, lineOf(first));
  const off = onLine(end, final, lineOf(final));
  const corner = isLevel(first) ? { x: off.x, y: onto.y } : { x: onto.x, y: off.y };
  return second === undefined ? [start, onto, off, end] : [start, onto, corner, off, end];
}

function portOf({ x, y, width, height }: Box, side: Side, port: number): Point {
  const level = x + width / 2 + port * levelPort;
  const up = y + height / 2 + port * uprightPort;
  return {
    top: { x: level, y },
    bottom: { x: level, y: y + height },
    left: { x, y: up },
    right: { x: x + width, y: up },
  }[side];
}

function movedAlong({ x, y }: Point, side: Side, by: number): Point {
  return isLevel(side) ? { x: x + by, y } : { x, y: y + by };
}

function onLine({ x, y }: Point, side: Side, line: number): Point {
  return isLevel(side) ? { x, y: line } : { x: line, y };
}

function cornerTowards(box: Box, other: Box): Point {
  const [here, there] = [centreOf(box), centreOf(other)];
  return {
    x: here.x + Math.sign(there.x - here.x) * (box.width / 2 - cornerInset),
    y: here.y + Math.sign(there.y - here.y) * (box.height / 2),
  };
}

/** To the left of one who goes that way. */
function leftOf(from: Point, to: Point, by: number): Point {
  const length = distance(from, to);
  return { x: ((to.y - from.y) / length) * by, y: (-(to.x - from.x) / length) * by };
}

function shifted([from, to]: readonly [Point, Point], { x, y }: Point): Route {
  return [
    { x: from.x + x, y: from.y + y },
    { x: to.x + x, y: to.y + y },
  ];
}

function backwards([first, second, ...others]: Route): Route {
  const [last, ...rest] = [...others.toReversed(), second, first];
  const [next, ...more] = rest;
  return [last ?? second, next ?? first, ...more];
}

function withTip(route: Route): Route {
  const [end, before, ...others] = backwards(route);
  return backwards([towards(end, before, tipGap), before, ...others]);
}
