import type { RuleInfo } from '../check';
import type { Severity } from '../rules/rule';

const severityText: Readonly<Record<Severity, string>> = { error: 'Error', warning: 'Warning', hint: 'Hint' };

/** A rule's documentation as Markdown, with the fixed headings. */
export function ruleMarkdown(rule: RuleInfo): string {
  const sections = sectionsOf(rule).map(
    ({ title, text, isCode }) => `## ${title}\n\n${isCode ? `\`\`\`c\n${text}\n\`\`\`` : text}\n`,
  );
  return [`# ${rule.id}\n`, `${severityText[rule.severity]}: ${rule.summary}.\n`, ...sections].join('\n');
}

/** The same as plain text; `heading` may paint. */
export function ruleText(rule: RuleInfo, heading: (text: string) => string = (text) => text): string {
  const sections = sectionsOf(rule).map(({ title, text, isCode }) => `${heading(title)}\n${indent(text, isCode)}\n`);
  return [`${heading(rule.id)} (${rule.severity}): ${rule.summary}\n`, ...sections].join('\n');
}

interface Section {
  readonly title: string;
  readonly text: string;
  readonly isCode: boolean;
}

function sectionsOf({ id, docs }: RuleInfo): readonly Section[] {
  const prose = (title: string, text: string): Section => ({ title, text, isCode: false });
  const code = (title: string, text: string): Section => ({ title, text: text.trimEnd(), isCode: true });
  return [
    prose('What it finds', docs.whatItFinds),
    prose('Why it matters', docs.whyItMatters),
    code('Example', docs.example),
    code('Fixed', docs.fixed),
    prose('Known misses', docs.knownMisses),
    prose('References', docs.references.map((reference) => `- ${reference}`).join('\n')),
    prose(
      'To allow one',
      `/* vfio-arcs: allow ${id} -- reason */ on the line, on the line above, or above the function.`,
    ),
  ];
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
