import { ruleInfos } from '../check';
import type { Doc } from '../uapi';
import { explain, suggestionsFor } from '../uapi';
import { CommandLineError, parseCommandLine } from './args';
import { styleFor } from './display';
import type { Platform } from './platform';
import { exitCodes } from './platform';
import { ruleText, wrap } from './ruleText';
import { didYouMean } from './suggest';

const textWidth = 96;

/** `explain ID|STATE|ARC|FLAG`: documentation of a rule or of a name of the uAPI. Without a name: the list of rules. */
export async function runExplain(args: readonly string[], platform: Platform): Promise<number> {
  // An arc may be given as one word or as its three: `explain RUNNING -> STOP`.
  const words = parseCommandLine(protectArrow(args), {}, { paths: true }).paths;
  const style = styleFor(platform.stdout, platform.env);
  const name = words.join(' ');
  if (name === '') {
    const width = Math.max(...ruleInfos.map((rule) => rule.id.length));
    const lines = ruleInfos.map((rule) => `  ${rule.id.padEnd(width)}  ${rule.severity.padEnd(7)}  ${rule.summary}`);
    platform.stdout.write(`${style.bold('Rules')}\n${lines.join('\n')}\n`);
    return exitCodes.clean;
  }
  const rule = ruleInfos.find((each) => each.id === name.toLowerCase());
  if (rule !== undefined) {
    platform.stdout.write(`${ruleText(rule, style.bold)}\n`);
    return exitCodes.clean;
  }
  const doc = explain(name);
  if (doc === null) {
    throw new CommandLineError(`nothing is known about "${name}"${suggestion(name)}`);
  }
  platform.stdout.write(docText(doc, style.bold));
  return exitCodes.clean;
}

/** "->" begins like an option; after "--" it is a word like others. */
function protectArrow(args: readonly string[]): readonly string[] {
  return args.includes('->') && !args.includes('--') ? ['--', ...args] : args;
}

function docText(doc: Doc, heading: (text: string) => string): string {
  const paragraphs = [doc.summary, ...doc.details].map((text) => wrap(text, textWidth).join('\n'));
  return `${[heading(doc.title), ...paragraphs, `Source: ${doc.source}`].join('\n\n')}\n`;
}

function suggestion(name: string): string {
  const rule = didYouMean(
    name,
    ruleInfos.map((each) => each.id),
  );
  const names = suggestionsFor(name).map((each) => `"${each}"`);
  return rule !== '' || names.length === 0 ? rule : ` - did you mean ${names.join(' or ')}?`;
}
