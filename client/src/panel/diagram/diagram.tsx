import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Arc, StateName, WireLocation } from '../../../../server/src/wire';
import { arcText, sameArc } from '../../../../server/src/wire';
import { t } from '../texts';
import { machineName } from '../words';
import { isDrawn } from './appearance';
import { ArcCard } from './arcCard';
import { ArcLine, ArrowHead } from './arcLine';
import { cardOf } from './cardContent';
import { moveFocus, placeOfSpot, type Spot, sameSpot } from './focus';
import { pathData, shortened } from './geometry';
import { layoutOf } from './layout';
import { Legend } from './legend';
import type { Scene } from './scene';
import { StateBox } from './stateBox';
import { TrailLine } from './trailLine';
import { useShape } from './useShape';

interface DiagramProps {
  readonly scene: Scene;
  /** Changes with each step, so that the way of the last transition is drawn anew. */
  readonly moment: number;
  readonly selected: Arc | null;
  /** Where two compared runs part; null when they do not, or none are compared. */
  readonly difference: Spot | null;
  readonly onAsk: (state: StateName) => void;
  readonly onSelect: (arc: Arc | null) => void;
  readonly onShow: (location: WireLocation) => void;
}

/** The state machine: a click on a state asks for it, arcs tell what they are about and lead to their handlers. */
export function Diagram({ scene, moment, selected, difference, onAsk, onSelect, onShow }: DiagramProps): JSX.Element {
  const { machine, device, tokens, trail, armed } = scene;
  const frame = useRef<HTMLDivElement>(null);
  const shape = useShape(frame, narrowestWide);
  const arcs = machine.arcs.filter(isDrawn);
  const drawn = arcs.map(arcText).join(' ');
  const standing = [...new Set([...machine.states, ...tokens.map(({ state }) => state)])];
  const layout = useMemo(() => layoutOf(standing, arcs, shape), [standing.join(' '), drawn, shape]);
  const [focused, setFocused] = useState<Spot | null>(null);
  const [hovered, setHovered] = useState<Arc | null>(null);
  const [inside, setInside] = useState(false);
  const [dismissed, setDismissed] = useState(false);
  // One that is chosen elsewhere is told of, whatever was dismissed before, and is not left behind what is told of it.
  useEffect(() => {
    if (selected === null) return;
    setDismissed(false);
    const { from, to } = selected;
    const line = frame.current?.querySelector(`[data-spot="${spotId({ arc: { from, to } })}"]`);
    line?.scrollIntoView({ block: 'nearest' });
  }, [selected, shape]);
  const current = tokens.find((token) => token.device === device)?.state ?? 'RUNNING';
  const tabStop: Spot = focused !== null && placeOfSpot(layout, focused) !== null ? focused : { state: current };

  const focusedArc = inside && focused !== null && 'arc' in focused ? focused.arc : null;
  const pointed = hovered ?? focusedArc ?? selected;
  const card = pointed === null || dismissed ? null : cardOf(machine, pointed);

  const handlerOf = (spot: Spot): WireLocation | null =>
    'state' in spot ? machine.setState : (machine.arcs.find((each) => sameArc(each, spot.arc))?.handler ?? null);
  const open = (spot: Spot): void => {
    const location = handlerOf(spot);
    if (location !== null) onShow(location);
  };
  const ask = (state: StateName): void => {
    if (machine.states.includes(state)) onAsk(state);
  };
  const choose = (spot: Spot): void => {
    if ('state' in spot) ask(spot.state);
    else onSelect(selected !== null && sameArc(selected, spot.arc) ? null : spot.arc);
  };

  const press = (event: KeyboardEvent): void => {
    const spot = spotOf(event.target);
    if (spot === null) return;
    const to = moveFocus(layout, spot, event.key);
    if (to !== null) {
      frame.current?.querySelector<SVGElement>(`[data-spot="${spotId(to)}"]`)?.focus();
    } else if (event.key === 'F12' || (event.key === 'Enter' && ('arc' in spot || event.ctrlKey))) {
      open(spot);
    } else if (event.key === 'Enter' || event.key === ' ') {
      choose(spot);
    } else if (event.key === 'Escape') {
      setDismissed(true);
      onSelect(null);
    } else {
      return;
    }
    event.preventDefault();
  };

  const point = (event: MouseEvent): void => {
    const spot = spotOf(event.target);
    const next = spot !== null && 'arc' in spot ? spot.arc : null;
    setHovered(next);
    if (next !== null) setDismissed(false);
  };

  return (
    <div
      class={`diagram diagram-${shape}`}
      ref={frame}
      onFocusIn={() => setInside(true)}
      onFocusOut={({ currentTarget, relatedTarget }) =>
        setInside(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))
      }
    >
      <svg
        class="diagram-picture"
        viewBox={`${layout.bounds.x} ${layout.bounds.y} ${layout.bounds.width} ${layout.bounds.height}`}
        style={{ width: `${layout.bounds.width / 10}em` }}
        role="application"
        aria-roledescription={t('state diagram')}
        aria-label={t(
          'States of {0}. Arrow keys follow the arcs, Enter on a state asks for it, Enter on an arc opens its handler.',
          machineName(machine),
        )}
        onKeyDown={press}
        onPointerOver={point}
        onPointerLeave={() => setHovered(null)}
        onFocusIn={({ target }) => {
          setFocused(spotOf(target));
          setDismissed(false);
        }}
        onClick={(event) => {
          const spot = spotOf(event.target);
          if (spot === null) onSelect(null);
          else if (event.ctrlKey || event.metaKey) open(spot);
          else choose(spot);
        }}
        onDblClick={({ target }) => {
          const spot = spotOf(target);
          if (spot !== null && 'arc' in spot) open(spot);
        }}
      >
        <g class="reset">
          <path class="arc-line" d={pathData(shortened(layout.reset.route, 6))} />
          <ArrowHead head="open" at={layout.reset.head} />
        </g>
        {layout.arcs.map((place) => {
          const arc = arcs.find((each) => sameArc(each, place));
          return arc === undefined ? null : (
            <ArcLine
              key={arcText(place)}
              place={place}
              arc={arc}
              shape={shape}
              armed={armed.some((fault) => sameArc(fault.arc, place))}
              differs={difference !== null && 'arc' in difference && sameArc(difference.arc, place)}
              selected={selected !== null && sameArc(selected, place)}
              tabbable={sameSpot(tabStop, { arc: place })}
            />
          );
        })}
        {trail !== null && <TrailLine key={moment} layout={layout} trail={trail} />}
        {layout.states.map((place) => (
          <StateBox
            key={place.state}
            place={place}
            tokens={tokens.filter(({ state }) => state === place.state)}
            device={device}
            differs={difference !== null && 'state' in difference && difference.state === place.state}
            tabbable={sameSpot(tabStop, { state: place.state })}
          />
        ))}
      </svg>
      <Legend arcs={arcs} armed={armed.length} differs={difference !== null} />
      {card !== null && (
        <aside class="arc-card" aria-label={t('{0} to {1}', card.arc.from, card.arc.to)}>
          <ArcCard card={card} onShow={onShow} />
        </aside>
      )}
    </div>
  );
}

/** In em; the wide drawing is then shrunk to four fifths. */
const narrowestWide = 52;

function spotId(spot: Spot): string {
  return 'state' in spot ? spot.state : `${spot.arc.from} ${spot.arc.to}`;
}

/** What of the drawing an event is about; null for the ground. */
function spotOf(target: EventTarget | null): Spot | null {
  const id = target instanceof Element ? target.closest<SVGElement>('[data-spot]')?.dataset['spot'] : undefined;
  const [from, to] = (id ?? '').split(' ') as [StateName?, StateName?];
  return from === undefined || (from as string) === ''
    ? null
    : to === undefined
      ? { state: from }
      : { arc: { from, to } };
}
