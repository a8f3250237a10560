import type { Effect, Event } from '../device';
import type { ParameterValues, ScenarioDescription, TraceDevice, Verdict } from '../wire';

/** A program of a VMM: yields events, is given what each led to, and ends with T. */
export type Program<T> = Generator<Event, T, readonly Effect[]>;

/** What a VMM sees besides the answers to its calls. */
export interface Environment {
  /** Its clock, in microseconds. */
  now(): number;
  /** Microseconds until the link takes the next data at once: the pressure that a socket gives back. */
  linkFreeIn(): number;
  /** Microseconds until all that was sent has arrived. */
  arrivedIn(): number;
  /** How many events there were; the index that the next step will have. */
  step(): number;
}

/** The devices that a scenario plays with, by role. */
export interface Cast {
  readonly sources: readonly TraceDevice[];
  readonly targets: readonly TraceDevice[];
}

/** The values of a scenario's parameters, all of them there. */
export class Parameters {
  private readonly values: ParameterValues;

  constructor(values: ParameterValues) {
    this.values = values;
  }

  /** A number of whatever unit the parameter has. Throws for a name that the scenario does not declare. */
  number(name: string): number {
    const value = this.values[name];
    if (typeof value !== 'number') {
      throw new Error(`no numeric parameter ${name}`);
    }
    return value;
  }

  flag(name: string): boolean {
    return this.number(name) !== 0;
  }

  /** The value of a choice. Throws for a name that the scenario does not declare. */
  choice(name: string): string {
    const value = this.values[name];
    if (typeof value !== 'string') {
      throw new Error(`no choice ${name}`);
    }
    return value;
  }
}

/** How a program ended; `total` and the bytes are counted by who runs it. */
export type Ending = Pick<Verdict, 'outcome' | 'reason' | 'downtime' | 'step'>;

export interface Scenario {
  readonly description: ScenarioDescription;
  program(cast: Cast, parameters: Parameters, environment: Environment): Program<Ending>;
}
