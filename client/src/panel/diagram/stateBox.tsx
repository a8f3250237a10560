import type { JSX } from 'preact';
import { t } from '../texts';
import type { StatePlace } from './layout';
import type { Token } from './scene';

interface StateBoxProps {
  readonly place: StatePlace;
  /** The devices that stand here. */
  readonly tokens: readonly Token[];
  /** The device that is asked when one clicks. */
  readonly device: string;
  readonly differs: boolean;
  readonly tabbable: boolean;
}

/** A token is at least this wide, and as much wider as its name asks. */
const tokenPadding = 9;
const letterWidth = 4.3;
const tokenGap = 3;
const tokenHeight = 11;

/** A state with the devices that are in it. A click asks for it. */
export function StateBox({ place, tokens, device, differs, tabbable }: StateBoxProps): JSX.Element {
  const { state, box } = place;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const current = tokens.some((token) => token.device === device);
  const canAsk = state !== 'ERROR';
  const classes = [
    'state',
    canAsk ? '' : 'state-error',
    current ? 'current' : '',
    tokens.length > 0 ? 'taken' : '',
    differs ? 'differs' : '',
  ];
  return (
    <g
      class={classes.filter(Boolean).join(' ')}
      role="button"
      tabindex={tabbable ? 0 : -1}
      aria-current={current ? 'step' : undefined}
      aria-disabled={canAsk ? undefined : true}
      aria-label={stateLabel(place, tokens, device, differs)}
      data-spot={state}
    >
      <rect class="state-box" x={box.x} y={box.y} width={box.width} height={box.height} rx={6} />
      <text class="state-name" x={middle.x} y={tokens.length > 0 ? middle.y - 3.5 : middle.y + 3.5}>
        {state}
      </text>
      <Tokens tokens={tokens} device={device} x={middle.x} y={middle.y + 8.5} room={box.width - 6} />
    </g>
  );
}

function stateLabel({ state }: StatePlace, tokens: readonly Token[], device: string, differs: boolean): string {
  // In the order in which it is written, so that one who speaks to the page says what they see.
  const here = tokens.map((token) => token.device).join(' ');
  const parts = [
    here === '' ? state : tokens.length === 1 ? t('{0} {1} is here', state, here) : t('{0} {1} are here', state, here),
    ...(differs ? [t('first difference')] : []),
    ...(state === 'ERROR' ? [t('can not be asked for')] : [t('ask {0} for it', device)]),
  ];
  return parts.join(', ');
}

interface TokensProps {
  readonly tokens: readonly Token[];
  readonly device: string;
  /** The middle of the row that they stand in. */
  readonly x: number;
  readonly y: number;
  readonly room: number;
}

function Tokens({ tokens, device, x, y, room }: TokensProps): JSX.Element {
  const shown = fitting(tokens, room);
  const total = shown.reduce((sum, { width }) => sum + width, 0) + tokenGap * (shown.length - 1);
  let left = x - total / 2;
  return (
    <g class="tokens">
      {shown.map(({ text, width, own }) => {
        const start = left;
        left += width + tokenGap;
        return (
          <g key={text} class={own === device ? 'token own' : 'token'}>
            <rect x={start} y={y - tokenHeight / 2} width={width} height={tokenHeight} rx={tokenHeight / 2} />
            <text x={start + width / 2} y={y + 2.7}>
              {/* The blank is not drawn: it keeps the words apart for who hears them. */ ` ${text}`}
            </text>
          </g>
        );
      })}
    </g>
  );
}

interface ShownToken {
  readonly text: string;
  readonly width: number;
  /** Whose it is; null for what stands for several. */
  readonly own: string | null;
}

/** As many as there is room for; the others are counted. */
function fitting(tokens: readonly Token[], room: number): readonly ShownToken[] {
  const each = tokens.map(({ device, open }): ShownToken => {
    const text = open ? device : t('{0} (closed)', device);
    return { text, width: widthOf(text), own: device };
  });
  for (let count = each.length; count > 0; count--) {
    const rest = each.length - count;
    const text = `+${rest}`;
    const shown = [...each.slice(0, count), ...(rest === 0 ? [] : [{ text, width: widthOf(text), own: null }])];
    const width = shown.reduce((sum, token) => sum + token.width, 0) + tokenGap * (shown.length - 1);
    if (width <= room) return shown;
  }
  const text = tokens.length === 1 ? t('here') : t('{0} devices', tokens.length);
  return tokens.length === 0 ? [] : [{ text, width: widthOf(text), own: null }];
}

function widthOf(text: string): number {
  return text.length * letterWidth + tokenPadding;
}
