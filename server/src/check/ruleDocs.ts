import { structuredPatch } from 'diff';
import type { RuleDocs, Severity } from '../rules/rule';
import type { RuleInfo } from './suppressionRules';

const severityText: Readonly<Record<Severity, string>> = { error: 'Error', warning: 'Warning', hint: 'Hint' };

/** A part of a rule's documentation. */
export interface RuleSection {
  readonly title: string;
  readonly text: string;
  readonly isCode: boolean;
}

/** A rule's documentation as Markdown, with the fixed headings. Under "Fixed" stands what changes in the example. */
export function ruleMarkdown(rule: RuleInfo): string {
  const block = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``;
  const sections = ruleSections(rule).map(({ title, text, isCode }) => {
    const shown = !isCode ? text : title === fixed ? block('diff', mendOf(rule.docs)) : block('c', text);
    return `## ${title}\n\n${shown}\n`;
  });
  return [`# ${rule.id}\n`, `${severityText[rule.severity]}: ${rule.summary}.\n`, ...sections].join('\n');
}

const fixed = 'Fixed';

/** The lines that the mend changes, with those around them. */
function mendOf(docs: RuleDocs): string {
  const { hunks } = structuredPatch('', '', docs.example, docs.fixed, undefined, undefined, { context: 3 });
  return hunks.flatMap(({ lines }, index) => (index === 0 ? lines : ['...', ...lines])).join('\n');
}

/** A rule's documentation under its fixed headings, in their order. */
export function ruleSections({ id, docs }: RuleInfo): readonly RuleSection[] {
  const prose = (title: string, text: string): RuleSection => ({ title, text, isCode: false });
  const code = (title: string, text: string): RuleSection => ({ title, text: text.trimEnd(), isCode: true });
  return [
    prose('What it finds', docs.whatItFinds),
    prose('Why it matters', docs.whyItMatters),
    code('Example', docs.example),
    code(fixed, docs.fixed),
    prose('Known misses', docs.knownMisses),
    prose('References', docs.references.map((reference) => `- ${reference}`).join('\n')),
    prose(
      'To allow one',
      `/* vfio-arcs: allow ${id} -- reason */ on the line, on the line above, or above the function.`,
    ),
  ];
}
