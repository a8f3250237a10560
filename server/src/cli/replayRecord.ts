import type { Json } from './replayJson';
import { type Node, TraceError } from './replayJson';

/** A result where the simulated device and the recording disagree. */
export interface Difference {
  /** Which step of the trace. */
  readonly where: string;
  readonly field: string;
  readonly recorded: Json;
  readonly simulated: Json;
}

/** What replaying one trace showed. */
export interface ReplayResult {
  readonly steps: number;
  /** How many recorded results were compared. */
  readonly compared: number;
  readonly differences: readonly Difference[];
  /** What was not compared, and how often. */
  readonly leftOut: ReadonlyMap<string, number>;
}

/** Facts of the host that a device can not show. */
const hostFacts: ReadonlyMap<string, string> = new Map([
  ['kernel_warnings', 'kernel warnings'],
  ['warning_at', 'kernel warnings'],
  ['link', 'names that the driver gives to its files'],
]);

/** What the recorder wrote for people. */
const remarks = ['about', 'note', 'comment'];

/** Compares step by step and counts. Every recorded field must be an input, compared or left out by name. */
export class Recording {
  private steps = 0;
  private compared = 0;
  private readonly differences: Difference[] = [];
  private readonly leftOut = new Map<string, number>();

  /**
   * Compares the fields of one recorded object with what the simulation gave. `inputs` were used to make the events.
   * Throws TraceError for a recorded field that is neither: it would go unnoticed.
   */
  compare(recorded: Node, inputs: readonly string[], simulated: Readonly<Record<string, Json>>, what = ''): void {
    this.steps++;
    const where = what === '' ? recorded.where : `${recorded.where} (${what})`;
    for (const [field, value] of Object.entries(recorded.value)) {
      const host = hostFacts.get(field);
      if (inputs.includes(field) || remarks.includes(field)) {
        continue;
      }
      if (host !== undefined) {
        this.omit(host);
      } else if (Object.hasOwn(simulated, field)) {
        this.result(where, field, value, simulated[field] ?? null);
      } else {
        throw new TraceError(recorded.at(field), 'this result is not known here, so it can not be compared');
      }
    }
  }

  /** Compares one result. */
  result(where: string, field: string, recorded: Json, simulated: Json): void {
    this.compared++;
    if (!same(recorded, simulated)) {
      this.differences.push({ where, field, recorded, simulated });
    }
  }

  /** Notes that something was not compared. */
  omit(what: string): void {
    this.leftOut.set(what, (this.leftOut.get(what) ?? 0) + 1);
  }

  finish(): ReplayResult {
    const { steps, compared, differences, leftOut } = this;
    return { steps, compared, differences, leftOut };
  }
}

function same(a: Json, b: Json): boolean {
  return canonical(a) === canonical(b);
}

/** The order of keys does not count. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
