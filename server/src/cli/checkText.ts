import type { DriverModel } from '../analysis/model';
import { coverageOf } from '../check';
import type { Finding, Severity } from '../rules/rule';
import type { CheckRenderer, ShownModule } from './check';
import type { Place, Style } from './display';
import { count, placeIn, printable, shownPath, styleFor } from './display';
import type { Platform } from './platform';
import { wrap } from './ruleText';

/** Tabs are 8 wide in the kernel, whatever the terminal or mail program thinks. */
const tabWidth = 8;

/** Where lines of text are broken; source lines and the first line of a finding stay whole. */
const textWidth = 100;

/** A report to read, or to paste into a mail: places and source lines as compilers print them, then one line a driver. */
export function renderText(platform: Platform): CheckRenderer {
  const style = styleFor(platform.stdout, platform.env);
  const write = (line: string) => platform.stdout.write(`${line}\n`);
  const totals = { error: 0, warning: 0, hint: 0, drivers: 0, suppressed: 0 };
  const reasons = new Set<string>();
  return {
    module(shown) {
      if (totals.drivers > 0 && shown.findings.length > 0) {
        write('');
      }
      for (const finding of shown.findings) {
        totals[finding.severity]++;
        write(`${findingLines(finding, shown, platform.cwd, style).join('\n')}\n`);
      }
      totals.drivers += shown.drivers.length;
      totals.suppressed += shown.suppressed.length;
      for (const { driver } of shown.drivers) {
        // The reason for a profile is mostly the same for all drivers of a tree; said once it is not in the way.
        const isNew = reasons.size < reasons.add(`${driver.profile.id} ${driver.profile.reason}`).size;
        write(driverLine(driver, placeIn(shown.module, driver.ops.location), isNew, platform.cwd, style));
        for (const note of driver.notes) {
          write(style.dim(`      note: ${printable(note.message)}`));
        }
      }
    },
    end() {
      const found = (['error', 'warning', 'hint'] as const).filter((kind) => totals[kind] > 0);
      if (totals.drivers === 0 && found.length === 0) {
        return;
      }
      const list = found.map((kind) => count(totals[kind], kind)).join(', ') || style.green('no findings');
      const allowed = totals.suppressed > 0 ? `, ${totals.suppressed} allowed by comments` : '';
      write(`\n${list} in ${count(totals.drivers, 'driver')}${allowed}`);
    },
  };
}

function findingLines(finding: Finding, { module }: ShownModule, cwd: string, style: Style): readonly string[] {
  const place = placeIn(module, finding.location);
  const severity = colour(finding.severity, style)(finding.severity);
  const [what = '', why = ''] = printable(finding.message).split(/(?<=\.) (.*)/);
  const head = `${style.bold(where(place, cwd))}: ${severity}: ${what} ${style.dim(`[${finding.rule}]`)}`;
  const rest = why === '' ? [] : wrap(why, textWidth - 6).map((line) => `      ${line}`);
  const related = finding.related.flatMap((each) => {
    const at = placeIn(module, each.location);
    return [`${where(at, cwd)}: ${style.cyan('note')}: ${printable(each.message)}`, ...sourceLines(at, style)];
  });
  return [head, ...rest, ...sourceLines(place, style), ...related];
}

function where({ file, start }: Place, cwd: string): string {
  return `${printable(shownPath(cwd, file))}:${start.line}:${start.column}`;
}

/** The source line with a line of carets under what is meant. */
function sourceLines({ source, start, end }: Place, style: Style): readonly string[] {
  if (source === '') {
    return [];
  }
  const number = String(start.line).padStart(5);
  const before = expandTabs(printable(source.slice(0, start.column - 1)), 0);
  const meant = source.slice(start.column - 1, end.line === start.line ? end.column - 1 : source.length).trimEnd();
  const width = Math.max(1, expandTabs(printable(meant), before.length).length - before.length);
  const marks = `${' '.repeat(before.length)}^${'~'.repeat(width - 1)}`;
  return [
    `${number} ${style.dim('|')} ${expandTabs(printable(source.trimEnd()), 0)}`,
    `${' '.repeat(number.length)} ${style.dim('|')} ${style.green(marks)}`,
  ];
}

/** `text` with its tabs as spaces, after `column` blanks that stand for what comes before. */
function expandTabs(text: string, column: number): string {
  let expanded = ' '.repeat(column);
  for (const character of text) {
    expanded += character === '\t' ? ' '.repeat(tabWidth - (expanded.length % tabWidth)) : character;
  }
  return expanded;
}

/** "demo_ops (main.c:12): 14 of 15 required arcs · STOP_COPY|P2P|PRE_COPY · profile 6.2 (why)" */
function driverLine(driver: DriverModel, ops: Place, withReason: boolean, cwd: string, style: Style): string {
  const name = style.bold(printable(`${driver.ops.name} (${shownPath(cwd, ops.file)}:${ops.start.line})`));
  const reason = withReason ? ` (${printable(driver.profile.reason)})` : '';
  const profile = `profile ${driver.profile.id}${reason}`;
  const coverage = coverageOf(driver);
  if (coverage === null) {
    return `${name}: ${style.yellow('flags not found')} · ${profile}`;
  }
  const { required, handled, undecided } = coverage;
  const open = undecided > 0 ? `, ${undecided} undecided` : '';
  const arcs = `${handled} of ${required} required arcs${open}`;
  const painted = handled === required ? style.green(arcs) : style.red(arcs);
  const flags = driver.flagSets[0]?.flags ?? [];
  return `${name}: ${painted} · ${flags.join('|') || 'no flags'} · ${profile}`;
}

function colour(severity: Severity, style: Style): (text: string) => string {
  return severity === 'error' ? style.red : severity === 'warning' ? style.yellow : style.cyan;
}
