import { printable } from '../../analysis/printable';
import type { StateName } from '../../uapi';
import { editDistance, stateNames } from '../../uapi';
import type { Work } from '../work';
import type { ImportProblem } from './problem';
import { quoted } from './problem';
import { timeIn } from './stamps';

/** One look at migration/state. */
export interface StateSample {
  readonly line: number;
  /** Microseconds of some clock; null when the line tells no time. */
  readonly time: number | null;
  /** Null when the line does not say whose state it is. */
  readonly device: string | null;
  /** Null: the kernel printed "Invalid", because the driver's get_state gave a number that is no state. */
  readonly state: StateName | null;
}

/** `tail`, `grep` and the like put the file's name before what is in it. */
const fileName = /(?:^|\s)(?:\S*\/)?([^/\s]+)\/migration\/state:?\s*$/;

/**
 * Looks at debugfs' vfio/DEVICE/migration/state over time: a state in each line, with a time or the file's name before it as
 * one likes. Empty lines, comments (#) and looks that failed ("cat: ...: Invalid argument") are passed over. Source:
 * drivers/vfio/debugfs.c, vfio_device_state_read().
 */
export function* readDebugfs(text: string): Work<readonly StateSample[] | ImportProblem> {
  const samples: StateSample[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  for (const [index, whole] of lines.entries()) {
    yield { done: index, of: lines.length };
    const content = whole.trim();
    if (content === '' || content.startsWith('#') || /^\w+: .*: [A-Z][a-z ]+$/.test(content)) {
      continue;
    }
    const line = index + 1;
    const [, before = '', word = ''] = /^(.*[\s:])?([^\s:]+)$/.exec(content) ?? [];
    const state = stateNames.find((name) => name === word) ?? null;
    if (state === null && word !== 'Invalid') {
      return { problem: `${quoted(content)} does not end with a device state${meant(word)}`, line };
    }
    const [path = '', device] = fileName.exec(before) ?? [];
    const time = timeIn(before.slice(0, before.length - path.length));
    samples.push({ line, time, device: device === undefined ? null : printable(device), state });
  }
  return samples.length > 0 ? samples : { problem: 'there is no device state in it', line: null };
}

function meant(word: string): string {
  const near = word.length > 20 ? undefined : stateNames.find((name) => editDistance(word.toUpperCase(), name) <= 2);
  return near === undefined ? ` (${stateNames.join(', ')})` : ` - did you mean ${near}?`;
}
