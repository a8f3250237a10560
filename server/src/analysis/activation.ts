import type { Flow } from '../c';
import { flowOf } from '../c';
import type { Block, BlockId, Expr, FunctionIR, Instruction, Span, Terminator } from '../c/ir';
import { assume } from './assume';
import type { Calls } from './calls';
import { doubtMark } from './calls';
import type { Frame } from './expressions';
import { exactly, except } from './facts';
import type { Machine, PathResult } from './machine';
import type { Important } from './merge';
import { dropForgottenFacts, joinAlike, memoryKey, mergeEqual, valueClass } from './merge';
import type { State } from './state';
import { unknownDefault } from './state';
import { append } from './trail';
import { wrap } from './types';
import type { Site, Value } from './value';
import { int, root, symbol, unmodelledReason, zero } from './value';
import { returned, Writes } from './writes';

/** The reason of an unknown outcome when a loop can not end. */
export const endless = 'the loop never ends';

/** Paths and results that even what is important may keep apart: each of 64 flags that may be set or not doubles them. */
const mostApart = 128;
const nothing: Important = () => false;

/** One execution of one function: a worklist over its blocks in reverse postorder, merging where paths meet. */
export class Activation {
  private readonly ir: FunctionIR;
  private readonly flow: Flow;
  private readonly pending = new Map<BlockId, State[]>();
  /** No block before this one in reverse postorder waits. */
  private cursor = 0;
  private readonly done: PathResult[] = [];
  private readonly writes: Writes;

  constructor(
    private readonly machine: Machine,
    private readonly calls: Calls,
    private readonly frame: Frame,
    private readonly important: Important,
    start: State,
  ) {
    this.ir = frame.fn;
    this.flow = flowOf(this.ir);
    this.writes = new Writes(machine, frame);
    this.wait(0, start);
  }

  run(): readonly PathResult[] {
    this.explore();
    const mine = `f${this.frame.depth}:`;
    for (const { state, value } of this.done) {
      for (const places of [state.own, state.defaults]) {
        for (const key of places.keys()) if (key.startsWith(mine)) places.delete(key);
      }
      dropForgottenFacts(state, value);
    }
    return this.summarise();
  }

  private explore(): void {
    for (let next = this.next(); next !== null; next = this.next()) {
      const states = this.pending.get(next) ?? [];
      this.pending.delete(next);
      const block = this.ir.blocks[next];
      if (!block) continue;
      for (const state of this.gather(next, states)) this.execute(block, state);
    }
  }

  private summarise(): readonly PathResult[] {
    const apart: Important = (key) => this.important(key) || this.isCallers(key) || key.startsWith('r');
    const results =
      this.done.length > 1
        ? joinAlike(mergeResults(this.done), apart, `${this.frame.context}`, (state, value) => ({ state, value }))
        : this.done;
    if (results.length <= this.machine.budgets.results) return results;
    const many = `${this.frame.context}:many`;
    const few = joinAlike(results, this.important, many, (state, value) => ({ state, value }));
    return few.length <= mostApart ? few : joinAlike(few, nothing, many, (state, value) => ({ state, value }));
  }

  private next(): BlockId | null {
    if (this.pending.size === 0) return null;
    const { rpo } = this.flow;
    while (this.cursor < rpo.length && !this.pending.has(rpo[this.cursor] ?? -1)) this.cursor++;
    return rpo[this.cursor] ?? null;
  }

  /** Locals of the functions that called this one. */
  private isCallers(key: string): boolean {
    return key.startsWith('f') && Number.parseInt(key.slice(1), 10) < this.frame.depth;
  }

  /** What comes into a block: dead locals dropped, equal memories merged, too many paths joined. */
  private gather(block: BlockId, states: State[]): State[] {
    if (states.length < 2) return states;
    const live = this.flow.liveIn(block);
    const mine = `f${this.frame.depth}:`;
    for (const state of states) {
      for (const places of [state.own, state.defaults]) {
        for (const key of places.keys()) {
          if (key.startsWith(mine) && !live.has(Number.parseInt(key.slice(mine.length), 10))) places.delete(key);
        }
      }
    }
    return this.fewer(mergeEqual(states), `${block}`);
  }

  /** Joins paths where there are too many. */
  private fewer(states: State[], where: string): State[] {
    const { paths } = this.machine.budgets;
    if (states.length <= paths) return states;
    // What differs in the device's memory alone is blurred before what differs in variables is.
    const variables: Important = (key) => this.important(key) || /^[fr]\d/.test(key);
    const fewer = this.join(states, variables, where);
    const few = fewer.length <= paths * 4 ? fewer : this.join(fewer, this.important, where);
    return few.length <= mostApart ? few : this.join(few, nothing, where);
  }

  private join(states: readonly State[], apart: Important, where: string): State[] {
    const items = states.map((state) => ({ state, value: zero }));
    return joinAlike(items, apart, `${this.frame.context}:${where}`, (state, value) => ({ state, value })).map(
      (j) => j.state,
    );
  }

  private execute(block: Block, start: State): void {
    let states: State[] = [start];
    for (const [index, instruction] of block.instructions.entries()) {
      states = states.flatMap((state) => this.step(instruction, state));
      if (states.length === 0) return;
      // Calls in a row multiply the paths.
      if (states.length > this.machine.budgets.results) states = this.fewer(mergeEqual(states), `${block.id}.${index}`);
    }
    for (const state of states) this.leave(block, state);
  }

  private giveUp(state: State, reason: string, site: Site): void {
    state.trail = append(state.trail, { k: 'lost', site, reason });
    const value = symbol(`lost:${this.frame.context}:${site.span.start}`, { k: 'unmodelled', reason }, site);
    this.done.push({ state, value });
  }

  private step(instruction: Instruction, state: State): State[] {
    const { machine, frame } = this;
    if (!machine.burn()) {
      this.giveUp(state, machine.meter.reason, machine.expressions.site(frame, instruction.span));
      return [];
    }
    switch (instruction.k) {
      case 'assign':
        this.writes.assign(instruction.dest, instruction.value, state);
        for (const id of machine.expressions.meantBy(instruction.dest, frame.fn)) {
          state.write(machine.expressions.localLoc(frame, id), this.notDeclared(instruction));
        }
        return [state];
      case 'initialize': {
        const to = machine.expressions.place(instruction.dest, frame, state);
        this.writes.initialize(to, instruction, state);
        return [state];
      }
      case 'declare': {
        const to = machine.expressions.localLoc(frame, instruction.local);
        const id = `indeterminate:${frame.context}:${instruction.local}`;
        state.writeDefault(to, unknownDefault(id, machine.expressions.site(frame, instruction.span)));
        return [state];
      }
      case 'havoc':
        // What a pointer led to is found before the pointer is forgotten.
        for (const at of instruction.places.map((place) => machine.expressions.place(place, frame, state)))
          this.writes.forget(at, state, instruction);
        return [state];
      case 'call': {
        const results = this.calls.call(instruction, frame, state);
        if (results === 'returns') {
          this.finish(state, instruction.args[0] ?? null, machine.expressions.site(frame, instruction.span));
          return [];
        }
        for (const { state: after, value } of results) {
          if (instruction.dest !== null)
            this.writes.receive(machine.expressions.localLoc(frame, instruction.dest), value, after);
        }
        return results.map((r) => r.state);
      }
    }
  }

  private notDeclared({ dest, span }: Instruction & { k: 'assign' }): Value {
    const name = dest.k === 'global' ? dest.name : '';
    const id = `undeclared:${this.frame.context}:${span.start}`;
    return symbol(
      id,
      { k: 'unmodelled', reason: `${name} is not declared` },
      this.machine.expressions.site(this.frame, span),
    );
  }

  private leave(block: Block, state: State): void {
    const { machine, frame } = this;
    const terminator: Terminator = block.terminator;
    if (!machine.burn()) {
      const span = terminator.k === 'goto' ? this.ir.nameSpan : terminator.span;
      this.giveUp(state, machine.meter.reason, machine.expressions.site(frame, span));
      return;
    }
    switch (terminator.k) {
      case 'goto':
        this.go(block.id, terminator.target, state);
        return;
      case 'branch': {
        const site = machine.expressions.site(frame, terminator.span);
        const cond = state.resolve(machine.expressions.value(terminator.cond, frame, state));
        const known = machine.expressions.truthOf(cond, state);
        if (known !== null) {
          if (known) state.trail = append(state.trail, { k: 'branch', site, holds: true, open: false });
          this.go(block.id, known ? terminator.then : terminator.else, state);
          return;
        }
        state.forks++;
        this.doubt(cond, state, site);
        for (const holds of [true, false]) {
          const path = holds ? state.fork() : state;
          if (!assume(path, cond, holds, site)) continue;
          path.trail = append(path.trail, { k: 'branch', site, holds, open: true });
          this.go(block.id, holds ? terminator.then : terminator.else, path);
        }
        return;
      }
      case 'switch':
        this.choose(block.id, terminator, state);
        return;
      case 'return':
        this.finish(state, terminator.value, machine.expressions.site(frame, terminator.span));
        return;
      case 'lost':
        this.giveUp(state, terminator.reason, machine.expressions.site(frame, terminator.span));
        return;
    }
  }

  /** Marks a path that goes on by what is not modelled: what comes of it is no success that is known. */
  private doubt(value: Value, state: State, site: Site): void {
    const reason = unmodelledReason(value);
    if (reason !== null) state.own.set(doubtMark, symbol('doubt', { k: 'unmodelled', reason }, site));
  }

  private finish(state: State, expr: Expr | null, site: Site): void {
    const { expressions, types } = this.machine;
    let value: Value = zero;
    if (expr) {
      const from = expr.k === 'load' ? expressions.place(expr.place, this.frame, state) : null;
      if (from && types.strip(from.type)?.k === 'struct') {
        // A struct that is returned is handed over through a place of its own.
        const out = root(`${returned}${this.frame.depth}:${this.frame.context}`, from.type);
        state.copy(out, from);
        value = { k: 'pointer', id: `&${out.key}`, loc: out };
      } else {
        value = this.writes.bounded(this.writes.value(expr, this.ir.returns, state), 'return', state);
        // What set_state itself returns keeps its origin, so that a foreign function's answer is known as such.
        if (this.frame.depth > 0) value = state.resolve(value);
        const width = types.int(this.ir.returns);
        if (value.k === 'int' && width) value = keep(value, wrap(value.v, width));
      }
    }
    state.trail = append(state.trail, { k: 'return', site, value });
    this.done.push({ state, value });
  }

  private choose(from: BlockId, terminator: Terminator & { k: 'switch' }, state: State): void {
    const { expressions } = this.machine;
    const value = state.resolve(expressions.value(terminator.value, this.frame, state));
    const cases = terminator.cases.map((c) => ({
      target: c.target,
      site: expressions.site(this.frame, c.span),
      low: state.resolve(expressions.value(c.low, this.frame, state)),
      high: c.high ? state.resolve(expressions.value(c.high, this.frame, state)) : null,
    }));
    if (value.k === 'int') {
      const hit = cases.find(
        (c) =>
          c.low.k === 'int' && (c.high?.k === 'int' ? c.low.v <= value.v && value.v <= c.high.v : c.low.v === value.v),
      );
      if (hit) state.trail = append(state.trail, { k: 'case', site: hit.site, value });
      else {
        // A case whose value is not known may be this one.
        for (const each of cases) {
          if (each.low.k !== 'symbol' || each.high) continue;
          const path = state.fork();
          if (path.assume(each.low, exactly(value.v), { site: each.site, holds: true })) {
            path.forks++;
            path.trail = append(path.trail, { k: 'case', site: each.site, value });
            this.go(from, each.target, path);
          }
          if (!state.assume(each.low, except(value.v), { site: each.site, holds: false })) return;
        }
      }
      this.go(from, hit ? hit.target : terminator.default, state);
      return;
    }
    // The same constant of the kernel's headers in both places, whatever its value is.
    const same = cases.find((c) => !c.high && c.low.id === value.id);
    if (same) {
      state.trail = append(state.trail, { k: 'case', site: same.site, value });
      this.go(from, same.target, state);
      return;
    }
    this.doubt(value, state, expressions.site(this.frame, terminator.span));
    const rest = state.fork();
    rest.forks++;
    let possible = true;
    this.machine.burn(cases.length);
    for (const each of cases) {
      const path = state.fork();
      path.forks++;
      if (value.k === 'symbol' && each.low.k === 'int') {
        const because = { site: each.site, holds: true };
        const range = each.high?.k === 'int' ? { low: each.low.v, high: each.high.v, not: [] } : exactly(each.low.v);
        if (!path.assume(value, range, because)) continue;
        if (!each.high && !rest.assume(value, except(each.low.v), { site: each.site, holds: false })) possible = false;
      }
      path.trail = append(path.trail, { k: 'case', site: each.site, value });
      this.go(from, each.target, path);
    }
    if (possible) this.go(from, terminator.default, rest);
  }

  /** Follows an edge; a loop whose rounds depend on what is not known is blurred after a few of them. */
  private go(from: BlockId, to: BlockId, state: State): void {
    if (this.flow.loopHeaders.has(to)) {
      const back = (this.flow.order[to] ?? 0) <= (this.flow.order[from] ?? 0);
      const seen = state.loops.get(to);
      const open = back && seen !== undefined && state.forks > seen.forks;
      const visits = back && seen ? seen.visits + (open ? 1 : 0) : 0;
      // Helpers' loops over lists and pages decide nothing about arcs; the loop of set_state does.
      const rounds = this.frame.depth < 2 ? this.machine.budgets.rounds : 1;
      const memory = back && !open ? memoryKey(state) : '';
      const tired = visits > rounds + 2;
      // A round in which nothing is open and nothing changes is followed by the same for ever. In the op itself rounds
      // that stay open do not end either: the only way out is that a step fails.
      if ((back && !open && seen?.memory === memory) || (tired && this.frame.depth === 0)) {
        this.giveUp(state, endless, this.machine.expressions.site(this.frame, this.spanOf(from)));
        return;
      }
      if (tired) return;
      state.loops = new Map(state.loops).set(to, { visits, forks: state.forks, memory });
      if (visits >= rounds) this.blur(to, state);
    }
    this.wait(to, state);
  }

  private wait(block: BlockId, state: State): void {
    const waiting = this.pending.get(block);
    if (waiting) waiting.push(state);
    else this.pending.set(block, [state]);
    this.cursor = Math.min(this.cursor, this.flow.order[block] ?? 0);
  }

  private spanOf(id: BlockId): Span {
    const block = this.ir.blocks[id];
    if (block && block.terminator.k !== 'goto') return block.terminator.span;
    return block?.instructions.at(-1)?.span ?? this.ir.nameSpan;
  }

  private blur(header: BlockId, state: State): void {
    const { expressions } = this.machine;
    const changed = this.flow.assignedIn(header);
    const where = `loop:${this.frame.context}:${header}`;
    for (const id of changed.locals) {
      const at = expressions.localLoc(this.frame, id);
      state.writeDefault(at, unknownDefault(`${where}:${id}`, null));
    }
    for (const place of changed.places) {
      if (place.k === 'local') continue;
      const at = expressions.place(place, this.frame, state);
      state.writeDefault(at, unknownDefault(`${where}:${at.key}`, null));
    }
  }
}

const keep = (value: Value & { k: 'int' }, v: bigint): Value => (v === value.v ? value : int(v, value.at));

/** Results of equal value and memory become one; a file and the failure to get it stay two. */
function mergeResults(results: readonly PathResult[]): PathResult[] {
  const groups = new Map<string, { readonly value: Value; readonly states: State[] }>();
  for (const { state, value } of results) {
    const key = `${value.id} ${valueClass(state, value)}`;
    const group = groups.get(key);
    if (group) group.states.push(state);
    else groups.set(key, { value, states: [state] });
  }
  return [...groups.values()].flatMap(({ value, states }) => mergeEqual(states).map((state) => ({ state, value })));
}
