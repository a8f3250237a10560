import type { Arc, MachineArc, StateName } from '../../../../server/src/wire';
import { sameArc } from '../../../../server/src/wire';
import { appearances, isDrawn } from '../diagram/appearance';
import { type Card, cardOf } from '../diagram/cardContent';
import type { Scene } from '../diagram/scene';
import { t } from '../texts';

/** An arc as a row of the table: all that the drawing shows of it, in words. */
export interface ArcRow {
  readonly arc: Arc;
  readonly verdict: MachineArc['verdict'];
  /** The verdict in a word, and what the line of the drawing shows beside it. */
  readonly marks: readonly string[];
  readonly card: Card;
  /** The device stands at its beginning. */
  readonly fromHere: boolean;
}

/** The rows of a machine at the moment that is shown: as drawn, or one for every pair of states. */
export function arcRowsOf(scene: Scene, difference: Arc | null, everyPair: boolean): readonly ArcRow[] {
  const { machine, tokens, device } = scene;
  const current = tokens.find((token) => token.device === device)?.state ?? null;
  return machine.arcs
    .filter((arc) => everyPair || isDrawn(arc))
    .flatMap((arc) => {
      const card = cardOf(machine, arc);
      if (card === null) return [];
      const marks = [appearances[arc.verdict].word, ...momentMarks(scene, arc)];
      if (difference !== null && sameArc(difference, arc)) marks.push(t('first difference'));
      return [{ arc: card.arc, verdict: arc.verdict, marks, card, fromHere: arc.from === current }];
    });
}

function momentMarks({ device, trail, armed }: Scene, arc: Arc): readonly string[] {
  const own = trail !== null && trail.device === device ? trail : null;
  return [
    ...(own?.arcs.some((each) => sameArc(each, arc)) ? [t('just taken')] : []),
    ...(own?.failed !== null && own !== null && sameArc(own.failed, arc) ? [t('just failed')] : []),
    ...(armed.some((fault) => sameArc(fault.arc, arc)) ? [t('fault armed')] : []),
  ];
}

/** The states that can be asked for, with where the device stands. */
export function statesOf({
  machine,
  tokens,
  device,
}: Scene): readonly { readonly state: StateName; readonly here: boolean }[] {
  const current = tokens.find((token) => token.device === device)?.state;
  return machine.states.map((state) => ({ state, here: state === current }));
}
