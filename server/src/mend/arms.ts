import { functionAt } from '../analysis/selection';
import type { Statement } from '../c/outline';
import { statementsAround } from '../c/outline';
import type { Arc } from '../uapi';
import { constantName, sameArc, valueOfState } from '../uapi';
import { contentsFor } from './contents';
import type { Edit, Ways } from './edit';
import { ifHead, indentAt, indented, indentUnit, lineStart, nextLine } from './layout';
import type { Arm, MendContext, Site } from './site';
import { isVisible, sitesFor } from './site';
import { madeOver, stateWords, wholeSelector } from './spelling';

/**
 * Ways to write an arc into code that selects arcs by conditions or cases, the most fitting first. They are not proved: who
 * tries them says what came of each, so that what could not be reached is not tried with other contents.
 */
export function* armWays(context: MendContext, arc: Arc): Ways {
  for (const site of sitesFor(context, arc)) {
    for (const arm of neighbours(site, arc)) {
      yield* arm.kind === 'case' ? besideCase(context, site, arm, arc) : besideIf(context, site, arm, arc);
    }
    for (const point of pointsBefore(context, site, arc)) {
      for (const condition of conditions(context, site, arc)) yield* arms(context, site, point, condition, arc);
    }
  }
}

/** Where a new arm goes. */
interface Point {
  readonly offset: number;
  readonly indent: string;
  /** Arms here have empty lines between them. */
  readonly apart: boolean;
}

/** Where an arc is not reached behind so many arms, something before them refuses it. */
const maxNeighbours = 3;

/** The arms to write the new one behind: those that leave the same state, those that enter the same, the others; last first. */
function neighbours({ arms }: Site, arc: Arc): readonly Arm[] {
  const rank = (arm: Arm) => (arm.arc.from === arc.from ? 0 : arm.arc.to === arc.to ? 1 : 2);
  return [...arms].sort((a, b) => rank(a) - rank(b) || b.selector.start - a.selector.start).slice(0, maxNeighbours);
}

function* besideCase(context: MendContext, site: Site, arm: Arm, arc: Arc): Ways {
  const head = arm.list[arm.index]?.head;
  const value =
    head == null ? null : madeOver(context.module, site.decl.file, site.text.slice(head.start, head.end), arm.arc, arc);
  const point = value === null ? null : pointAfter(site, arm.list, arm.last, arm.index);
  if (point === null || value === null || hasCase(context, site, arm.list, value)) return;
  const unit = indentUnit(site.text);
  for (const content of contentsFor(context, site, arc, {
    offset: point.offset,
    indent: point.indent + unit,
    isCase: true,
  })) {
    const lines = [`case ${value}:`, ...indented(content.lines, unit)];
    const trial = yield [...inserted(site, point, lines), ...content.support];
    if (trial === 'unreached' && content.leaves) return;
  }
}

/** True when a case of the list stands for the value already, by itself or in a range. */
function hasCase({ module }: MendContext, { decl, text }: Site, list: readonly Statement[], value: string): boolean {
  const statesIn = (label: string) => stateWords(module, decl.file, label).map(({ state }) => state);
  const own = statesIn(value);
  return list.some(({ kind, head }) => {
    if (kind !== 'case' || head === null) return false;
    const label = text.slice(head.start, head.end);
    const states = statesIn(label);
    if (!label.includes('...')) return states.join() === own.join();
    const [low, high, at] = [states[0], states.at(-1), own[0]].map((state) =>
      state === undefined ? -1 : valueOfState(state),
    );
    return low !== undefined && high !== undefined && at !== undefined && low <= at && at <= high;
  });
}

function* besideIf(context: MendContext, site: Site, arm: Arm, arc: Arc): Ways {
  const point = pointAfter(site, arm.list, arm.last, arm.index);
  if (point === null) return;
  for (const condition of conditions(context, site, arc)) yield* arms(context, site, point, condition, arc);
  const like = wholeSelector(site, arm.selector);
  const made = like === null ? null : madeOver(context.module, site.decl.file, like.replace(/\s+/g, ' '), arm.arc, arc);
  if (made !== null) yield* arms(context, site, point, [made], arc);
}

/**
 * The operands of conditions that may select the arc in the site's own names. A function that compares no state yet has
 * variables that may hold one: which of them do, the proof tells.
 */
function conditions({ driver }: MendContext, site: Site, arc: Arc): readonly (readonly string[])[] {
  const { current, next } = site.names;
  const leads = (name: string) => `${name} == ${constantName(arc.to)}`;
  const leaves = (name: string) => `${name} == ${constantName(arc.from)}`;
  if (next !== null && site.from === arc.from) return [[leads(next)]];
  const kept = driver.stateLocation === null ? [] : [driver.stateLocation.text];
  const currents = current === null ? [...numbers(site, 'local'), ...kept, ...numbers(site, 'parameter')] : [current];
  const nexts = next === null ? numbers(site, 'parameter') : [next];
  const pairs = currents.flatMap((one) => nexts.map((other) => [one, other] as const));
  return pairs.filter(([one, other]) => one !== other).map(([one, other]) => [leaves(one), leads(other)]);
}

/** The site's variables that may hold a state, by their types. */
function numbers({ decl }: Site, kind: 'local' | 'parameter'): readonly string[] {
  const { params, locals } = decl.ir();
  return locals.flatMap(({ id, name, type }) => {
    const isParameter = params.includes(id);
    const holdsState =
      (type.k === 'enum' && type.name === 'vfio_device_mig_state') ||
      (type.k === 'int' && !type.signed) ||
      type.k === 'named';
    return name !== null && holdsState && isParameter === (kind === 'parameter') ? [name] : [];
  });
}

/** True in set_state outside of the loop that it has: there the next state is not known yet. */
function isBeforeLoop({ isSetState, body }: Site, offset: number): boolean {
  const isLoop = ({ kind }: Statement) => kind === 'loop';
  const hasLoop = (statement: Statement): boolean => isLoop(statement) || statement.inside.some(hasLoop);
  return isSetState && hasLoop(body) && !statementsAround(body, offset).some(isLoop);
}

function* arms(context: MendContext, site: Site, point: Point, condition: readonly string[], arc: Arc): Ways {
  if (!isVisible(site, condition.join(' '), point.offset) || isBeforeLoop(site, point.offset)) return;
  const unit = indentUnit(site.text);
  for (const content of contentsFor(context, site, arc, {
    offset: point.offset,
    indent: point.indent + unit,
    isCase: false,
  })) {
    const lines = [...ifHead(condition, point.indent, true), ...indented(content.lines, unit), '}'];
    const trial = yield [...inserted(site, point, lines), ...content.support];
    if (trial === 'unreached' && content.leaves) return;
  }
}

function inserted({ decl }: Site, { offset, indent, apart }: Point, lines: readonly string[]): readonly Edit[] {
  const text = `${indented(lines, indent).join('\n')}\n`;
  return [{ file: decl.file, start: offset, end: offset, text: apart ? `\n${text}` : text }];
}

/** Behind a statement of a list, outside of the preprocessor's conditions that end there; null inside of a line. */
function pointAfter(site: Site, list: readonly Statement[], index: number, like = index): Point | null {
  const [at, model] = [list[index], list[like]];
  if (at === undefined || model === undefined) return null;
  const { text } = site;
  const next = list[index + 1]?.span.start ?? text.length;
  let offset = nextLine(text, at.span.end);
  if (next < offset) return null;
  const directives = [...text.slice(offset, next).matchAll(/^[ \t]*#[ \t]*endif.*\n/gm)];
  const last = list[index + 1] === undefined ? undefined : directives.at(-1);
  if (last !== undefined) offset += last.index + last[0].length;
  return { offset, indent: indentAt(text, model.span.start), apart: isApart(text, list) };
}

/** True when empty lines separate the conditional statements of the list. */
function isApart(text: string, list: readonly Statement[]): boolean {
  return list.some((statement, index) => {
    const next = list[index + 1];
    if (statement.kind !== 'if' || next?.kind !== 'if') return false;
    return /\n[ \t]*\r?\n/.test(text.slice(statement.span.end, next.span.start));
  });
}

/** Before the statement with which the arc is rejected, and before the first test that it fails. */
function pointsBefore(context: MendContext, site: Site, arc: Arc): readonly Point[] {
  const { driver, module } = context;
  const rejection = driver.missing.find((each) => sameArc(each, arc))?.rejectedAt;
  const evidence = driver.arcs.find((each) => sameArc(each, arc))?.evidence ?? [];
  const test = evidence.find(
    ({ kind, location }) => kind === 'condition' && functionAt(module, location) === site.decl,
  );
  const offsets = [rejection, test?.location].flatMap((place) =>
    place !== undefined && functionAt(module, place) === site.decl ? [place.span.start] : [],
  );
  return offsets.flatMap((offset) => pointBefore(site, offset) ?? []);
}

function pointBefore(site: Site, offset: number): Point | null {
  const around = statementsAround(site.body, offset);
  const block = around.findLast(({ kind }) => kind === 'block');
  const list = block?.inside ?? [];
  const index = list.findIndex(({ span }) => span.start <= offset && offset < span.end);
  const own = list[index];
  if (own === undefined) return null;
  const start = lineStart(site.text, own.span.start);
  return { offset: start, indent: indentAt(site.text, own.span.start), apart: false };
}
