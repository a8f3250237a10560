import { is, or, pair, print, state } from './conditions';
import type { Item } from './context';
import { body, deliver, groupBy, indent, underCondition } from './context';
import type { Fragment } from './fragments';

/** A switch over the wanted state; each case turns away the states that it can not come from. */
export const guardedSwitch: Fragment = (context, place, items) => {
  const { choices } = context;
  const errno = choices.pick('guarded.errno', ['EINVAL', 'EOPNOTSUPP']);
  const lines = groupBy(items, (i) => i.to).flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const known = or(group.map((i) => is('cur', i.from)));
    const guard = choices.chance('guarded.guard', 70)
      ? body(`if (${print(context, place, known, true)})`, place.exit.errno(errno), false)
      : body(`if (${print(context, place, known, true)})`, ['break;'], true);
    const ends = groupBy(group, (i) => `${i.action.id}|${i.when?.test ?? ''}`);
    const arms = ends.flatMap((same, n) => {
      const [one] = same;
      if (!one) return [];
      const end = underCondition(one.when, deliver(one.action, place.exit));
      // The last end needs no test of its own: nothing else has come through the guard.
      if (n === ends.length - 1) return end;
      return body(`if (${print(context, place, or(same.map((i) => is('cur', i.from))))})`, end, true);
    });
    return [`case ${state(context, first.to)}:`, ...indent([...guard, ...arms, 'break;'])];
  });
  return [`switch (${place.next}) {`, ...lines, '}'];
};

/** A pointer to the function of the arc is chosen first and called afterwards. */
export const chosenFunction: Fragment = (context, place, items) => {
  const { choices, struct } = context;
  const plain = items.filter((i) => !i.when?.option);
  const optional = items.filter((i) => i.when?.option);
  const rest = optional.flatMap((i) =>
    underCondition(
      i.when,
      body(`if (${print(context, place, pair(i.from, i.to))})`, deliver(i.action, place.exit), true),
    ),
  );
  if (plain.length === 0) return rest;
  const name = context.name('chosen');
  const tests = plain.flatMap((i, n) => {
    const test = print(context, place, pair(i.from, i.to));
    const whole = body(`if (${i.when ? `(${test}) && ${i.when.test}` : test})`, [`${name} = ${i.action.fn};`], false);
    return n > 0 && choices.chance('chosen.else', 50) ? [`else ${whole[0] ?? ''}`, ...whole.slice(1)] : whole;
  });
  return [
    ...rest,
    '{',
    `\tstruct file *(*${name})(struct ${struct} *d) = NULL;`,
    '',
    ...indent(tests),
    ...indent(
      body(`if (${name})`, place.exit.file(choices.pick('chosen.call', [`${name}(d)`, `(*${name})(d)`])), true),
    ),
    '}',
  ];
};

/** Helpers that say what to do as a number, and one that turns the number into a file. */
export const classified: Fragment = (context, place, items) => {
  const { choices, struct } = context;
  const table = items.filter((i) => i.when === null);
  const rest = items.filter((i) => i.when !== null);
  const own = rest.flatMap((i) => {
    const whole = body(
      `if (${print(context, place, pair(i.from, i.to))})`,
      underCondition(i.when?.option ? null : i.when, deliver(i.action, place.exit)),
      true,
    );
    return i.when?.option ? underCondition(i.when, whole) : whole;
  });
  if (table.length === 0) return own;
  const kinds = [...new Map(table.map((i) => [i.action.id, i.action])).values()];
  const classify = context.name('classify');
  const perform = context.name('perform');
  const byNumber = choices.chance('classified.negative', 50);
  const tests = groupBy(table, (i) => i.action.id).flatMap((group) => {
    const test = print(context, { ...place, cur: 'from', next: 'to' }, or(group.map((i) => pair(i.from, i.to))));
    return body(`if (${test})`, [`return ${kinds.findIndex((k) => k.id === group[0]?.action.id)};`], false);
  });
  context.declare(
    `static int ${classify}(u32 from, u32 to)\n{\n${indent([...tests, `return ${byNumber ? '-EINVAL' : '-1'};`]).join('\n')}\n}`,
  );
  const cases = kinds.flatMap((k, n) => [
    `case ${n}:`,
    ...indent(k.errno ? [`return ERR_PTR(-${k.errno});`] : [`return ${k.file};`]),
  ]);
  context.declare(
    `static struct file *${perform}(struct ${struct} *d, int what, bool really)\n{\n${indent(['if (!really)', '\treturn NULL;', 'switch (what) {', ...cases, '}', 'return ERR_PTR(-ENOTSUPP);']).join('\n')}\n}`,
  );
  const call = `${classify}(${place.cur}, ${place.next})`;
  return [
    ...own,
    '{',
    `\tconst int what = ${call};`,
    '',
    ...indent(
      body(
        choices.pick('classified.test', ['if (what >= 0)', 'if (!(what < 0))', 'if (what != -1 && what != -EINVAL)']),
        place.exit.file(`${perform}(d, what, true)`),
        true,
      ),
    ),
    '}',
  ];
};

/** Labels and jumps instead of nesting. */
export const jumps: Fragment = (context, place, items) => {
  const label = context.name('not_here');
  const groups = groupBy(items, (i: Item) => i.from);
  return groups.flatMap((group, n) => {
    const [first] = group;
    if (!first) return [];
    const next = `${label}_${n}`;
    const tests = group.flatMap((i) => {
      const whole = body(
        `if (${print(context, place, is('next', i.to))})`,
        underCondition(i.when?.option ? null : i.when, deliver(i.action, place.exit)),
        true,
      );
      return i.when?.option ? underCondition(i.when, whole) : whole;
    });
    return [
      ...body(`if (${print(context, place, is('cur', first.from), true)})`, [`goto ${next};`], false),
      ...tests,
      `${next}:`,
      ';',
    ];
  });
};
