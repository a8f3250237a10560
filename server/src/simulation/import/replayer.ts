import type { Effect, Event } from '../../device';
import { replyOf, setState } from '../../device';
import type { Errno, StateName } from '../../uapi';
import type { ImpossibleStep, TraceStep } from '../../wire';
import type { Scene } from '../recorder';
import { Recorder } from '../recorder';

/** What a file says of a step; what it does not tell is left out. */
export interface Claim {
  /** How the call ended: null with success, 'failed' with some error. */
  readonly errno?: Errno | null | 'failed';
  /** The states that devices were in then. */
  readonly states?: readonly ClaimedState[];
  /** Why no machine can do what the file says, in one sentence. */
  readonly never?: string;
}

export interface ClaimedState {
  readonly device: string;
  readonly state: StateName;
}

/** Runs the events of a file and notes the first step that does not end as the file says. */
export class Replayer {
  readonly recorder: Recorder;
  private first: ImpossibleStep | null = null;

  constructor(scene: Scene) {
    this.recorder = new Recorder(scene);
  }

  /** Null when the machines can do all of it. */
  get impossible(): ImpossibleStep | null {
    return this.first;
  }

  send(event: Event, claim: Claim = {}): readonly Effect[] {
    const effects = this.recorder.send(event);
    const step = this.recorder.steps.at(-1);
    const why = step === undefined || this.first !== null ? null : contradiction(step, claim);
    if (why !== null) {
      this.first = { step: this.recorder.steps.length - 1, why };
    }
    return effects;
  }

  /**
   * A SET that failed in the file. Where the machine would let it succeed, the last of its arcs fails: any call of the driver may
   * fail for reasons that no file tells.
   */
  sendFailing(device: string, state: StateName, errno: Errno): readonly Effect[] {
    const { recorder } = this;
    const event = setState(device, state);
    const reply = replyOf(recorder.send(event));
    recorder.back(recorder.steps.length - 1);
    const look = reply?.kind === 'feature' && reply.errno === null ? reply.asked.at(-1) : undefined;
    if (look !== undefined && look.next !== null) {
      this.send({ kind: 'fault', device, arc: { from: look.cur, to: look.next }, errno, leaves: null });
    }
    return this.send(event, { errno: 'failed' });
  }

  /** Lets time pass until `time` (µs since the beginning); does nothing when it is past. */
  waitUntil(time: number): void {
    const { now } = this.recorder.world;
    if (time > now) {
      this.send({ kind: 'pass', time: time - now });
    }
  }
}

/** Why a step is not what the file says, in one sentence; null when it is. */
function contradiction(step: TraceStep, { errno, states = [], never }: Claim): string | null {
  if (never !== undefined) {
    return never;
  }
  const reply = replyOf(step.effects);
  if (reply !== null && errno !== undefined) {
    if (errno === null && reply.errno !== null) {
      return `in the file it succeeds; here ${failureOf(step)}`;
    }
    if (errno !== null && reply.errno === null) {
      return `in the file it fails${errno === 'failed' ? '' : ` with -${errno}`}; here it succeeds`;
    }
    if (errno !== null && errno !== 'failed' && reply.errno !== errno) {
      return `in the file it fails with -${errno}; here with -${reply.errno}`;
    }
  }
  for (const { device, state } of states) {
    const here = step.after.devices.find(({ name }) => name === device);
    if (here !== undefined && here.state !== state) {
      return `in the file ${device} is then in ${state}; here in ${here.state}`;
    }
  }
  return null;
}

/** The row that tells why a call failed: the driver's or the core's, else its answer. */
function failureOf({ rows }: TraceStep): string {
  const told =
    rows.find(({ kind }) => kind === 'failure') ??
    rows.find(({ lane, errno }) => lane === 'core' && errno !== null) ??
    rows.at(-1);
  return told?.text ?? 'it fails';
}
