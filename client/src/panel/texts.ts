import { count, translator } from '../../../server/src/wire';

export { count };

/**
 * A text of the panel in the language of VS Code. The texts come with the page (panelHtml.ts) and never change, so that also what
 * is made once when the script is loaded may have them. What the server tells and the names of the protocol are no texts of
 * the panel.
 */
export const t = translator(textsOfPage());

/** Empty without a page, as in tests of what is pure. */
function textsOfPage(): Readonly<Record<string, string>> {
  const found: unknown = typeof document === 'undefined' ? {} : JSON.parse(document.body.dataset['texts'] ?? '{}');
  const entries: readonly (readonly [string, unknown])[] =
    typeof found === 'object' && found !== null ? Object.entries(found) : [];
  return Object.fromEntries(
    entries.flatMap(([key, text]): [string, string][] => (typeof text === 'string' ? [[key, text]] : [])),
  );
}
