import type {
  Block,
  BlockId,
  CType,
  Expr,
  GlobalIR,
  Instruction,
  Local,
  LocalId,
  Place,
  Problem,
  Span,
  SwitchCase,
  Terminator,
} from './ir';

/** A block under construction; targets are drafts until the end, so that blocks may be made in any order. */
export interface Draft {
  readonly instructions: Instruction[];
  terminator: DraftTerminator | null;
}

export type DraftTerminator =
  | { readonly k: 'goto'; readonly target: Draft }
  | { readonly k: 'branch'; readonly cond: Expr; readonly then: Draft; readonly else: Draft; readonly span: Span }
  | {
      readonly k: 'switch';
      readonly value: Expr;
      readonly cases: readonly {
        readonly low: Expr;
        readonly high: Expr | null;
        readonly target: Draft;
        readonly span: Span;
      }[];
      readonly default: Draft;
      readonly span: Span;
    }
  | { readonly k: 'return'; readonly value: Expr | null; readonly span: Span }
  | { readonly k: 'lost'; readonly reason: string; readonly span: Span };

const UNKNOWN: CType = { k: 'unknown' };

/** Builds one function's blocks and locals. */
export class Builder {
  readonly locals: Local[] = [];
  readonly statics: GlobalIR[] = [];
  readonly problems: Problem[] = [];
  readonly entry: Draft = { instructions: [], terminator: null };
  /** Where the next instruction goes. After a jump this is a block that nothing reaches. */
  current: Draft = this.entry;
  /** Statements stand where they can not stand: nobody knows what is inside of what. */
  isTorn = false;
  private readonly scopes: Map<string, Place>[] = [new Map()];

  constructor(readonly functionName: string) {}

  block(): Draft {
    return { instructions: [], terminator: null };
  }

  emit(instruction: Instruction): void {
    this.current.instructions.push(instruction);
  }

  /** Ends the current block; what follows is unreachable until enter(). */
  end(terminator: DraftTerminator): void {
    this.current.terminator = terminator;
    this.current = this.block();
  }

  goto(target: Draft): void {
    this.end({ k: 'goto', target });
  }

  enter(block: Draft): void {
    this.current = block;
  }

  /** Goes on in `block`, which others jump to as well. */
  fallInto(block: Draft): void {
    this.goto(block);
    this.enter(block);
  }

  problem(kind: Problem['kind'], message: string, span: Span): void {
    this.problems.push({ kind, message, span });
  }

  addLocal(name: string | null, type: CType, span: Span): LocalId {
    const id = this.locals.length;
    this.locals.push({ id, name, type, span });
    if (name !== null) this.bind(name, { k: 'local', id });
    return id;
  }

  temporary(type: CType, span: Span): LocalId {
    return this.addLocal(null, type, span);
  }

  /** Puts a value into a new temporary. */
  hold(value: Expr, span: Span, type: CType = UNKNOWN): LocalId {
    const id = this.temporary(type, span);
    this.assign({ k: 'local', id }, value, span);
    return id;
  }

  assign(dest: Place, value: Expr, span: Span): void {
    this.emit({ k: 'assign', dest, value, span });
  }

  bind(name: string, place: Place): void {
    this.scopes.at(-1)?.set(name, place);
  }

  /** What `name` is in the scopes of the function, or undefined. */
  /** The names of the locals in scope. */
  names(): string[] {
    return this.scopes.flatMap((scope) => [...scope.keys()]);
  }

  resolve(name: string): Place | undefined {
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const place = this.scopes[i]?.get(name);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  scoped<T>(body: () => T): T {
    this.scopes.push(new Map());
    try {
      return body();
    } finally {
      this.scopes.pop();
    }
  }

  /** The reachable blocks, numbered from the entry in order of first use; chains of empty blocks are skipped. */
  finish(): Block[] {
    const ids = new Map<Draft, BlockId>();
    const order: Draft[] = [];
    const preds = countPredecessors(this.entry);
    const visit = (draft: Draft): BlockId => {
      const target = skipEmpty(draft);
      let id = ids.get(target);
      if (id === undefined) {
        id = order.length;
        ids.set(target, id);
        order.push(target);
      }
      return id;
    };
    visit(this.entry);
    const blocks: Block[] = [];
    for (let i = 0; i < order.length; i++) {
      let draft = order[i];
      if (draft === undefined) break;
      const instructions = [...draft.instructions];
      // A block that only one other goes to, and always, is part of that one.
      for (
        let next = onlySuccessor(draft, preds);
        next !== null && !ids.has(next);
        next = onlySuccessor(draft, preds)
      ) {
        ids.set(next, i);
        instructions.push(...next.instructions);
        draft = next;
      }
      blocks.push({ id: i, instructions, terminator: resolveTargets(draft.terminator, visit) });
    }
    return blocks;
  }
}

function successors(terminator: DraftTerminator | null): readonly Draft[] {
  switch (terminator?.k) {
    case 'goto':
      return [terminator.target];
    case 'branch':
      return [terminator.then, terminator.else];
    case 'switch':
      return [...terminator.cases.map((c) => c.target), terminator.default];
    default:
      return [];
  }
}

/** The block that an empty one leads to. */
function skipEmpty(draft: Draft): Draft {
  const seen = new Set<Draft>();
  let at = draft;
  while (at.instructions.length === 0 && at.terminator?.k === 'goto' && !seen.has(at)) {
    seen.add(at);
    at = at.terminator.target;
  }
  return at;
}

function countPredecessors(entry: Draft): Map<Draft, number> {
  const counts = new Map<Draft, number>([[skipEmpty(entry), 1]]);
  const work = [skipEmpty(entry)];
  for (let draft = work.pop(); draft !== undefined; draft = work.pop()) {
    for (const next of successors(draft.terminator)) {
      const target = skipEmpty(next);
      const count = counts.get(target) ?? 0;
      counts.set(target, count + 1);
      if (count === 0) work.push(target);
    }
  }
  return counts;
}

function onlySuccessor(draft: Draft, preds: ReadonlyMap<Draft, number>): Draft | null {
  if (draft.terminator?.k !== 'goto') return null;
  const target = skipEmpty(draft.terminator.target);
  return preds.get(target) === 1 && target !== draft ? target : null;
}

function resolveTargets(terminator: DraftTerminator | null, id: (draft: Draft) => BlockId): Terminator {
  if (terminator === null) return { k: 'lost', reason: 'control reaches no statement', span: { start: 0, end: 0 } };
  switch (terminator.k) {
    case 'goto':
      return { k: 'goto', target: id(terminator.target) };
    case 'branch':
      return { ...terminator, then: id(terminator.then), else: id(terminator.else) };
    case 'switch': {
      const cases: SwitchCase[] = terminator.cases.map((c) => ({ ...c, target: id(c.target) }));
      return { k: 'switch', value: terminator.value, cases, default: id(terminator.default), span: terminator.span };
    }
    default:
      return terminator;
  }
}
