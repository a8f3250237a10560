import type { ArcModel, DriverModel } from '../analysis/model';
import { functionAt, selectionsOf } from '../analysis/selection';
import type { StateNames } from '../analysis/stateNames';
import { stateNamesIn } from '../analysis/stateNames';
import type { Location, Span } from '../c/ir';
import type { CModule, FunctionDecl } from '../c/module';
import type { Statement } from '../c/outline';
import { outlineOf, statementsAround } from '../c/outline';
import type { Arc, StateName } from '../uapi';
import { sameArc } from '../uapi';

/** What mends are made from. */
export interface MendContext {
  readonly driver: DriverModel;
  readonly module: CModule;
}

/** A function that arcs are selected in, as text. */
export interface Site {
  readonly decl: FunctionDecl;
  /** Of the whole file; all offsets count in it. */
  readonly text: string;
  readonly body: Statement;
  readonly names: StateNames;
  readonly arms: readonly Arm[];
  /** True for the op itself, which takes a lock. */
  readonly isSetState: boolean;
  /** The only current state that comes here; null when several do. */
  readonly from: StateName | null;
}

/** The code of one handled arc. */
export interface Arm {
  readonly arc: ArcModel;
  /** What selects the arc: one condition, or a case's value. */
  readonly selector: Span;
  readonly kind: 'if' | 'case';
  /** The statements among which the arm stands, and the index of the one that it is or that it begins with. */
  readonly list: readonly Statement[];
  readonly index: number;
  /** Of the last statement that belongs to it. */
  readonly last: number;
  /** What is done on the arc, its ending included. */
  readonly statements: readonly Statement[];
}

/** The functions in which an arc could be written, the likeliest first: those that its execution comes through. */
export function sitesFor(context: MendContext, arc: Arc): readonly Site[] {
  const { driver, module } = context;
  const selections = selectionsOf(driver, module);
  const evidence = driver.arcs.find((each) => sameArc(each, arc))?.evidence ?? [];
  const deepest = [...evidence].sort((a, b) => b.depth - a.depth);
  const through = deepest.map(({ location }) => functionAt(module, location));
  const selecting = through.filter((decl) => decl !== undefined && selections.functions.has(decl));
  const all = [...selecting, ...through, selections.step, functionAt(module, driver.setState.location)];
  const decls = new Set(all.filter((decl) => decl !== undefined && decl !== null));
  return [...decls].filter(mayDeliver).flatMap((decl) => siteOf(context, decl) ?? []);
}

/** False for a function that gives a pointer to something else than a file, as one that looks an arc up does. */
function mayDeliver(decl: FunctionDecl): boolean {
  const { returns } = decl.ir();
  return returns.k !== 'pointer' || returns.to.k !== 'struct' || returns.to.name === 'file';
}

/** null for a function whose brackets do not match, or that a macro makes. */
export function siteOf({ driver, module }: MendContext, decl: FunctionDecl): Site | null {
  const text = module.file(decl.file)?.text;
  const body = text === undefined ? null : outlineOf(text, decl.span);
  if (text === undefined || body === null) return null;
  const selections = selectionsOf(driver, module);
  const arms = driver.arcs.flatMap((arc): readonly Arm[] => {
    const place = selections.of(arc);
    const arm = place === null || !isIn(decl, place) ? null : armAt(body, arc, place.span);
    return arm === null || !isDone(driver, decl, arm) ? [] : [arm];
  });
  const comesHere = driver.arcs.filter((arc) => arc.evidence.some(({ location }) => isIn(decl, location)));
  const froms = new Set(comesHere.map(({ from }) => from));
  const [from] = froms;
  return {
    decl,
    text,
    body,
    names: stateNamesIn(driver, module, decl),
    arms,
    isSetState: isIn(decl, driver.setState.location),
    from: froms.size === 1 ? (from ?? null) : null,
  };
}

export function isIn(decl: FunctionDecl, { file, span }: Location): boolean {
  return file === decl.file && decl.span.start <= span.start && span.end <= decl.span.end;
}

/**
 * True when every variable of the function that the text names is declared where it would be written: in a block around the
 * offset and before it, or in `own`, a stretch of the source that the text was taken from.
 */
export function isVisible({ decl, text, body }: Site, code: string, offset: number, own: Span | null = null): boolean {
  const { locals, params } = decl.ir();
  const words = new Set(code.match(/[A-Za-z_]\w*/g) ?? []);
  const around = statementsAround(body, offset).filter(({ kind }) => kind === 'block');
  const declaredAt = (id: number): number =>
    decl.span.start + (locals.find((local) => local.id === id)?.span.start ?? 0);
  return [...words].every((word) => {
    const named = locals.filter(({ name }) => name === word);
    return (
      named.length === 0 ||
      named.some(({ id }) => {
        const at = declaredAt(id);
        const inOwn = own !== null && own.start <= at && at < own.end;
        return params.includes(id) || inOwn || (at < offset && around.some((block) => declares(text, block, at)));
      })
    );
  });
}

/** True when a declaration directly in the block has the offset, outside of a statement expression. */
function declares(text: string, { inside }: Statement, offset: number): boolean {
  return inside.some(
    ({ kind, span }) =>
      kind === 'plain' && span.start <= offset && offset < span.end && !/\(\s*\{/.test(text.slice(span.start, offset)),
  );
}

/** False for a guard, in which pairs that are rejected end. */
function isDone({ arcs }: DriverModel, decl: FunctionDecl, { statements }: Arm): boolean {
  const [first] = statements;
  const last = statements.at(-1);
  if (first === undefined || last === undefined) return true;
  return !arcs.some(
    ({ status, outcomes }) =>
      status === 'rejected' &&
      outcomes.some(
        ({ at }) => at.file === decl.file && first.span.start <= at.span.start && at.span.end <= last.span.end,
      ),
  );
}

/** The arm that a selector belongs to; null where it is in no condition of an `if` and in no case's value. */
function armAt(body: Statement, arc: ArcModel, selector: Span): Arm | null {
  const around = statementsAround(body, selector.start);
  const own = around.at(-1);
  if (own?.head == null || (own.kind !== 'if' && own.kind !== 'case')) return null;
  const within = own.kind === 'case' ? own.span : own.head;
  if (selector.start < within.start || selector.end > within.end) return null;
  const whole = own.kind === 'if' ? chainAround(own, around) : own;
  const list = around.findLast(({ kind, inside }) => kind === 'block' && inside.includes(whole))?.inside;
  if (list === undefined) return null;
  const index = list.indexOf(whole);
  if (own.kind === 'if') return { arc, selector, kind: 'if', list, index, last: index, statements: branch(own) };
  let first = index;
  while (list[first]?.kind === 'case') first++;
  let last = first - 1;
  while (list[last + 1] !== undefined && list[last + 1]?.kind !== 'case') last++;
  return { arc, selector, kind: 'case', list, index, last, statements: list.slice(first, last + 1) };
}

/** The first `if` of the chain of `else if` that the innermost statement is a part of. */
function chainAround(own: Statement, around: readonly Statement[]): Statement {
  let whole = own;
  for (const outer of around.slice(0, -1).reverse()) {
    if (outer.kind !== 'if' || outer.inside[1] !== whole) break;
    whole = outer;
  }
  return whole;
}

/** What an `if` does when its condition holds. */
function branch({ inside: [then] }: Statement): readonly Statement[] {
  if (then === undefined) return [];
  return then.kind === 'block' ? then.inside : [then];
}
