import type { StateName } from '../../../server/src/uapi';
import { valueOfState } from '../../../server/src/uapi';
import type { Condition } from './conditions';
import { and, is, or, pair, print, state } from './conditions';
import type { Context, Item, Place } from './context';
import { body, deliver, groupBy, indent, underCondition } from './context';

/** Statements that carry out the items' arcs; for any other pair they are passed through. */
export type Fragment = (context: Context, place: Place, items: readonly Item[]) => string[];

const sameEnd = (i: Item): string => `${i.action.id}|${i.when?.test ?? ''}`;

/** A chain of ifs, its conditions in any form, arcs with the same end grouped or not. */
export const ifs: Fragment = (context, place, items) => {
  const { choices } = context;
  const groups = choices.chance('ifs.group', 50) ? groupBy(items, sameEnd) : items.map((i) => [i]);
  const chained = choices.chance('ifs.else', 25);
  const lines: string[] = [];
  let afterOption = false;
  choices.shuffled('ifs.order', groups).forEach((group, n) => {
    const [first] = group;
    if (!first) return;
    let test = print(context, place, conditionOf(context, group));
    if (choices.chance('ifs.parens', 10)) test = `(${test})`;
    if (choices.chance('ifs.likely', 6)) test = `${choices.pick('ifs.likely.which', ['likely', 'unlikely'])}(${test})`;
    const inCondition = first.when && !first.when.option && choices.chance('ifs.whenInside', 60);
    if (inCondition)
      test = choices.chance('ifs.whenFirst', 40)
        ? `${first.when?.test} && (${test})`
        : `(${test}) && ${first.when?.test}`;
    const end = deliver(first.action, place.exit);
    const inside = inCondition || first.when?.option ? end : underCondition(first.when, end);
    const whole = body(`if (${test})`, inside, inside.length > 1 || choices.chance('ifs.braces', 20));
    if (chained && n > 0 && !first.when?.option && !afterOption)
      lines.push(`else ${whole[0] ?? ''}`, ...whole.slice(1));
    else lines.push(...(first.when?.option ? ['', ...underCondition(first.when, whole), ';'] : whole));
    afterOption = first.when?.option != null;
  });
  return lines;
};

/** Arcs of a group as a condition, factored when that is possible. */
function conditionOf(context: Context, group: readonly Item[]): Condition {
  const { choices } = context;
  if (group.length > 1 && choices.chance('factor', 60)) {
    const bySide = choices.pick('factor.side', ['from', 'to'] as const);
    const parts = groupBy(group, (i) => i[bySide]).map((part) => {
      const [first] = part;
      const inner = or(part.map((i) => (bySide === 'from' ? is('next', i.to) : is('cur', i.from))));
      if (!first) return inner;
      const outer = bySide === 'from' ? is('cur', first.from) : is('next', first.to);
      return choices.chance('factor.swap', 30) ? and(inner, outer) : and(outer, inner);
    });
    return or(parts);
  }
  return or(
    group.map((i) => (choices.chance('pair.swap', 20) ? and(is('next', i.to), is('cur', i.from)) : pair(i.from, i.to))),
  );
}

/** Cases of a switch over one side, with the bodies that `inside` makes. */
function cases(
  context: Context,
  items: readonly Item[],
  side: 'from' | 'to',
  inside: (items: readonly Item[]) => string[],
): string[] {
  const { choices } = context;
  const groups = groupBy(items, (i) => i[side]);
  // States whose cases have the same text can share it.
  const byText = groupBy(
    groups.map((group) => ({ state: group[0]?.[side] as StateName, lines: inside(group) })),
    (g) => (choices.chance('cases.apart', 20) ? `${g.state}${g.lines.join()}` : g.lines.join('\n')),
  );
  return choices.shuffled('cases.order', byText).flatMap((same) => {
    const names = same.map((s) => s.state);
    return [...labels(context, names), ...indent(same[0]?.lines ?? [])];
  });
}

function labels(context: Context, names: readonly StateName[]): string[] {
  const values = names.map((n) => valueOfState(n)).sort((a, b) => a - b);
  const [low = 0] = values;
  const high = values.at(-1) ?? low;
  const { choices } = context;
  const byValue = (v: number): StateName | undefined => names.find((n) => valueOfState(n) === v);
  const [first, last] = [byValue(low), byValue(high)];
  if (names.length > 1 && high - low === names.length - 1 && first && last && choices.chance('cases.range', 40)) {
    return [`case ${state(context, first)} ... ${state(context, last)}:`];
  }
  const all = names.map((n) => `case ${state(context, n)}:`);
  return choices.chance('cases.oneLine', 15) ? [all.join(' ')] : all;
}

/** Switches over both states, nested in either order. */
export const nestedSwitch: Fragment = (context, place, items) => {
  const { choices } = context;
  const outer = choices.pick('nested.outer', ['from', 'to'] as const);
  const [outerText, innerText] = outer === 'from' ? [place.cur, place.next] : [place.next, place.cur];
  const inner = outer === 'from' ? 'to' : 'from';
  const innerWithIfs = choices.chance('nested.ifs', 30);
  const lines = cases(context, items, outer, (group) => {
    if (innerWithIfs) {
      const tests = group.flatMap((i) => {
        const test = print(context, place, is(inner === 'to' ? 'next' : 'cur', i[inner]));
        const whole = body(
          `if (${test})`,
          underCondition(i.when?.option ? null : i.when, deliver(i.action, place.exit)),
          true,
        );
        return i.when?.option ? underCondition(i.when, whole) : whole;
      });
      return [...tests, 'break;'];
    }
    const nested = cases(context, group, inner, (leaf) => [
      ...leaf.flatMap((i) => underCondition(i.when, deliver(i.action, place.exit))),
      ...(leaf.some((i) => i.when) ? ['break;'] : []),
    ]);
    const ends = choices.chance('nested.default', 30) ? ['default:', '\tbreak;'] : [];
    return [`switch (${innerText}) {`, ...nested, ...ends, '}', 'break;'];
  });
  return [
    `switch (${outerText}) {`,
    ...lines,
    ...(choices.chance('nested.outerDefault', 30) ? ['default:', '\tbreak;'] : []),
    '}',
  ];
};

/** A switch that falls through from what differs to what arcs have in common. */
export const fallThrough: Fragment = (context, place, items) => {
  const lines = groupBy(items, (i) => i.to).flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const bodies = groupBy(group, sameEnd).flatMap((same) => {
      const [one] = same;
      if (!one) return [];
      const all = same.map((i) => `case ${state(context, i.from)}:`);
      const work = context.choices.chance('fall.work', 50) ? [`\t(void)READ_ONCE(d->regs);`] : [];
      const split =
        all.length > 1 && work.length > 0 ? [all[0] ?? '', ...work, '\tfallthrough;', ...all.slice(1)] : all;
      return [
        ...split,
        ...indent(underCondition(one.when, deliver(one.action, place.exit))),
        ...(one.when ? ['\tbreak;'] : []),
      ];
    });
    const inner = [`switch (${place.cur}) {`, ...bodies, '}'];
    return body(`if (${place.next} == ${state(context, first.to)})`, inner, true);
  });
  return lines;
};

/** A switch over one number that both states make. */
export const keySwitch: Fragment = (context, place, items) => {
  const { choices, prefix } = context;
  const macro = `${prefix.toUpperCase()}_ARC`;
  const how = choices.pick('key', ['shift', 'multiply', 'macro', 'states', 'reversed']);
  const keyOf: Record<string, (a: string, b: string) => string> = {
    shift: (a, b) => `${a} << 4 | ${b}`,
    multiply: (a, b) => `${a} * 10 + ${b}`,
    states: (a, b) => `(${a} * VFIO_DEVICE_STATE_NR) + ${b}`,
    reversed: (a, b) => `(${b} << 8) + ${a}`,
    macro: (a, b) => `${macro}(${a}, ${b})`,
  };
  if (how === 'macro') context.declare(`#define ${macro}(f, t) (((f) << 3) | (t))`);
  const key = keyOf[how] ?? ((a: string) => a);
  const groups = groupBy(items, sameEnd);
  const lines = choices.shuffled('key.order', groups).flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const end = deliver(first.action, place.exit);
    const texts = group.map((i) => `case ${key(state(context, i.from), state(context, i.to))}:`);
    if (first.when?.option) return underCondition(first.when, [...texts, ...indent(end)]);
    return [...texts, ...indent(underCondition(first.when, end)), ...(first.when ? ['\tbreak;'] : [])];
  });
  const value = key(place.cur, place.next);
  const local = choices.chance('key.local', 30);
  const stepwise = how === 'shift' && choices.chance('key.stepwise', 60);
  const built = [`unsigned int key = ${place.cur};`, '', 'key <<= 4;', `key |= ${place.next};`];
  const head = local
    ? [...(stepwise ? built : [`const unsigned int key = ${value};`, '']), 'switch (key) {']
    : [`switch (${value}) {`];
  const whole = [...head, ...lines, ...(choices.chance('key.default', 30) ? ['default:', '\tbreak;'] : []), '}'];
  return local ? ['{', ...indent(whole), '}'] : whole;
};

/** A helper for each current state; it decides about all that leaves the state. */
export const helpers: Fragment = (context, place, items) => {
  const { choices, struct } = context;
  const direct = { file: (e: string) => [`return ${e};`], errno: (e: string) => [`return ERR_PTR(-${e});`] };
  const found = groupBy(items, (i) => i.from).map((group) => {
    const from = group[0]?.from as StateName;
    const name = context.name(`from_${from.toLowerCase()}`);
    const inner: Place = { cur: `VFIO_DEVICE_STATE_${from}`, next: 'to', exit: direct };
    const way = choices.pick('helpers.how', ['switch', 'ifs']);
    const lines =
      way === 'ifs'
        ? group.flatMap((i) => {
            const whole = body(
              `if (${print(context, inner, is('next', i.to))})`,
              underCondition(i.when?.option ? null : i.when, deliver(i.action, direct)),
              true,
            );
            return i.when?.option ? underCondition(i.when, whole) : whole;
          })
        : [
            'switch (to) {',
            ...cases(context, group, 'to', (leaf) => [
              ...leaf.flatMap((i) => underCondition(i.when, deliver(i.action, direct))),
              ...(leaf.some((i) => i.when) ? ['break;'] : []),
            ]),
            'default:',
            '\tbreak;',
            '}',
          ];
    const type = choices.pick('helpers.type', ['u32', 'enum vfio_device_mig_state', 'u8', 'int']);
    context.declare(
      `static struct file *${name}(struct ${struct} *d, ${type} to)\n{\n${[...indent(lines), `\treturn ERR_PTR(-${choices.pick('helpers.errno', ['EINVAL', 'EINVAL', 'EOPNOTSUPP'])});`].join('\n')}\n}`,
    );
    return { from, name };
  });
  if (choices.chance('helpers.switch', 60)) {
    return [
      `switch (${place.cur}) {`,
      ...found.flatMap(({ from, name }) => [
        `case ${state(context, from)}:`,
        ...indent(place.exit.file(`${name}(d, ${place.next})`)),
      ]),
      '}',
    ];
  }
  return found.flatMap(({ from, name }) =>
    body(`if (${print(context, place, is('cur', from))})`, place.exit.file(`${name}(d, ${place.next})`), true),
  );
};
