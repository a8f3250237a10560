import type { JSX } from 'preact';
import type { Arc } from '../../../../server/src/wire';
import { sameArc } from '../../../../server/src/wire';
import { type Point, pathData, pointAt, type Route } from './geometry';
import type { Layout } from './layout';
import type { Trail } from './scene';
import { Sign } from './sign';

interface TrailLineProps {
  readonly layout: Layout;
  readonly trail: Trail;
}

/** The way of the last transition, drawn over the arcs that it took, one after the other; a cross where the driver failed. */
export function TrailLine({ layout, trail }: TrailLineProps): JSX.Element {
  const routeOf = (arc: Arc): Route | null => layout.arcs.find((place) => sameArc(place, arc))?.route ?? null;
  const taken = trail.reset ? [layout.reset.route] : trail.arcs.map(routeOf);
  const { failed: refused } = trail;
  const failed = refused === null ? undefined : layout.arcs.find((place) => sameArc(place, refused));
  const stop = failed === undefined ? null : (failed.signs[0] ?? pointAt(failed.route, 0.5));
  return (
    <g class="trail">
      {taken.map((route, index) =>
        route === null ? null : (
          // A step is another element, so that its movement begins anew.
          <path
            key={index}
            class="trail-line"
            d={pathData(route)}
            pathLength={1}
            style={{ animationDelay: `${index * 280}ms` }}
          />
        ),
      )}
      {failed !== undefined && stop !== null && (
        <g class="trail-failed">
          <path
            class="trail-line"
            d={pathData(until(failed.route, stop))}
            pathLength={1}
            style={{ animationDelay: `${taken.length * 280}ms` }}
          />
          <Sign name="cross" at={stop} />
        </g>
      )}
    </g>
  );
}

/** A straight arc as far as a point on it; one that goes around is drawn whole. */
function until(route: Route, { x, y }: Point): Route {
  return route.length === 2 ? [route[0], { x, y }] : route;
}
