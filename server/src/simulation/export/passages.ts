import type { Event } from '../../device';
import { replyOf } from '../../device';
import type { TraceRow, TraceStep } from '../../wire';
import { bytesText, timeText } from '../../wire';
import { callText, replyText } from '../callText';

/** A step as it is, or a run of steps that move data over and over, told in one row for each thing that they do. */
export interface Passage {
  /** Indices of its first and last step. */
  readonly first: number;
  readonly last: number;
  /** When it begins, in microseconds. */
  readonly at: number;
  readonly rows: readonly TraceRow[];
}

/** Steps that repeat only each other, such as the reads of a stream, become one passage; all others stay by themselves. */
export function passagesOf(steps: readonly TraceStep[]): readonly Passage[] {
  const passages: Passage[] = [];
  let run: Routine[] = [];
  const endRun = (end: number): void => {
    const first = end - run.length;
    const folded = isRepetitive(run) ? foldedRows(run) : null;
    const parts = folded === null ? run.map(({ step }) => step.rows) : [folded];
    parts.forEach((rows, index) => {
      const at = first + index;
      passages.push({ first: at, last: folded === null ? at : end - 1, at: steps[at]?.at ?? 0, rows });
    });
    run = [];
  };
  steps.forEach((step, index) => {
    const routine = routineOf(step);
    if (routine === null) {
      endRun(index);
      passages.push({ first: index, last: index, at: step.at, rows: step.rows });
    } else {
      run.push(routine);
    }
  });
  endRun(steps.length);
  return passages;
}

/** Each step as a passage of its own. */
export function everyStep(steps: readonly TraceStep[]): readonly Passage[] {
  return steps.map(({ at, rows }, index) => ({ first: index, last: index, at, rows }));
}

/** A step that moves data, asks for sizes or lets time pass, and in which nothing went wrong. */
interface Routine {
  readonly step: TraceStep;
  readonly deeds: readonly Deed[];
}

/** One thing that a routine step does. Deeds of the same key are told together. */
interface Deed {
  readonly key: string;
  readonly row: TraceRow;
  /** What it is called, and what comes of it: an amount to be added up, or an answer of which the first and last count. */
  readonly what: string;
  readonly amount: { readonly value: number; readonly text: (value: number) => string } | null;
  readonly answer: string | null;
}

function routineOf(step: TraceStep): Routine | null {
  const own = ownDeed(step);
  const others = step.rows.slice(own?.rows ?? 0).map(consequence);
  return own === null || others.includes(null)
    ? null
    : { step, deeds: [own.deed, ...others.filter((deed) => deed !== null)] };
}

/** What the event itself does, and how many of the step's rows tell of it; null when it is no routine. */
function ownDeed({ event, effects, rows }: TraceStep): { readonly deed: Deed; readonly rows: number } | null {
  const [row] = rows;
  const reply = replyOf(effects);
  if (row === undefined) {
    return null;
  }
  const deed = (what: string, more: Partial<Deed>): Deed => ({
    key: `${row.device} ${what}`,
    row,
    what,
    amount: null,
    answer: null,
    ...more,
  });
  switch (event.kind) {
    case 'pass':
      return { deed: deed('', { amount: { value: event.time, text: (time) => `${timeText(time)} pass` } }), rows: 1 };
    case 'dirty':
      return { deed: deed('the guest dirties', { amount: inBytes(event.bytes) }), rows: 1 };
    case 'read':
    case 'write':
    case 'send': {
      if (reply === null || (reply.errno !== null && reply.errno !== 'ENOMSG')) {
        return null;
      }
      const what = callText(event);
      const moved = reply.errno === null && reply.ret > 0;
      const done = moved
        ? deed(what, { amount: inBytes(reply.ret) })
        : deed(`${what} = ${replyText(event, reply)}`, {});
      return { deed: done, rows: 1 };
    }
    case 'precopyInfo':
    case 'poll':
    case 'feature':
      return reply === null || reply.errno !== null || !isQuery(event)
        ? null
        : { deed: deed(callText(event), { answer: replyText(event, reply) }), rows: event.kind === 'feature' ? 2 : 1 };
    default:
      return null;
  }
}

const isQuery = (event: Event): boolean => event.kind !== 'feature' || !event.ops.includes('SET');

const inBytes = (value: number): Deed['amount'] => ({ value, text: bytesText });

/** What arrives while time passes. */
function consequence(row: TraceRow): Deed | null {
  if (row.kind !== 'data' || row.bytes === null) {
    return null;
  }
  const what = row.lane === 'vmm' ? `write(fd ${row.fd}) of what arrives` : 'DMA is through';
  return { key: `${row.device} ${what}`, row, what, amount: inBytes(row.bytes), answer: null };
}

/** Few things done often. */
function isRepetitive(run: readonly Routine[]): boolean {
  const deeds = new Set(run.map(({ deeds: [own] }) => own?.key));
  return run.length > 4 && run.length > 2 * deeds.size;
}

function foldedRows(run: readonly Routine[]): readonly TraceRow[] {
  const groups = new Map<string, Deed[]>();
  for (const deed of run.flatMap(({ deeds }) => deeds)) {
    const group = groups.get(deed.key);
    if (group === undefined) {
      groups.set(deed.key, [deed]);
    } else {
      group.push(deed);
    }
  }
  return [...groups.values()].map(foldedRow);
}

function foldedRow(deeds: readonly Deed[]): TraceRow {
  const [deed] = deeds;
  if (deed === undefined) {
    throw new Error('a group has at least one deed');
  }
  const times = deeds.length === 1 ? '' : `${deeds.length} x `;
  if (deed.amount !== null) {
    const sum = deeds.reduce((total, { amount }) => total + (amount?.value ?? 0), 0);
    const amount = deed.amount.text(sum);
    const bytes = deed.row.bytes === null ? null : sum;
    return { ...deed.row, bytes, text: deed.what === '' ? amount : `${times}${deed.what}: ${amount}` };
  }
  const last = deeds.at(-1)?.answer ?? null;
  const answers = [deed.answer, last === deed.answer ? null : `at last ${last}`].filter((text) => text !== null);
  return { ...deed.row, text: `${times}${deed.what}${answers.length === 0 ? '' : `: ${answers.join('; ')}`}` };
}
