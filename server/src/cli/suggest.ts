import { editDistance } from '../uapi';

/** Longer words are no slip of the finger; comparing them no further keeps the cost bounded. */
const longestWord = 60;

/** ` - did you mean "check"?` when one of the names is near, else nothing. */
export function didYouMean(word: string, names: readonly string[]): string {
  if (word.length > longestWord) {
    return '';
  }
  const ranked = names.map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }));
  const [best] = ranked.sort((a, b) => a.distance - b.distance);
  const isNear =
    best !== undefined && best.distance <= Math.max(1, Math.floor(Math.min(word.length, best.name.length) / 2));
  return isNear ? ` - did you mean "${best.name}"?` : '';
}
