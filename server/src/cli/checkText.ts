import type { DriverModel } from '../analysis/model';
import type { Finding, Severity } from '../rules/rule';
import { requiredArcs } from '../uapi';
import type { CheckRenderer, ShownModule } from './check';
import type { Place, Style } from './display';
import { count, placeIn, printable, shownPath, styleFor } from './display';
import type { Platform } from './platform';

/** Tabs are 8 wide in the kernel, whatever the terminal or mail program thinks. */
const tabWidth = 8;

/** A report to read, or to paste into a mail: places and source lines as compilers print them, then one line a driver. */
export function renderText(platform: Platform): CheckRenderer {
  const style = styleFor(platform.stdout, platform.env);
  const totals = { error: 0, warning: 0, hint: 0, drivers: 0, suppressed: 0 };
  return {
    module(shown) {
      const write = (line: string) => platform.stdout.write(`${line}\n`);
      for (const finding of shown.findings) {
        totals[finding.severity]++;
        write(`${findingLines(finding, shown, platform.cwd, style).join('\n')}\n`);
      }
      totals.drivers += shown.drivers.length;
      totals.suppressed += shown.suppressed.length;
      for (const { driver } of shown.drivers) {
        write(driverLine(driver, placeIn(shown.module, driver.ops.location), platform.cwd, style));
        for (const note of driver.notes) {
          write(style.dim(`  note: ${printable(note.message)}`));
        }
      }
      if (shown.drivers.length > 0 && shown.findings.length > 0) {
        write('');
      }
    },
    end() {
      if (totals.drivers + totals.error + totals.warning + totals.hint === 0) {
        return;
      }
      const kinds = (['error', 'warning', 'hint'] as const)
        .filter((kind) => totals[kind] > 0)
        .map((kind) => count(totals[kind], kind));
      const found = kinds.length === 0 ? style.green('no findings') : kinds.join(', ');
      const allowed = totals.suppressed > 0 ? `, ${totals.suppressed} allowed by comments` : '';
      platform.stdout.write(`${found} in ${count(totals.drivers, 'driver')}${allowed}\n`);
    },
  };
}

function findingLines(finding: Finding, { module }: ShownModule, cwd: string, style: Style): readonly string[] {
  const place = placeIn(module, finding.location);
  const severity = colour(finding.severity, style)(finding.severity);
  const head = `${style.bold(where(place, cwd))}: ${severity}: ${printable(finding.message)} ${style.dim(`[${finding.rule}]`)}`;
  const related = finding.related.flatMap((each) => {
    const at = placeIn(module, each.location);
    const isSame =
      at.file === place.file && at.start.line === place.start.line && at.start.column === place.start.column;
    return isSame
      ? []
      : [`${where(at, cwd)}: ${style.cyan('note')}: ${printable(each.message)}`, ...sourceLines(at, style)];
  });
  return [head, ...sourceLines(place, style), ...related];
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

/** "14 of 15 required arcs · STOP_COPY|P2P|PRE_COPY · profile 6.2 (why)" */
export function driverLine(driver: DriverModel, ops: Place, cwd: string, style: Style): string {
  const name = `${driver.ops.name} (${where(ops, cwd)})`;
  const flags = driver.flagSets[0]?.flags;
  const profile = `profile ${driver.profile.id} (${driver.profile.reason})`;
  if (flags === undefined) {
    return `${style.bold(printable(name))}: flags not found · ${printable(profile)}`;
  }
  const required = requiredArcs(flags);
  const missing = driver.missing.filter((arc) => arc.flagSets.includes(0)).length;
  const undecided = driver.arcs.filter((arc) => arc.perFlagSet[0] === 'undecided' && arc.required).length;
  const arcs = `${required.length - missing - undecided} of ${required.length} required arcs`;
  const open = undecided > 0 ? `, ${undecided} undecided` : '';
  const painted = missing + undecided === 0 ? style.green(arcs) : style.red(arcs + open);
  return `${style.bold(printable(name))}: ${painted} · ${flags.join('|') || 'no flags'} · ${printable(profile)}`;
}

function colour(severity: Severity, style: Style): (text: string) => string {
  return severity === 'error' ? style.red : severity === 'warning' ? style.yellow : style.cyan;
}
