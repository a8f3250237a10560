import type { Block, BlockId, FunctionIR, Instruction, LocalId, Place, Terminator } from './ir';
import { rootLocal, visitExpr, visitInitializer, visitInstruction, visitPlace, visitTerminator } from './visit';

/** Facts about a function's control flow, computed when first asked for and kept with its blocks. */
export interface Flow {
  /** Reverse postorder: a block comes before its successors except over back edges. */
  readonly rpo: readonly BlockId[];
  /** Index in `rpo`, by block. */
  readonly order: readonly number[];
  readonly preds: readonly (readonly BlockId[])[];
  /** Targets of back edges. */
  readonly loopHeaders: ReadonlySet<BlockId>;
  /** All blocks of the loop, the header included; empty for a block that heads none. */
  loopBody(header: BlockId): ReadonlySet<BlockId>;
  /** What one round of the loop may write. */
  assignedIn(header: BlockId): Assigned;
  /** Locals whose value at the block's entry may still be read. Those whose address is taken, and arrays, are always live. */
  liveIn(block: BlockId): ReadonlySet<LocalId>;
}

export interface Assigned {
  readonly locals: ReadonlySet<LocalId>;
  /** Places that are not a whole local. */
  readonly places: readonly Place[];
  readonly calls: boolean;
}

const flows = new WeakMap<readonly Block[], Flow>();

/** The flow of a function; the same object for the same blocks, wherever the function stands in its file. */
export function flowOf(fn: FunctionIR): Flow {
  let flow = flows.get(fn.blocks);
  if (flow === undefined) {
    flow = computeFlow(fn);
    flows.set(fn.blocks, flow);
  }
  return flow;
}

/** The blocks that control may go to next, without repetition. */
export function successorsOf(terminator: Terminator): readonly BlockId[] {
  switch (terminator.k) {
    case 'goto':
      return [terminator.target];
    case 'branch':
      return terminator.then === terminator.else ? [terminator.then] : [terminator.then, terminator.else];
    case 'switch':
      return [...new Set([...terminator.cases.map((c) => c.target), terminator.default])];
    default:
      return [];
  }
}

function computeFlow(fn: FunctionIR): Flow {
  const { blocks } = fn;
  const next = blocks.map((block) => successorsOf(block.terminator));
  const preds: BlockId[][] = blocks.map(() => []);
  next.forEach((targets, from) => {
    for (const target of targets) preds[target]?.push(from);
  });
  const { rpo, backEdges } = depthFirst(next);
  const order: number[] = blocks.map(() => -1);
  rpo.forEach((block, index) => {
    order[block] = index;
  });
  const loopHeaders = new Set(backEdges.map(([, header]) => header));
  const bodies = new Map<BlockId, ReadonlySet<BlockId>>();
  const assigned = new Map<BlockId, Assigned>();
  let live: ReadonlySet<LocalId>[] | null = null;

  const loopBody = (header: BlockId): ReadonlySet<BlockId> => {
    let body = bodies.get(header);
    if (body === undefined) {
      body = naturalLoop(header, backEdges, preds);
      bodies.set(header, body);
    }
    return body;
  };
  return {
    rpo,
    order,
    preds,
    loopHeaders,
    loopBody,
    assignedIn(header) {
      let result = assigned.get(header);
      if (result === undefined) {
        result = collectAssigned(blocks, loopBody(header));
        assigned.set(header, result);
      }
      return result;
    },
    liveIn(block) {
      live ??= computeLiveness(fn, rpo, next);
      return live[block] ?? new Set();
    },
  };
}

/** Reverse postorder and the edges that lead back to a block on the path; without recursion. */
function depthFirst(next: readonly (readonly BlockId[])[]): { rpo: BlockId[]; backEdges: [BlockId, BlockId][] } {
  const post: BlockId[] = [];
  const backEdges: [BlockId, BlockId][] = [];
  const state = new Uint8Array(next.length);
  const path: { block: BlockId; at: number }[] = [];
  if (next.length > 0) {
    path.push({ block: 0, at: 0 });
    state[0] = 1;
  }
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    // Last successor first, so that the first one comes first in reverse postorder.
    const targets = next[top.block] ?? [];
    const target = targets[targets.length - 1 - top.at];
    top.at++;
    if (target === undefined) {
      state[top.block] = 2;
      post.push(top.block);
      path.pop();
    } else if (state[target] === 1) {
      backEdges.push([top.block, target]);
    } else if (state[target] === 0) {
      state[target] = 1;
      path.push({ block: target, at: 0 });
    }
  }
  return { rpo: post.reverse(), backEdges };
}

function naturalLoop(
  header: BlockId,
  backEdges: readonly [BlockId, BlockId][],
  preds: readonly (readonly BlockId[])[],
): Set<BlockId> {
  const latches = backEdges.filter(([, to]) => to === header).map(([from]) => from);
  if (latches.length === 0) return new Set();
  const body = new Set<BlockId>([header]);
  const work = [...latches];
  for (let block = work.pop(); block !== undefined; block = work.pop()) {
    if (body.has(block)) continue;
    body.add(block);
    work.push(...(preds[block] ?? []));
  }
  return body;
}

function collectAssigned(blocks: readonly Block[], body: ReadonlySet<BlockId>): Assigned {
  const locals = new Set<LocalId>();
  const places: Place[] = [];
  let calls = false;
  const write = (place: Place): void => {
    if (place.k === 'local') locals.add(place.id);
    else places.push(place);
  };
  for (const id of body) {
    for (const instruction of blocks[id]?.instructions ?? []) {
      switch (instruction.k) {
        case 'assign':
        case 'initialize':
          write(instruction.dest);
          break;
        case 'declare':
          locals.add(instruction.local);
          break;
        case 'call':
          calls = true;
          if (instruction.dest !== null) locals.add(instruction.dest);
          break;
        case 'havoc':
          instruction.places.forEach(write);
          break;
      }
    }
  }
  return { locals, places, calls };
}

function computeLiveness(
  fn: FunctionIR,
  rpo: readonly BlockId[],
  next: readonly (readonly BlockId[])[],
): Set<LocalId>[] {
  const always = new Set<LocalId>();
  for (const local of fn.locals) if (local.type.k === 'array') always.add(local.id);
  const taken = {
    expr: (expr: { k: string; place?: Place }): void => {
      if (expr.k !== 'addr' || expr.place === undefined) return;
      const root = rootLocal(expr.place);
      if (root !== null) always.add(root);
    },
  };
  for (const block of fn.blocks) {
    for (const instruction of block.instructions) visitInstruction(instruction, taken);
    visitTerminator(block.terminator, taken);
  }
  const live = fn.blocks.map(() => new Set<LocalId>(always));
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = rpo.length - 1; i >= 0; i--) {
      const id = rpo[i];
      const block = id === undefined ? undefined : fn.blocks[id];
      const entry = id === undefined ? undefined : live[id];
      if (id === undefined || block === undefined || entry === undefined) continue;
      const now = new Set<LocalId>(always);
      for (const target of next[id] ?? []) for (const local of live[target] ?? []) now.add(local);
      throughBlock(block, now, always);
      // Sets only grow, so the size tells.
      if (now.size !== entry.size) {
        live[id] = now;
        changed = true;
      }
    }
  }
  return live;
}

/** Carries liveness from a block's end to its entry. */
function throughBlock(block: Block, live: Set<LocalId>, always: ReadonlySet<LocalId>): void {
  const use = {
    place: (place: Place): void => {
      if (place.k === 'local') live.add(place.id);
    },
  };
  const kill = (id: LocalId): void => {
    if (!always.has(id)) live.delete(id);
  };
  visitTerminator(block.terminator, use);
  for (let i = block.instructions.length - 1; i >= 0; i--) {
    const instruction: Instruction | undefined = block.instructions[i];
    if (instruction === undefined) continue;
    switch (instruction.k) {
      case 'assign':
      case 'initialize':
        if (instruction.dest.k === 'local') kill(instruction.dest.id);
        else visitPlace(instruction.dest, use);
        if (instruction.k === 'assign') visitExpr(instruction.value, use);
        else visitInitializer(instruction.value, use);
        break;
      case 'declare':
        kill(instruction.local);
        break;
      case 'call':
        if (instruction.dest !== null) kill(instruction.dest);
        visitExpr(instruction.callee, use);
        for (const arg of instruction.args) visitExpr(arg, use);
        break;
      case 'havoc':
        for (const place of instruction.places) {
          if (place.k === 'local') kill(place.id);
          else visitPlace(place, use);
        }
        break;
    }
  }
}
