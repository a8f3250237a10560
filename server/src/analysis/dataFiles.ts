import type { FunctionDecl } from '../c/module';
import type { Arc } from '../uapi';
import { valueOfState } from '../uapi';
import { locationOf } from './discover';
import { canBeNegative } from './facts';
import type { DriverTraits, Known } from './model';
import { fileOperations, streamMark } from './models';
import type { RawOutcome } from './outcomes';
import type { State } from './state';
import type { Subject } from './subject';
import { OpsTable } from './tables';
import type { Loc, Value } from './value';
import { inside, pointerTo, root, symbol, targetOf, zero } from './value';

/** A file that set_state makes: its operations, and whether it was opened as a stream. */
export interface DataFile {
  readonly ops: OpsTable;
  readonly isStream: boolean;
}

/** The file that comes out of the arcs of a session, when all that succeed give one of the same kind. */
export function dataFileOf(subject: Subject, arcs: readonly Arc[]): DataFile | null {
  const found = new Map<string, DataFile>();
  for (const { state, value } of arcs.flatMap((arc) => subject.setState(arc))) {
    if (value.k !== 'symbol' || value.origin.k !== 'call' || value.origin.name !== 'anon_inode_getfile') continue;
    if (state.range(value).high === -1n) continue;
    const file = targetOf(value, null);
    const ops = state.resolve(state.read(inside(file, fileOperations, null)));
    const global = ops.k === 'pointer' ? subject.globalAt(ops.loc) : null;
    if (global === null) return null;
    const mark = state.read(inside(file, streamMark, null));
    const isStream = mark.k === 'int';
    found.set(`${global.file}:${global.name}`, { ops: new OpsTable(subject.machine, global), isStream });
  }
  const [only] = found.values();
  return found.size === 1 && only !== undefined ? only : null;
}

/** What the file that is read from does. */
export function savingTraits(
  subject: Subject,
  file: DataFile | null,
): Pick<DriverTraits, 'savingOps' | 'temporaryEnd' | 'poll' | 'seek' | 'precopyInfo' | 'countsDirty'> {
  if (file === null) {
    return { savingOps: null, temporaryEnd: null, poll: null, seek: null, precopyInfo: null, countsDirty: null };
  }
  const { ops } = file;
  const precopy = subject.flags.includes('PRE_COPY');
  return {
    savingOps: { value: ops.name, why: 'set_state makes its saving file of them', location: ops.location },
    temporaryEnd: precopy ? temporaryEnd(subject, file) : null,
    poll: ops.has('poll')
      ? { value: 'by-data', why: `${ops.name} has .poll`, location: ops.locationOf('poll') }
      : { value: 'none', why: `${ops.name} has no .poll`, location: ops.location },
    seek: seek(file),
    ...precopyInfo(subject, file),
  };
}

function temporaryEnd(subject: Subject, { ops, isStream }: DataFile): DriverTraits['temporaryEnd'] {
  const read = ops.fn('read');
  if (read === null) return null;
  const position = isStream ? zero : null;
  const results = subject.answers(read, [null, null, null, position], subject.registered(precopyState));
  const outcomes = results.flatMap((result) => subject.outcomes(result));
  const errors = outcomes.flatMap(({ outcome }) => (outcome.kind === 'error' ? [outcome] : []));
  const temporary = errors.find(({ errno }) => errno === 'ENOMSG');
  if (temporary !== undefined) {
    return { value: 'ENOMSG', why: `${read.name}() answers -ENOMSG`, location: temporary.at };
  }
  return results.length === 0 || results.some(({ state, value }) => mayBeAnyErrno(state, value))
    ? null
    : { value: 'zero', why: `${read.name}() never answers -ENOMSG`, location: locationOf(read) };
}

/** True for what another function answered or what paths were joined in; a length that was computed is no error. */
function mayBeAnyErrno(state: State, value: Value): boolean {
  if (value.k !== 'symbol') return false;
  const { origin } = value;
  if (origin.k === 'join') return origin.alternatives.some((each) => mayBeAnyErrno(state, each.value));
  return origin.k !== 'term' && origin.k !== 'param' && canBeNegative(state.range(value));
}

/** Without .llseek, or with a position taken away, lseek() is refused (fs/read_write.c, vfs_llseek()). */
function seek({ ops, isStream }: DataFile): DriverTraits['seek'] {
  if (isStream) return { value: 'refused', why: 'stream_open() takes its position away', location: ops.location };
  if (!ops.has('llseek')) return { value: 'refused', why: `${ops.name} has no .llseek`, location: ops.location };
  const location = ops.locationOf('llseek');
  switch (ops.foreign('llseek')) {
    case 'no_llseek':
      return { value: 'refused', why: `${ops.name} has no_llseek()`, location };
    case 'noop_llseek':
      return { value: 'ignored', why: `${ops.name} has noop_llseek()`, location };
    default:
      return null;
  }
}

const precopyState = BigInt(valueOfState('PRE_COPY'));
const infoStruct = { k: 'struct', name: 'vfio_precopy_info', union: false } as const;

function precopyInfo(subject: Subject, { ops }: DataFile): Pick<DriverTraits, 'precopyInfo' | 'countsDirty'> {
  if (!ops.has('unlocked_ioctl')) {
    const why = `${ops.name} has no .unlocked_ioctl`;
    return { precopyInfo: { value: false, why, location: ops.location }, countsDirty: null };
  }
  const ioctl = ops.fn('unlocked_ioctl');
  if (ioctl === null) return { precopyInfo: null, countsDirty: null };
  const user = root('user:info', infoStruct);
  const results = subject.run(
    ioctl,
    [null, kernelName('VFIO_MIG_GET_PRECOPY_INFO'), pointerTo(user)],
    subject.registered(precopyState),
  );
  const good = results.filter((result) => subject.succeeds(result));
  const location = locationOf(ioctl);
  if (good.length > 0) {
    const why = `${ioctl.name}() answers VFIO_MIG_GET_PRECOPY_INFO`;
    const dirty = good.map(({ state }) => state.resolve(state.read(inside(user, '.dirty_bytes', null))));
    return { precopyInfo: { value: true, why, location }, countsDirty: countsDirty(ioctl, dirty, user) };
  }
  const isOpen = results.length === 0 || results.some((result) => subject.outcomes(result).some(isUnknown));
  const why = `${ioctl.name}() refuses VFIO_MIG_GET_PRECOPY_INFO`;
  return { precopyInfo: isOpen ? null : { value: false, why, location }, countsDirty: null };
}

function countsDirty(ioctl: FunctionDecl, values: readonly Value[], user: Loc): Known<boolean> | null {
  if (values.some((value) => value.k === 'symbol' && value.origin.k === 'memory' && isIn(value.origin.loc, user))) {
    return null;
  }
  const never = values.every((value) => value.k === 'int' && value.v === 0n);
  const why = `${ioctl.name}() ${never ? 'always says 0' : 'counts'} dirty_bytes`;
  return { value: !never, why, location: locationOf(ioctl) };
}

const isIn = (loc: Loc, object: Loc): boolean => loc.key.startsWith(object.key);
const isUnknown = ({ outcome }: RawOutcome): boolean => outcome.kind === 'unknown';

/** A constant of the kernel's headers, as the driver names it. */
export function kernelName(name: string): Value {
  return symbol(`name:${name}`, { k: 'foreign', name });
}
