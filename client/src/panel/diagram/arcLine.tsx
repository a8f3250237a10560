import type { JSX } from 'preact';
import type { MachineArc } from '../../../../server/src/wire';
import { t } from '../texts';
import { appearances } from './appearance';
import { arcLabel } from './cardContent';
import { pathData, shortened } from './geometry';
import type { ArcPlace, LabelPlace, Shape } from './layout';
import { Sign, type SignName } from './sign';

interface ArcLineProps {
  readonly place: ArcPlace;
  readonly arc: MachineArc;
  readonly shape: Shape;
  /** What else is to be shown on it. */
  readonly armed: boolean;
  readonly differs: boolean;
  readonly selected: boolean;
  /** True for the one place of the drawing that Tab leads to. */
  readonly tabbable: boolean;
}

/** Lines end where the arrowhead begins. */
const headLength = 6;

/** An arc: its line and arrowhead by verdict, the signs on it, the word beside it. */
export function ArcLine({ place, arc, shape, armed, differs, selected, tabbable }: ArcLineProps): JSX.Element {
  const { dashes, head, sign } = appearances[arc.verdict];
  const extra: readonly SignName[] = [
    ...(armed ? (['bolt'] as const) : []),
    ...(differs ? (['unequal'] as const) : []),
  ];
  const classes = ['arc', `arc-${arc.verdict}`, selected ? 'selected' : ''];
  return (
    <g
      class={classes.filter(Boolean).join(' ')}
      role="button"
      tabindex={tabbable ? 0 : -1}
      aria-pressed={selected}
      aria-label={[
        arcLabel(arc),
        ...(armed ? [t('a fault is armed')] : []),
        ...(differs ? [t('first difference')] : []),
      ].join(', ')}
      data-spot={`${arc.from} ${arc.to}`}
    >
      <path class="arc-reach" d={place.path} />
      <path class="arc-line" d={pathData(shortened(place.route, headLength))} stroke-dasharray={dashes.join(' ')} />
      <ArrowHead head={head} at={place.head} />
      {sign !== null && place.signs[0] !== undefined && <Sign name={sign} at={place.signs[0]} />}
      {extra.map((name, index) => {
        const at = place.signs[index + 1];
        return at === undefined ? null : <Sign key={name} name={name} at={at} />;
      })}
      {place.label !== null && <ArcWord place={place.label} arc={arc} shape={shape} />}
    </g>
  );
}

/** `full` and `open`: arrows; `bar`: the way is closed. */
export function ArrowHead({
  head,
  at,
}: {
  readonly head: 'full' | 'open' | 'bar';
  readonly at: ArcPlace['head'];
}): JSX.Element {
  const shape = head === 'bar' ? 'M-4 -4V4' : 'M0 0L-6.5 3.4V-3.4Z';
  return (
    <path class={`arc-head head-${head}`} d={shape} transform={`translate(${at.x} ${at.y}) rotate(${at.angle})`} />
  );
}

function ArcWord({
  place,
  arc,
  shape,
}: {
  readonly place: LabelPlace;
  readonly arc: MachineArc;
  readonly shape: Shape;
}): JSX.Element | null {
  const { word, shortWord } = appearances[arc.verdict];
  const text = arc.verdict === 'handled' ? fileWord(arc) : shape === 'wide' ? word : shortWord;
  if (text === '') return null;
  const { box, anchor } = place;
  const x = { start: box.x, middle: box.x + box.width / 2, end: box.x + box.width }[anchor];
  return (
    <text class="arc-word" x={x} y={box.y + box.height - 2.2} text-anchor={anchor}>
      {text}
    </text>
  );
}

function fileWord({ contract }: MachineArc): string {
  return { 'new-read-fd': t('read fd'), 'new-write-fd': t('write fd'), none: '' }[contract];
}
