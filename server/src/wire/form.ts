/** Guards that say where a value is wrong, for files that people have at hand. */

/** What a value has to be: a test with the words for what it takes, or what its parts have to be. */
export type Form =
  | { readonly is: (value: unknown) => boolean; readonly what: string }
  | { readonly fields: Readonly<Record<string, Form>> }
  | { readonly each: Form };

/** The keys and indices that lead to a value. */
export type ValuePath = readonly (string | number)[];

export interface Mismatch {
  readonly path: ValuePath;
  /** "a whole number", for "expected ..." */
  readonly expected: string;
}

/** The first part of a value, in the order of the form, that is not as it has to be; null when all is. */
export function firstMismatch(value: unknown, form: Form, path: ValuePath = []): Mismatch | null {
  if ('is' in form) {
    return form.is(value) ? null : { path, expected: form.what };
  }
  if ('each' in form) {
    if (!Array.isArray(value)) {
      return { path, expected: 'a list' };
    }
    return firstOf(value.map((part: unknown, index) => () => firstMismatch(part, form.each, [...path, index])));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { path, expected: 'an object' };
  }
  const parts: Readonly<Record<string, unknown>> = { ...value };
  return firstOf(
    Object.entries(form.fields).map(([key, part]) => () => {
      const found = Object.hasOwn(parts, key) ? parts[key] : undefined;
      return firstMismatch(found, part, [...path, key]);
    }),
  );
}

function firstOf(checks: readonly (() => Mismatch | null)[]): Mismatch | null {
  for (const check of checks) {
    const found = check();
    if (found !== null) {
      return found;
    }
  }
  return null;
}

/** "steps[3].event" */
export function jsonPath(path: ValuePath): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}
