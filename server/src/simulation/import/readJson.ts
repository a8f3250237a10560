import type { Mismatch, ValuePath } from '../../wire';
import { jsonPath } from '../../wire';
import { lineOf, placeInJson } from './jsonPlace';
import type { ImportProblem } from './problem';
import { quoted } from './problem';

/** The value of a JSON text, or where it stops being JSON. */
export function readJson(text: string): { readonly value: unknown } | ImportProblem {
  try {
    return { value: JSON.parse(text) };
  } catch {
    const place = placeInJson(text, []);
    if (place.kind === 'value') {
      return { problem: 'not JSON', line: null };
    }
    const { offset, expected } = place;
    const found = offset >= text.length ? 'the file ends' : `there is ${quoted(text.slice(offset, offset + 20))}`;
    return { problem: `not JSON: expected ${expected}; ${found}`, line: lineOf(text, Math.min(offset, text.length)) };
  }
}

/** What is wrong with a value of the text, with its line. */
export function mismatchIn(text: string, { path, expected }: Mismatch): ImportProblem {
  return wrongAt(text, path, `expected ${expected}`);
}

/** A problem with the value that a path leads to. */
export function wrongAt(text: string, path: ValuePath, what: string): ImportProblem {
  const place = placeInJson(text, path);
  const where = path.length === 0 ? '' : `${jsonPath(path)}: `;
  return { problem: `${where}${what}`, line: place.kind === 'value' ? lineOf(text, place.offset) : null };
}
