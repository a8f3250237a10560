import type { Item, Sequence } from './sequence';
import { sequenceOf, writeItems } from './sequence';
import type { Told } from './told';
import { wrapped } from './wrap';

/** As for Mermaid: about 500 messages, more than anyone reads. */
const mostCharacters = 45_000;
const textWidth = 48;

/** The run as a PlantUML sequence diagram. */
export function tracePlantUml(told: Told): string {
  const sequence = sequenceOf(told);
  return [
    '@startuml',
    'hide footbox',
    `title ${escaped(sequence.title)}`,
    ...sequence.boxes.flatMap(boxLines),
    ...writeItems(sequence.items, itemText, mostCharacters),
    '@enduml',
    '',
  ].join('\n');
}

function boxLines({ name, participants }: Sequence['boxes'][number]): readonly string[] {
  const lines = participants.map((each) => `participant "${each.name === 'vmm' ? 'VMM' : each.name}" as ${each.id}`);
  return name === null ? lines : [`box "${escaped(name)}"`, ...lines, 'end box'];
}

const arrows = { call: '->', return: '-->', failure: '-->x' };

function itemText(item: Item): string {
  const text = wrapped(item.text, textWidth).map(escaped).join('\\n');
  if (item.kind === 'message') {
    return `${item.from} ${arrows[item.as]} ${item.to} : ${text}`;
  }
  const colour = item.grave ? ' #FFD6D6' : '';
  return item.over === null ? `note across${colour} : ${text}` : `note over ${item.over}${colour} : ${text}`;
}

/** Whatever could mean something to PlantUML becomes a code point; so does one of two signs that only mean something together. */
function escaped(text: string): string {
  return text.replace(/[^\w ,.()/+=|:-]|([-_/=.])(?=\1)/gu, (found) => {
    return `<U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}
