import { printable } from '../../analysis/printable';
import type { Work } from '../work';
import type { ImportProblem } from './problem';
import type { QemuSaid } from './qemuLine';
import { readQemuLine } from './qemuLine';
import { timeIn } from './stamps';

export interface QemuLog {
  /** In the order of the lines. */
  readonly entries: readonly QemuEntry[];
  /** Lines that are about the migration of a device and do not read as they should. */
  readonly unread: readonly number[];
  /** Lines that say nothing about migration. */
  readonly others: number;
}

export interface QemuEntry {
  readonly line: number;
  /** Microseconds of some clock; null when the line tells no time. */
  readonly time: number | null;
  readonly said: QemuSaid;
}

/** A log that says so little is none of QEMU's. */
const anyEvent = /(?:^|[\s:])vfio_[a-z0-9_]+\s|: Failed setting device /m;

/** Whether a text has lines of QEMU's tracing of VFIO. */
export function isQemuLog(text: string): boolean {
  return anyEvent.test(text);
}

/**
 * A log of QEMU with trace events of VFIO (`-trace "vfio_*"`), from any version since 8.0, with or without time stamps and
 * whatever else stands before the lines. Lines about other things are counted.
 */
export function* readQemuLog(text: string): Work<QemuLog | ImportProblem> {
  const entries: QemuEntry[] = [];
  const unread: number[] = [];
  let others = 0;
  let time: number | null = null;
  let old: number | null = null;
  const lines = text.split(/\r\n|\n|\r/);
  for (const [index, content] of lines.entries()) {
    yield { done: index, of: lines.length };
    const read = content.length > longestLine ? null : readQemuLine(content);
    if (read === null) {
      others += content.trim() === '' ? 0 : 1;
    } else if (read.said === null) {
      unread.push(index + 1);
    } else if (read.said.kind === 'old') {
      old ??= index + 1;
    } else {
      time = timeIn(read.before) ?? time;
      const device = printable(read.said.device.replaceAll('\t', ' ').slice(0, longestName));
      entries.push({ line: index + 1, time, said: { ...read.said, device } });
    }
  }
  if (entries.some(({ said }) => tellsState(said))) {
    return { entries, unread, others };
  }
  if (old !== null) {
    return {
      problem: 'states of the first migration protocol (QEMU before 8.0), which has others than VFIO has now',
      line: old,
    };
  }
  const bad = unread[0];
  return bad === undefined
    ? { problem: 'no state of a device in it; let QEMU trace with -trace "vfio_*"', line: null }
    : { problem: 'this line is about the migration of a device, but does not read as QEMU writes it', line: bad };
}

const longestLine = 2000;
const longestName = 100;

function tellsState({ kind }: QemuSaid): boolean {
  return kind === 'asks' || kind === 'holds' || kind === 'did' || kind === 'vm' || kind === 'failed';
}
