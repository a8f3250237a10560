import type { RuleInfo } from '../check';
import { ruleSections } from '../check';

/** A rule's documentation as plain text, with the fixed headings; `heading` may paint. */
export function ruleText(rule: RuleInfo, heading: (text: string) => string = (text) => text): string {
  const sections = ruleSections(rule).map(({ title, text, isCode }) => `${heading(title)}\n${indent(text, isCode)}\n`);
  return [`${heading(rule.id)} (${rule.severity}): ${rule.summary}\n`, ...sections].join('\n');
}

const textWidth = 100;

function indent(text: string, isCode: boolean): string {
  const lines = text.split('\n').flatMap((line) => (isCode ? [line] : wrap(line, textWidth - 4)));
  return lines.map((line) => (line === '' ? '' : `    ${line}`)).join('\n');
}

/** Breaks a line at blanks so that each part has at most `width` characters, where words allow. */
export function wrap(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > width) {
      lines.push(current);
      current = line.startsWith('- ') ? `  ${word}` : word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return [...lines, current];
}
