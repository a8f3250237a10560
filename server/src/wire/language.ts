/** Texts in the user's language. Everywhere they are written out in English where they are used, which is also their key. */

/** A text in the user's language, with `{0}`, `{1}`, ... replaced. */
export type Translate = (message: string, ...values: readonly (string | number)[]) => string;

/** A text to be looked up by who knows the user's language, and what stands in its holes. */
export type Wording = Parameters<Translate>;

/** Looks texts up by the English ones; those that are not there stay English. */
export function translator(texts: Readonly<Record<string, string>>): Translate {
  const known = new Map(Object.entries(texts));
  return (message, ...values) =>
    (known.get(message) ?? message).replace(/\{(\d+)\}/g, (hole, index: string) =>
      String(values[Number(index)] ?? hole),
    );
}

/** As it is written. */
export const english: Translate = translator({});

/** A number of things in one of two texts: "1 step", "2 steps". */
export function count(number: number, one: string, several: string): string {
  return (number === 1 ? one : several).replace('{0}', String(number));
}
