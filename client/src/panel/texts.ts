/**
 * The page's texts in the language of VS Code. They come with the page (panelHtml.ts) and never change, so that also what is
 * made once when the script is loaded may have them.
 */
const texts = textsOfPage();

/**
 * A text of the panel, with `{0}`, `{1}`, ... replaced. Written out in English where it is used; what the server tells and names
 * of the protocol are no texts of the panel.
 */
export function t(message: string, ...values: readonly (string | number)[]): string {
  return (texts.get(message) ?? message).replace(/\{(\d+)\}/g, (hole, index: string) =>
    String(values[Number(index)] ?? hole),
  );
}

/** A number of things in one of two texts: "1 step", "2 steps". */
export function count(number: number, one: string, several: string): string {
  return (number === 1 ? one : several).replace('{0}', String(number));
}

/** Empty without a page, as in tests of what is pure. */
function textsOfPage(): ReadonlyMap<string, string> {
  const found: unknown = typeof document === 'undefined' ? {} : JSON.parse(document.body.dataset['texts'] ?? '{}');
  const entries = typeof found === 'object' && found !== null ? Object.entries(found) : [];
  return new Map(entries.flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])));
}
