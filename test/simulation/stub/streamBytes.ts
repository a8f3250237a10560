import type { Segment } from '../../../server/src/device';

/** How many bytes tell where in a stream something comes from. */
const window = 16;

/** Bytes for the simulated streams, which have none, and back: where bytes that are written come from. */
export class StreamBytes {
  private readonly streams = new Map<
    string,
    { readonly content: Buffer; readonly layout: string; end: number | null }
  >();
  /** Where the last write to an fd ended. */
  private readonly ends = new Map<number, { readonly stream: string; readonly offset: number }>();

  /** The bytes of a segment that is read. */
  of({ stream, layout, offset, length, end }: Segment): Buffer {
    const known = this.streams.get(stream);
    const size = offset + length;
    const content = known !== undefined && known.content.length >= size ? known.content : noise(stream, size * 2);
    this.streams.set(stream, { content, layout, end: end ? size : (known?.end ?? null) });
    return content.subarray(offset, size);
  }

  /** What was written to an fd, as segments of the streams that were read. */
  segments(fd: number, bytes: Buffer): readonly Segment[] {
    const segments: Segment[] = [];
    for (let at = 0; at < bytes.length; ) {
      const origin = this.originOf(fd, bytes.subarray(at));
      if (origin === null) {
        segments.push({
          stream: 'foreign',
          layout: 'foreign',
          offset: 0,
          length: bytes.length - at,
          end: true,
          damaged: [],
        });
        break;
      }
      const segment = this.segmentAt(origin, bytes.subarray(at));
      segments.push(segment);
      this.ends.set(fd, { stream: segment.stream, offset: segment.offset + segment.length });
      at += segment.length;
    }
    return segments;
  }

  private originOf(fd: number, bytes: Buffer): { readonly stream: string; readonly offset: number } | null {
    const next = this.ends.get(fd);
    if (next !== undefined && this.fits(next, bytes)) return next;
    for (const [stream, { content }] of this.streams) {
      const found = content.indexOf(bytes.subarray(0, window));
      if (found >= 0) return { stream, offset: found };
      // The first byte may be damaged.
      const behind = content.indexOf(bytes.subarray(1, 1 + window));
      if (bytes.length > 1 && behind > 0) return { stream, offset: behind - 1 };
    }
    return null;
  }

  private fits({ stream, offset }: { readonly stream: string; readonly offset: number }, bytes: Buffer): boolean {
    const expected = this.streams.get(stream)?.content.subarray(offset, offset + window) ?? Buffer.alloc(0);
    const wrong = [...expected].filter((byte, index) => index < bytes.length && byte !== bytes[index]).length;
    return expected.length > 0 && wrong <= 1;
  }

  private segmentAt(origin: { readonly stream: string; readonly offset: number }, bytes: Buffer): Segment {
    const { stream, offset } = origin;
    const { content, layout, end } = this.streams.get(stream) ?? { content: bytes, layout: '', end: null };
    const damaged: number[] = [];
    let length = 0;
    for (; length < bytes.length && offset + length < content.length; length++) {
      if (bytes[length] === content[offset + length]) continue;
      const goesOn = this.fits({ stream, offset: offset + length + 1 }, bytes.subarray(length + 1));
      if (!goesOn) break;
      damaged.push(offset + length);
    }
    return { stream, layout, offset, length: Math.max(1, length), end: offset + length === end, damaged };
  }
}

/** Bytes without a pattern, the same for the same name; more of them begin with fewer. */
function noise(name: string, length: number): Buffer {
  let state = [...name].reduce(
    (sum, letter) => Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0,
    0x811c9dc5,
  );
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    }),
  );
}
