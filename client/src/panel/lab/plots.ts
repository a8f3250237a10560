import { bytesText, rateText, timeText } from '../../../../server/src/wire';
import { t } from '../texts';
import type { Phase, Series } from './series';

/** A plot as data: what is drawn on the page, written into a file, and read out as a table. Times are microseconds. */
export interface Plot {
  readonly id: 'amounts' | 'rates' | 'ratio' | 'downtime';
  readonly title: string;
  readonly times: readonly number[];
  readonly lines: readonly PlotLine[];
  /** A level that matters, drawn across. */
  readonly level: { readonly at: number; readonly name: string } | null;
  /** Whether figures grow by powers of two. */
  readonly binary: boolean;
  readonly text: (value: number) => string;
}

export interface PlotLine {
  readonly name: string;
  readonly values: readonly (number | null)[];
  readonly style: PlotStyle;
}

/** How a line looks: colour and dashes, so that no line is told by its colour alone. */
export const plotStyles = ['first', 'second', 'third'] as const;
export type PlotStyle = (typeof plotStyles)[number];

/** Dashes and gaps in pixels. */
export const plotDashes: Readonly<Record<PlotStyle, readonly number[]>> = {
  first: [],
  second: [7, 4],
  third: [2, 3],
};

/** The four plots of a run, over the same time. `downtimeLimit`: null for a run that has none. */
export function plotsOf({ amounts, rates }: Series, downtimeLimit: number | null): readonly Plot[] {
  const moments = amounts.map(({ time }) => time);
  const spans = rates.map(({ time }) => time);
  return [
    {
      id: 'amounts',
      title: t('Left to send'),
      times: moments,
      lines: [
        { name: t('remaining'), values: amounts.map(({ remaining }) => remaining), style: 'first' },
        { name: 'initial_bytes', values: amounts.map(({ initialBytes }) => initialBytes), style: 'second' },
        { name: 'dirty_bytes', values: amounts.map(({ dirtyBytes }) => dirtyBytes), style: 'third' },
      ],
      level: null,
      binary: true,
      text: bytesText,
    },
    {
      id: 'downtime',
      title: t('Downtime if it stopped now'),
      times: moments,
      lines: [{ name: t('estimate'), values: amounts.map(({ downtime }) => downtime), style: 'first' }],
      level: downtimeLimit === null ? null : { at: downtimeLimit, name: t('limit') },
      binary: false,
      text: timeText,
    },
    {
      id: 'rates',
      title: t('Rates'),
      times: spans,
      lines: [
        { name: t('transfer'), values: rates.map(({ transfer }) => transfer), style: 'first' },
        { name: t('dirty'), values: rates.map(({ dirty }) => dirty), style: 'second' },
      ],
      level: null,
      binary: false,
      text: rateText,
    },
    {
      id: 'ratio',
      title: t('Dirtied for each byte sent'),
      times: spans,
      lines: [{ name: t('ratio'), values: rates.map(({ ratio }) => ratio), style: 'first' }],
      level: { at: 1, name: t('as fast as it is sent') },
      binary: false,
      text: (value) => String(Number(value.toFixed(2))),
    },
  ];
}

/** The state that the device was in at a time; null outside the session. */
export function phaseAt(phases: readonly Phase[], time: number): Phase | null {
  return phases.findLast(({ from, to }) => time >= from && time <= to) ?? null;
}

export interface FigureRow {
  readonly time: string;
  readonly state: string;
  readonly cells: readonly string[];
}

/** As many as can be listened to. */
const mostRows = 16;

/** The plots as a table: a few moments with every figure, for those who can not see curves. */
export function figuresOf(series: Series): { readonly heads: readonly string[]; readonly rows: readonly FigureRow[] } {
  const { amounts, rates, phases } = series;
  const count = Math.min(mostRows, amounts.length);
  const picked = Array.from({ length: count }, (_, index) =>
    Math.round((index * (amounts.length - 1)) / Math.max(1, count - 1)),
  );
  const rows = [...new Set(picked)].flatMap((index): FigureRow[] => {
    const amount = amounts[index];
    if (amount === undefined) return [];
    const { time, remaining, initialBytes, dirtyBytes, downtime } = amount;
    const rate = rates.find((each) => each.time >= time) ?? null;
    return [
      {
        time: timeText(time),
        state: phaseAt(phases, time)?.state ?? '',
        cells: [
          bytesText(remaining),
          bytesText(initialBytes),
          bytesText(dirtyBytes),
          timeText(Math.round(downtime)),
          rate === null ? '' : rateText(rate.transfer),
          rate === null ? '' : rateText(rate.dirty),
          rate === null || rate.ratio === null ? '' : rate.ratio.toFixed(2),
        ],
      },
    ];
  });
  const heads = [
    t('remaining'),
    'initial_bytes',
    'dirty_bytes',
    t('downtime if stopped'),
    t('transfer'),
    t('dirty rate'),
    t('ratio'),
  ];
  return { heads, rows };
}
