import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { timeText } from '../../../../server/src/wire';
import type { Message } from '../message';
import type { Run } from '../model';
import { placeText } from '../words';
import { firstRowOf, type LaneRow, rowsOf } from './rows';
import { scrollFor, windowOf } from './window';

interface LanesProps {
  readonly run: Run;
  readonly selected: number | null;
  readonly send: (message: Message) => void;
}

/** Every row is as high as this, whatever is in it: 1.75 times the font. */
const rowHeightInEm = 1.75;

const laneNames = { vmm: 'VMM', core: 'vfio core', driver: 'driver', device: 'device' } as const;

/** What happened, row by row, in the lanes of those who act. */
export function Lanes({ run, selected, send }: LanesProps): JSX.Element {
  const rows = rowsOf(run.session?.steps ?? []);
  const list = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ scrollTop: 0, height: 600, rowHeight: 22 });
  const { first, end } = windowOf(rows.length, view.rowHeight, view.scrollTop, view.height);
  const here = selected ?? Math.max(0, firstRowOf(rows, run.cursor) - 1);

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
  }, [here, view.rowHeight]);

  const select = (index: number): void => {
    const row = rows[index];
    if (row === undefined) return;
    send({ kind: 'go', cursor: row.step + 1 });
    send({ kind: 'selectRow', row: index });
    if (row.row.location !== null) send({ kind: 'show', location: row.row.location, focus: false });
  };

  return (
    <div class="lanes">
      <div class="lanes-head" aria-hidden="true">
        <span class="lane-time">time</span>
        <span class="lane-device">on</span>
        {Object.entries(laneNames).map(([lane, name]) => (
          <span key={lane} class={`lane-name lane-${lane}`}>
            {name}
          </span>
        ))}
      </div>
      <div
        ref={list}
        class="lanes-list"
        role="listbox"
        aria-label="Steps"
        tabIndex={0}
        aria-activedescendant={rows.length > 0 ? `row-${here}` : undefined}
        onScroll={({ currentTarget }) => setView({ ...view, scrollTop: currentTarget.scrollTop })}
        onClick={({ currentTarget, target }) => {
          const row = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
          // The list keeps the focus: a row is gone as soon as it is out of sight.
          currentTarget.focus();
          if (row !== null) select(Number(row.dataset['index']));
        }}
        onKeyDown={(event) => {
          const to = moved(event.key, here, rows.length, Math.floor(view.height / view.rowHeight));
          if (to === null) return;
          event.preventDefault();
          select(to);
        }}
      >
        <div class="lanes-room" style={{ height: `${rows.length * view.rowHeight}px` }}>
          {rows.slice(first, end).map((row, offset) => (
            <Row
              key={first + offset}
              row={row}
              index={first + offset}
              top={(first + offset) * view.rowHeight}
              height={view.rowHeight}
              selected={first + offset === here}
              future={row.step >= run.cursor}
              changed={run.changed.includes(row.step)}
            />
          ))}
        </div>
      </div>
    </div>
  );
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

interface RowProps {
  readonly row: LaneRow;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly selected: boolean;
  readonly future: boolean;
  readonly changed: boolean;
}

function Row({ row: laneRow, index, top, height, selected, future, changed }: RowProps): JSX.Element {
  const { row, first, at } = laneRow;
  const classes = [
    'lane-row',
    `kind-${row.kind}`,
    first ? 'first' : '',
    future ? 'future' : '',
    changed ? 'changed' : '',
  ];
  return (
    <div
      id={`row-${index}`}
      class={classes.filter(Boolean).join(' ')}
      role="option"
      aria-selected={selected}
      tabIndex={-1}
      data-index={index}
      style={{ top: `${top}px`, height: `${height}px` }}
    >
      <span class="lane-time">{first ? timeText(at) : ''}</span>
      <span class="lane-device">{first ? row.device : ''}</span>
      <span class={`lane-text lane-${row.lane}`} title={row.text}>
        {row.text}
      </span>
      {row.errno !== null && <span class="lane-errno">-{row.errno}</span>}
      {row.location !== null && <span class="lane-place">{placeText(row.location)}</span>}
    </div>
  );
}
