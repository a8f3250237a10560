import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { Message } from './message';
import { t } from './texts';

interface SplitterProps {
  /** How much of the room the first part has, in percent; null: as much as suits it. */
  readonly split: number | null;
  readonly send: (message: Message) => void;
}

const step = 5;

/** The line between the machine and the lanes: dragged, moved with arrow keys, given up with a double click or Escape. */
export function Splitter({ split, send }: SplitterProps): JSX.Element {
  const line = useRef<HTMLButtonElement>(null);
  const dragging = useRef(false);

  const drag = ({ clientX, clientY }: PointerEvent): void => {
    const box = line.current?.parentElement?.getBoundingClientRect();
    if (box === undefined || !dragging.current) return;
    const part = isBeside(line.current) ? (clientX - box.left) / box.width : (clientY - box.top) / box.height;
    send({ kind: 'split', split: 100 * part });
  };

  return (
    <button
      ref={line}
      type="button"
      class="splitter"
      aria-label={t('Room of the machine: {0}', split === null ? t('as suits it') : `${split} %`)}
      title={t('Drag, or move with the arrow keys; a double click or Escape gives the machine the room that suits it')}
      onPointerDown={({ currentTarget, pointerId }) => {
        dragging.current = true;
        currentTarget.setPointerCapture(pointerId);
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        dragging.current = false;
      }}
      onDblClick={() => send({ kind: 'split', split: null })}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft' || event.key === 'ArrowUp') send({ kind: 'splitBy', percent: -step });
        else if (event.key === 'ArrowRight' || event.key === 'ArrowDown') send({ kind: 'splitBy', percent: step });
        else if (event.key === 'Escape') send({ kind: 'split', split: null });
        else return;
        event.preventDefault();
      }}
    />
  );
}

/** Whether the parts are side by side: the style says it by the line's shape. */
function isBeside(line: HTMLElement | null): boolean {
  return line !== null && line.offsetHeight > line.offsetWidth;
}
