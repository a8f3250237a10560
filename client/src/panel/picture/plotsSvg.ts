import { timeText } from '../../../../server/src/wire';
import { type Plot, plotDashes } from '../lab/plots';
import type { Phase } from '../lab/series';
import { svgDocument } from './document';
import type { Ink } from './ink';
import { element, escaped } from './xml';

/** The plots of the lab as SVG: the same lines as on the page, two in a row. */

const plot = { width: 360, height: 190 } as const;
/** What is around the lines: title and legend above, time below, figures to the left. */
const inset = { left: 62, right: 14, top: 44, bottom: 24 } as const;
const right = plot.width - inset.right;
const bottom = plot.height - inset.bottom;
const headHeight = 34;

export function plotsSvg(plots: readonly Plot[], phases: readonly Phase[], title: string, ink: Ink): string {
  const rows = Math.ceil(plots.length / 2);
  const head = element(
    'text',
    { x: 14, y: 22, 'font-size': 14, 'font-weight': 'bold', fill: ink.text },
    escaped(title),
  );
  return svgDocument(
    {
      title,
      description: plots.map((each) => `${each.title}: ${each.lines.map(({ name }) => name).join(', ')}`).join('\n'),
      width: 2 * plot.width,
      height: headHeight + rows * plot.height,
      scale: 1.25,
      ground: ink.ground,
    },
    element(
      'g',
      { 'font-family': 'sans-serif', 'font-size': 10 },
      head,
      ...plots.map((each, index) =>
        element(
          'g',
          { transform: `translate(${(index % 2) * plot.width} ${headHeight + Math.floor(index / 2) * plot.height})` },
          onePlot(each, phases, ink),
        ),
      ),
    ),
  );
}

function onePlot(each: Plot, phases: readonly Phase[], ink: Ink): string {
  const [from, to] = [Math.min(...phases.map((phase) => phase.from)), Math.max(...phases.map((phase) => phase.to))];
  const values = each.lines.flatMap((line) => line.values.flatMap((value) => value ?? []));
  const most = (Math.max(0, each.level?.at ?? 0, ...values) || 1) * 1.06;
  const x = (time: number): number => inset.left + ((right - inset.left) * (time - from)) / Math.max(1, to - from);
  const y = (value: number): number => bottom - ((bottom - inset.top) * value) / most;
  return [
    ...phases
      .filter(({ state }) => state !== 'PRE_COPY')
      .map((phase) =>
        element('rect', {
          x: x(phase.from),
          y: inset.top,
          width: Math.max(0.5, x(phase.to) - x(phase.from)),
          height: bottom - inset.top,
          fill: ink.text,
          'fill-opacity': 0.08,
        }),
      ),
    ...ticksOf(most, each.binary).map((value) => level(y(value), each.text(value), ink)),
    ...ticksOf(to - from, false).map((time) => moment(x(from + time), timeText(from + time), ink)),
    ...each.lines.map((line) =>
      element('path', {
        d: pathOf(each.times, line.values, x, y),
        fill: 'none',
        stroke: ink[line.style],
        'stroke-width': 1.6,
        'stroke-dasharray': plotDashes[line.style].join(' ') || null,
      }),
    ),
    ...(each.level === null
      ? []
      : [
          element('path', {
            d: `M${inset.left} ${y(each.level.at).toFixed(1)}H${right}`,
            stroke: ink.level,
            'stroke-width': 1.4,
            'stroke-dasharray': '1.5 3',
          }),
        ]),
    legend(each, ink),
  ].join('');
}

function level(at: number, text: string, { dim, text: line }: Ink): string {
  return (
    element('path', { d: `M${inset.left} ${at.toFixed(1)}H${right}`, stroke: line, 'stroke-opacity': 0.12 }) +
    element('text', { x: inset.left - 6, y: at + 3.5, 'text-anchor': 'end', fill: dim }, escaped(text))
  );
}

function moment(at: number, text: string, { dim }: Ink): string {
  return element('text', { x: at, y: bottom + 14, 'text-anchor': 'middle', fill: dim }, escaped(text));
}

function legend({ title, lines, level, text }: Plot, ink: Ink): string {
  const entries = [
    ...lines.map(({ name, style }) => ({ name, colour: ink[style], dashes: plotDashes[style].join(' ') })),
    ...(level === null ? [] : [{ name: `${level.name} ${text(level.at)}`, colour: ink.level, dashes: '1.5 3' }]),
  ];
  let at = inset.left;
  const drawn = entries.map(({ name, colour, dashes }) => {
    const x = at;
    at += 30 + name.length * 5.6 + 12;
    return (
      element('path', {
        d: `M${x} 30H${x + 24}`,
        stroke: colour,
        'stroke-width': 1.8,
        'stroke-dasharray': dashes || null,
      }) + element('text', { x: x + 29, y: 33.5, fill: ink.dim }, escaped(name))
    );
  });
  return (
    element('text', { x: inset.left, y: 16, 'font-weight': 'bold', fill: ink.text }, escaped(title)) + drawn.join('')
  );
}

/** Gaps where there is no value. */
function pathOf(
  times: readonly number[],
  values: readonly (number | null)[],
  x: (time: number) => number,
  y: (value: number) => number,
): string {
  let drawing = false;
  return times
    .map((time, index) => {
      const value = values[index] ?? null;
      const command = value === null ? '' : `${drawing ? 'L' : 'M'}${x(time).toFixed(1)} ${y(value).toFixed(1)}`;
      drawing = value !== null;
      return command;
    })
    .join('');
}

/** Round figures from 0 to `most`, about four of them. */
export function ticksOf(most: number, binary: boolean): readonly number[] {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = binary
    ? 2 ** Math.round(Math.log2(rough))
    : ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.8) ?? 10) * power;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}
