import { is, or, pair, print, state } from './conditions';
import type { Context, Item, Place } from './context';
import { body, deliver, groupBy, indent, underCondition } from './context';
import type { Fragment } from './fragments';

/** What is done when `test` holds and the item's own condition does. */
function arm(place: Place, item: Item, test: string, braces = true): string[] {
  const end = underCondition(item.when?.option ? null : item.when, deliver(item.action, place.exit));
  const whole = body(`if (${test})`, end, braces || end.length > 1);
  return item.when?.option ? underCondition(item.when, whole) : whole;
}

const alone = (context: Context, place: Place, item: Item): string[] =>
  arm(place, item, print(context, place, pair(item.from, item.to)));

/** Ifs on one state inside ifs on the other. */
export const nestedIfs: Fragment = (context, place, items) => {
  const { choices } = context;
  const outer = choices.pick('nestedIfs.outer', ['from', 'to'] as const);
  return groupBy(items, (i) => i[outer]).flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const test = outer === 'from' ? is('cur', first.from) : is('next', first.to);
    const inside = group.flatMap((i) => {
      const own = outer === 'from' ? is('next', i.to) : is('cur', i.from);
      return arm(place, i, print(context, place, own), false);
    });
    return body(`if (${print(context, place, test)})`, inside, true);
  });
};

/** Two arcs in one statement: a conditional expression says which of them it is. */
export const ternaries: Fragment = (context, place, items) => {
  const plain = items.filter((i) => i.when === null);
  const lines = items.filter((i) => i.when !== null).flatMap((i) => alone(context, place, i));
  for (let n = 0; n < plain.length; n += 2) {
    const [one, other] = plain.slice(n, n + 2);
    if (one && !other) lines.push(...alone(context, place, one));
    if (!one || !other) continue;
    const both = or([pair(one.from, one.to), pair(other.from, other.to)]);
    const sameTo = one.to === other.to ? is('cur', one.from) : pair(one.from, one.to);
    const which = one.from === other.from ? is('next', one.to) : sameTo;
    const [a, b] = [one, other].map(({ action }) => (action.file === '0' ? 'NULL' : action.file));
    const value = `(${print(context, place, which)}) ? (${a}) : (${b})`;
    lines.push(...body(`if (${print(context, place, both)})`, place.exit.file(value), true));
  }
  return lines;
};

/** Arcs as calls of a macro that holds the `if` and the way out. */
export const whenMacro: Fragment = (context, place, items) => {
  const name = context.name('on').toUpperCase();
  const end = place.exit.file('(v)').join(' ');
  context.declare(`#define ${name}(c, v) \\\n\tdo { \\\n\t\tif (c) { ${end} } \\\n\t} while (0)`);
  return items.flatMap((i) => {
    const test = print(context, place, pair(i.from, i.to));
    const inTest = i.when && !i.when.option ? `(${test}) && ${i.when.test}` : test;
    return underCondition(i.when?.option ? i.when : null, [`${name}(${inTest}, ${i.action.file});`]);
  });
};

/** For each end a list of the keys of its pairs, which a loop searches. */
export const keyList: Fragment = (context, place, items) => {
  const { choices } = context;
  const { cur, next } = place;
  return groupBy(items, (i) => `${i.action.id}|${i.when?.test ?? ''}`).flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const name = context.name('keys');
    const keys = group.map((i) => `${state(context, i.from)} * 16 + ${state(context, i.to)}`);
    context.declare(
      `static const ${choices.pick('keys.type', ['u8', 'u32', 'int'])} ${name}[] = { ${keys.join(', ')} };`,
    );
    const end = underCondition(first.when?.option ? null : first.when, deliver(first.action, place.exit));
    const flag = choices.chance('keys.flag', 50);
    const loop = [
      '{',
      ...(flag ? ['\tbool listed = false;'] : []),
      `\t${choices.pick('keys.index', ['unsigned int', 'int', 'size_t'])} k;`,
      '',
      `\tfor (k = 0; k < ARRAY_SIZE(${name}); k++)`,
      ...(flag
        ? [`\t\tlisted |= ${name}[k] == ${cur} * 16 + ${next};`, ...indent(body('if (listed)', end, true))]
        : indent(indent(body(`if (${name}[k] == ${cur} * 16 + ${next})`, end, true)))),
      '}',
    ];
    return first.when?.option ? underCondition(first.when, loop) : loop;
  });
};
