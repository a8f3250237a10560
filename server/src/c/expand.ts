import type { Problem } from './ir';
import { CHAR, IDENT, lex, NUMBER, STRING, type Tokens, tokenText } from './lex';
import { type Macro, type MacroEnv, type MacroToken, macroTokens, NOTHING_HIDDEN, tokenRange } from './macros';
import { OffsetMap, type Segment } from './offsets';

/**
 * Expands the module's own macros in an item's text, before it is parsed, so that a macro may be anything: an expression,
 * half a loop, a case label, a function's head. What an invocation became has the invocation's place in the source.
 */

export interface Expanded {
  readonly text: string;
  readonly map: OffsetMap;
  /** The condition texts that `__if_config_<index>` in the text stands for: a macro with alternatives under #if. */
  readonly choices: readonly string[];
  readonly problems: readonly Problem[];
}

/** Tokens that one item's macros may become, all together. */
const MAX_TOKENS = 60_000;
const MAX_ALTERNATIVES = 4;
const CHOICE = '__if_config_';

/** The condition that an identifier made by expansion stands for. */
export function choiceOf(identifier: string, choices: readonly string[]): string | undefined {
  return identifier.startsWith(CHOICE) ? choices[Number(identifier.slice(CHOICE.length))] : undefined;
}

/**
 * Expands `tokens` (all of an item's text). `base` is the item's offset in its file: a macro is in force from its
 * definition on. Returns null when no macro is invoked.
 */
export function expandItem(tokens: Tokens, base: number, env: MacroEnv): Expanded | null {
  if (env.empty) return null;
  const text = tokens.text;
  const expander = new Expander(env);
  const parts: string[] = [];
  const segments: Segment[] = [];
  const problems: Problem[] = [];
  let copied = 0;
  let out = 0;
  for (let i = 0; i < tokens.count; i++) {
    if (tokens.code[i] !== IDENT) continue;
    const name = tokenText(tokens, i);
    if (!env.has(name)) continue;
    const start = tokens.start[i] ?? 0;
    expander.offset = base + start;
    const macro = expander.macro(name, NOTHING_HIDDEN);
    if (macro === null) continue;
    let last = i;
    if (macro.params !== null) {
      if (tokens.code[i + 1] !== 40) continue;
      last = closing(tokens, i + 1);
      if (last < 0) continue;
    }
    let result = expander.expand(tokenRange(tokens, i, last));
    // The result may end in the name of a function-like macro whose arguments follow in the source.
    for (let more = expander.openCall(result); more && tokens.code[last + 1] === 40; more = expander.openCall(result)) {
      const close = closing(tokens, last + 1);
      if (close < 0) break;
      last = close;
      result = expander.expand(tokenRange(tokens, i, last));
    }
    const end = tokens.end[last] ?? start;
    if (expander.exhausted) {
      problems.push({
        kind: 'omitted',
        message: `the macro ${name} expands to too much text`,
        span: { start, end },
      });
      break;
    }
    const before = text.slice(copied, start);
    const produced = ` ${result.map((token) => token.text).join(' ')} `;
    parts.push(before, produced);
    out += before.length;
    segments.push({ outStart: out, outEnd: out + produced.length, start, end });
    out += produced.length;
    copied = end;
    i = last;
  }
  if (segments.length === 0 && problems.length === 0) return null;
  parts.push(text.slice(copied));
  return { text: parts.join(''), map: new OffsetMap(segments), choices: expander.choices, problems };
}

/** Expands macro text that stands alone, such as another macro's body. */
export function expandText(
  text: string,
  offset: number,
  env: MacroEnv,
): { text: string; choices: readonly string[] } | null {
  const expander = new Expander(env);
  expander.offset = offset;
  const result = expander.expand(macroTokens(text));
  return expander.exhausted ? null : { text: result.map((t) => t.text).join(' '), choices: expander.choices };
}

function closing(tokens: Tokens, open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.count; i++) {
    const c = tokens.code[i];
    if (c === 40) depth++;
    else if (c === 41 && --depth === 0) return i;
  }
  return -1;
}

/** Dave Prosser's algorithm: every token carries the names that may not be expanded in it again. */
class Expander {
  offset = 0;
  exhausted = false;
  readonly choices: string[] = [];
  private spent = 0;

  constructor(private readonly env: MacroEnv) {}

  /** The macro that `name` invokes here, or null. */
  macro(name: string, hidden: ReadonlySet<string>): Macro | null {
    if (hidden.has(name)) return null;
    const list = this.env.lookup(name, this.offset);
    return list.find((m) => m.when.length === 0) ?? list[0] ?? null;
  }

  /** True when the tokens end in a function-like macro's name. */
  openCall(tokens: readonly MacroToken[]): boolean {
    const last = tokens.at(-1);
    return last !== undefined && last.code === IDENT && (this.macro(last.text, last.hidden)?.params ?? null) !== null;
  }

  expand(input: readonly MacroToken[], depth = 0): MacroToken[] {
    const output: MacroToken[] = [];
    const stack: MacroToken[] = [...input].reverse();
    for (let token = stack.pop(); token !== undefined; token = stack.pop()) {
      if (++this.spent > MAX_TOKENS || depth > 60) {
        this.exhausted = true;
        return output;
      }
      const macro = token.code === IDENT ? this.macro(token.text, token.hidden) : null;
      if (macro === null) {
        output.push(token);
        continue;
      }
      if (macro.params === null) {
        this.push(stack, this.objectBody(macro), new Set([...token.hidden, macro.name]), token.space);
        continue;
      }
      const call = readArguments(stack, macro);
      if (call === null) {
        output.push(token);
        continue;
      }
      const hidden = new Set([macro.name]);
      for (const name of token.hidden) if (call.hidden.has(name)) hidden.add(name);
      this.push(stack, this.substitute(macro, call.args, depth), hidden, token.space);
      if (this.exhausted) return output;
    }
    return output;
  }

  private push(stack: MacroToken[], body: readonly MacroToken[], hidden: ReadonlySet<string>, space: boolean): void {
    this.spent += body.length;
    if (this.spent > MAX_TOKENS) {
      this.exhausted = true;
      return;
    }
    for (let i = body.length - 1; i >= 0; i--) {
      const token = body[i];
      if (token === undefined) continue;
      const first = i === 0 && token.space !== space ? { ...token, space } : token;
      stack.push(token.code === IDENT ? { ...first, hidden: union(token.hidden, hidden) } : first);
    }
  }

  /** An object-like macro's body; alternatives under preprocessor conditions become `?:` on those conditions. */
  private objectBody(macro: Macro): readonly MacroToken[] {
    const list = this.env.lookup(macro.name, this.offset);
    if (macro.when.length === 0 || list.length < 2 || list.length > MAX_ALTERNATIVES) return macro.body;
    if (!list.every((m) => m.params === null && m.when.length > 0 && isExpression(m.body))) return macro.body;
    const parts: MacroToken[] = [];
    const add = (text: string, code: number): void => {
      parts.push({ text, code, space: true, hidden: NOTHING_HIDDEN });
    };
    let open = 0;
    list.forEach((alternative, index) => {
      const test = alternative.when.at(-1);
      if (index < list.length - 1 && test !== undefined) {
        add('(', 40);
        add(`${CHOICE}${this.choices.length}`, IDENT);
        this.choices.push(test.text);
        add('?', 63);
        // `#ifndef` first: the alternatives change places.
        if (!test.value) {
          add('0', NUMBER);
          add(':', 58);
          parts.splice(parts.length - 4, 4);
          add('(', 40);
          add('!', 33);
          add(`${CHOICE}${this.choices.length - 1}`, IDENT);
          add('?', 63);
        }
        add('(', 40);
        parts.push(...alternative.body);
        add(')', 41);
        add(':', 58);
        open++;
      } else {
        add('(', 40);
        parts.push(...alternative.body);
        add(')', 41);
      }
    });
    for (; open > 0; open--) add(')', 41);
    return parts;
  }

  /** The body with its parameters replaced, `#` and `##` done. */
  private substitute(macro: Macro, args: ReadonlyMap<string, readonly MacroToken[]>, depth: number): MacroToken[] {
    const { body } = macro;
    const result: MacroToken[] = [];
    const expanded = new Map<string, MacroToken[]>();
    for (let i = 0; i < body.length; i++) {
      const token = body[i];
      if (token === undefined) continue;
      const next = body[i + 1];
      if (token.text === '#' && next !== undefined && args.has(next.text)) {
        result.push(stringify(args.get(next.text) ?? [], token.space));
        i++;
        continue;
      }
      if (token.text === '##' && result.length > 0 && next !== undefined) {
        const right = args.get(next.text) ?? [next];
        i++;
        // GNU: `, ## __VA_ARGS__` without arguments takes the comma away.
        if (right.length === 0) {
          if (result.at(-1)?.text === ',') result.pop();
          continue;
        }
        if (result.at(-1)?.text === ',') result.push(...right);
        else paste(result, right);
        continue;
      }
      const arg = token.code === IDENT ? args.get(token.text) : undefined;
      if (arg === undefined) {
        result.push(token);
      } else if (next?.text === '##') {
        // An empty operand of ## is a placemarker.
        if (arg.length > 0) result.push(...spaced(arg, token.space));
        else {
          const right = body[i + 2];
          if (right !== undefined) {
            result.push(...(args.get(right.text) ?? [right]));
            i += 2;
          }
        }
      } else {
        let full = expanded.get(token.text);
        if (full === undefined) {
          full = this.expand(arg, depth + 1);
          expanded.set(token.text, full);
        }
        result.push(...spaced(full, token.space));
      }
      this.spent++;
      if (this.spent > MAX_TOKENS || result.length > MAX_TOKENS) {
        this.exhausted = true;
        return [];
      }
    }
    return result;
  }
}

function union(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return a.size === 0 ? b : new Set([...a, ...b]);
}

function isExpression(body: readonly MacroToken[]): boolean {
  return (
    body.length > 0 && body.every((t) => t.text !== ';' && t.text !== '{' && t.text !== 'return' && t.text !== 'goto')
  );
}

/** Takes the arguments of an invocation from the stack, or null (stack untouched) when no complete list follows. */
function readArguments(
  stack: MacroToken[],
  macro: Macro,
): { args: Map<string, MacroToken[]>; hidden: ReadonlySet<string> } | null {
  let at = stack.length - 1;
  if (stack[at]?.code !== 40) return null;
  const params = macro.params ?? [];
  const lists: MacroToken[][] = [[]];
  let depth = 0;
  for (; at >= 0; at--) {
    const token = stack[at];
    if (token === undefined) break;
    const c = token.code;
    if (c === 41 && --depth === 0) break;
    const variadicNow = macro.variadic && lists.length === params.length;
    if (c === 44 && depth === 1 && !variadicNow) {
      lists.push([]);
      continue;
    }
    if (depth > 0) lists.at(-1)?.push(token);
    if (c === 40) depth++;
  }
  const close = stack[at];
  if (at < 0 || close === undefined) return null;
  stack.length = at;
  const args = new Map<string, MacroToken[]>();
  params.forEach((param, index) => {
    args.set(param, lists[index] ?? []);
  });
  return { args, hidden: close.hidden };
}

/** The same tokens, the first with or without white space before it. */
function spaced(tokens: readonly MacroToken[], space: boolean): readonly MacroToken[] {
  const [first, ...rest] = tokens;
  return first === undefined || first.space === space ? tokens : [{ ...first, space }, ...rest];
}

function stringify(tokens: readonly MacroToken[], space: boolean): MacroToken {
  const parts = tokens.map((token, index) => {
    const quoted = token.code === STRING || token.code === CHAR ? token.text.replace(/["\\]/g, '\\$&') : token.text;
    return token.space && index > 0 ? ` ${quoted}` : quoted;
  });
  return { text: `"${parts.join('')}"`, code: STRING, space, hidden: NOTHING_HIDDEN };
}

/** Joins the last token of `left` with the first of `right`. */
function paste(left: MacroToken[], right: readonly MacroToken[]): void {
  const a = left.pop();
  const [b, ...rest] = right;
  if (a === undefined || b === undefined) return;
  const { tokens } = lex(a.text + b.text, false);
  const code = tokens.count === 1 ? (tokens.code[0] ?? a.code) : a.code;
  left.push({ text: a.text + b.text, code, space: a.space, hidden: NOTHING_HIDDEN }, ...rest);
}
