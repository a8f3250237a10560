import type { JSX } from 'preact';
import { bytesText, type RowKind, timeText } from '../../../../server/src/wire';
import { Icon } from '../icon';
import { t } from '../texts';
import { placeText } from '../words';
import type { LaneRow } from './rows';

interface RowProps {
  readonly row: LaneRow;
  readonly index: number;
  /** How many rows the list has. */
  readonly count: number;
  readonly top: number;
  readonly height: number;
  readonly selected: boolean;
  /** Whether it is the first of its step that is shown. */
  readonly starts: boolean;
  /** Whether it is about another device than the row before. */
  readonly names: boolean;
  /** Not happened yet at the moment that is shown. */
  readonly future: boolean;
  /** Ended otherwise before the edit of the driver. */
  readonly changed: boolean;
  /** What a file told here can not be. */
  readonly impossible: boolean;
}

const icons: Readonly<Record<RowKind, string>> = {
  call: 'arrow-small-right',
  'next-state': 'debug-breakpoint-unverified',
  arc: 'check',
  failure: 'error',
  reply: 'arrow-small-left',
  error: 'error',
  data: 'arrow-swap',
  world: 'globe',
  wait: 'watch',
  violation: 'warning',
};

/** One line of the lanes. */
export function Row(props: RowProps): JSX.Element {
  const { row, index, count, top, height, selected, starts, names, future, changed, impossible } = props;
  const { told, step, at, mark } = row;
  const isTheirs = mark === 'only-there';
  const classes = [
    `kind-${told.kind}`,
    starts && 'starts',
    future && 'future',
    changed && t('changed'),
    impossible && 'impossible',
    mark,
  ];
  const badge = badgeOf(row, starts, changed, impossible);
  return (
    <div
      id={`row-${index}`}
      class={['lane-row', ...classes.filter(Boolean)].join(' ')}
      role="option"
      aria-selected={selected}
      aria-posinset={index + 1}
      aria-setsize={count}
      tabIndex={-1}
      data-index={index}
      style={{ top: `${top}px`, height: `${height}px` }}
    >
      <span class="lane-step">{starts && !isTheirs ? step + 1 : ''}</span>
      <span class="lane-time">{starts ? timeText(at) : ''}</span>
      <span class="lane-device">{starts || names ? (told.device ?? t('all')) : ''}</span>
      <span class={`lane-text in-${told.lane}`} title={told.text}>
        <Icon name={mark === 'difference' ? 'diff-modified' : icons[told.kind]} />
        {badge !== null && <span class="lane-badge">{badge}</span>}
        {told.text}
      </span>
      <span class="lane-fd">{told.fd ?? ''}</span>
      <span class="lane-bytes">{told.bytes === null ? '' : bytesText(told.bytes)}</span>
      <span class="lane-errno">{told.errno === null ? '' : `-${told.errno}`}</span>
      <span class="lane-place">{told.location === null ? '' : placeText(told.location)}</span>
    </div>
  );
}

/** The word beside a row that stands out; null for the others. */
function badgeOf({ mark }: LaneRow, starts: boolean, changed: boolean, impossible: boolean): string | null {
  if (mark === 'difference') return null;
  if (!starts) return null;
  if (impossible) return t('can not be');
  switch (mark) {
    case 'only-there':
      return t('only in a');
    case 'only-here':
      return t('only in b');
    case 'differs':
      return t('differs');
    case null:
      return changed ? t('changed') : null;
  }
}
