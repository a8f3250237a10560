import type { Span } from './ir';

/** A stretch of produced text and the source text that it stands for. */
export interface Segment {
  readonly outStart: number;
  readonly outEnd: number;
  readonly start: number;
  readonly end: number;
}

/** Leads from offsets in expanded text back to the source. */
export class OffsetMap {
  /** `segments` in order, apart from each other. */
  constructor(readonly segments: readonly Segment[]) {}

  /** The source span of a span of produced text: of whole invocations where it touches one. */
  span(start: number, end: number): Span {
    const first = this.source(start);
    const last = end > start ? this.source(end - 1) : first;
    return { start: first.start, end: Math.max(first.start, end > start ? last.end : first.start) };
  }

  /** The source range of one produced character. */
  private source(offset: number): Span {
    let low = 0;
    let high = this.segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.segments[middle]?.outStart ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const segment = this.segments[low - 1];
    if (segment === undefined) return { start: offset, end: offset + 1 };
    if (offset < segment.outEnd) return { start: segment.start, end: segment.end };
    const at = segment.end + (offset - segment.outEnd);
    return { start: at, end: at + 1 };
  }
}

/** A map that changes nothing. */
export const IDENTITY = new OffsetMap([]);
