import type { Expr, GlobalIR, Instruction, Place } from '../c/ir';
import type { FunctionDecl } from '../c/module';
import type { Frame } from './expressions';
import { exactly, except } from './facts';
import { frameOf, initializedLength } from './globals';
import type { Machine, PathResult } from './machine';
import { isErrorRange } from './merge';
import type { ModelCall } from './models';
import { isTest, models, reckoning } from './models';
import type { State } from './state';
import { unknownDefault } from './state';
import { append } from './trail';
import type { Loc, Value } from './value';
import { int, pointerTo, symbol, unmodelledReason } from './value';

type Call = Instruction & { readonly k: 'call' };

/** Marks, in a path's memory, that a function called by set_state itself answered an error. */
export const errorMark = '!error';

/** Marks, in a path's memory, that what is not modelled has decided where it goes. */
export const doubtMark = '!doubt';

/** Macros of include/linux/cleanup.h that return from the function they stand in. */
const returning = new Set(['return_ptr']);

/** Executes calls: into the module, by a model, or into the unknown. */
export class Calls {
  private readonly ordinals = new WeakMap<Call, string>();
  private readonly lengths = new WeakMap<GlobalIR, bigint | null>();
  private implementations: Map<string, Set<string>> | null = null;

  constructor(private readonly machine: Machine) {
    machine.expressions.lengthOf = (place, frame) => this.lengthOf(place, frame);
  }

  /** The paths that come out of a call, or `returns` when the call is a return statement in disguise. */
  call(call: Call, frame: Frame, state: State): readonly PathResult[] | 'returns' {
    const { expressions, module } = this.machine;
    const id = `${frame.context}/${this.ordinal(call, frame)}`;
    const site = expressions.site(frame, call.span);
    const own = call.name === null ? [] : module.functions(call.name, frame.fn.file);
    if (call.name !== null && own.length === 0) {
      if (returning.has(call.name)) return 'returns';
      const number = this.reckoned(call, frame, state);
      if (number !== null) return [{ state, value: int(number) }];
      const model = models.get(call.name);
      if (model) {
        const input: ModelCall = {
          args: call.args,
          frame,
          state,
          site,
          id,
          expressions,
          types: this.machine.types,
          lengthOf: (place) => this.lengthOf(place, frame),
        };
        return model(input);
      }
    }
    const targets = own.length > 0 ? own : this.targets(call.callee, frame, state);
    if (targets.length > 0) return this.intoModule(targets, call, frame, state, id);
    return this.foreign(call, frame, state, id);
  }

  /** What a call of numbers alone reckons; null for all others. */
  private reckoned({ name, args }: Call, frame: Frame, state: State): bigint | null {
    const model = name === null ? undefined : reckoning.get(name);
    if (!model) return null;
    const { expressions } = this.machine;
    const values = args.map((arg, i) => {
      const value = state.resolve(expressions.value(arg, frame, state));
      const isNumber = value.k === 'pointer' && model.through && i === args.length - 1;
      return isNumber ? state.resolve(state.read(value.loc)) : value;
    });
    const known = values.flatMap((value) => (value.k === 'int' ? [value.v] : []));
    return known.length === values.length ? model.compute(known) : null;
  }

  /** Which call it is in its function, by callee and number, so that edits elsewhere do not change its identity. */
  private ordinal(call: Call, frame: Frame): string {
    const known = this.ordinals.get(call);
    if (known) return known;
    const counts = new Map<string, number>();
    for (const block of frame.fn.blocks) {
      for (const instruction of block.instructions) {
        if (instruction.k !== 'call') continue;
        const name = instruction.name ?? '*';
        const n = counts.get(name) ?? 0;
        counts.set(name, n + 1);
        this.ordinals.set(instruction, n === 0 ? name : `${name}#${n}`);
      }
    }
    return this.ordinals.get(call) ?? '*';
  }

  /** The functions that a function pointer may be. */
  private targets(callee: Expr, frame: Frame, state: State): readonly FunctionDecl[] {
    const { expressions, module } = this.machine;
    const value = state.resolve(expressions.value(callee, frame, state));
    if (value.k === 'function') return module.functions(value.name, value.file);
    if (value.k !== 'symbol' || value.origin.k !== 'memory') return [];
    const member = value.origin.loc.last;
    if (!member?.startsWith('.')) return [];
    const names = this.implementationsOf(member.slice(1));
    const only = names.size === 1 ? [...names][0] : undefined;
    return only === undefined
      ? []
      : module.functions(only, frame.fn.file).length > 0
        ? module.functions(only, frame.fn.file)
        : this.anywhere(only);
  }

  private anywhere(name: string): readonly FunctionDecl[] {
    return this.machine.module.files.flatMap((f) => f.functions.filter((d) => d.name === name)).slice(0, 1);
  }

  /** All functions that tables of the module put into a member of that name. */
  private implementationsOf(member: string): ReadonlySet<string> {
    if (!this.implementations) {
      this.implementations = new Map();
      const add = (name: string, value: Expr): void => {
        if ((value.k !== 'load' && value.k !== 'addr') || value.place.k !== 'global') return;
        const set = this.implementations?.get(name) ?? new Set<string>();
        this.implementations?.set(name, set.add(value.place.name));
      };
      for (const global of this.machine.module.files.flatMap((f) => f.globals)) {
        if (global.initializer?.k !== 'list') continue;
        for (const entry of global.initializer.entries) {
          const last = entry.designators[entry.designators.length - 1];
          if (last?.k === 'field' && entry.value.k === 'expr') add(last.name, entry.value.value);
        }
      }
    }
    return this.implementations.get(member) ?? new Set();
  }

  private intoModule(
    targets: readonly FunctionDecl[],
    call: Call,
    frame: Frame,
    state: State,
    id: string,
  ): readonly PathResult[] {
    const { expressions, budgets } = this.machine;
    const site = expressions.site(frame, call.span);
    const args = call.args.map((a, i) =>
      expressions.bounded(this.argument(a, frame, state), `${id}:${i}`, frame, state),
    );
    const results: PathResult[] = [];
    for (const target of targets) {
      const base = targets.length > 1 ? state.fork() : state;
      if (!this.underConditions(target, targets.length, base)) continue;
      if (frame.depth >= budgets.depth || this.machine.activations(target) >= 2) {
        const reason = `calls nest too deeply at ${target.name}()`;
        results.push({ state: base, value: symbol(`${id}:deep`, { k: 'unmodelled', reason }, site) });
        continue;
      }
      const summary = this.machine.invoke(target, args, base, frame.depth + 1);
      for (const { effects, value, trail: inner, renaming } of summary.under(id)) {
        const after = base.fork();
        after.forget(id);
        if (!after.adopt(effects)) continue;
        after.trail = append(after.trail, { k: 'call', site, name: target.name, inner, result: value, renaming });
        // Kept apart from paths without an error, so that a set_state which drops it is found out.
        if (frame.depth === 0 && target.ir().returns.k === 'pointer' && isErrorRange(after.range(value))) {
          after.own.set(errorMark, symbol('error', { k: 'indeterminate' }, site));
        }
        results.push({ state: after, value });
      }
    }
    return results;
  }

  private argument(expr: Expr, frame: Frame, state: State): Value {
    const { expressions, types } = this.machine;
    if (expr.k === 'load') {
      const at = expressions.place(expr.place, frame, state);
      if (types.strip(at.type)?.k === 'struct') return pointerTo(at);
    }
    return state.resolve(expressions.value(expr, frame, state));
  }

  /** Among several definitions of a name the preprocessor's conditions choose. */
  private underConditions(target: FunctionDecl, of: number, state: State): boolean {
    if (of < 2) return true;
    return target.when.every((test) => {
      const config = symbol(`config:${test.text}`, { k: 'config', text: test.text });
      return state.assume(config, test.value ? except(0n) : exactly(0n), null);
    });
  }

  /** A function outside the module: its result is unknown, and so is what it was given the address of. */
  private foreign(call: Call, frame: Frame, state: State, id: string): readonly PathResult[] {
    const { expressions } = this.machine;
    const site = expressions.site(frame, call.span);
    const name = call.name ?? this.pointedTo(call.callee, frame, state) ?? 'a function pointer';
    const args = call.args.map((a) => state.resolve(expressions.value(a, frame, state)));
    const broken = args.map(unmodelledReason).find((reason) => reason !== null);
    if (broken && call.name !== null && isTest(call.name)) {
      return [{ state, value: symbol(id, { k: 'unmodelled', reason: broken }, site) }];
    }
    if (call.name !== null && isTest(call.name)) {
      // No macro asks a device by numbers alone: one of the driver's own has lost its definition.
      if (/^[A-Z]/.test(call.name) && args.length > 0 && args.every(({ k }) => k === 'int')) {
        return [{ state, value: symbol(id, { k: 'unmodelled', reason: `${call.name}() is not declared` }, site) }];
      }
      const test = symbol(
        `test:${call.name}(${args.map((a) => a.id).join(',')})`,
        { k: 'test', name: call.name },
        site,
      );
      return [{ state, value: state.resolve(test) }];
    }
    for (const arg of args) if (arg.k === 'pointer') this.mayWrite(arg.loc, state, id);
    state.forget(id);
    state.trail = append(state.trail, {
      k: 'call',
      site,
      name,
      inner: null,
      result: symbol(id, { k: 'call', name }, site),
      renaming: null,
    });
    return [{ state, value: symbol(id, { k: 'call', name }, site) }];
  }

  /** The function outside the module that a pointer leads to, when that is known. */
  private pointedTo(callee: Expr, frame: Frame, state: State): string | null {
    const value = state.resolve(this.machine.expressions.value(callee, frame, state));
    return value.k === 'symbol' && value.origin.k === 'foreign' ? value.origin.name : null;
  }

  /** Locals and plain members whose address is handed out; the driver's structs keep what they hold. */
  private mayWrite(at: Loc, state: State, id: string): void {
    const { types } = this.machine;
    const local = /^f\d/.test(at.key);
    const type = types.strip(at.type);
    const scalar = type !== null && (type.k === 'int' || type.k === 'enum' || type.k === 'pointer');
    if (!local && !(scalar && at.parent)) return;
    const object = local && at.last?.startsWith('[') && at.parent ? at.parent : at;
    state.writeDefault(object, unknownDefault(`${id}:${object.key}`, null));
    state.own.delete(object.key);
  }

  private lengthOf(place: Place, frame: Frame): bigint | null {
    const { types, module, expressions, configuration, initial } = this.machine;
    const type = types.strip(types.ofPlace(place, frame.fn));
    if (type?.k !== 'array') return null;
    if (type.length) {
      const global = place.k === 'global' ? module.globals(place.name, frame.fn.file)[0] : undefined;
      const value = expressions.value(type.length, global ? frameOf(global) : frame, this.machine.start());
      return value.k === 'int' ? value.v : null;
    }
    const global = place.k === 'global' ? module.globals(place.name, frame.fn.file)[0] : undefined;
    if (!global) return null;
    const known = this.lengths.get(global);
    if (known !== undefined) return known;
    // In broken text an array may be as long as itself.
    this.lengths.set(global, null);
    const length = initializedLength(global, types, expressions, configuration, initial);
    this.lengths.set(global, length);
    return length;
  }
}
