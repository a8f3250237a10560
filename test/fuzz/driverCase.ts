/** A driver to be run and analysed. */
export interface DriverCase {
  /** What the analysis reads. */
  readonly files: readonly SourceFile[];
  /**
   * C that only gcc reads, after the first file: foreign functions, and `const struct fuzz_driver fuzz_entry` (kernel.h).
   */
  readonly harness: string;
  /** Names of preprocessor options; every combination is compiled. */
  readonly options: readonly string[];
  /** How many bits of fuzz_capabilities the harness looks at; every value is run. */
  readonly capabilityBits: number;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const marker = /^\/\/\/\/ (file|harness)(?: (\S+))?(.*)$/;

/**
 * A case as one text, for people and for regressions/: `//// file NAME` starts a file, `//// harness` the harness, which
 * may be followed by `options=A,B` and `capabilities=N`.
 */
export function caseText({ files, harness, options, capabilityBits }: DriverCase): string {
  const parts = files.map(({ path, text }) => `//// file ${path}\n${text.trim()}\n`);
  const settings = `options=${options.join(',')} capabilities=${capabilityBits}`;
  return `${parts.join('')}//// harness ${settings}\n${harness.trim()}\n`;
}

/** The case in a text that caseText() could have written; lines before the first marker are remarks. */
export function parseCase(text: string): DriverCase {
  const files: { path: string; text: string }[] = [];
  let harness = '';
  let settings = '';
  let take: (line: string) => void = () => {};
  for (const line of text.split('\n')) {
    const [whole, kind, name = '', rest = ''] = marker.exec(line) ?? [];
    if (!whole) take(`${line}\n`);
    else if (kind === 'file') {
      const file = { path: name, text: '' };
      files.push(file);
      take = (more) => {
        file.text += more;
      };
    } else {
      settings = `${name}${rest}`;
      take = (more) => {
        harness += more;
      };
    }
  }
  const options = (/options=(\S*)/.exec(settings)?.[1] ?? '').split(',').filter((o) => o !== '');
  return { files, harness, options, capabilityBits: Number(/capabilities=(\d+)/.exec(settings)?.[1] ?? 0) };
}
