import { arcText } from '../../uapi';
import type { Lane, TraceRow } from '../../wire';
import { lanes } from '../../wire';
import { passagesOf } from './passages';
import type { Told } from './told';
import { endingOf, line, placeText } from './told';

/** A run as a sequence diagram, before it is written down in some language of diagrams. Texts are not escaped. */
export interface Sequence {
  readonly title: string;
  /** From left to right. Participants of one device stand in a box with its name; null: in none. */
  readonly boxes: readonly { readonly name: string | null; readonly participants: readonly Participant[] }[];
  readonly items: readonly Item[];
}

export interface Participant {
  /** Letters and digits: "driver2". */
  readonly id: string;
  readonly name: Lane;
}

/** `from` and `to` are ids. A note is over one participant, or over all of them. */
export type Item =
  | {
      readonly kind: 'message';
      readonly from: string;
      readonly to: string;
      readonly text: string;
      readonly as: 'call' | 'return' | 'failure';
    }
  | { readonly kind: 'note'; readonly over: string | null; readonly text: string; readonly grave: boolean };

/** Who takes part, and what they say to each other. Steps that repeat each other are told together. */
export function sequenceOf(told: Told): Sequence {
  const rows = passagesOf(told.steps).flatMap((passage) => passage.rows);
  const ids = new Ids(told.devices.map(({ name }) => name));
  const items = rows.flatMap((row) => itemsOf(row, ids));
  const used = new Set(items.flatMap((item) => (item.kind === 'message' ? [item.from, item.to] : [item.over])));
  const ending = told.verdict === null ? [] : endingOf(told.verdict);
  return {
    title: line(told.title),
    boxes: boxesOf(told, ids, used),
    items: [...items, ...ending.map((text): Item => ({ kind: 'note', over: null, text, grave: false }))],
  };
}

/** Names of participants: one VMM, the other lanes once for each device. */
class Ids {
  private readonly devices: readonly string[];

  constructor(devices: readonly string[]) {
    this.devices = devices;
  }

  of(lane: Lane, device: string | null): string {
    return lane === 'vmm' ? 'vmm' : `${lane}${this.devices.indexOf(device ?? '') + 1}`;
  }
}

function boxesOf(told: Told, ids: Ids, used: ReadonlySet<string | null>): Sequence['boxes'] {
  const several = told.devices.length > 1;
  const ofDevices = told.devices.map(({ name }) => ({
    name: several ? line(name) : null,
    participants: lanes
      .filter((lane) => lane !== 'vmm')
      .map((lane) => ({ id: ids.of(lane, name), name: lane }))
      .filter(({ id }) => used.has(id)),
  }));
  return [
    { name: null, participants: [{ id: 'vmm', name: 'vmm' }] },
    ...ofDevices.filter(({ participants }) => participants.length > 0),
  ];
}

function itemsOf(row: TraceRow, ids: Ids): readonly Item[] {
  const { lane, device, kind } = row;
  const text = line(row.text);
  const note = (over: string | null, grave = false): Item => ({ kind: 'note', over, text, grave });
  const message = (from: Lane, to: Lane, as: 'call' | 'return' | 'failure', said = text): Item => ({
    kind: 'message',
    from: ids.of(from, device),
    to: ids.of(to, device),
    text: said,
    as,
  });
  if (device === null) {
    return [note(lane === 'vmm' ? 'vmm' : null)];
  }
  const place = row.location === null ? '' : ` (${placeText(row.location)})`;
  switch (lane) {
    case 'vmm':
      // Operations on a data fd go to the driver's own file operations.
      return [kind === 'call' ? message('vmm', 'core', 'call') : message('vmm', 'driver', callOr(kind))];
    case 'core':
      // Where the core finds a next state, the arc that follows says which.
      return kind === 'next-state' && row.errno === null
        ? []
        : [kind === 'next-state' ? message('core', 'core', 'failure') : message('core', 'vmm', returnOr(kind))];
    case 'driver':
      return kind === 'failure'
        ? [
            message('core', 'driver', 'call', row.arc === null ? text : arcText(row.arc)),
            message('driver', 'core', 'failure', row.errno === null ? 'fails' : `-${row.errno}`),
            { kind: 'note', over: ids.of('driver', device), text: `${text}${place}`, grave: true },
          ]
        : [message('core', 'driver', 'call', `${text}${place}`)];
    case 'device':
      return [note(ids.of('device', device), kind === 'violation')];
  }
}

const callOr = (kind: TraceRow['kind']): 'call' | 'failure' => (kind === 'error' ? 'failure' : 'call');
const returnOr = (kind: TraceRow['kind']): 'return' | 'failure' => (kind === 'error' ? 'failure' : 'return');

/**
 * The items as they are written, with the middle left out where they would be more than `most` characters: viewers refuse
 * longer diagrams, and nobody reads them.
 */
export function writeItems(items: readonly Item[], write: (item: Item) => string, most: number): readonly string[] {
  const written = items.map(write);
  const cost = (texts: readonly string[]) => texts.reduce((sum, text) => sum + text.length + 1, 0);
  if (cost(written) <= most) {
    return written;
  }
  const before = fitting(written, most * 0.7);
  const after = fitting(written.slice(before).reverse(), most * 0.25);
  const leftOut = written.length - before - after;
  const text = `${leftOut} more are left out here; the JSON trace has them all`;
  const gap = write({ kind: 'note', over: null, text, grave: false });
  return [...written.slice(0, before), gap, ...written.slice(written.length - after)];
}

/** How many of the first texts have at most `most` characters together. */
function fitting(texts: readonly string[], most: number): number {
  let sum = 0;
  const end = texts.findIndex((text) => {
    sum += text.length + 1;
    return sum > most;
  });
  return end < 0 ? texts.length : end;
}
