import type { Expr, Span } from '../c/ir';
import type { CModule, FunctionDecl } from '../c/module';
import { constantName, states } from '../uapi';
import type { ArcModel, DriverModel } from './model';

/** How a function of the driver spells the two states of the pair, as C text; null for one that it never compares. */
export interface StateNames {
  readonly current: string | null;
  readonly next: string | null;
}

const constants: ReadonlySet<string> = new Set(states.map(({ constant }) => constant));

/** The spellings that the function's own conditions use for most arcs: what is compared with the states of an arc that they select. */
export function stateNamesIn(driver: DriverModel, code: CModule, decl: FunctionDecl): StateNames {
  const compared = comparisonsIn(code, decl);
  const current = new Map<string, number>();
  const next = new Map<string, number>();
  for (const arc of driver.arcs) {
    for (const { constant, text } of onTheWay(arc, decl, compared)) {
      if (constant === constantName(arc.from)) current.set(text, (current.get(text) ?? 0) + 1);
      else if (constant === constantName(arc.to)) next.set(text, (next.get(text) ?? 0) + 1);
    }
  }
  return { current: mostCounted(current), next: mostCounted(next) };
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
}

function onTheWay(arc: ArcModel, decl: FunctionDecl, compared: readonly Comparison[]): readonly Comparison[] {
  return arc.evidence.flatMap(({ kind, location: { file, span } }) =>
    kind === 'condition' && file === decl.file
      ? compared.filter(
          (each) => each.span.start === span.start - decl.span.start && each.span.end === span.end - decl.span.start,
        )
      : [],
  );
}

function comparisonsIn(code: CModule, decl: FunctionDecl): readonly Comparison[] {
  const source = code.file(decl.file)?.text.slice(decl.span.start, decl.span.end) ?? '';
  const textOf = ({ span }: Expr) => source.slice(span.start, span.end).replace(/\s+/g, ' ').trim();
  return decl.ir().blocks.flatMap(({ terminator }): Comparison[] => {
    if (terminator.k === 'branch') {
      const { cond, span } = terminator;
      if (cond.k !== 'binary' || (cond.op !== '==' && cond.op !== '!=')) return [];
      const [left, right] = [stateIn(cond.left), stateIn(cond.right)];
      const constant = left ?? right;
      if (constant === null || (left !== null && right !== null)) return [];
      return [{ span, constant, text: textOf(left === null ? cond.left : cond.right) }];
    }
    if (terminator.k !== 'switch') return [];
    const text = textOf(terminator.value);
    return terminator.cases.flatMap(({ low, span }) => {
      const constant = stateIn(low);
      return constant === null ? [] : [{ span, constant, text }];
    });
  });
}

/** The state's constant that the expression is; null for any other. */
function stateIn(expr: Expr): string | null {
  if (expr.k === 'cast') return stateIn(expr.arg);
  return expr.k === 'load' && expr.place.k === 'global' && constants.has(expr.place.name) ? expr.place.name : null;
}

function mostCounted(counts: ReadonlyMap<string, number>): string | null {
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}
