import type { ArcModel, DriverModel, MissingArc } from '../analysis/model';
import type { CModule } from '../c/module';
import { alwaysMissing, coverageOf } from '../check';
import { placeOf } from '../rules';
import type { StateName } from '../uapi';
import { arcText, flagSetText, namedFlags, profileOf, sameArc } from '../uapi';
import type { Style } from './display';
import { placeIn, printable, shownPath } from './display';

/** A driver's arcs as a matrix, from rows to columns, with a legend and what is to be said about single arcs. */
export function driverTable(driver: DriverModel, module: CModule, cwd: string, style: Style): readonly string[] {
  return [
    ...header(driver, module, cwd, style),
    '',
    ...matrix(driver, style),
    '',
    ...details(driver, module, cwd, style),
  ];
}

function header(driver: DriverModel, module: CModule, cwd: string, style: Style): readonly string[] {
  const ops = placeIn(module, driver.ops.location);
  const setState = placeIn(module, driver.setState.location);
  const where = ({ file, start }: typeof ops) => `${printable(shownPath(cwd, file))}:${start.line}`;
  const flags = driver.flagSets.map(
    (set) => flagSetText(set.flags) + (set.when === null ? '' : ` if ${printable(set.when)}`),
  );
  return [
    style.bold(`${printable(driver.ops.name)} ${where(ops)}`),
    `  set_state  ${printable(driver.setState.name)}() ${where(setState)}`,
    ...(flags.length === 0 ? ['not found'] : flags).map(
      (text, index) => `${index === 0 ? '  flags      ' : '          or '}${text}`,
    ),
    `  profile    ${driver.profile.id}: ${printable(driver.profile.reason)}`,
  ];
}

/** One cell: what is written, and how it is painted. */
interface Cell {
  readonly text: string;
  readonly paint: (text: string) => string;
}

const legend: readonly (readonly [string, string])[] = [
  ['NULL', 'required and handled: returns NULL'],
  ['file', 'returns a new data fd'],
  ['MISSING', 'required and rejected'],
  ['*', 'only under a condition'],
  ['(...)', 'handled, never asked for'],
  ['?', 'not decided'],
  ['.', 'rejected, never asked for'],
];

function matrix(driver: DriverModel, style: Style): readonly string[] {
  const { states } = profileOf(driver.profile.id);
  const corner = 'from \\ to';
  const cells = states.map((from) => states.map((to) => cellOf(driver, from, to, style)));
  const widths = states.map((to, column) => Math.max(to.length, ...cells.map((row) => row[column]?.text.length ?? 0)));
  const first = Math.max(corner.length, ...states.map((from) => from.length));
  const heads = states.map((to, column) => to.padEnd(widths[column] ?? 0));
  const rows = states.map((from, row) => {
    const line = (cells[row] ?? []).map(
      ({ text, paint }, column) => paint(text) + ' '.repeat((widths[column] ?? 0) - text.length),
    );
    return `  ${from.padEnd(first)}  ${line.join('  ')}`.trimEnd();
  });
  const shown = cells.flat().map(({ text }) => text);
  const key = legend
    .filter(([mark]) => shown.some((text) => isMarked(text, mark)))
    .map(([mark, meaning]) => `${mark} ${meaning}`);
  return [
    style.dim(`  ${corner.padEnd(first)}  ${heads.join('  ')}`.trimEnd()),
    ...rows,
    '',
    style.dim(`  ${key.join(' · ')}`),
  ];
}

function isMarked(text: string, mark: string): boolean {
  switch (mark) {
    case '(...)':
      return text.startsWith('(');
    case '*':
      return text.endsWith('*');
    case 'NULL':
    case 'file':
      return text.includes(mark);
    default:
      return text === mark;
  }
}

function cellOf(driver: DriverModel, from: StateName, to: StateName, style: Style): Cell {
  const arc = driver.arcs.find((each) => each.from === from && each.to === to);
  const plain = (text: string) => text;
  if (arc === undefined) {
    return { text: from === to ? '' : '.', paint: style.dim };
  }
  const missing = driver.missing.find((each) => sameArc(each, arc));
  if (missing?.always === true && arc.status === 'rejected') {
    return { text: 'MISSING', paint: style.red };
  }
  switch (arc.status) {
    case 'undecided':
      return { text: '?', paint: style.yellow };
    case 'rejected':
      return arc.required ? { text: 'MISSING', paint: style.red } : { text: '.', paint: style.dim };
    case 'conditional':
    case 'handled': {
      const returned = returnedText(arc) + (arc.status === 'conditional' || missing !== undefined ? '*' : '');
      if (!arc.required) {
        return { text: `(${returned})`, paint: style.dim };
      }
      return { text: returned, paint: missing !== undefined || arc.status === 'conditional' ? style.yellow : plain };
    }
  }
}

function returnedText(arc: ArcModel): string {
  const files = arc.outcomes.flatMap((outcome) => (outcome.kind === 'success' ? [outcome.file] : []));
  const names = {
    null: 'NULL',
    'new-file': 'file',
    'session-file': 'session file',
    'unknown-file': 'file or NULL',
  } as const;
  return [...new Set(files.map((file) => names[file]))].sort().join('/') || 'handled';
}

/** "breaks A -> B, A -> C; no live migration is possible" */
function impactText({ breaks, stopsMigration }: MissingArc): string {
  return `breaks ${breaks.map(arcText).join(', ')}${stopsMigration ? '; no live migration is possible' : ''}`;
}

function details(driver: DriverModel, module: CModule, cwd: string, style: Style): readonly string[] {
  const where = (arc: ArcModel | undefined) => {
    if (arc === undefined) {
      return '';
    }
    const place = placeIn(module, placeOf({ driver, module }, arc));
    return style.dim(` ${printable(shownPath(cwd, place.file))}:${place.start.line}`);
  };
  const missing = alwaysMissing(driver).map((arc) => {
    const by = ` required by ${namedFlags(arc.requiredBy).join(' + ') || 'the declared flags'};`;
    return `  ${style.red('missing')}      ${arcText(arc)}:${by} ${impactText(arc)}`;
  });
  const conditional = driver.arcs.flatMap((arc) => {
    const lacking = driver.missing.find((each) => !each.always && sameArc(each, arc));
    if (arc.status !== 'conditional' && lacking === undefined) {
      return [];
    }
    const condition = printable(arc.condition ?? 'an unknown condition holds');
    const otherwise = lacking === undefined ? '' : `; otherwise ${impactText(lacking)}`;
    return [`  ${style.yellow('conditional')}  ${arcText(arc)}: only if ${condition}${otherwise}${where(arc)}`];
  });
  const superfluous = driver.superfluous.map((pair) => {
    return `  superfluous  ${arcText(pair)}${where(driver.arcs.find((arc) => sameArc(arc, pair)))}`;
  });
  const undecided = driver.arcs.flatMap((arc) => {
    const unknown = arc.outcomes.find((outcome) => outcome.kind === 'unknown');
    return arc.status === 'undecided'
      ? [`  ${style.yellow('undecided')}    ${arcText(arc)}: ${printable(unknown?.reason ?? 'not known')}${where(arc)}`]
      : [];
  });
  const coverage = coverageOf(driver);
  const total =
    coverage === null
      ? 'which arcs are required is not known'
      : `${coverage.handled} of ${coverage.required} required arcs handled`;
  const notes = driver.notes.map((note) => style.dim(`  note         ${printable(note.message)}`));
  return [...missing, ...conditional, ...superfluous, ...undecided, ...notes, `  ${total}`];
}
