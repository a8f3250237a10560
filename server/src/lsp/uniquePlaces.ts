import { placeKey } from '../analysis/selection';
import type { Location } from '../c/ir';

/** Each place once, in the order in which they come first. */
export function uniquePlaces(places: readonly Location[]): readonly Location[] {
  return [...new Map(places.map((place) => [placeKey(place), place])).values()];
}
