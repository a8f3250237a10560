import type { DriverTable, MissingRow } from '../../server/src/wire';
import { cellText, corner, lackingArcs, legend, requirers, rowOf, someFlagSets, verdictOf } from './arcTableCells';
import { arcName, placeName } from './arcWords';

/**
 * A driver's arcs as GitHub's Markdown, for a review or a commit message: what it declares, the matrix, and each arc that is
 * missing or conditional with who requires it. What comes from the driver can not become markup.
 */
export function arcTableMarkdown(driver: DriverTable): string {
  const { missing, conditional } = lackingArcs(driver);
  return `${[
    `### VFIO migration arcs of ${plain(driver.name)}`,
    flags(driver),
    plain(verdictOf(driver)),
    matrix(driver),
    meanings(driver),
    lacking(driver, 'Missing', missing),
    lacking(driver, 'Handled only under a condition', conditional),
  ]
    .filter((block) => block !== '')
    .join('\n\n')}\n`;
}

function flags({ flagSets }: DriverTable): string {
  return flagSets
    .map((set) => `Flags: ${code(set.flags.join(' | '))}${set.when === null ? '' : ` when ${code(set.when)}`}`)
    .join('  \n');
}

function matrix(driver: DriverTable): string {
  const { states } = driver;
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row([plain(corner), ...states]),
    row(['---', ...states.map(() => '---')]),
    ...states.map((from) => row([from, ...states.map((to) => plain(cellText(driver, from, to)))])),
  ].join('\n');
}

/** The marks that occur, in one line. */
function meanings(driver: DriverTable): string {
  const cells = driver.states.flatMap((from) => driver.states.map((to) => cellText(driver, from, to)));
  return legend
    .filter(({ occursIn }) => cells.some((cell) => occursIn.test(cell)))
    .map(({ mark, meaning }) => `${plain(mark)}: ${meaning}`)
    .join('; ');
}

function lacking(driver: DriverTable, title: string, arcs: readonly MissingRow[]): string {
  if (arcs.length === 0) return '';
  const items = arcs.map((arc) => {
    const condition = rowOf(driver, arc)?.condition ?? null;
    const parts = [
      `required by ${requirers(arc)}${someFlagSets(driver, arc)}`,
      ...(condition === null ? [] : [`handled when ${code(condition)}`]),
      `rejected at ${plain(placeName(arc.rejectedAt))}`,
      ...(arc.breaks.length === 0 ? [] : [`breaks ${arc.breaks.map((broken) => code(arcName(broken))).join(', ')}`]),
    ];
    return `- ${code(arcName(arc))}: ${parts.join('; ')}`;
  });
  return `**${title}**\n\n${items.join('\n')}`;
}

/** Text in which nothing is markup; lines are joined. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>()#+!|~&]/g, '\\$&');
}

/** Text as it is in the code, between as many backticks as it needs. */
function code(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}
