/**
 * A run of bytes of one stream, without the bytes: which stream, where in it, how many. Two runs with the same fields have
 * the same content, so a terabyte costs no more than a byte, and truncated, reordered, damaged and foreign data are seen.
 */
export interface Segment {
  /** The stream that the bytes come from; no two streams of a run have the same name. */
  readonly stream: string;
  /** The format that the sender writes; a receiver of another format can not use the bytes. */
  readonly layout: string;
  /** Bytes from the beginning of the stream. */
  readonly offset: number;
  /** Bytes; more than zero. */
  readonly length: number;
  /** True when the last byte is the last of its stream. */
  readonly end: boolean;
  /** Offsets in the stream, ascending, of bytes that were changed under way. */
  readonly damaged: readonly number[];
}

/** The whole of an undamaged stream of `length` bytes. */
export function wholeStream(stream: string, layout: string, length: number): Segment {
  return { stream, layout, offset: 0, length, end: true, damaged: [] };
}

/** The part of a segment from `from` (bytes after the segment's own start) with at most `length` bytes; null when empty. */
export function slice(segment: Segment, from: number, length: number): Segment | null {
  const taken = Math.min(length, segment.length - from);
  if (taken <= 0) {
    return null;
  }
  const offset = segment.offset + from;
  return {
    ...segment,
    offset,
    length: taken,
    end: segment.end && from + taken === segment.length,
    damaged: segment.damaged.filter((at) => at >= offset && at < offset + taken),
  };
}

/** The same segment with the byte at `at` (an offset in the stream) changed; changing it twice does not mend it. */
export function damage(segment: Segment, at: number): Segment {
  return { ...segment, damaged: [...new Set([...segment.damaged, at])].sort((a, b) => a - b) };
}

/** Content with one more segment at its end. Segments that continue each other become one: cuts leave no trace. */
export function append(content: readonly Segment[], next: Segment): readonly Segment[] {
  const last = content.at(-1);
  if (last === undefined || !continues(last, next)) {
    return [...content, next];
  }
  const joined: Segment = {
    ...last,
    length: last.length + next.length,
    end: next.end,
    damaged: [...last.damaged, ...next.damaged],
  };
  return [...content.slice(0, -1), joined];
}

function continues(last: Segment, next: Segment): boolean {
  return (
    next.stream === last.stream && next.layout === last.layout && next.offset === last.offset + last.length && !last.end
  );
}

/** Bytes in all segments. */
export function lengthOf(content: readonly Segment[]): number {
  return content.reduce((sum, { length }) => sum + length, 0);
}

/** True when the content is one stream from its first byte to its last, in order and unchanged. */
export function isWhole(content: readonly Segment[]): boolean {
  const [only, ...others] = content;
  return only !== undefined && others.length === 0 && only.offset === 0 && only.end && only.damaged.length === 0;
}

/** 32 bits (FNV-1a) over the content: equal for equal bytes, however they were cut. Not meant against an adversary. */
export function checksumOf(content: readonly Segment[]): number {
  const joined = content.reduce<readonly Segment[]>(append, []);
  const text = joined
    .map(({ stream, layout, offset, length, end, damaged }) =>
      [stream, layout, offset, length, end, damaged.join('+')].join(','),
    )
    .join(';');
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return sum;
}
