import { readRepo } from './repo';

/** Texts in a language of brackets: what is shown without them went by its dictionary. */

const bundle: Readonly<Record<string, string>> = JSON.parse(readRepo('client/l10n/bundle.l10n.json'));

/** Every text of the extension in brackets. */
export const bracketed: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(bundle).map((text) => [text, `⟦${text}⟧`]),
);

/** Every text as its number and what stands in its holes: what has words then was not looked up, or has values that were not. */
export const wordless: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(bundle).map((text, number) => [text, `§${number} ${(text.match(/\{\d+\}/g) ?? []).join(' ')}`]),
);

/** What of a text is in no brackets. */
export function outsideOf(text: string): string {
  const rest = text.replace(/⟦[^⟦⟧]*⟧/g, '');
  return rest === text ? rest : outsideOf(rest);
}
