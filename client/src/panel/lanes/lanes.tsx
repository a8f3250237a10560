import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { TraceRow, TraceStep } from '../../../../server/src/wire';
import { Icon } from '../icon';
import type { Message } from '../message';
import type { Detail, RowPlace, Run } from '../model';
import { t } from '../texts';
import { placeText } from '../words';
import { Row } from './row';
import { type Against, comparedRows, indexAt, type LaneRow, rowsOf } from './rows';
import { scrollFor, windowOf } from './window';

interface LanesProps {
  readonly run: Run;
  /** What it is held against; null: nothing. */
  readonly against: Against | null;
  readonly detail: Detail;
  readonly selected: RowPlace | null;
  readonly send: (message: Message) => void;
}

/** Every row is as high as this, whatever is in it: in the list's font size. */
const rowHeightInEm = 1.7;

const noSteps: readonly TraceStep[] = [];

const laneNames = { vmm: 'VMM', core: t('vfio core'), driver: t('driver'), device: t('device') } as const;

/** What happened, row by row, in the lanes of those who act. */
export function Lanes({ run, against, detail, selected, send }: LanesProps): JSX.Element {
  const steps = run.session?.steps ?? noSteps;
  const rows = against === null ? rowsOf(steps, detail) : comparedRows(steps, against, detail);
  const list = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ scrollTop: 0, height: 600, rowHeight: 22 });
  const { first, end } = windowOf(rows.length, view.rowHeight, view.scrollTop, view.height);
  const atCursor = { step: run.cursor - 1, row: Number.MAX_SAFE_INTEGER };
  const here = Math.max(0, indexAt(rows, selected ?? atCursor));
  const shown = rows[here]?.told ?? null;
  const severalDevices = (run.session?.devices.length ?? 0) > 1;

  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const measure = (): void => {
      const rowHeight = Math.round(Number.parseFloat(getComputedStyle(element).fontSize) * rowHeightInEm);
      setView({ scrollTop: element.scrollTop, height: element.clientHeight, rowHeight });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const top = scrollFor(here, view.rowHeight, element.scrollTop, element.clientHeight);
    if (top !== null) element.scrollTop = top;
  }, [here, view.rowHeight, rows]);

  const goTo = (index: number): void => {
    const row = rows[index];
    if (row !== undefined) send({ kind: 'goToRow', place: { step: row.step, row: row.row } });
  };

  return (
    <div class={severalDevices ? 'lanes several-devices' : 'lanes'}>
      <div class="lanes-head" aria-hidden="true">
        <span class="lane-step">{t('step')}</span>
        <span class="lane-time">{t('time')}</span>
        <span class="lane-device">{t('on')}</span>
        <span class="lane-names">
          {Object.entries(laneNames).map(([lane, name]) => (
            <span key={lane} class={`lane-name in-${lane}`}>
              {name}
            </span>
          ))}
        </span>
        <span class="lane-fd">fd</span>
        <span class="lane-bytes">{t('bytes')}</span>
        <span class="lane-errno">errno</span>
        <span class="lane-place">C</span>
      </div>
      <div
        ref={list}
        class="lanes-list"
        role="listbox"
        aria-label={t('Steps')}
        tabIndex={0}
        aria-activedescendant={rows.length > 0 ? `row-${here}` : undefined}
        onScroll={({ currentTarget: { scrollTop } }) => setView((now) => ({ ...now, scrollTop }))}
        onClick={({ currentTarget, target }) => {
          const row = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
          // The list keeps the focus: a row is gone as soon as it is out of sight.
          currentTarget.focus();
          if (row !== null) goTo(Number(row.dataset['index']));
        }}
        onKeyDown={(event) => {
          const to = moved(event.key, here, rows.length, Math.floor(view.height / view.rowHeight));
          const message = timeKeys[event.key];
          if (to !== null) goTo(to);
          else if (message !== undefined) send(message);
          else if (event.key === 'Enter' && shown?.location != null)
            send({ kind: 'show', location: shown.location, focus: true });
          else return;
          event.preventDefault();
        }}
      >
        <div class="lanes-room" style={{ height: `${rows.length * view.rowHeight}px` }}>
          {rows.slice(first, end).map((row, offset) => {
            const index = first + offset;
            return (
              <Row
                key={index}
                row={row}
                index={index}
                count={rows.length}
                top={index * view.rowHeight}
                height={view.rowHeight}
                selected={index === here}
                starts={isFirst(rows[index - 1], row)}
                names={rows[index - 1]?.told.device !== row.told.device}
                impossible={run.impossible?.step === row.step}
                future={row.step >= run.cursor}
                changed={run.changed.includes(row.step)}
              />
            );
          })}
        </div>
        {rows.length === 0 && (
          <div class="lanes-empty" role="option" aria-selected={false} aria-disabled={true} tabIndex={-1}>
            {emptyText(run, detail)}
          </div>
        )}
      </div>
      {shown !== null && <RowDetail row={shown} send={send} />}
    </div>
  );
}

/** Left and right go by steps where up and down go by rows. */
const timeKeys: Readonly<Record<string, Message | undefined>> = {
  ArrowLeft: { kind: 'goBy', steps: -1 },
  ArrowRight: { kind: 'goBy', steps: 1 },
  ' ': { kind: 'togglePlay' },
};

interface RowDetailProps {
  readonly row: TraceRow;
  readonly send: (message: Message) => void;
}

/** The row that is looked at with all of its text, and the way to its line. */
function RowDetail({ row: { text, location }, send }: RowDetailProps): JSX.Element {
  return (
    <div class="row-detail">
      <p>{text}</p>
      {location !== null && (
        <button type="button" class="text-button" onClick={() => send({ kind: 'show', location, focus: true })}>
          <Icon name="go-to-file" /> {placeText(location)}
        </button>
      )}
    </div>
  );
}

/** Whether a row begins another step than the row before it. */
function isFirst(before: LaneRow | undefined, row: LaneRow): boolean {
  if (row.mark === 'only-there') return before?.mark !== 'only-there' || row.told.kind === 'call';
  return before?.step !== row.step || before.mark === 'only-there';
}

function emptyText({ session }: Run, detail: Detail): string {
  if (session === null) return t('Running …');
  return session.steps.length > 0 && detail === 'states'
    ? t('No state was asked for yet.')
    : t('Nothing has happened yet: ask for a state, or run a scenario.');
}

/** The row that a key leads to; null for other keys. */
function moved(key: string, from: number, count: number, page: number): number | null {
  const to = {
    ArrowUp: from - 1,
    ArrowDown: from + 1,
    PageUp: from - page,
    PageDown: from + page,
    Home: 0,
    End: count,
  };
  const found = Object.entries(to).find(([name]) => name === key)?.[1];
  return found === undefined || count === 0 ? null : Math.min(Math.max(0, found), count - 1);
}
