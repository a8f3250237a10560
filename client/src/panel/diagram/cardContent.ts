import type { Arc, MachineArc, MachineDescription, WireLocation } from '../../../../server/src/wire';
import { arcDoc, sameArc } from '../../../../server/src/wire';
import type { Appearance } from './appearance';
import { appearances } from './appearance';

/** What the drawing tells about an arc when one points at it. */
export interface Card {
  readonly arc: Arc;
  readonly appearance: Appearance;
  /** What the protocol asks for, one sentence each. */
  readonly contract: readonly string[];
  /** What this driver does, in a sentence. */
  readonly outcome: string;
  /** What must hold, as C; null when nothing must. */
  readonly condition: string | null;
  /** The driver's lines, from where it selects the arc. */
  readonly story: readonly StoryLine[];
  /** How many lines there are besides: before and after those. */
  readonly left: number;
  /** "2 error returns can be switched on" */
  readonly faults: string | null;
  readonly handler: WireLocation | null;
}

export interface StoryLine {
  readonly what: string;
  readonly location: WireLocation;
  /** True for the line that selects the arc, or refuses it. */
  readonly decides: boolean;
}

/** A card is no listing. */
const mostLines = 8;

const handsOut = {
  'new-read-fd': 'Hands out a new fd to read the device’s data from.',
  'new-write-fd': 'Hands out a new fd to write the device’s data to.',
  none: 'Hands out no fd.',
} as const;

/** The card of an arc; null when the machine has no such arc. */
export function cardOf({ arcs, ref }: MachineDescription, wanted: Arc): Card | null {
  const arc = arcs.find((each) => sameArc(each, wanted));
  if (arc === undefined) {
    return null;
  }
  const count = arc.faults.length;
  const story = storyOf(arc);
  return {
    arc: { from: arc.from, to: arc.to },
    appearance: appearances[arc.verdict],
    contract: [arcDoc(arc)?.summary ?? '', handsOut[arc.contract]].filter((sentence) => sentence !== ''),
    outcome: outcomeText(arc, ref.kind === 'reference'),
    condition: arc.condition,
    story,
    left: arc.story.length - story.length,
    faults: count === 0 ? null : `${count} error return${count === 1 ? '' : 's'} can be switched on`,
    handler: arc.handler,
  };
}

/** From the condition before the one that decides: what came before is the same for all arcs. */
function storyOf({ story, handler }: MachineArc): readonly StoryLine[] {
  const lines = story.map(({ what, location }): StoryLine => {
    const decides = handler !== null && isSamePlace(location, handler);
    return { what, location, decides };
  });
  const decisive = lines.findIndex(({ decides }) => decides);
  const first = Math.max(0, Math.min(decisive < 0 ? lines.length : decisive - 1, lines.length - mostLines));
  return lines.slice(first, first + mostLines);
}

function isSamePlace(a: WireLocation, b: WireLocation): boolean {
  return a.uri === b.uri && a.range.start.line === b.range.start.line;
}

function outcomeText({ outcome, verdict }: MachineArc, isReference: boolean): string {
  const who = isReference ? 'The protocol' : 'This driver';
  switch (outcome.kind) {
    case 'missing':
      return `${who} refuses it with -${outcome.errno}${leftIn(outcome.leaves)}.`;
    case 'failure':
      return `${who} fails it with -${outcome.errno}${leftIn(outcome.leaves)}.`;
    case 'success': {
      const file = {
        'as-due': '',
        null: ' but hands out no fd',
        'new-file': ' and hands out an fd that nobody asked for',
        'session-file': ' and hands out the fd of the open session again',
      }[outcome.file];
      const stays =
        outcome.leaves === undefined || outcome.leaves === 'next'
          ? ''
          : `, yet leaves the device ${outcome.leaves === 'ERROR' ? 'in ERROR' : 'where it was'}`;
      return isReference
        ? 'A driver has to carry it out.'
        : `${who} ${verdict === 'undecided' ? 'may carry' : 'carries'} it out${file}${stays}.`;
    }
  }
}

function leftIn(leaves: 'state' | 'next' | 'ERROR' | null | undefined): string {
  return leaves === 'ERROR'
    ? ' and leaves the device in ERROR'
    : leaves === 'next'
      ? ' but says it is in the new state'
      : '';
}

/** What a screen reader says of an arc: all that the line shows. */
export function arcLabel({ from, to, verdict, contract, condition }: MachineArc): string {
  const file = contract === 'none' ? '' : contract === 'new-read-fd' ? ', read fd' : ', write fd';
  return `${from} to ${to}: ${appearances[verdict].word}${condition === null ? '' : `, if ${condition}`}${file}`;
}
