import type { Arc, MachineArc, MachineDescription, WireLocation } from '../../../../server/src/wire';
import { arcDoc, sameArc } from '../../../../server/src/wire';
import { count, t } from '../texts';
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
  'new-read-fd': t('Hands out a new fd to read the device’s data from.'),
  'new-write-fd': t('Hands out a new fd to write the device’s data to.'),
  none: t('Hands out no fd.'),
} as const;

/** The card of an arc; null when the machine has no such arc. */
export function cardOf({ arcs, ref }: MachineDescription, wanted: Arc): Card | null {
  const arc = arcs.find((each) => sameArc(each, wanted));
  if (arc === undefined) {
    return null;
  }
  const story = storyOf(arc);
  return {
    arc: { from: arc.from, to: arc.to },
    appearance: appearances[arc.verdict],
    contract: [arcDoc(arc)?.summary ?? '', handsOut[arc.contract]].filter((sentence) => sentence !== ''),
    outcome: outcomeText(arc, ref.kind === 'reference'),
    condition: arc.condition,
    story,
    left: arc.story.length - story.length,
    faults: faultsText(arc.faults.length),
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

function faultsText(faults: number): string | null {
  if (faults === 0) return null;
  return count(faults, t('{0} error return can be switched on'), t('{0} error returns can be switched on'));
}

function outcomeText({ outcome, verdict }: MachineArc, isReference: boolean): string {
  const who = isReference ? t('The protocol') : t('This driver');
  switch (outcome.kind) {
    case 'missing':
      return t('{0} refuses it with -{1}{2}.', who, outcome.errno, leftIn(outcome.leaves));
    case 'failure':
      return t('{0} fails it with -{1}{2}.', who, outcome.errno, leftIn(outcome.leaves));
    case 'success': {
      const file = {
        'as-due': '',
        null: t(' but hands out no fd'),
        'new-file': t(' and hands out an fd that nobody asked for'),
        'session-file': t(' and hands out the fd of the open session again'),
      }[outcome.file];
      const stays =
        outcome.leaves === undefined || outcome.leaves === 'next'
          ? ''
          : outcome.leaves === 'ERROR'
            ? t(', yet leaves the device in ERROR')
            : t(', yet leaves the device where it was');
      if (isReference) return t('A driver has to carry it out.');
      return verdict === 'undecided'
        ? t('This driver may carry it out{0}{1}.', file, stays)
        : t('This driver carries it out{0}{1}.', file, stays);
    }
  }
}

function leftIn(leaves: 'state' | 'next' | 'ERROR' | null | undefined): string {
  return leaves === 'ERROR'
    ? t(' and leaves the device in ERROR')
    : leaves === 'next'
      ? t(' but says it is in the new state')
      : '';
}

/** What a screen reader says of an arc: all that the line shows. */
export function arcLabel({ from, to, verdict, contract, condition }: MachineArc): string {
  const file = contract === 'none' ? '' : contract === 'new-read-fd' ? t('read fd') : t('write fd');
  const parts = [appearances[verdict].word, condition === null ? '' : t('if {0}', condition), file];
  return t('{0} to {1}: {2}', from, to, parts.filter((part) => part !== '').join(', '));
}
