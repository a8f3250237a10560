import type { Effect, Event, Geometry, Link, Setup, World } from '../device';
import { createWorld, step } from '../device';
import type { Trace, TraceDevice, TraceStep, Verdict } from '../wire';
import { traceSchema, traceVersion } from '../wire';
import { machineOf } from './machine';
import { rowsOf } from './rows';
import { viewOf } from './view';

/** What is simulated. */
export interface Scene {
  readonly title: string;
  readonly devices: readonly TraceDevice[];
  readonly link: Link;
}

/** 10 Gbit/s, 0.1 ms. */
export const defaultLink: Link = { bandwidth: 1_250_000_000, latency: 100 };
/** A device of middling size. */
export const defaultGeometry: Geometry = { initial: 64 * 1024 ** 2, final: 4 * 1024 ** 2, dirtyable: 32 * 1024 ** 2 };

/** Going back costs at most so many steps. */
const stepsToCheckpoint = 128;

/** Runs events on devices and writes down what comes of each. Any step can be gone back to. */
export class Recorder {
  readonly scene: Scene;
  private written: TraceStep[] = [];
  /** Before the first step and then after every so many: to keep every world would fill the memory. */
  private checkpoints: World[];
  private now: World;

  constructor(scene: Scene) {
    this.scene = scene;
    this.now = createWorld(scene.devices.map(setupOf), scene.link);
    this.checkpoints = [this.now];
  }

  /** In the order of the events. */
  get steps(): readonly TraceStep[] {
    return this.written;
  }

  /** As it is after the last step. */
  get world(): World {
    return this.now;
  }

  /** One more event; gives what it led to. */
  send(event: Event): readonly Effect[] {
    const before = this.now;
    const { state, effects } = step(before, event);
    const rows = rowsOf({ before, after: state, event, effects, devices: this.scene.devices });
    const after = viewOf(state, this.written.at(-1)?.after);
    this.written.push({ at: before.now, event, effects, rows, after });
    this.now = state;
    if (this.written.length % stepsToCheckpoint === 0) {
      this.checkpoints.push(state);
    }
    return effects;
  }

  /** A recorder of its own with the first `at` steps of this one, or all of them when there are not so many. */
  upTo(at: number): Recorder {
    const other = new Recorder(this.scene);
    other.written = [...this.written];
    other.checkpoints = [...this.checkpoints];
    other.now = this.now;
    other.back(at);
    return other;
  }

  /** Forgets all steps from `at` on; does nothing when there are not so many. */
  back(at: number): void {
    const steps = Math.min(this.written.length, Math.max(0, at));
    if (steps === this.written.length) {
      return;
    }
    this.written.length = steps;
    this.checkpoints.length = Math.floor(steps / stepsToCheckpoint) + 1;
    const since = this.written.slice((this.checkpoints.length - 1) * stepsToCheckpoint);
    const checkpoint = this.checkpoints.at(-1) ?? this.now;
    this.now = since.reduce((world, { event }) => step(world, event).state, checkpoint);
  }
}

function setupOf({ name, machine, geometry, layout }: TraceDevice): Setup {
  return { name, machine: machineOf(machine), traits: machine.traits, profile: machine.profile, geometry, layout };
}

/** The events again, on these devices. */
export function record(scene: Scene, events: readonly Event[]): Recorder {
  const recorder = new Recorder(scene);
  for (const event of events) {
    recorder.send(event);
  }
  return recorder;
}

/** What is written to a file: all that is needed to look at the run and to run it again. */
export function traceOf(recorder: Recorder, scenario: Trace['scenario'], verdict: Verdict | null): Trace {
  const { title, devices, link } = recorder.scene;
  const steps = [...recorder.steps];
  return { schema: traceSchema, version: traceVersion, title, devices, link, scenario, steps, verdict };
}
