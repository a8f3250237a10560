import type { Expr, Span } from '../c/ir';
import type { CModule, FunctionDecl } from '../c/module';
import { spelledExpr } from '../c/spell';
import { constantName, states } from '../uapi';
import { askedIn, wantedIn } from './asking';
import type { ArcModel, DriverModel } from './model';

/** How a function of the driver spells the two states of the pair, as C text; null for one that it never compares. */
export interface StateNames {
  readonly current: string | null;
  readonly next: string | null;
}

const constants: ReadonlySet<string> = new Set(states.map(({ constant }) => constant));

/**
 * The spellings in the function's own conditions: what is compared with the states' constants and, over the executions of all
 * pairs, always turns out as the one state of the pair would and not as the other.
 */
export function stateNamesIn(driver: DriverModel, code: CModule, decl: FunctionDecl): StateNames {
  const votes = new Map<string, Votes>();
  const compared = comparisonsIn(code, decl);
  for (const arc of driver.arcs) {
    for (const { constant, text, holds } of onTheWay(arc, decl, compared)) {
      const own = votes.get(text) ?? { current: 0, notCurrent: 0, next: 0, notNext: 0 };
      votes.set(text, own);
      const isFrom = constant === constantName(arc.from);
      const isTo = constant === constantName(arc.to);
      if (holds === isFrom) own.current += Number(isFrom);
      else own.notCurrent++;
      if (holds === isTo) own.next += Number(isTo);
      else own.notNext++;
    }
  }
  const asked = askedIn(code, decl);
  const wanted = wantedIn(driver, code, decl);
  const known = [...votes].filter(([text]) => !wanted.has(text));
  const best = (of: (votes: Votes) => number, isOne: (votes: Votes) => boolean) =>
    known.filter(([, each]) => isOne(each)).sort(([, a], [, b]) => of(b) - of(a))[0]?.[0] ?? null;
  const [current, next] = [
    best(
      ({ current }) => current,
      ({ current, notCurrent, notNext }) => notCurrent === 0 && (notNext > 0 || current > 0),
    ),
    best(
      ({ next }) => next,
      ({ next, notNext, notCurrent }) => notNext === 0 && (notCurrent > 0 || next > 0),
    ),
  ];
  return { current: current ?? asked?.current ?? null, next: next ?? asked?.next ?? null };
}

/** How often a spelling turned out as one of the two states does: holding where it should, or otherwise than it should. */
interface Votes {
  current: number;
  notCurrent: number;
  next: number;
  notNext: number;
}

/** Every expression that the function compares with a constant of a state. */
export function comparedTexts(code: CModule, decl: FunctionDecl): ReadonlySet<string> {
  return new Set(comparisonsIn(code, decl).map(({ text }) => text));
}

interface Comparison {
  /** Of the whole condition or case label, from the function's start. */
  readonly span: Span;
  readonly constant: string;
  readonly text: string;
  /** False where the condition holds when they differ. */
  readonly isEqual: boolean;
}

function onTheWay(
  arc: ArcModel,
  decl: FunctionDecl,
  compared: readonly Comparison[],
): readonly (Comparison & { readonly holds: boolean })[] {
  return arc.evidence.flatMap(({ kind, holds, location: { file, span } }) => {
    const { start } = decl.span;
    if (kind !== 'condition' || holds === null || file !== decl.file) return [];
    return compared
      .filter((each) => each.span.start === span.start - start && each.span.end === span.end - start)
      .map((each) => ({ ...each, holds: holds === each.isEqual }));
  });
}

function comparisonsIn(code: CModule, decl: FunctionDecl): readonly Comparison[] {
  const source = sourceOf(code, decl);
  const { blocks, locals } = decl.ir();
  // What a macro compares has the place of the whole call.
  const textOf = (expr: Expr, whole: Span) =>
    isSpan(expr.span, whole) ? spelledExpr(expr, locals) : textIn(source, expr.span);
  return blocks.flatMap(({ terminator }): Comparison[] => {
    if (terminator.k === 'branch') {
      const { cond, span } = terminator;
      if (cond.k !== 'binary' || (cond.op !== '==' && cond.op !== '!=')) return [];
      const [left, right] = [stateIn(cond.left), stateIn(cond.right)];
      const constant = left ?? right;
      if (constant === null || (left !== null && right !== null)) return [];
      const text = textOf(left === null ? cond.left : cond.right, span);
      return text === null ? [] : [{ span, constant, text, isEqual: cond.op === '==' }];
    }
    if (terminator.k !== 'switch') return [];
    const text = textOf(terminator.value, terminator.span);
    if (text === null) return [];
    return terminator.cases.flatMap(({ low, span }) => {
      const constant = stateIn(low);
      return constant === null ? [] : [{ span, constant, text, isEqual: true }];
    });
  });
}

function sourceOf(code: CModule, { file, span }: FunctionDecl): string {
  return code.file(file)?.text.slice(span.start, span.end) ?? '';
}

function textIn(source: string, { start, end }: Span): string {
  return source.slice(start, end).replace(/\s+/g, ' ').trim();
}

function isSpan(one: Span, other: Span): boolean {
  return one.start === other.start && one.end === other.end;
}

/** The state's constant that the expression is; null for any other. */
function stateIn(expr: Expr): string | null {
  if (expr.k === 'cast') return stateIn(expr.arg);
  return expr.k === 'load' && expr.place.k === 'global' && constants.has(expr.place.name) ? expr.place.name : null;
}
