import type { CType, Expr, Place } from '../c/ir';
import { deviceObject, type Expressions, type Frame } from './expressions';
import { exactly, except, negativeErrno, notNegative, positive, zeroOrErrno } from './facts';
import type { State } from './state';
import { unknownDefault, zeroDefault } from './state';
import { append } from './trail';
import type { Types } from './types';
import type { Loc, Site, Value } from './value';
import { inside, int, isErrno, pointerTo, symbol, targetOf, term, zero } from './value';

/** A call of a kernel function or macro whose meaning is known here. */
export interface ModelCall {
  readonly args: readonly Expr[];
  readonly frame: Frame;
  readonly state: State;
  readonly site: Site;
  /** Identity of this call on this chain of calls. */
  readonly id: string;
  readonly expressions: Expressions;
  readonly types: Types;
  /** Elements of the array that the global or local place is; null when that can not be told. */
  lengthOf(place: Place): bigint | null;
}

export interface Result {
  readonly state: State;
  readonly value: Value;
}

/** Members of struct file: its operations, and a mark of ours that it has no position. */
export const fileOperations = '.f_op';
export const streamMark = '.is a stream';

/** What a call does: the paths that come out of it; none when control does not return. */
export type Model = (call: ModelCall) => readonly Result[];

const one = (state: State, value: Value): readonly Result[] => [{ state, value }];

function arg(call: ModelCall, index: number): Value {
  const expr = call.args[index];
  if (!expr) return symbol(`${call.id}:arg${index}`, { k: 'indeterminate' }, call.site);
  return call.state.resolve(call.expressions.value(expr, call.frame, call.state));
}

/** The place that an argument names, for macros that take an lvalue. */
function place(call: ModelCall, index: number): Loc | null {
  const expr = call.args[index];
  return expr?.k === 'load' ? call.expressions.place(expr.place, call.frame, call.state) : null;
}

function pointee(call: ModelCall, index: number): Loc {
  const expr = call.args[index];
  const type = expr ? call.types.pointee(call.types.ofExpr(expr, call.frame.fn)) : null;
  return call.expressions.target(arg(call, index), type);
}

const same: Model = (call) => one(call.state, arg(call, 0));
/** get_file(): counts a reference in the file, so there is one (include/linux/fs.h). */
const reference: Model = (call) => {
  const value = arg(call, 0);
  if (value.k === 'symbol') call.state.assume(value, except(0n), null);
  return one(call.state, call.state.resolve(value));
};

const nothing: Model = (call) => one(call.state, zero);
const never: Model = () => [];
const truth: Model = (call) => one(call.state, call.expressions.truth(arg(call, 0), call.state, call.site));

const loadThrough: Model = (call) => one(call.state, call.expressions.loadLoc(pointee(call, 0), call.site, call.state));

const storeThrough: Model = (call) => {
  call.state.write(pointee(call, 0), arg(call, 1));
  return one(call.state, zero);
};

const storeInto: Model = (call) => {
  const to = place(call, 0);
  if (to) call.state.write(to, arg(call, 1));
  return one(call.state, zero);
};

/** What a device has kept since before is an object or NULL: drivers check for errors before they keep a pointer. */
function assumeKept(value: Value, state: State): void {
  if (value.k === 'symbol' && value.origin.k === 'memory') state.assume(value, notNegative, null);
}

/** IS_ERR() and IS_ERR_OR_NULL() by the comparison that they amount to. */
const compareWithZero =
  (op: '<' | '<='): Model =>
  (call) => {
    const value = arg(call, 0);
    const { state } = call;
    if (value.k === 'int') return one(state, int(isErrno(value.v) || (op === '<=' && value.v === 0n) ? 1n : 0n));
    assumeKept(value, state);
    const range = state.range(value);
    if (range.low !== null && (op === '<' ? range.low >= 0n : range.low > 0n)) return one(state, zero);
    if (range.high !== null && (op === '<' ? range.high < 0n : range.high <= 0n)) return one(state, int(1n));
    return one(state, term(op, [value, zero], call.site));
  };

/**
 * ERR_PTR(): its argument is 0 or a negative errno, or the driver would hand out a wild pointer; that of PTR_ERR() is the
 * pointer again.
 */
const errPtr: Model = (call) => {
  const value = arg(call, 0);
  if (value.k === 'symbol' && !isResultOf('PTR_ERR', call.args[0], call.frame))
    call.state.assume(value, zeroOrErrno, null);
  return one(call.state, call.state.resolve(value));
};

/** True for the very result of a call of that function. */
function isResultOf(name: string, expr: Expr | undefined, { fn }: Frame): boolean {
  const id = expr?.k === 'load' && expr.place.k === 'local' ? expr.place.id : null;
  if (id === null || fn.locals[id]?.name !== null) return false;
  return fn.blocks.some(({ instructions }) =>
    instructions.some((i) => i.k === 'call' && i.dest === id && i.name === name),
  );
}

const ptrErrOrZero: Model = (call) => {
  const value = arg(call, 0);
  if (value.k === 'int') return one(call.state, isErrno(value.v) ? value : zero);
  if (value.k !== 'symbol') return one(call.state, zero);
  assumeKept(value, call.state);
  const results: Result[] = [];
  const failed = call.state.fork();
  if (failed.assume(value, negativeErrno, null)) results.push({ state: failed, value });
  const fine = call.state.fork();
  if (fine.assume(value, notNegative, null)) results.push({ state: fine, value: zero });
  return results;
};

const allocate =
  (zeroed: boolean): Model =>
  (call) => {
    const result = symbol(call.id, { k: 'call', name: 'allocation' }, call.site);
    call.state.forget(result.id);
    call.state.assume(result, notNegative, null);
    call.state.writeDefault(
      targetOf(result, null),
      zeroed ? zeroDefault : unknownDefault(`${call.id}:memory`, call.site),
    );
    return one(call.state, result);
  };

/** anon_inode_getfile() and its kin: a new file of these operations or an error, never NULL (fs/anon_inodes.c). */
const newFile: Model = (call) => {
  const result = symbol(call.id, { k: 'call', name: 'anon_inode_getfile' }, call.site);
  call.state.forget(result.id);
  call.state.assume(result, except(0n), null);
  call.state.write(inside(targetOf(result, null), fileOperations, null), arg(call, 1));
  return one(call.state, result);
};

/** stream_open() and nonseekable_open() take the file's position away (fs/open.c). */
const openStream: Model = (call) => {
  call.state.write(inside(pointee(call, 1), streamMark, null), int(1n));
  return one(call.state, zero);
};

/** copy_to_user(): user space gets what is there, or the number of bytes that it does not get. */
const copyToUser: Model = (call) => {
  const to = pointee(call, 0);
  const from = pointee(call, 1);
  if (to.key !== from.key) call.state.copy(to, from);
  const rest = symbol(call.id, { k: 'call', name: 'copy_to_user' }, call.site);
  call.state.forget(rest.id);
  call.state.assume(rest, notNegative, null);
  return one(call.state, rest);
};

/** The member path that container_of() names. */
function memberPath(expr: Expr | undefined): string | null {
  const path = (at: Place): string | null => {
    if (at.k === 'global') return `.${at.name}`;
    if (at.k !== 'field') return null;
    const base = path(at.base);
    return base === null ? null : `${base}.${at.name}`;
  };
  return expr?.k === 'load' ? path(expr.place) : null;
}

const containerOf: Model = (call) => {
  const inner = arg(call, 0);
  const typeArg = call.args[1];
  const type: CType | null = typeArg?.k === 'type' ? typeArg.type : null;
  const device = call.types.deviceStruct(type);
  if (device) return one(call.state, pointerTo(deviceObject(device)));
  const member = memberPath(call.args[2]);
  if (inner.k === 'pointer' && member !== null) {
    let at: Loc | null = inner.loc;
    for (let rest = member; at?.last && rest.endsWith(at.last); ) {
      rest = rest.slice(0, -at.last.length);
      at = at.parent;
      if (rest === '' && at) return one(call.state, pointerTo(at));
    }
  }
  const broken = call.args.find((each) => each.k === 'unsupported');
  if (broken) return one(call.state, symbol(call.id, { k: 'unmodelled', reason: broken.reason }, call.site));
  const struct = call.types.strip(type);
  const owner = term(`container_of:${struct?.k === 'struct' ? struct.name : ''}${member ?? ''}`, [inner], call.site);
  call.state.assume(owner, positive, null);
  return one(call.state, owner);
};

/** vfio_alloc_device(T, member, ...): the device's own struct. */
const allocDevice: Model = (call) => {
  const first = call.args[0];
  const name =
    first?.k === 'type' && first.type.k === 'struct'
      ? first.type.name
      : first?.k === 'load' && first.place.k === 'global'
        ? first.place.name
        : null;
  const device = name && call.types.deviceStruct({ k: 'struct', name, union: false });
  if (device) return one(call.state, pointerTo(deviceObject(device)));
  return one(call.state, symbol(call.id, { k: 'call', name: 'vfio_alloc_device' }, call.site));
};

/**
 * vfio_mig_get_next_state(device, cur, new, &next): for one step the core answers the state that is asked for
 * (drivers/vfio/vfio_main.c); longer ways are walked arc by arc, each of which is a pair of its own here.
 */
const nextState: Model = (call) => {
  const wanted = arg(call, 2);
  const current = arg(call, 1);
  call.state.write(pointee(call, 3), wanted);
  call.state.trail = append(call.state.trail, { k: 'next-state', site: call.site, current, wanted });
  return one(call.state, zero);
};

/** offsetof() and its kin: like sizeof, a number that the type says. */
const constantSize: Model = (call) =>
  one(call.state, symbol(`sizeof:${call.site.fn}:${call.site.span.start}`, { k: 'foreign', name: 'sizeof' }));

const arraySize: Model = (call) => {
  const expr = call.args[0];
  const length = expr?.k === 'load' ? call.lengthOf(expr.place) : null;
  return one(
    call.state,
    length === null ? symbol(`${call.id}:length`, { k: 'indeterminate' }, call.site) : int(length),
  );
};

const fold =
  (op: string, compute: (values: readonly bigint[]) => bigint | null, from = 0): Model =>
  (call) => {
    const values = call.args.slice(from).map((_, i) => arg(call, i + from));
    const known = values.flatMap((v) => (v.k === 'int' ? [v.v] : []));
    const result = known.length === values.length ? compute(known) : null;
    return one(call.state, result === null ? term(op, values, call.site) : int(result));
  };

const least = (values: readonly bigint[]): bigint | null =>
  values.reduce<bigint | null>((a, b) => (a === null || b < a ? b : a), null);
const most = (values: readonly bigint[]): bigint | null =>
  values.reduce<bigint | null>((a, b) => (a === null || b > a ? b : a), null);
const bit = ([n]: readonly bigint[]): bigint | null => (n !== undefined && n >= 0n && n < 64n ? 1n << n : null);
const mask = ([high, low]: readonly bigint[]): bigint | null =>
  high !== undefined && low !== undefined && low >= 0n && high >= low && high < 64n
    ? ((1n << (high - low + 1n)) - 1n) << low
    : null;

const shiftOf = (mask: bigint): bigint => {
  let shift = 0n;
  while (mask > 0n && ((mask >> shift) & 1n) === 0n) shift++;
  return shift;
};
const fieldPrepare = ([mask, value]: readonly bigint[]): bigint | null =>
  mask === undefined || value === undefined || mask <= 0n ? null : (value << shiftOf(mask)) & mask;
const fieldGet = ([mask, value]: readonly bigint[]): bigint | null =>
  mask === undefined || value === undefined || mask <= 0n ? null : (value & mask) >> shiftOf(mask);

/** test_bit(): of a number that is known no device has to be asked. */
const bitOf = ([n, word]: readonly bigint[]): bigint | null =>
  n === undefined || word === undefined || n < 0n || n > 63n ? null : (word >> n) & 1n;

/**
 * Macros and functions that only reckon with their arguments when those are numbers; of anything else they are tests.
 * Whether the last argument points to the number.
 */
export const reckoning: ReadonlyMap<
  string,
  { readonly compute: (values: readonly bigint[]) => bigint | null; readonly through: boolean }
> = new Map([
  ['FIELD_PREP', { compute: fieldPrepare, through: false }],
  ['FIELD_GET', { compute: fieldGet, through: false }],
  ['test_bit', { compute: bitOf, through: true }],
]);

const exchange: Model = (call) => {
  const at = pointee(call, 0);
  const old = call.state.read(at);
  call.state.write(at, arg(call, 1));
  return one(call.state, old);
};

const compareExchange: Model = (call) => {
  const at = pointee(call, 0);
  const old = call.state.resolve(call.state.read(at));
  const expected = arg(call, 1);
  if (old.k === 'int' && expected.k === 'int') {
    if (old.v === expected.v) call.state.write(at, arg(call, 2));
    return one(call.state, old);
  }
  const swapped = call.state.fork();
  swapped.write(at, arg(call, 2));
  if (old.k === 'symbol' && expected.k === 'int') {
    const results: Result[] = [];
    if (swapped.assume(old, exactly(expected.v), null)) results.push({ state: swapped, value: expected });
    if (call.state.assume(old, except(expected.v), null)) results.push({ state: call.state, value: old });
    return results;
  }
  return [
    { state: swapped, value: old },
    { state: call.state, value: old },
  ];
};

const swapPlaces: Model = (call) => {
  const a = place(call, 0);
  const b = place(call, 1);
  if (a && b) {
    const value = call.state.read(a);
    call.state.write(a, call.state.read(b));
    call.state.write(b, value);
  }
  return one(call.state, zero);
};

const copyMemory: Model = (call) => {
  const to = pointee(call, 0);
  const from = pointee(call, 1);
  if (to.key !== from.key) call.state.copy(to, from);
  return one(call.state, arg(call, 0));
};

const setMemory: Model = (call) => {
  const value = arg(call, 1);
  const isZero = value.k === 'int' && value.v === 0n;
  call.state.writeDefault(pointee(call, 0), isZero ? zeroDefault : unknownDefault(`${call.id}:memory`, call.site));
  return one(call.state, arg(call, 0));
};

const isEnabled: Model = (call) => {
  const expr = call.args[0];
  const name = expr?.k === 'load' && expr.place.k === 'global' ? expr.place.name : null;
  if (name === null) return one(call.state, arg(call, 0));
  return one(call.state, call.state.resolve(symbol(`config:${name}`, { k: 'config', text: name }, call.site)));
};

const takePointer: Model = (call) => {
  const at = place(call, 0);
  const value = arg(call, 0);
  if (at) call.state.write(at, zero);
  return one(call.state, value);
};

function all(model: Model, ...names: string[]): [string, Model][] {
  return names.map((name) => [name, model]);
}

/** Kernel functions and macros by name. A definition in the module goes before these. */
export const models: ReadonlyMap<string, Model> = new Map([
  ...all(same, 'likely', 'unlikely', 'READ_ONCE', 'data_race', '__builtin_expect', 'rcu_dereference'),
  ...all(same, 'rcu_dereference_protected', 'rcu_dereference_raw', 'rcu_access_pointer', 'array_index_nospec'),
  ...all(same, 'PTR_ERR', 'ERR_CAST', 'cpu_to_le32', 'le32_to_cpu', 'READ_ONCE_NOCHECK', 'unrcu_pointer'),
  ...all(reference, 'get_file'),
  ...all(truth, 'WARN_ON', 'WARN_ON_ONCE', 'WARN', 'WARN_ONCE', 'WARN_TAINT', 'WARN_RATELIMIT', 'VM_WARN_ON'),
  ...all(never, 'BUG', 'panic', 'unreachable', '__builtin_unreachable'),
  ...all(nothing, 'cond_resched', 'might_sleep', 'barrier'),
  ...all(loadThrough, 'atomic_read', 'atomic_long_read', 'atomic64_read', 'atomic_read_acquire', 'smp_load_acquire'),
  ...all(storeThrough, 'atomic_set', 'atomic_long_set', 'atomic64_set', 'atomic_set_release', 'smp_store_release'),
  ...all(storeInto, 'WRITE_ONCE', 'smp_store_mb', 'rcu_assign_pointer', 'RCU_INIT_POINTER'),
  ...all(exchange, 'xchg', 'atomic_xchg'),
  ...all(compareExchange, 'cmpxchg', 'atomic_cmpxchg', 'try_cmpxchg_relaxed'),
  ...all(swapPlaces, 'swap'),
  ...all(compareWithZero('<'), 'IS_ERR', 'IS_ERR_VALUE'),
  ...all(compareWithZero('<='), 'IS_ERR_OR_NULL'),
  ...all(errPtr, 'ERR_PTR'),
  ...all(ptrErrOrZero, 'PTR_ERR_OR_ZERO'),
  ...all((call) => one(call.state, arg(call, 1)), 'dev_err_probe'),
  ...all(containerOf, 'container_of', 'container_of_const'),
  ...all(allocDevice, 'vfio_alloc_device'),
  ...all(nextState, 'vfio_mig_get_next_state'),
  ...all(allocate(true), 'kzalloc', 'kvzalloc', 'kcalloc', 'kvcalloc', 'devm_kzalloc', 'devm_kcalloc', 'vzalloc'),
  ...all(
    allocate(true),
    'kzalloc_node',
    'kzalloc_obj',
    'kzalloc_objs',
    'kzalloc_flex',
    'kvzalloc_obj',
    'kvzalloc_objs',
  ),
  ...all(
    allocate(false),
    'kmalloc',
    'kvmalloc',
    'kmalloc_array',
    'kvmalloc_array',
    'vmalloc',
    'kmemdup',
    'devm_kmalloc',
  ),
  ...all(allocate(false), 'kmalloc_obj', 'kmalloc_objs', 'kvmalloc_obj', 'kvmalloc_objs'),
  ...all(newFile, 'anon_inode_getfile', 'anon_inode_getfile_fmode', 'anon_inode_create_getfile', 'alloc_file_pseudo'),
  ...all(openStream, 'stream_open', 'nonseekable_open'),
  ...all(copyToUser, 'copy_to_user'),
  ...all(arraySize, 'ARRAY_SIZE'),
  ...all(constantSize, 'offsetof', 'offsetofend', 'sizeof_field'),
  ...all(fold('bit', bit), 'BIT', 'BIT_ULL', '_BITUL', '_BITULL', 'BIT_MASK'),
  ...all(fold('mask', mask), 'GENMASK', 'GENMASK_ULL'),
  ...all(fold('min', least), 'min', 'min3', 'umin'),
  ...all(fold('max', most), 'max', 'max3', 'umax'),
  ...all(fold('min', least, 1), 'min_t'),
  ...all(fold('max', most, 1), 'max_t'),
  ...all(copyMemory, 'memcpy', 'memmove', '__builtin_memcpy'),
  ...all(setMemory, 'memset'),
  ...all(isEnabled, 'IS_ENABLED', 'IS_BUILTIN', 'IS_REACHABLE'),
  ...all(takePointer, 'no_free_ptr', 'take_fd'),
  ...all(
    (call) => {
      const value = arg(call, 0);
      if (value.k === 'int') return value.v === 0n ? one(call.state, zero) : [];
      if (value.k === 'symbol' && !call.state.assume(value, exactly(0n), null)) return [];
      return one(call.state, zero);
    },
    'BUG_ON',
    'VM_BUG_ON',
  ),
]);

/**
 * True for a function or macro that only tests something that does not change while the device lives, going by its
 * name: the field's spelling of capability tests (MLX5_CAP_GEN(), foo_is_supported(), test_bit()).
 */
export function isTest(name: string): boolean {
  return (
    /^[A-Z][A-Z0-9_]*$/.test(name) ||
    /(^|_)(is|has|can|cap|caps|capable|support|supports|supported|enabled|test_bit|allowed)(_|$)/.test(name)
  );
}
