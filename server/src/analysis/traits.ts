import type { Arc } from '../uapi';
import { contractOf, sameArc } from '../uapi';
import { dataFileOf, savingTraits } from './dataFiles';
import { locationOf } from './discover';
import { deviceObject } from './expressions';
import type { Fact } from './facts';
import { meet } from './facts';
import { findAssigners } from './flags';
import { lifetimeTraits } from './lifetime';
import type { ArcModel, DriverTraits, ErrorOutcome } from './model';
import type { SubjectParts } from './subject';
import { Subject } from './subject';
import type { Value } from './value';
import { pointerTo, root } from './value';

/** Runs what the driver has besides set_state. `arcs` are what set_state was found to do under the richest flag set. */
export function findTraits(parts: SubjectParts, arcs: readonly ArcModel[]): DriverTraits {
  const subject = new Subject(parts);
  const opening = (contract: 'new-read-fd' | 'new-write-fd'): ArcModel[] =>
    arcs.filter((arc) => contractOf(arc) === contract && arc.required && arc.status !== 'rejected');
  const saving = dataFileOf(subject, opening('new-read-fd'));
  const resuming = dataFileOf(subject, opening('new-write-fd'));
  return {
    ...savingTraits(subject, saving),
    resumingOps: resuming && {
      value: resuming.ops.name,
      why: 'set_state makes its resuming file of them',
      location: resuming.ops.location,
    },
    dataSize: dataSize(subject, opening('new-read-fd')),
    resumeCheck: resumeCheck(subject, arcs),
    startsLostSession: startsLostSession(arcs),
    ...lifetimeTraits(subject),
    dmaLogging: dmaLogging(parts),
  };
}

/** Whole, when the answer is made of sizes and of what belongs to the device, whatever its session; foreign code may answer anything. */
function dataSize(subject: Subject, opening: readonly Arc[]): DriverTraits['dataSize'] {
  const member = subject.ops.ops.members.find(({ name }) => name === 'migration_get_data_size');
  const decl = member && subject.module.functions(member.value, subject.ops.global.file)[0];
  if (!decl) return null;
  const out = root('out:size', { k: 'int', bits: 64, signed: false, name: 'unsigned long' });
  const results = subject.run(decl, [pointerTo(deviceObject('vfio_device')), pointerTo(out)]);
  const answers = results
    .filter((result) => subject.succeeds(result))
    .map(({ state }) => state.resolve(state.read(out)));
  const changing = [out.key, ...sessionPlaces(subject, opening)];
  if (answers.length === 0 || !answers.every((value) => isFixedSize(value, changing))) return null;
  return { value: 'whole', why: `${decl.name}() answers a size that no session changes`, location: locationOf(decl) };
}

/** Where the device keeps what set_state makes when a session begins. */
function sessionPlaces(subject: Subject, opening: readonly Arc[]): string[] {
  const written = opening.flatMap((arc) => subject.setState(arc)).flatMap(({ state }) => [...state.own]);
  return written.flatMap(([key, value]) => (key.startsWith('device:') && value.k !== 'int' ? [key] : []));
}

/** True for numbers, sizes of types and what memory holds outside of the places. */
function isFixedSize(value: Value, changing: readonly string[]): boolean {
  if (value.k === 'int') return true;
  if (value.k !== 'symbol') return false;
  const { origin } = value;
  switch (origin.k) {
    case 'foreign':
      return true;
    case 'memory':
      return !changing.some((key) => origin.loc.key.includes(key));
    case 'term':
      return origin.args.every((arg) => isFixedSize(arg, changing));
    default:
      return false;
  }
}

/** None, when nothing can make RESUMING -> STOP fail; length, when only comparisons of sizes can. */
function resumeCheck(subject: Subject, arcs: readonly ArcModel[]): DriverTraits['resumeCheck'] {
  const arc = arcs.find((each) => sameArc(each, { from: 'RESUMING', to: 'STOP' }));
  if (arc === undefined || arc.status === 'rejected' || arc.outcomes.some(({ kind }) => kind === 'unknown'))
    return null;
  const errors = errorsOf(arc);
  const [first] = errors;
  if (first === undefined) {
    const success = arc.outcomes.find(({ kind }) => kind === 'success');
    return success ? { value: 'none', why: 'nothing makes RESUMING -> STOP fail', location: success.at } : null;
  }
  const raw = subject.setState(arc).flatMap((result) => subject.outcomes(result));
  const successes = raw.filter(({ outcome }) => outcome.kind === 'success');
  const failures = raw.filter(({ outcome }) => outcome.kind === 'error');
  const compared = failures.every(
    ({ outcome, facts }) =>
      outcome.kind === 'error' &&
      outcome.failedCall === null &&
      facts.some((fact) => isOrdering(fact) && successes.every((success) => excludes(success.facts, fact))),
  );
  return compared ? { value: 'length', why: 'RESUMING -> STOP compares sizes only', location: first.at } : null;
}

const isOrdering = ({ of: { origin } }: Fact): boolean =>
  origin.k === 'term' && (origin.op === '<' || origin.op === '<=' || origin.op === '>' || origin.op === '>=');

const excludes = (facts: readonly Fact[], fact: Fact): boolean =>
  facts.some((other) => other.of.id === fact.of.id && meet(other, fact) === null);

/** Whether STOP_COPY can be entered with a new file from a state that has one. */
function startsLostSession(arcs: readonly ArcModel[]): DriverTraits['startsLostSession'] {
  const within = arcs.filter(({ from, to, required, status }) => {
    return required && status === 'handled' && to === 'STOP_COPY' && contractOf({ from, to }) === 'none';
  });
  const outcomes = within.flatMap((arc) => arc.outcomes);
  const successes = outcomes.filter((outcome) => outcome.kind === 'success');
  const [any] = successes;
  if (any === undefined || outcomes.some(({ kind }) => kind === 'unknown')) return null;
  const starting = successes.find(({ file }) => file === 'new-file');
  return starting === undefined
    ? { value: false, why: 'STOP_COPY goes on with the file that is there', location: any.at }
    : { value: true, why: 'STOP_COPY gets a new file when there is none', location: starting.at };
}

const errorsOf = ({ outcomes }: ArcModel): ErrorOutcome[] => outcomes.filter((outcome) => outcome.kind === 'error');

function dmaLogging({ ops, set, machine }: SubjectParts): DriverTraits['dmaLogging'] {
  if (set === null) return null;
  const [assigner] = findAssigners(machine.module, 'log_ops');
  if (set.logsDma && assigner !== undefined) {
    const location = assigner.locations[0] ?? locationOf(assigner.decl);
    return { value: true, why: `${assigner.decl.name}() registers DMA logging`, location };
  }
  return { value: false, why: 'no set-up code registers DMA logging', location: ops.ops.location };
}
