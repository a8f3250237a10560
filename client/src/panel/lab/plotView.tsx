import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { timeText } from '../../../../server/src/wire';
import { type Plot, type PlotLine, type PlotStyle, phaseAt, plotDashes } from './plots';
import type { Phase } from './series';

interface PlotViewProps {
  readonly plot: Plot;
  readonly phases: readonly Phase[];
  /** Changes with the colours of the editor. */
  readonly theme: number;
}

/** In em. */
const plotHeight = 11;
/** All plots of the page show the same moment. */
const syncKey = 'lab';

/** One plot, with its lines named above it and their values where the pointer is. */
export function PlotView({ plot, phases, theme }: PlotViewProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const [index, setIndex] = useState<number | null>(null);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const size = (): { readonly width: number; readonly height: number } => {
      const em = Number.parseFloat(getComputedStyle(element).fontSize);
      return { width: Math.max(120, element.clientWidth), height: plotHeight * em };
    };
    const chart = new uPlot(optionsOf(plot, phases, size(), element, setIndex), dataOf(plot), element);
    const observer = new ResizeObserver(() => chart.setSize(size()));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [plot, phases, theme]);
  const time = index === null ? undefined : plot.times[index];
  return (
    <figure class="plot" aria-label={`${plot.title}: ${plot.lines.map(({ name }) => name).join(', ')}`}>
      <figcaption>
        <span class="plot-title">{plot.title}</span>
        {plot.lines.map((line) => (
          <span key={line.name} class="plot-line">
            <LineSample style={line.style} />
            {line.name}
            {index !== null && <output>{valueText(plot, line, index)}</output>}
          </span>
        ))}
        {plot.level !== null && (
          <span class="plot-line plot-level">
            <LineSample style="level" />
            {plot.level.name} <output>{plot.text(plot.level.at)}</output>
          </span>
        )}
        {time !== undefined && (
          <span class="plot-moment">
            {timeText(Math.round(time))} {phaseAt(phases, time)?.state}
          </span>
        )}
      </figcaption>
      <div ref={frame} class="plot-frame" aria-hidden="true" />
    </figure>
  );
}

function valueText({ text }: Plot, { values }: PlotLine, index: number): string {
  const value = values[index];
  return value === undefined || value === null ? '' : text(value);
}

function LineSample({ style }: { readonly style: PlotStyle | 'level' }): JSX.Element {
  const dashes = style === 'level' ? [1, 2] : plotDashes[style];
  return (
    <svg class={`plot-sample plot-${style}`} viewBox="0 0 24 8" aria-hidden="true">
      <path d="M0 4H24" stroke-dasharray={dashes.join(' ')} />
    </svg>
  );
}

function dataOf({ times, lines }: Plot): uPlot.AlignedData {
  return [times.slice(), ...lines.map(({ values }) => values.slice())];
}

/** Sizes of files grow by powers of two. */
const binarySteps = Array.from({ length: 52 }, (_, power) => 2 ** power);

function optionsOf(
  plot: Plot,
  phases: readonly Phase[],
  size: { readonly width: number; readonly height: number },
  element: HTMLElement,
  onIndex: (index: number | null) => void,
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim() || style.color;
  const em = Number.parseFloat(style.fontSize);
  const font = `${0.85 * em}px ${style.fontFamily}`;
  const axis = {
    stroke: colour('--dim'),
    font,
    grid: { stroke: colour('--plot-grid'), width: 1 },
    ticks: { show: false },
  };
  return {
    ...size,
    scales: {
      x: { time: false },
      y: { range: (_, __, most) => [0, (Math.max(most, plot.level?.at ?? 0) || 1) * 1.06] },
    },
    axes: [
      { ...axis, size: 1.9 * em, space: 6 * em, values: (_, splits) => splits.map((value) => timeText(value)) },
      {
        ...axis,
        size: 5 * em,
        space: 2.4 * em,
        values: (_, splits) => splits.map((value) => plot.text(value)),
        ...(plot.binary ? { incrs: binarySteps } : {}),
      },
    ],
    series: [
      {},
      ...plot.lines.map((line) => ({
        stroke: colour(`--plot-${line.style}`),
        width: 1.8,
        dash: [...plotDashes[line.style]],
        points: { show: false },
      })),
    ],
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false }, sync: { key: syncKey } },
    hooks: {
      drawClear: [(chart) => drawPhases(chart, phases, colour)],
      draw: [(chart) => drawLevel(chart, plot, colour('--plot-level'))],
      setCursor: [(chart) => onIndex(chart.cursor.idx ?? null)],
    },
  };
}

/** Every other state is shaded, so that one sees where the device stopped. */
function drawPhases(chart: uPlot, phases: readonly Phase[], colour: (name: string) => string): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.fillStyle = colour('--plot-phase');
  for (const { state, from, to } of phases) {
    if (state === 'PRE_COPY') continue;
    const [left, right] = [chart.valToPos(from, 'x', true), chart.valToPos(to, 'x', true)];
    ctx.fillRect(left, bbox.top, Math.max(1, right - left), bbox.height);
  }
  ctx.restore();
}

function drawLevel(chart: uPlot, { level }: Plot, colour: string): void {
  if (level === null) return;
  const { ctx, bbox } = chart;
  const y = chart.valToPos(level.at, 'y', true);
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5 * uPlot.pxRatio;
  ctx.setLineDash([1.5 * uPlot.pxRatio, 3 * uPlot.pxRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
