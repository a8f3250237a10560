/** A text whose places a test names: `$name$` in it is taken out and remembered. */
export interface Marked {
  readonly text: string;
  /** The offset where the marker stood; throws for a name that is not there. */
  at(name?: string): number;
}

/** Takes the markers out of a text; the one that is just `$0$` needs no name when it is asked for. */
export function marked(source: string): Marked {
  const offsets = new Map<string, number>();
  let text = '';
  let last = 0;
  for (const match of source.matchAll(/\$(\w+)\$/g)) {
    text += source.slice(last, match.index);
    last = match.index + match[0].length;
    const name = match[1] ?? '';
    if (offsets.has(name)) throw new Error(`the marker ${name} stands twice in the text`);
    offsets.set(name, text.length);
  }
  return {
    text: text + source.slice(last),
    at: (name = '0') => {
      const offset = offsets.get(name);
      if (offset === undefined) throw new Error(`the text has no marker ${name}`);
      return offset;
    },
  };
}
