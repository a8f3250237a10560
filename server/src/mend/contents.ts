import type { Arc } from '../uapi';
import { arcText, contractOf, sharesWork, workOf } from '../uapi';
import type { Edit } from './edit';
import { endingsOf } from './endings';
import { comment, dedented } from './layout';
import { mark } from './mark';
import { openerFor } from './opener';
import type { Arm, MendContext, Site } from './site';

/** A longer arm is not repeated. */
const maxLines = 30;

/** What an arm does, as lines without indentation, and what has to be written elsewhere for it. */
export interface Content {
  readonly lines: readonly string[];
  readonly support: readonly Edit[];
}

/**
 * What an arm for the arc can do, the best first: what the driver does on an arc that asks the same of it, marked as to be
 * checked; else nothing but a mark that says what must happen, and the ending that returns what the contract asks. `indent` is
 * that of the lines, for wrapping.
 */
export function contentsFor(context: MendContext, site: Site, arc: Arc, indent: string): readonly Content[] {
  const nearness = (arm: Arm) => Number(isPrecopy(arm.arc) !== isPrecopy(arc));
  const same = site.arms
    .filter((arm) => sharesWork(arc, arm.arc) && isModel(site, arm))
    .sort((a, b) => nearness(a) - nearness(b));
  const opensToo = site.arms.filter(
    (arm) => contractOf(arc) !== 'none' && contractOf(arm.arc) === contractOf(arc) && isModel(site, arm),
  );
  const repeated = [...new Set([...same, ...opensToo])].map((arm) => ({
    lines: [...asOn(arc, arm.arc, indent), ...linesOf(site, arm)],
    support: [],
  }));
  const opener = openerFor(context, site, arc);
  const marked = endingsOf(site, arc).map((ending) => ({
    lines: [...comment(todo(arc), indent), ...ending(opener?.call ?? 'NULL')],
    support: opener?.edits ?? [],
  }));
  return [...repeated, ...marked];
}

/** True when the arc touches pre-copy, of which a driver keeps track in its own way. */
function isPrecopy({ from, to }: Arc): boolean {
  return [from, to].some((state) => state === 'PRE_COPY' || state === 'PRE_COPY_P2P');
}

/** The mark for work that only the driver's author can write. */
export function todo(arc: Arc): string {
  return `${mark} ${arcText(arc)}: ${workOf(arc).join(' ')}`;
}

function asOn(arc: Arc, other: Arc, indent: string): readonly string[] {
  return comment(
    `${mark} as on ${arcText(other)}; check that ${arcText(arc)} needs no more. ${workOf(arc)[0] ?? ''}`,
    indent,
  );
}

function isModel(site: Site, arm: Arm): boolean {
  const lines = linesOf(site, arm);
  return lines.length > 0 && lines.length <= maxLines && !lines.some((line) => line.startsWith('#'));
}

function linesOf({ text }: Site, { statements }: Arm): readonly string[] {
  const [first] = statements;
  const last = statements.at(-1);
  return first === undefined || last === undefined
    ? []
    : dedented(text, { start: first.span.start, end: last.span.end });
}
