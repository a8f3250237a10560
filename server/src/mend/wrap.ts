import { columns, comment } from './layout';

/** Where the kernel wants lines to end, and the columns that its tabs take. */
const maxColumns = 80;
const tab = 8;

/**
 * C text with tabs whose long lines are broken: comments between words, calls and parameters at commas, with what follows aligned
 * to the parenthesis as `checkpatch.pl --strict` asks. How long lines are depends on the driver's name, so nothing can be broken by
 * hand. For a file that is indented by spaces `unit` is one level of them.
 */
export function wrapped(text: string, unit = '\t'): string {
  if (unit === '\t') return text.split('\n').flatMap(wrappedLine).join('\n');
  const spaced = text.replace(/^\t+/gm, (tabs) => unit.repeat(tabs.length));
  // What is left are the tabs before what is aligned.
  return wrapped(spaced).replace(/^ *\t+/gm, (margin) => margin.replaceAll('\t', ' '.repeat(tab)));
}

function wrappedLine(line: string): readonly string[] {
  const remark = /^(\s*)\/\* (.*) \*\/$/.exec(line);
  if (remark !== null) return comment(remark[2] ?? '', remark[1] ?? '').map((each) => `${remark[1]}${each}`);
  if (columns(line) <= maxColumns || !line.includes('(') || /^\s*(\*|if |MODULE_)/.test(line)) return [line];
  const aligned = brokenAtCommas(line);
  if (fits(aligned)) return aligned;
  const assigned = /^(\s*)(.* =) (.*)$/.exec(line);
  if (assigned !== null) {
    const [, indent = '', target = '', value = ''] = assigned;
    return [`${indent}${target}`, ...brokenAtCommas(`${indent}\t${value}`)];
  }
  const head = /^(static .*?[ *])(\w+\(.*)$/.exec(line);
  if (head === null) return aligned;
  const [, type = '', rest = ''] = head;
  return [type.trimEnd(), ...brokenAtCommas(rest)];
}

/** The line, broken before each argument of its outermost parentheses that would not fit any more. */
function brokenAtCommas(line: string): readonly string[] {
  const open = line.indexOf('(');
  if (columns(line) <= maxColumns || open < 0) return [line];
  const column = columns(line.slice(0, open + 1));
  const margin = '\t'.repeat(Math.floor(column / tab)) + ' '.repeat(column % tab);
  const lines: string[] = [];
  let current = line.slice(0, open + 1);
  for (const [index, argument] of argumentsAt(line, open).entries()) {
    const joined = index === 0 ? `${current}${argument}` : `${current} ${argument}`;
    if (index > 0 && columns(joined) > maxColumns) {
      lines.push(current);
      current = margin + argument;
    } else {
      current = joined;
    }
  }
  return [...lines, current];
}

/** What follows a parenthesis, cut behind the commas that belong to it; the last piece has the rest of the line. */
function argumentsAt(line: string, open: number): readonly string[] {
  const pieces: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let at = open + 1; at < line.length; at++) {
    const c = line[at];
    if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (c === ',' && depth === 0) {
      pieces.push(line.slice(start, at + 1).trim());
      start = at + 1;
    }
    if (depth < 0) break;
  }
  return [...pieces, line.slice(start).trim()];
}

function fits(lines: readonly string[]): boolean {
  return lines.every((line) => columns(line) <= maxColumns);
}
