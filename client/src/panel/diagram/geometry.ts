/** Plane geometry of pictures, in their own units; y grows downwards. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The box of that size around a point. */
export function boxAround({ x, y }: Point, width: number, height: number): Box {
  return { x: x - width / 2, y: y - height / 2, width, height };
}

export function centreOf({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

export function contains({ x, y, width, height }: Box, point: Point): boolean {
  return point.x > x && point.x < x + width && point.y > y && point.y < y + height;
}

/** The smallest box around all of them; an empty one at the origin for none. */
export function boundsOf(boxes: readonly Box[]): Box {
  if (boxes.length === 0) {
    return { x: 0, y: 0, width: 0, height: 0 };
  }
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  };
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}

/** The point that far from `a` on the way to `b`; `a` where the two are one. */
export function towards(a: Point, b: Point, length: number): Point {
  const whole = distance(a, b);
  const part = whole === 0 ? 0 : length / whole;
  return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
}

/** How far a corner of a route is rounded. */
const cornerRadius = 6;

/** A way through points, straight between them, as it is drawn: its corners are rounded. */
export type Route = readonly [Point, Point, ...Point[]];

/** The route as the `d` of an SVG path. */
export function pathData(route: Route): string {
  const parts = roundedParts(route);
  return parts
    .map((part, index) => {
      const start = index === 0 ? `M${pointText(part.from)}` : '';
      const corner = part.corner === null ? '' : `Q${pointText(part.corner.at)} ${pointText(part.corner.end)}`;
      return `${start}L${pointText(part.to)}${corner}`;
    })
    .join('');
}

/** Points along the drawn route, at most `step` apart. */
export function samplesOf(route: Route, step: number): readonly Point[] {
  const samples: Point[] = [];
  for (const { from, to, corner } of roundedParts(route)) {
    samples.push(...between(from, to, step));
    if (corner !== null) {
      samples.push(...onCorner(to, corner.at, corner.end));
    }
  }
  return samples;
}

/** The point at `part` (0 to 1) of the route's length, and the direction of travel there in degrees. */
export function pointAt(route: Route, part: number): Point & { readonly angle: number } {
  let rest = lengthOf(route) * part;
  for (let index = 1; index < route.length; index++) {
    const [from, to] = [route[index - 1], route[index]];
    if (from === undefined || to === undefined) {
      break;
    }
    const length = distance(from, to);
    if (rest <= length || index === route.length - 1) {
      return { ...towards(from, to, rest), angle: angleOf(from, to) };
    }
    rest -= length;
  }
  return { ...route[0], angle: 0 };
}

export function lengthOf(route: Route): number {
  return route.reduce((sum, point, index) => sum + distance(route[index - 1] ?? point, point), 0);
}

/** The route without its last `length`, which must be shorter than its last straight part. */
export function shortened(route: Route, length: number): Route {
  const [first, second, ...others] = route;
  const tip = others.at(-1);
  const before = others.at(-2) ?? second;
  return tip === undefined
    ? [first, towards(second, first, length)]
    : [first, second, ...others.slice(0, -1), towards(tip, before, length)];
}

/** The direction from one point to another in degrees: 0 to the right, 90 downwards. */
export function angleOf(from: Point, to: Point): number {
  return (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
}

interface Part {
  readonly from: Point;
  readonly to: Point;
  /** The bend after it. */
  readonly corner: { readonly at: Point; readonly end: Point } | null;
}

function roundedParts(route: Route): readonly Part[] {
  let from: Point = route[0];
  return route.slice(1).map((at, index): Part => {
    const start = from;
    const before = route[index];
    const after = route[index + 2];
    if (after === undefined || before === undefined) {
      return { from: start, to: at, corner: null };
    }
    const radius = Math.min(cornerRadius, distance(before, at) / 2, distance(at, after) / 2);
    const end = towards(at, after, radius);
    from = end;
    return { from: start, to: towards(at, before, radius), corner: { at, end } };
  });
}

function between(from: Point, to: Point, step: number): readonly Point[] {
  const count = Math.max(1, Math.ceil(distance(from, to) / step));
  return Array.from({ length: count + 1 }, (_, index) => towards(from, to, (distance(from, to) * index) / count));
}

function onCorner(from: Point, at: Point, to: Point): readonly Point[] {
  return [0.25, 0.5, 0.75].map((t) => ({
    x: (1 - t) ** 2 * from.x + 2 * t * (1 - t) * at.x + t ** 2 * to.x,
    y: (1 - t) ** 2 * from.y + 2 * t * (1 - t) * at.y + t ** 2 * to.y,
  }));
}

function pointText({ x, y }: Point): string {
  return `${Number(x.toFixed(2))} ${Number(y.toFixed(2))}`;
}
