import { INT } from './context';
import type { CType, Expr, Span } from './ir';

/** Reads a number as C does; floating point and nonsense are `unsupported`. */
export function parseNumber(text: string, span: Span): Expr {
  // The grammar takes a sign into the number where no operand comes before it.
  const sign = /^[-+]\s*/.exec(text)?.[0];
  if (sign !== undefined) {
    const arg = parseNumber(text.slice(sign.length), span);
    return sign.startsWith('-') && arg.k !== 'unsupported' ? { k: 'unary', op: '-', arg, span } : arg;
  }
  const clean = text.replace(/'/g, '');
  const match = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9][0-9]*)([uUlLzZ]*)$/.exec(clean);
  const digits = match?.[1];
  if (match === null || digits === undefined) return { k: 'unsupported', reason: `number ${text}`, span };
  const octal = /^0[0-7]+$/.test(digits);
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  return {
    k: 'int',
    value: BigInt.asUintN(64, value),
    type: literalType(value, digits.startsWith('0'), match[2] ?? ''),
    span,
  };
}

const make = (bits: 32 | 64, signed: boolean, name: string): CType => ({ k: 'int', bits, signed, name });

function literalType(value: bigint, free: boolean, suffix: string): CType {
  const lower = suffix.toLowerCase();
  const unsigned = lower.includes('u');
  const long = lower.includes('l') || lower.includes('z');
  const longName = lower.includes('ll') ? 'long long' : 'long';
  if (!long) {
    if (!unsigned && value < 1n << 31n) return INT;
    if ((unsigned || free) && value < 1n << 32n) return make(32, false, 'unsigned int');
  }
  if (!unsigned && value < 1n << 63n) return make(64, true, longName);
  return make(64, false, `unsigned ${longName}`);
}

const SIMPLE: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  '0': 0,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  e: 27,
  '\\': 92,
  "'": 39,
  '"': 34,
  '?': 63,
};

/** The character codes of a literal's inside. */
function charactersOf(text: string): number[] {
  const codes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\') {
      codes.push(text.charCodeAt(i));
      continue;
    }
    const rest = text.slice(i + 1, i + 12);
    const numeric =
      /^([0-7]{1,3})/.exec(rest) ??
      /^x([0-9a-fA-F]+)/.exec(rest) ??
      /^u([0-9a-fA-F]{4})/.exec(rest) ??
      /^U([0-9a-fA-F]{8})/.exec(rest);
    if (numeric !== null && numeric[1] !== undefined) {
      codes.push(Number.parseInt(numeric[1], /^[0-7]/.test(rest) ? 8 : 16));
      i += numeric[0].length;
    } else {
      i++;
      const c = text[i] ?? '';
      if (c !== '\n' && c !== '\r') codes.push(SIMPLE[c] ?? (c.charCodeAt(0) || 0));
    }
  }
  return codes;
}

/** Reads a character literal; several characters make one number, as gcc does. */
export function parseCharacter(text: string, span: Span): Expr {
  const inside = text.replace(/^[LuU]?8?'/, '').replace(/'$/, '');
  const codes = charactersOf(inside);
  const [only] = codes;
  if (only === undefined) return { k: 'unsupported', reason: `character ${text}`, span };
  const value =
    codes.length === 1
      ? BigInt.asIntN(/^[LuU]/.test(text) ? 32 : 8, BigInt(only))
      : codes.reduce((sum, c) => (sum << 8n) | BigInt(c & 255), 0n);
  return { k: 'int', value: BigInt.asIntN(32, value), type: INT, span };
}

/** The text that a string literal stands for. */
export function parseString(text: string): string {
  const inside = text.replace(/^(?:L|u8|u|U)?"/, '').replace(/"$/, '');
  let result = '';
  for (const code of charactersOf(inside)) result += String.fromCodePoint(code <= 0x10ffff ? code : 0xfffd);
  return result;
}
