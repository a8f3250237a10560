import type { Errno } from '../../../uapi';
import { errnos } from '../../../uapi';

/** Text for a comment of C, on one line: nothing in it ends the comment, begins another or continues a line. */
export function commentText(text: string): string {
  return text
    .replace(
      /[^\x20-\x7eµ]|\\/gu,
      (found) => `<U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
    )
    .replaceAll('*/', '* /')
    .replaceAll('/*', '/ *')
    .replaceAll('??', '? ?');
}

/** A string literal of C, with its quotes. Signs beyond ASCII are written as the bytes of their UTF-8. */
export function stringLiteral(text: string): string {
  const escaped = text.replace(/[^\x20-\x7e]|["\\?]/gu, (found) =>
    /["\\?]/.test(found)
      ? `\\${found}`
      : utf8(found.codePointAt(0) ?? 0)
          .map((byte) => `\\${byte.toString(8).padStart(3, '0')}`)
          .join(''),
  );
  return `"${escaped}"`;
}

function utf8(point: number): number[] {
  const tail = (shift: number) => 0x80 | ((point >> shift) & 0x3f);
  if (point < 0x80) {
    return [point];
  }
  if (point < 0x800) {
    return [0xc0 | (point >> 6), tail(0)];
  }
  return point < 0x10000
    ? [0xe0 | (point >> 12), tail(6), tail(0)]
    : [0xf0 | (point >> 18), tail(12), tail(6), tail(0)];
}

/** "EINVAL"; the number where userspace has no name for it; "0" for none. */
export function errnoText(errno: Errno | null): string {
  return errno === null ? '0' : errnos[errno] < 512 ? errno : `${errnos[errno]}`;
}
