/** What the analysis of a driver cost. Counted, not timed: the same on every machine. */
export interface Statistics {
  /** Runs of a function from outside: set_state for one pair of states, a set-up function. */
  readonly evaluations: number;
  /** Instructions, branches and results of calls that they executed. */
  readonly steps: number;
}

/** Counts steps: those of one evaluation and those of all that share the meter. */
export class Meter {
  evaluations = 0;
  steps = 0;
  private left = 0;

  constructor(
    private readonly perEvaluation: number,
    private readonly together: number,
  ) {}

  /** Starts an evaluation with fuel of its own. */
  begin(): void {
    this.evaluations++;
    this.left = this.perEvaluation;
  }

  /** Takes steps; false when there are none left. */
  burn(steps: number): boolean {
    this.steps += steps;
    this.left -= steps;
    return !this.exhausted;
  }

  /** True when the current evaluation has to end. */
  get exhausted(): boolean {
    return this.left <= 0 || this.allExhausted;
  }

  /** True when no further evaluation can do anything. */
  get allExhausted(): boolean {
    return this.steps >= this.together;
  }

  /** Which budget ended the evaluation, for the reader. */
  get reason(): string {
    return this.allExhausted
      ? `the evaluation ran out of steps (${this.together} for all of the driver)`
      : `the evaluation ran out of steps (${this.perEvaluation} for one pair of states)`;
  }
}
