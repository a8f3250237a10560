import type { Lane, TraceRow } from '../../wire';
import { lanes, timeText } from '../../wire';
import type { Passage } from './passages';
import { everyStep, passagesOf } from './passages';
import type { Told } from './told';
import { endingOf, line, placeText, settingOf } from './told';
import { wrapped } from './wrap';

/** What a part of the log is, for those who give it colours. */
export type Ink = 'title' | 'name' | 'faint' | 'failure' | 'success' | 'place';

export interface TextOptions {
  /** Columns; at least 72. 100 when left out. */
  readonly width?: number;
  /** Whether each step is told, even when steps repeat each other. */
  readonly all?: boolean;
  /** Plain text when left out. Must not change what is seen. */
  readonly paint?: (ink: Ink, text: string) => string;
}

const laneWidth = 7;

/** The run as a log in swim lanes, to be read in a terminal or put into a mail. Ends with a line break. */
export function traceText(told: Told, options: TextOptions = {}): string {
  const paint = options.paint ?? ((_ink, text) => text);
  const passages = options.all === true ? everyStep(told.steps) : passagesOf(told.steps);
  const log = new Log(told, passages, Math.max(72, options.width ?? 100), paint);
  return `${[...log.head(), '', ...log.columns(), ...passages.flatMap((each) => log.passage(each)), ...log.ending()].join('\n')}\n`;
}

class Log {
  private readonly told: Told;
  private readonly width: number;
  private readonly paint: (ink: Ink, text: string) => string;
  /** Widths of the columns before the lanes; 0 for one that is not needed. */
  private readonly before: { readonly step: number; readonly time: number; readonly device: number };
  private device: string | null = null;

  constructor(told: Told, passages: readonly Passage[], width: number, paint: (ink: Ink, text: string) => string) {
    this.told = told;
    this.width = width;
    this.paint = paint;
    const longest = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
    this.before = {
      step: longest(['step', ...passages.map(stepText)]),
      time: longest(['time', ...passages.map(({ at }) => timeText(at))]),
      device: told.devices.length < 2 ? 0 : longest(['on', ...told.devices.map(({ name }) => shortened(line(name)))]),
    };
  }

  head(): readonly string[] {
    const setting = settingOf(this.told).map(([name, value]) => [shortened(name), value] as const);
    const names = Math.max(0, ...setting.map(([name]) => name.length));
    return [
      this.paint('title', line(this.told.title)),
      ...setting.flatMap(([name, value]) => {
        const [first = '', ...more] = wrapped(value, Math.max(20, this.width - names - 2));
        const indent = ' '.repeat(names + 2);
        return [`${this.paint('name', name.padEnd(names))}  ${first}`, ...more.map((text) => `${indent}${text}`)];
      }),
    ];
  }

  columns(): readonly string[] {
    const names = lanes.map((lane) => lane.padEnd(laneWidth)).join('');
    return [this.paint('faint', `${this.prefix(' ', 'step', 'time', 'on')}${names}`.trimEnd())];
  }

  passage(passage: Passage): readonly string[] {
    return passage.rows.flatMap((row, index) => {
      const labels = index === 0 ? ([stepText(passage), timeText(passage.at)] as const) : (['', ''] as const);
      const speaks = index === 0 || row.device !== this.device;
      this.device = row.device;
      const device = speaks && row.device !== null ? line(row.device) : '';
      return this.row(row, this.prefix(isGrave(row) ? '!' : ' ', ...labels, device));
    });
  }

  ending(): readonly string[] {
    const { verdict } = this.told;
    if (verdict === null) {
      return [];
    }
    const [what = '', figures = ''] = endingOf(verdict);
    const ink = verdict.outcome === 'failed' || verdict.outcome === 'never-converges' ? 'failure' : 'success';
    return ['', ...wrapped(what, this.width).map((text) => this.paint(ink, text)), ...wrapped(figures, this.width)];
  }

  /** A row begins in its lane and may use the lanes to the right of it; its C line stands at the right edge. */
  private row(row: TraceRow, prefix: string): readonly string[] {
    const indent = indentOf(row.lane);
    const room = Math.max(16, this.width - prefix.length - indent.length);
    const place = row.location === null ? '' : placeText(row.location).slice(-(room - 2));
    const texts = wrapped(line(row.text), room);
    if (place !== '' && (texts.at(-1)?.length ?? 0) + place.length + 2 > room) {
      texts.push('');
    }
    return texts.map((text, index) => {
      const start = index === 0 ? prefix : ' '.repeat(prefix.length);
      const head = `${start}${this.paint('faint', indent)}`;
      const painted = isGrave(row) ? this.paint('failure', text) : text;
      if (index < texts.length - 1 || place === '') {
        return `${head}${painted}`.trimEnd();
      }
      const gap = ' '.repeat(Math.max(2, room - text.length - place.length));
      return `${head}${painted}${gap}${this.paint('place', place)}`;
    });
  }

  private prefix(mark: string, step: string, time: string, device: string): string {
    const { before } = this;
    const named = before.device === 0 ? '' : `${shortened(device).padEnd(before.device)}  `;
    return `${mark} ${step.padStart(before.step)}  ${time.padStart(before.time)}  ${named}`;
  }
}

/** Names of devices are as long as their users like. */
function shortened(name: string): string {
  return name.length <= 16 ? name : `${name.slice(0, 14)}..`;
}

/** Counted from 1. */
function stepText({ first, last }: Passage): string {
  return first === last ? `${first + 1}` : `${first + 1}-${last + 1}`;
}

function indentOf(lane: Lane): string {
  return lanes
    .slice(0, lanes.indexOf(lane))
    .map(() => '|'.padEnd(laneWidth))
    .join('');
}

/** What a reader looks for. The temporary end of a stream is none of it. */
function isGrave({ kind, errno }: TraceRow): boolean {
  return kind === 'failure' || kind === 'violation' || (kind === 'error' && errno !== 'ENOMSG');
}
