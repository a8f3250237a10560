import type { Item, Sequence } from './sequence';
import { sequenceOf, writeItems } from './sequence';
import type { Told } from './told';
import { wrapped } from './wrap';

/** Mermaid refuses texts of more than 50,000 characters (`maxTextSize`). */
const mostCharacters = 45_000;
const textWidth = 48;

/** The run as a Mermaid sequence diagram. */
export function traceMermaid(told: Told): string {
  const sequence = sequenceOf(told);
  const ids = sequence.boxes.flatMap(({ participants }) => participants.map(({ id }) => id));
  const everyone = [...new Set([ids[0], ids.at(-1)])].join(',');
  return [
    'sequenceDiagram',
    `  title ${escaped(sequence.title.slice(0, 200))}`,
    ...sequence.boxes.flatMap(boxLines),
    ...writeItems(sequence.items, (item) => `  ${itemText(item, everyone)}`, mostCharacters),
    '',
  ].join('\n');
}

function boxLines({ name, participants }: Sequence['boxes'][number]): readonly string[] {
  const lines = participants.map((each) => `participant ${each.id} as ${each.name === 'vmm' ? 'VMM' : each.name}`);
  return name === null
    ? lines.map((text) => `  ${text}`)
    : [`  box transparent ${escaped(name.slice(0, 40))}`, ...lines.map((text) => `    ${text}`), '  end'];
}

const arrows = { call: '->>', return: '-->>', failure: '--x' };

function itemText(item: Item, everyone: string): string {
  const text = wrapped(item.text, textWidth).map(escaped).join('<br/>');
  return item.kind === 'message'
    ? `${item.from}${arrows[item.as]}${item.to}: ${text}`
    : `Note over ${item.over ?? everyone}: ${text}`;
}

/** Whatever could mean something to Mermaid becomes a numeric entity. */
function escaped(text: string): string {
  return text.replace(/[^\w ,.()/+=|-]|--/gu, (found) => [...found].map((each) => `#${each.codePointAt(0)};`).join(''));
}
