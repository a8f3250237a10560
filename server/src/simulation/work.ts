/** How much of something is done. `of` null: nobody knows yet how much there is. */
export interface Progress {
  readonly done: number;
  readonly of: number | null;
}

/** Work that stops after each of its small steps, so that who does it can do something else in between, or leave it. */
export type Work<R> = Generator<Progress, R, void>;

/** Does all of it at once. */
export function finish<R>(work: Work<R>): R {
  for (;;) {
    const next = work.next();
    if (next.done === true) {
      return next.value;
    }
  }
}

/** The work as one of the two halves of something, the first (0) or the second (1). */
export function* half<R>(which: 0 | 1, work: Work<R>): Work<R> {
  for (;;) {
    const next = work.next();
    if (next.done === true) {
      return next.value;
    }
    const { done, of } = next.value;
    yield of === null ? { done, of } : { done: which * of + done, of: 2 * of };
  }
}
