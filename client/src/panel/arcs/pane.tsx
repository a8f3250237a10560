import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { arcText, sameArc, type WireLocation } from '../../../../server/src/wire';
import { firstDifference } from '../compare/firstDifference';
import { ArcCard } from '../diagram/arcCard';
import { LineSample } from '../diagram/legend';
import { sceneOf } from '../diagram/scene';
import { Action } from '../fields';
import { Icon } from '../icon';
import type { Message } from '../message';
import type { Model, Run } from '../model';
import { t } from '../texts';
import { placeText } from '../words';
import { type ArcRow, arcRowsOf, statesOf } from './rows';

interface ArcsPaneProps {
  readonly model: Model;
  readonly run: Run;
  readonly send: (message: Message) => void;
}

/** The drawing's twin: the same arcs, marks and actions as a table. */
export function ArcsPane({ model, run, send }: ArcsPaneProps): JSX.Element | null {
  const [everyPair, setEveryPair] = useState(false);
  const scene = run.session === null || model.device === null ? null : sceneOf(run.session, run.cursor, model.device);
  if (scene === null) return null;
  const difference = firstDifference(model, run);
  const rows = arcRowsOf(scene, difference !== null && 'arc' in difference ? difference.arc : null, everyPair);
  return (
    <div class="arcs">
      <fieldset class="ask" aria-label={t('Ask for a state')}>
        {statesOf(scene).map(({ state, here }) => (
          <Action key={state} primary={here} onClick={() => send({ kind: 'ask', state })}>
            {here && <Icon name="location" />}
            {state}
          </Action>
        ))}
      </fieldset>
      <ArcTable model={model} rows={rows} send={send} />
      <label class="check">
        <input
          type="checkbox"
          checked={everyPair}
          onChange={({ currentTarget }) => setEveryPair(currentTarget.checked)}
        />
        {t('Every pair of states, also what these flags do not ask for')}
      </label>
    </div>
  );
}

interface ArcTableProps {
  readonly model: Model;
  readonly rows: readonly ArcRow[];
  readonly send: (message: Message) => void;
}

function ArcTable({ model, rows, send }: ArcTableProps): JSX.Element {
  const table = useRef<HTMLTableElement>(null);
  const [stop, setStop] = useState<Cell>({ row: 0, column: 0 });
  const here = { row: Math.min(stop.row, rows.length - 1), column: stop.column };
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = movedCell(here, event.key, rows.length);
    if (to === null) return;
    event.preventDefault();
    setStop(to);
    table.current?.querySelector<HTMLElement>(`[data-cell="${to.row}.${to.column}"]`)?.focus();
  };
  const show = (location: WireLocation): void => send({ kind: 'show', location, focus: true });
  return (
    <table ref={table} class="arc-table" aria-label={t('Arcs')}>
      <thead>
        <tr>
          <th scope="col">{t('Arc')}</th>
          <th scope="col">{t('Verdict')}</th>
          <th scope="col">C</th>
          <th scope="col">{t('Ask')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => {
          const isOpen = model.selectedArc !== null && sameArc(model.selectedArc, row.arc);
          const name = arcText(row.arc);
          const cell = (column: number) => ({
            'data-cell': `${index}.${column}`,
            tabIndex: here.row === index && here.column === column ? 0 : -1,
            onFocus: () => setStop({ row: index, column }),
            onKeyDown,
          });
          return (
            <>
              <tr
                key={name}
                class={row.fromHere ? `arc-row arc-${row.verdict} from-here` : `arc-row arc-${row.verdict}`}
              >
                <th scope="row">
                  <button
                    type="button"
                    class="arc-name"
                    aria-expanded={isOpen}
                    onClick={() => send({ kind: 'selectArc', arc: isOpen ? null : row.arc })}
                    {...cell(0)}
                  >
                    <Icon name={isOpen ? 'chevron-down' : 'chevron-right'} />
                    {row.arc.from} → {row.arc.to}
                  </button>
                </th>
                <td>
                  <LineSample verdict={row.verdict} /> {row.marks.join(', ')}
                </td>
                <td>
                  <PlaceButton row={row} cell={cell(1)} onShow={show} />
                </td>
                <td>
                  <button
                    type="button"
                    class="icon-button"
                    aria-label={t('Ask for {0}', row.arc.to)}
                    title={t('Ask for {0}', row.arc.to)}
                    onClick={() => send({ kind: 'ask', state: row.arc.to })}
                    {...cell(2)}
                  >
                    <Icon name="play" />
                  </button>
                </td>
              </tr>
              {isOpen && (
                <tr key={`${name} details`} class="arc-details">
                  <td colSpan={4}>
                    <ArcCard card={row.card} onShow={show} />
                  </td>
                </tr>
              )}
            </>
          );
        })}
      </tbody>
    </table>
  );
}

interface PlaceButtonProps {
  readonly row: ArcRow;
  readonly cell: object;
  readonly onShow: (location: WireLocation) => void;
}

/** Where the driver selects the arc. Without a place there is still a cell to walk over. */
function PlaceButton({ row, cell, onShow }: PlaceButtonProps): JSX.Element {
  const { handler } = row.card;
  const text = handler === null ? t('no place') : placeText(handler);
  return (
    <button
      type="button"
      class="text-button"
      aria-disabled={handler === null}
      onClick={() => handler !== null && onShow(handler)}
      {...cell}
    >
      {text}
    </button>
  );
}

interface Cell {
  readonly row: number;
  readonly column: number;
}

const lastColumn = 2;

/** The cell that a key leads to; null for other keys. */
function movedCell({ row, column }: Cell, key: string, rows: number): Cell | null {
  const to: Readonly<Record<string, Cell>> = {
    ArrowUp: { row: row - 1, column },
    ArrowDown: { row: row + 1, column },
    ArrowLeft: { row, column: column - 1 },
    ArrowRight: { row, column: column + 1 },
    Home: { row: 0, column },
    End: { row: rows - 1, column },
  };
  const found = Object.hasOwn(to, key) ? to[key] : undefined;
  if (found === undefined || rows === 0) return null;
  return {
    row: Math.min(Math.max(0, found.row), rows - 1),
    column: Math.min(Math.max(0, found.column), lastColumn),
  };
}
