import type { ConfigTest } from './ir';
import { type Directive, IDENT, lex, type Tokens, tokenText } from './lex';

/** A #define of the module. */
export interface Macro {
  readonly name: string;
  readonly file: string;
  /** null for an object-like macro. The last one takes the rest when `variadic`. */
  readonly params: readonly string[] | null;
  readonly variadic: boolean;
  /** The replacement, lexed. */
  readonly body: readonly MacroToken[];
  readonly bodyText: string;
  readonly when: readonly ConfigTest[];
  /** Absolute offsets of the directive and the name in the file. */
  readonly start: number;
  readonly end: number;
  readonly nameStart: number;
  /** Where an #undef ends it, or Infinity. */
  readonly until: number;
}

export interface MacroToken {
  readonly text: string;
  readonly code: number;
  /** White space before it; `#` shows it. */
  readonly space: boolean;
  /** Names that must not be expanded in this token any more. */
  readonly hidden: ReadonlySet<string>;
}

export const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

/** The tokens of a piece of macro text. */
export function macroTokens(text: string): MacroToken[] {
  const { tokens } = lex(text, false);
  return tokenRange(tokens, 0, tokens.count - 1);
}

/** Tokens `from` to `to`, both included, as macro text. */
export function tokenRange(tokens: Tokens, from: number, to: number): MacroToken[] {
  const list: MacroToken[] = [];
  for (let i = from; i <= to; i++) {
    const space = i > 0 && (tokens.start[i] ?? 0) > (tokens.end[i - 1] ?? 0);
    list.push({ text: tokenText(tokens, i), code: tokens.code[i] ?? 0, space, hidden: NOTHING_HIDDEN });
  }
  return list;
}

/** Reads all #define and #undef lines of a file. */
export function readMacros(
  file: string,
  text: string,
  directives: readonly Directive[],
  whenAt: (offset: number) => readonly ConfigTest[],
): Macro[] {
  const macros: Macro[] = [];
  for (const directive of directives) {
    if (directive.name === 'define') {
      const macro = readDefine(file, text, directive, whenAt(directive.start));
      if (macro !== null) macros.push(macro);
    } else if (directive.name === 'undef') {
      const name = text.slice(directive.rest, directive.end).trim();
      for (let i = macros.length - 1; i >= 0; i--) {
        const macro = macros[i];
        if (macro?.name === name && macro.until === Number.POSITIVE_INFINITY)
          macros[i] = { ...macro, until: directive.start };
      }
    }
  }
  return macros;
}

/** No C wherever it is put, and nothing after it can be relied on. */
const CUT = ' goto !;';

/** The macro when its definition goes on below, but a line has lost the backslash at its end: all uses of it are broken. */
export function cutMacro(macro: Macro): Macro {
  const bodyText = macro.bodyText + CUT;
  return { ...macro, body: macroTokens(bodyText), bodyText };
}

const DEFINE = /^\s*([A-Za-z_$][\w$]*)(\(([^()]*)\))?/;

function readDefine(file: string, text: string, directive: Directive, when: readonly ConfigTest[]): Macro | null {
  const raw = text.slice(directive.rest, directive.end);
  const match = DEFINE.exec(raw);
  const name = match?.[1];
  if (match === null || name === undefined) return null;
  const bodyText = raw
    .slice(match[0].length)
    .replace(/\\\r?\n/g, '\n')
    .trim();
  const parameters = match[3];
  const params =
    parameters === undefined
      ? null
      : parameters
          .replace(/\\\r?\n/g, ' ')
          .split(',')
          .map((p) => p.trim())
          .filter((p) => p !== '');
  const last = params?.at(-1);
  const variadic = last?.endsWith('...') ?? false;
  if (params !== null && last !== undefined && variadic) {
    params[params.length - 1] = last === '...' ? '__VA_ARGS__' : last.slice(0, -3).trim();
  }
  const nameStart = directive.rest + raw.indexOf(name);
  return {
    name,
    file,
    params,
    variadic,
    body: macroTokens(bodyText),
    bodyText,
    when,
    start: directive.start,
    end: directive.end,
    nameStart,
    until: Number.POSITIVE_INFINITY,
  };
}

const NONE: readonly Macro[] = [];

/** The macros of a module's headers, which all its files see. */
export class HeaderMacros {
  readonly byName = new Map<string, Macro[]>();
  /** Equal for two sets of headers exactly when every macro is the same. */
  readonly signature: string;

  constructor(headers: readonly { macros: readonly Macro[] }[]) {
    const all = headers.flatMap(({ macros }) => macros.filter((macro) => macro.until === Number.POSITIVE_INFINITY));
    for (const macro of all) addTo(this.byName, macro);
    this.signature = all.map(macroText).join('\n');
  }
}

function addTo(map: Map<string, Macro[]>, macro: Macro): void {
  const list = map.get(macro.name);
  if (list === undefined) map.set(macro.name, [macro]);
  else list.push(macro);
}

/** The macros that a file sees: its own where they are in force, and those of the module's headers. */
export class MacroEnv {
  private readonly own = new Map<string, Macro[]>();
  private readonly shared: ReadonlyMap<string, readonly Macro[]>;
  /** Equal for two environments of a file exactly when every macro is the same; positions in the file do not count. */
  readonly signature: string;

  constructor(
    private readonly file: string,
    own: readonly Macro[],
    headers: HeaderMacros,
  ) {
    for (const macro of own) addTo(this.own, macro);
    this.shared = headers.byName;
    // Not joined: the headers' part is one string for all files.
    this.signature = `${own.map(macroText).join('\n')}|${headers.signature}`;
  }

  get empty(): boolean {
    return this.own.size === 0 && this.shared.size === 0;
  }

  /** The definitions in force at `offset` of the file: more than one when preprocessor conditions tell them apart. */
  lookup(name: string, offset: number): readonly Macro[] {
    const own = this.own.get(name);
    if (own !== undefined) {
      const inForce = own.filter((macro) => macro.start < offset && offset < macro.until);
      if (inForce.length > 0) return inForce;
    }
    const shared = this.shared.get(name) ?? NONE;
    // A header is among the module's headers itself.
    return shared.some((macro) => macro.file === this.file) ? shared.filter((m) => m.file !== this.file) : shared;
  }

  has(name: string): boolean {
    return this.own.has(name) || this.shared.has(name);
  }

  /** Every macro name in the environment. */
  names(): Set<string> {
    return new Set([...this.own.keys(), ...this.shared.keys()]);
  }

  /** Names whose macro's text reaches the word `name`, directly or through other macros. */
  mentioning(name: string): Set<string> {
    const found = new Set<string>();
    for (let grew = true; grew; ) {
      grew = false;
      for (const map of [this.own, this.shared]) {
        for (const [macroName, list] of map) {
          if (found.has(macroName)) continue;
          const reaches = list.some((m) =>
            m.body.some((t) => t.code === IDENT && (t.text === name || found.has(t.text))),
          );
          if (!reaches) continue;
          found.add(macroName);
          grew = true;
        }
      }
    }
    return found;
  }
}

/** All that a macro's expansion depends on. */
export function macroText(macro: Macro): string {
  const params = macro.params === null ? '' : `(${macro.params.join(',')}${macro.variadic ? '...' : ''})`;
  const when = macro.when.map((test) => `${test.value ? '' : '!'}${test.text}`).join('&');
  return `${macro.name}${params} ${macro.bodyText} ?${when}`;
}
