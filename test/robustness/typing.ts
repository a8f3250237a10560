import { basename } from 'node:path';
import fc from 'fast-check';
import type { DriverModel, Evidence } from '../../server/src/analysis';
import type { Arc } from '../../server/src/uapi';

/**
 * Of so many edits one may make text that is no C say something wrong: there is no end to what such text can be taken for. Each
 * that was found is a case of test/analysis/broken.test.ts. Of text that is C nothing may be said wrongly.
 */
const ONE_FALSE_IN = 200;

/**
 * How many texts may say something wrong after so many random edits: what one in 200 gives, and three standard deviations, by
 * which chance stays below it in 99 of 100 runs.
 */
export function allowedFalse(edits: number): number {
  const mean = edits / ONE_FALSE_IN;
  return Math.max(1, Math.floor(mean + 3 * Math.sqrt(mean)));
}

/** What a person does to a text while writing in it. */
export interface Typed {
  readonly kind: (typeof kinds)[number];
  /** Where in the part of the text that is edited, as a share of its length. */
  readonly at: number;
  /** Chooses among the texts that a kind puts in. */
  readonly which: number;
}

/** A piece of a text. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/** The text after an edit, what of the old text it took, and what it put there. */
export interface Edited {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly put: string;
}

const kinds = [
  'line deleted',
  'lines deleted',
  'line doubled',
  'line begun',
  'token deleted',
  'token doubled',
  'name half typed',
  'bracket deleted',
  'bracket put in',
  'semicolon deleted',
  'left open',
  'token pasted',
  'statement begun',
  'definition begun',
] as const;

/** A person's edits, anywhere alike: fast-check prefers the ends of a range. */
export const typing: fc.Arbitrary<Typed> = fc.record({
  kind: fc.noBias(fc.constantFrom(...kinds)),
  at: fc.noBias(fc.nat(999_999)).map((n) => n / 1_000_000),
  which: fc.noBias(fc.nat(999_999)),
});

const open = ['"', "'", '/*', '\\', '#', '#if 1\n', '#ifdef CONFIG_X\n', '#endif\n', '#else\n'];
const pasted = [
  '{',
  '}',
  '(',
  ')',
  ';',
  ',',
  '=',
  '==',
  '&&',
  '!',
  '*',
  '@',
  '0',
  'x',
  'struct',
  'static',
  'return',
  'else',
];
const statements = [
  'if (',
  'if (cur == ',
  'if (ret)',
  'if (ret) {',
  'else',
  'else {',
  '} else {',
  'else if (ret)',
  'case VFIO_DEVICE_STA',
  'case VFIO_DEVICE_STATE_STOP:',
  'default:',
  'switch (ret) {',
  'for (i = 0; i <',
  'while (ret',
  'do {',
  'return',
  'return ERR_PTR(',
  'goto ',
  'goto out;',
  'out:',
  'break;',
  'ret = ',
  'ret = foo(',
  'struct foo *x',
  'int x = ',
  'mutex_lock(&',
  'foo(bar)',
];
const definitions = [
  'static int foo(',
  'static int foo(struct vfio_device *vdev)',
  'static int foo(struct vfio_device *vdev)\n{',
  'static int foo(struct vfio_device *vdev)\n{\n\tint ret;\n',
  'static int foo(struct vfio_device *vdev)\n{\n\tif (vdev)\n\t\treturn 1;\n',
  'static int foo(struct vfio_device *vdev)\n\tint ret;\n\n\treturn ret;\n}\n',
  'static struct file *',
  'static',
  'int foo',
  'struct foo {',
  'struct foo {\n\tint a;\n',
  'struct foo {\n\tint a;\n}\n',
  'enum foo { A, B',
  'static const int foo[] = {',
  'static const int foo[] = { 1, 2, 3 }',
  '#define FOO(a',
  '#define FOO(a) (a +',
  '#if defined(',
  '#ifdef CONFIG_FOO',
  'foo',
  '/**',
];

/** The text after the edit, which begins within the part. */
export function typeIn(text: string, { kind, at, which }: Typed, part: Part): Edited {
  const offset = part.start + Math.floor(at * (part.end - part.start));
  const [from, to, put] = change(text, kind, offset, part.start, which);
  return { text: text.slice(0, from) + put + text.slice(to), from, to, put };
}

type Change = readonly [from: number, to: number, put: string];

function change(text: string, kind: Typed['kind'], offset: number, partStart: number, which: number): Change {
  const pick = (list: readonly string[]): string => list[which % list.length] ?? '';
  const line = lineStart(text, offset);
  const next = lineEnd(text, offset);
  const indentation = /^[ \t]*/.exec(text.slice(line))?.[0] ?? '';
  switch (kind) {
    case 'line deleted':
      return [line, next, ''];
    case 'lines deleted': {
      let end = next;
      for (let more = which % 5; more >= 0; more--) end = lineEnd(text, end);
      return [line, end, ''];
    }
    case 'line doubled':
      return [line, line, text.slice(line, next)];
    case 'line begun':
      return [offset, next - 1, ''];
    case 'token deleted':
      return [...tokenAt(text, offset, /\w+|[^\w\s]/g), ''];
    case 'token doubled': {
      const [start, end] = tokenAt(text, offset, /\w+|[^\w\s]/g);
      return [end, end, `${/\w/.test(text.charAt(start)) ? ' ' : ''}${text.slice(start, end)}`];
    }
    case 'name half typed': {
      const [start, end] = tokenAt(text, offset, /[A-Za-z_]\w+/g);
      return [start + 1 + (which % Math.max(1, end - start - 1)), end, ''];
    }
    case 'bracket deleted':
      return [...tokenAt(text, offset, /[()[\]{}]/g), ''];
    case 'bracket put in':
      return [offset, offset, pick(['(', ')', '[', ']', '{', '}'])];
    case 'semicolon deleted':
      return [...tokenAt(text, offset, /;/g), ''];
    case 'left open': {
      const put = pick(open);
      const start = put.startsWith('#') ? line : offset;
      return [start, start, put];
    }
    case 'token pasted':
      return [offset, offset, ` ${pick(pasted)} `];
    case 'statement begun':
      return [line, line, `${indentation}${pick(statements)}\n`];
    case 'definition begun': {
      const above = lineStart(text, partStart);
      return [above, above, `${pick(definitions)}\n${which % 2 ? '\n' : ''}`];
    }
  }
}

/** Where what was put in stops to change how the text is read: at the end of a comment, of the line, or of all that is left open. */
export function reachOf(text: string, { to, put }: Edited): number {
  if (!/["'#\\]|\/\*/.test(put)) return to;
  const end = text.indexOf(put.includes('/*') ? '*/' : '\n', to);
  return end < 0 ? text.length : end;
}

const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

function lineEnd(text: string, offset: number): number {
  const next = text.indexOf('\n', offset);
  return next < 0 ? text.length : next + 1;
}

/** The first token from an offset on, or nothing at the offset. */
function tokenAt(text: string, offset: number, token: RegExp): readonly [number, number] {
  token.lastIndex = offset;
  const found = token.exec(text);
  return found ? [found.index, found.index + found[0].length] : [offset, offset];
}

/** True when what selects or does the arc is in the text of the edit, or after it when all the rest went. */
export function leadsThrough({ arcs }: DriverModel, { from, to }: Arc, path: string, edit: Edited): boolean {
  const own = arcs.find((arc) => arc.from === from && arc.to === to);
  const steps: readonly Evidence[] = own?.outcomes.flatMap((o) => (o.kind === 'success' ? o.trail : [])) ?? [];
  return steps.some(
    ({ location: { file, span } }) =>
      basename(file) === basename(path) && span.start <= edit.to && edit.from <= span.end,
  );
}

const macro = /^[ \t]*#[ \t]*define\b(?:.*\\\n)*.*$/gm;
const conditional = /^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif|else|endif)\b.*$/gm;
const typeDefinition = /^(?:typedef )?(?:struct|union|enum)(?: \w+)?\s*\{(?:[^}]|\}(?!.*;$))*\}.*;$/gm;

/** The macros, preprocessor conditions and definitions of types in a text. */
export function declarationsIn(text: string): Part[] {
  return [macro, conditional, typeDefinition].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(({ index, 0: found }) => ({ start: index, end: index + found.length })),
  );
}
