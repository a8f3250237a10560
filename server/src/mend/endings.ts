import type { CType, Span } from '../c/ir';
import { IDENT, lex, tokenText } from '../c/lex';
import type { FunctionDecl } from '../c/module';
import type { Statement } from '../c/outline';
import type { Arc } from '../uapi';
import { contractOf } from '../uapi';
import type { MendContext, Site } from './site';
import { siteOf } from './site';

/** The statements that end an arm with a file, which is C text: `return NULL;`, or `res = NULL; goto out;`. */
export type Ending = (file: string) => readonly string[];

/**
 * How arms of the site end, learned from those that are there, the most usual way first, and from how pairs of states are turned
 * away; then what the function's type suggests. Arms of arcs that return what `arc` has to come before the others.
 */
export function endingsOf(site: Site, arc: Arc): readonly Ending[] {
  const alike = site.arms.filter((arm) => contractOf(arm.arc) === contractOf(arc));
  const arms = learnedFrom(
    site,
    [...alike, ...site.arms].map((arm) => arm.statements),
  );
  const refusals = learnedFrom(site, refusalsIn(site.body));
  const learned = new Map([...arms, ...refusals].map((ending) => [ending('').join('\n'), ending]));
  const usual = usualEndings(site, arc);
  // What set_state returns by itself may leave its lock taken.
  return site.isSetState && learned.size > 0 ? [...learned.values()] : [...learned.values(), ...usual];
}

/** How an arm for the arc ends in a function of the driver; null where that can not be told. */
export function endingIn(context: MendContext, decl: FunctionDecl, arc: Arc): Ending | null {
  const site = siteOf(context, decl);
  return site === null ? null : (endingsOf(site, arc)[0] ?? null);
}

/** True for a statement behind which the next case is not reached. */
export function isLeaving(statement: string): boolean {
  return /^(?:return|goto|break|continue)\b/.test(statement);
}

/** The ways in which lists of statements end, the most usual first. */
function learnedFrom(site: Site, lists: readonly (readonly Statement[])[]): readonly Ending[] {
  const ways = new Map<string, { readonly ending: Ending; count: number }>();
  for (const statements of lists) {
    const ending = endingOf(site, statements);
    if (ending === null) continue;
    const key = ending('').join('\n');
    const known = ways.get(key);
    if (known === undefined) ways.set(key, { ending, count: 1 });
    else known.count++;
  }
  return [...ways.values()].sort((a, b) => b.count - a.count).map(({ ending }) => ending);
}

function usualEndings(site: Site, arc: Arc): readonly Ending[] {
  if (returnsPointer(site)) return [returning];
  const out = filePointer(site);
  if (contractOf(arc) === 'none')
    return [...(out === null ? [] : [() => [`*${out} = NULL;`, 'return 0;']]), () => ['return 0;']];
  return out === null ? [] : [(file) => [`*${out} = ${file};`, `return PTR_ERR_OR_ZERO(*${out});`]];
}

/** The parameter through which a function that returns a number hands out the file. */
function filePointer({ decl }: Site): string | null {
  const { params, locals } = decl.ir();
  return locals.find(({ id, type }) => params.includes(id) && type.k === 'pointer' && isFile(type.to))?.name ?? null;
}

const returning: Ending = (file) => [`return ${file};`];

export function returnsPointer({ decl }: Site): boolean {
  return decl.ir().returns.k === 'pointer';
}

/** Pairs of statements that assign something and leave: how pairs of states are turned away is how they can be let through. */
function refusalsIn(root: Statement): readonly (readonly Statement[])[] {
  const own = root.inside.slice(1).flatMap((statement, index): readonly (readonly Statement[])[] => {
    const before = root.inside[index];
    return before !== undefined && leaves(statement) ? [[before, statement]] : [];
  });
  return [...own, ...root.inside.flatMap(refusalsIn)];
}

function leaves(statement: Statement | undefined): boolean {
  return statement !== undefined && ['return', 'goto', 'break'].includes(statement.word);
}

function endingOf(site: Site, all: readonly Statement[]): Ending | null {
  // A `break` behind a jump is there for readers.
  const statements = leaves(all.at(-1)) && leaves(all.at(-2)) ? all.slice(0, -1) : all;
  const last = statements.at(-1);
  if (last === undefined) return null;
  if (last.word === 'return' && returnsPointer(site)) return returning;
  const assignment = leaves(last) ? statements.at(-2) : last;
  const target = assignment === undefined ? null : assigned(site.text, assignment);
  if (target === null) return null;
  const rest = leaves(last) ? [sourceOf(site.text, last.span)] : [];
  if (mayHoldFile(site, target)) return (file) => [`${target} = ${file};`, ...rest];
  return isErrno(site, target) ? successOf(site, target, rest) : null;
}

/** Success of an arm that leaves an errno in one variable, and the file, where there is one, in another. */
function successOf(site: Site, errno: string, rest: readonly string[]): Ending {
  const out = filePointer(site);
  const kept = out === null ? fileVariable(site) : `*${out}`;
  return (file) => {
    if (file === 'NULL' || kept === null) return [`${errno} = 0;`, ...rest];
    return [`${kept} = ${file};`, `${errno} = PTR_ERR_OR_ZERO(${kept});`, ...rest];
  };
}

/** True for a variable that can hold an errno. */
function isErrno({ decl }: Site, target: string): boolean {
  const type = decl.ir().locals.find(({ name }) => name === target)?.type;
  return type?.k === 'int' && type.signed && type.bits > 8;
}

/** The first variable of the function for a file. */
function fileVariable({ decl }: Site): string | null {
  const { params, locals } = decl.ir();
  return locals.find(({ id, name, type }) => name !== null && !params.includes(id) && isFile(type))?.name ?? null;
}

function isFile(type: CType): boolean {
  return type.k === 'pointer' && type.to.k === 'struct' && type.to.name === 'file';
}

/** False for a variable of another type than a file's, such as a pointer to the function of the arc. */
function mayHoldFile({ decl }: Site, target: string): boolean {
  const local = decl.ir().locals.find(({ name }) => name === target);
  const type = local?.type;
  if (type === undefined) return true;
  return isFile(type) || (type.k === 'pointer' && type.to.k === 'void');
}

/** What a plain assignment writes; null for any other statement, declarations among them. */
function assigned(text: string, { kind, span }: Statement): string | null {
  if (kind !== 'plain') return null;
  const { tokens } = lex(text.slice(span.start, span.end), false);
  for (let at = 0; at < tokens.count; at++) {
    const word = tokenText(tokens, at);
    if (word === '=') return at === 0 ? null : tokens.text.slice(0, tokens.end[at - 1]);
    if (tokens.code[at] === IDENT && tokens.code[at + 1] === IDENT) return null;
    if (!/^(?:\w+|->|\.|\*|\[|\])$/.test(word)) return null;
  }
  return null;
}

function sourceOf(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}
