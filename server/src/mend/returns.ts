import type { Statement } from '../c/outline';
import { statementsAround } from '../c/outline';
import type { Arc } from '../uapi';
import { contractOf, sameArc } from '../uapi';
import type { Edit } from './edit';
import { indentAt, indented, indentUnit } from './layout';
import type { MendContext, Site } from './site';
import { isIn, isVisible } from './site';

/** A return statement in its function's text, and the statement that it is directly in. */
export interface Return {
  readonly statement: Statement;
  readonly owner: Statement;
}

/** The return statement at an offset; null when there is another. */
export function returnAt({ body }: Site, offset: number): Return | null {
  const [owner, statement] = statementsAround(body, offset).slice(-2);
  return owner !== undefined && statement?.word === 'return' ? { statement, owner } : null;
}

/**
 * What puts lines that leave in a return's place, given for the indentation that they will have: the only branch of an `if` gets
 * braces, an `else` behind what leaves goes. null where it stands otherwise.
 */
export function insteadOf(
  { decl, text }: Site,
  { statement, owner }: Return,
): { readonly indent: string; readonly edit: (lines: readonly string[]) => Edit } | null {
  const { span } = statement;
  const file = decl.file;
  if (owner.kind === 'block') {
    const indent = indentAt(text, span.start);
    return { indent, edit: (lines) => ({ file, ...span, text: indented(lines, indent).join('\n').trimStart() }) };
  }
  const [then, otherwise] = owner.inside;
  if (owner.kind !== 'if' || owner.head === null || then === undefined) return null;
  const isElse = otherwise === statement;
  const start = isElse ? then.span.end : owner.head.end + 1;
  if (otherwise !== undefined && !(isElse && leaves(then))) return null;
  if (!/^\s*(?:else\s)?\s*$/.test(text.slice(start, span.start))) return null;
  const outer = indentAt(text, owner.span.start);
  const indent = isElse ? outer : outer + indentUnit(text);
  const [before, after] = isElse ? ['\n', ''] : [' {\n', `\n${outer}}`];
  const edit = (lines: readonly string[]) => {
    return { file, start, end: span.end, text: `${before}${indented(lines, indent).join('\n')}${after}` };
  };
  return { indent, edit };
}

function leaves({ word, kind, inside }: Statement): boolean {
  const last = inside.at(-1);
  return kind === 'block' ? last !== undefined && leaves(last) : ['return', 'goto'].includes(word);
}

/** A call that an arc returns the new file of. */
export interface OpeningCall {
  readonly call: string;
  readonly arc: Arc;
}

/** The calls that the function returns new files of on arcs that have to open the same, the arc itself first. */
export function openingCalls({ driver }: MendContext, site: Site, arc: Arc, offset: number): readonly OpeningCall[] {
  const { returns } = site.decl.ir();
  if (contractOf(arc) === 'none' || returns.k !== 'pointer') return [];
  const alike = driver.arcs.filter((each) => each.required && contractOf(each) === contractOf(arc));
  const ownFirst = alike.sort((a, b) => Number(sameArc(b, arc)) - Number(sameArc(a, arc)));
  return ownFirst.flatMap((each) => {
    const opened = each.outcomes.filter((outcome) => outcome.kind === 'success' && outcome.file === 'new-file');
    const steps = opened.flatMap(({ trail }) => trail.filter(({ kind }) => kind === 'return'));
    return steps.flatMap(({ location }): readonly OpeningCall[] => {
      const found = isIn(site.decl, location) ? returnAt(site, location.span.start) : null;
      if (found === null) return [];
      const { start, end } = found.statement.span;
      const call = /^return\s+(\w+\([^;?:]*\));$/.exec(site.text.slice(start, end))?.[1];
      return call !== undefined && isVisible(site, call, offset) ? [{ call, arc: each }] : [];
    });
  });
}
