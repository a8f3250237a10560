import type { Effect, Event, Link, World } from '../device';
import { fileOf } from '../device';
import type {
  MachineDescription,
  ParameterDescription,
  ParameterValues,
  ScenarioDescription,
  TraceDevice,
  Verdict,
  Wording,
} from '../wire';
import { english } from '../wire';
import type { Ending, Program, Scenario } from './program';
import { Parameters } from './program';
import type { Recorder, Scene } from './recorder';
import { scenarios } from './scenarios';
import { CallFailed } from './vmm';

/** A scenario can not be run as it was asked for; the message is one sentence, in English, and its wording for other languages. */
export class ScenarioError extends Error {
  readonly wording: Wording;

  constructor(...wording: Wording) {
    super(english(...wording));
    this.wording = wording;
  }
}

/** No scenario needs more; one that does has lost its way. */
export const mostEvents = 100_000;

/** The scenario of that name; null when there is none. */
export function scenarioNamed(name: string): Scenario | null {
  return scenarios.find(({ description }) => description.name === name) ?? null;
}

/**
 * All parameters of a scenario: those given, the others by default. Throws ScenarioError for a name that the scenario does not
 * have and for a value out of bounds.
 */
export function fillParameters({ name, parameters }: ScenarioDescription, given: ParameterValues): ParameterValues {
  const unknown = Object.keys(given).find((key) => !parameters.some((each) => each.name === key));
  if (unknown !== undefined) {
    const known = parameters.map((each) => each.name).join(', ');
    throw new ScenarioError('{0} has no parameter "{1}"; it has {2}', name, unknown, known);
  }
  return Object.fromEntries(
    parameters.map((each) => {
      const value = Object.hasOwn(given, each.name) ? given[each.name] : undefined;
      return [each.name, value === undefined ? each.default : checked(each, value)];
    }),
  );
}

function checked({ name, choices, min, max }: ParameterDescription, value: number | string): number | string {
  if (choices !== undefined) {
    if (typeof value === 'string' && choices.includes(value)) {
      return value;
    }
    throw new ScenarioError('{0} is one of {1}, not "{2}"', name, choices.join(', '), value);
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new ScenarioError('{0} is a number, not "{1}"', name, value);
  }
  if ((min !== undefined && value < min) || (max !== undefined && value > max)) {
    throw new ScenarioError('{0} is from {1} to {2}, not {3}', name, min ?? 0, max ?? '∞', value);
  }
  return Math.round(value);
}

/**
 * The devices and the link that a scenario is played with. One machine plays all roles, or the targets have one of their own.
 */
export function sceneOf(
  { description }: Scenario,
  values: ParameterValues,
  machines: { readonly source: MachineDescription; readonly target?: MachineDescription },
): Scene {
  const parameters = new Parameters(values);
  const geometry = {
    initial: parameters.number('initial'),
    final: parameters.number('final'),
    dirtyable: parameters.number('dirtyable'),
  };
  const devices = description.roles.flatMap(({ role, several }): TraceDevice[] => {
    const machine = role === 'target' ? (machines.target ?? machines.source) : machines.source;
    const device = (name: string): TraceDevice => ({ name, machine, geometry, layout: machine.name });
    return several
      ? Array.from({ length: parameters.number('devices') }, (_each, index) => device(`${role} ${index + 1}`))
      : [device(role)];
  });
  const link: Link = { bandwidth: parameters.number('bandwidth'), latency: parameters.number('latency') };
  return { title: `${description.title}: ${machines.source.name}`, devices, link };
}

/** A scenario on its way: `advance` runs a part of it. */
export class ScenarioRun {
  readonly recorder: Recorder;
  private readonly program: Program<Ending>;
  private readonly bytes = { precopy: 0, stopCopy: 0 };
  private violation: { readonly text: string; readonly step: number } | null = null;
  private answer: readonly Effect[] = [];
  private verdict: Verdict | null = null;

  /** `recorder` has the scenario's devices, and may have events that happened before, such as armed faults. */
  constructor(scenario: Scenario, values: ParameterValues, recorder: Recorder) {
    this.recorder = recorder;
    const { devices } = recorder.scene;
    const cast = {
      sources: devices.filter(({ name }) => name.startsWith('source')),
      targets: devices.filter(({ name }) => name.startsWith('target')),
    };
    this.program = scenario.program(cast, new Parameters(values), {
      now: () => recorder.world.now,
      linkFreeIn: () => Math.max(0, recorder.world.linkBusyUntil - recorder.world.now),
      arrivedIn: () => Math.max(0, ...recorder.world.packets.map(({ due }) => due - recorder.world.now)),
      step: () => recorder.steps.length,
    });
  }

  /** At most `count` more events. The verdict when the scenario has ended, else null. */
  advance(count: number): Verdict | null {
    for (let done = 0; done < count && this.verdict === null; done++) {
      this.verdict = this.oneEvent();
    }
    return this.verdict;
  }

  private oneEvent(): Verdict | null {
    const { recorder } = this;
    try {
      const next = this.program.next(this.answer);
      if (next.done === true) {
        return this.judged(next.value);
      }
      if (recorder.steps.length >= mostEvents) {
        const reason = `the scenario did not end within ${mostEvents} events`;
        return this.judged({ outcome: 'never-converges', reason, downtime: null, step: null });
      }
      const before = recorder.world;
      this.answer = recorder.send(next.value);
      this.note(before, next.value, this.answer);
      return null;
    } catch (error) {
      if (error instanceof CallFailed) {
        return this.judged({ outcome: 'failed', reason: error.message, downtime: null, step: error.step });
      }
      throw error;
    }
  }

  private note(before: World, event: Event, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'violation') {
        this.violation ??= {
          text: `${effect.message}, which was in ${effect.state}`,
          step: this.recorder.steps.length - 1,
        };
      }
    }
    const reply = effects.at(-1);
    if ((event.kind !== 'send' && event.kind !== 'read') || reply?.kind !== 'data' || reply.data === null) {
      return;
    }
    const file = fileOf(before, event.fd);
    const phase = file?.side === 'read' && !file.complete ? 'precopy' : 'stopCopy';
    this.bytes[phase] += reply.data.length;
  }

  private judged(ending: Ending): Verdict {
    const total = this.recorder.world.now;
    const verdict: Verdict = { ...ending, total, bytes: { ...this.bytes } };
    return this.violation === null || ending.outcome === 'failed'
      ? verdict
      : { ...verdict, outcome: 'failed', reason: this.violation.text, step: this.violation.step };
  }
}

/** Runs a scenario to its end. */
export function runScenario(scenario: Scenario, values: ParameterValues, recorder: Recorder): Verdict {
  const run = new ScenarioRun(scenario, values, recorder);
  for (;;) {
    const verdict = run.advance(mostEvents);
    if (verdict !== null) {
      return verdict;
    }
  }
}
