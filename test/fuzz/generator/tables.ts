import { valueOfState } from '../../../server/src/uapi';
import { state } from './conditions';
import type { Context, Item } from './context';
import { body, deliver, groupBy, indent, underCondition } from './context';
import type { Fragment } from './fragments';

const NR = 'VFIO_DEVICE_STATE_NR';

/** Entries, those that a preprocessor option rules inside #ifdef. */
function entries(items: readonly Item[], entry: (item: Item) => string): string[] {
  return items.flatMap((i) =>
    i.when?.option ? [i.when.ifdef ?? `#ifdef ${i.when.option}`, entry(i), '#endif'] : [entry(i)],
  );
}

/** Conditions that are no preprocessor options can't stand in a table; their arcs are left to what `rest` writes. */
export const fitsTable = (item: Item): boolean => item.when === null || item.when.option !== null;

/** A const table of structs that a loop searches. */
export const searchTable: Fragment = (context, place, items) => {
  const { choices, struct, prefix } = context;
  const table = context.name('arcs');
  const type = context.name('arc');
  const byFunction = choices.chance('search.functions', 60);
  const sentinel = choices.chance('search.sentinel', 40);
  const kinds = [...new Map(items.map((i) => [i.action.id, i.action])).values()];
  const kind = (id: string): string => `${prefix.toUpperCase()}_DO_${id.toUpperCase()}`;
  const last = byFunction ? 'fn' : 'what';
  if (!byFunction)
    context.declare(
      `enum { ${kind('NOTHING')}_${table} = 100, ${kinds.map((k) => `${kind(k.id)}_${table}`).join(', ')} };`,
    );
  const field = byFunction ? `struct file *(*fn)(struct ${struct} *d);` : 'int what;';
  const narrow = choices.pick('search.type', ['u8', 'u32', 'enum vfio_device_mig_state', 'int']);
  const entry = (i: Item): string => {
    const value = byFunction
      ? choices.chance('search.address', 20)
        ? `&${i.action.fn}`
        : i.action.fn
      : `${kind(i.action.id)}_${table}`;
    const [a, b] = [state(context, i.from), state(context, i.to)];
    switch (choices.pick('search.entry', ['positional', 'designated', 'mixed'])) {
      case 'designated':
        return `\t{ .to = ${b}, .from = ${a}, .${last} = ${value} },`;
      case 'mixed':
        return `\t{ ${a}, ${b}, .${last} = ${value}, },`;
      default:
        return `\t{ ${a}, ${b}, ${value} },`;
    }
  };
  const rows = [
    ...entries(choices.shuffled('search.order', items), entry),
    ...(sentinel ? [choices.pick('search.end', ['\t{ }', '\t{ 0 },', '\t{ VFIO_DEVICE_STATE_ERROR, },'])] : []),
  ];
  context.declare(
    `struct ${type} {\n\t${narrow} from, to;\n\t${field}\n};\nstatic const struct ${type} ${table}[] = {\n${rows.join('\n')}\n};`,
  );
  const end = (e: string): string[] => {
    if (byFunction) return place.exit.file(`${e}fn(d)`);
    return [
      `switch (${e}what) {`,
      ...kinds.flatMap((k) => [`case ${kind(k.id)}_${table}:`, ...indent(deliver(k, place.exit))]),
      '}',
    ];
  };
  const { cur, next } = place;
  const index = choices.pick('search.index', ['int', 'unsigned int', 'size_t']);
  const more = sentinel ? `${table}[i].from` : `i < ARRAY_SIZE(${table})`;
  switch (choices.pick('search.loop', ['for', 'continue', 'while', 'pointer', 'find', 'break', 'each'])) {
    case 'continue':
      return [
        '{',
        `\t${index} i;`,
        '',
        `\tfor (i = 0; ${more}; ++i) {`,
        `\t\tif (${table}[i].from != ${cur})`,
        '\t\t\tcontinue;',
        `\t\tif (${table}[i].to != ${next})`,
        '\t\t\tcontinue;',
        ...indent(indent(end(`${table}[i].`))),
        '\t}',
        '}',
      ];
    case 'while':
      return [
        '{',
        `\t${index} i = 0;`,
        '',
        `\twhile (${more}) {`,
        `\t\tconst struct ${type} *a = &${table}[i++];`,
        '',
        ...indent(indent(body(`if (a->from == ${cur} && a->to == ${next})`, end('a->'), true))),
        '\t}',
        '}',
      ];
    case 'pointer': {
      const test = sentinel ? 'a->from' : `a < ${table} + ARRAY_SIZE(${table})`;
      return [
        '{',
        `\tconst struct ${type} *a;`,
        '',
        `\tfor (a = ${table}; ${test}; a++)`,
        ...indent(indent(body(`if (a->from == ${cur} && a->to == ${next})`, end('a->'), true))),
        '}',
      ];
    }
    case 'each': {
      const each = context.name('for_each_arc');
      const test = sentinel ? '(a)->from' : `(a) < &${table}[ARRAY_SIZE(${table})]`;
      context.declare(`#define ${each}(a) for ((a) = ${table}; ${test}; (a)++)`);
      const lines = body(`if (a->from == ${cur} && a->to == ${next})`, end('a->'), true);
      return ['{', `\tconst struct ${type} *a;`, '', `\t${each}(a) {`, ...indent(indent(lines)), '\t}', '}'];
    }
    case 'find': {
      const find = context.name('find');
      context.declare(
        `static const struct ${type} *${find}(u32 from, u32 to)\n{\n\t${index} i;\n\n\tfor (i = 0; ${more}; i++)\n\t\tif (${table}[i].from == from && ${table}[i].to == to)\n\t\t\treturn &${table}[i];\n\treturn NULL;\n}`,
      );
      return [
        '{',
        `\tconst struct ${type} *found = ${find}(${cur}, ${next});`,
        '',
        ...indent(body('if (found)', end('found->'), true)),
        '}',
      ];
    }
    case 'break':
      return [
        '{',
        `\tconst struct ${type} *hit = NULL;`,
        `\t${index} i;`,
        '',
        `\tfor (i = 0; ${more}; i++) {`,
        `\t\tif (${table}[i].from == ${cur} && ${table}[i].to == ${next}) {`,
        `\t\t\thit = ${table} + i;`,
        '\t\t\tbreak;',
        '\t\t}',
        '\t}',
        ...indent(body(choices.pick('search.hit', ['if (hit)', 'if (hit != NULL)']), end('hit->'), true)),
        '}',
      ];
    default:
      return [
        '{',
        `\t${index} i;`,
        '',
        `\tfor (i = 0; ${more}; i++) {`,
        ...indent(
          indent(body(`if (${table}[i].from == ${cur} && ${table}[i].to == ${next})`, end(`${table}[i].`), true)),
        ),
        '\t}',
        '}',
      ];
  }
};

/** Functions by both states. */
export const functionTable: Fragment = (context, place, items) => {
  const { choices, struct } = context;
  const table = context.name('handlers');
  const type = context.name('handler_t');
  const flat = choices.chance('table.flat', 25);
  const ranged = choices.chance('table.range', 40);
  const start = `typedef struct file *(*${type})(struct ${struct} *d);\nstatic const ${type} ${table}`;
  const flatIndex = (a: string, b: string): string => `${a} * ${NR} + ${b}`;
  const bracket = (values: readonly Item[]): string => {
    const sorted = [...values].sort((a, b) => valueOfState(a.to) - valueOfState(b.to));
    const [first] = sorted;
    const last = sorted.at(-1);
    if (!first || !last) return '[0]';
    return first === last
      ? `[${state(context, first.to)}]`
      : `[${state(context, first.to)} ... ${state(context, last.to)}]`;
  };
  if (flat) {
    const rows = entries(
      items,
      (i) => `\t[${flatIndex(state(context, i.from), state(context, i.to))}] = ${i.action.fn},`,
    );
    context.declare(`${start}[${NR} * ${NR}] = {\n${rows.join('\n')}\n};`);
  } else if (choices.chance('table.chained', 30)) {
    const rows = entries(items, (i) => `\t[${state(context, i.from)}][${state(context, i.to)}] = ${i.action.fn},`);
    context.declare(`${start}[${NR}][${NR}] = {\n${rows.join('\n')}\n};`);
  } else {
    const rows = groupBy(items, (i) => i.from).map((group) => {
      const runs = ranged ? runsOf(group) : group.map((i) => [i]);
      const inner = runs.flatMap((run) =>
        entries(run.slice(0, 1), () => `\t\t${bracket(run)} = ${run[0]?.action.fn},`),
      );
      return `\t[${state(context, group[0]?.from ?? 'STOP')}] = {\n${inner.join('\n')}\n\t},`;
    });
    context.declare(`${start}[${choices.chance('table.open', 20) ? '' : NR}][${NR}] = {\n${rows.join('\n')}\n};`);
  }
  const { cur, next } = place;
  const at = flat ? `${table}[${flatIndex(cur, next)}]` : `${table}[${cur}][${next}]`;
  const bound = flat ? NR : `ARRAY_SIZE(${table})`;
  const inside = choices.chance('table.local', 60)
    ? ['{', `\t${type} fn = ${at};`, '', ...indent(body('if (fn)', place.exit.file('fn(d)'), true)), '}']
    : body(choices.pick('table.test', [`if (${at})`, `if (${at} != NULL)`]), place.exit.file(`${at}(d)`), true);
  return body(`if (${cur} < ${bound} && ${next} < ${NR})`, inside, true);
};

/** Neighbouring target states with one action and no condition, as one run. */
function runsOf(group: readonly Item[]): Item[][] {
  const runs: Item[][] = [];
  for (const item of [...group].sort((a, b) => valueOfState(a.to) - valueOfState(b.to))) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    const joins =
      before &&
      !before.when &&
      !item.when &&
      before.action === item.action &&
      valueOfState(item.to) === valueOfState(before.to) + 1;
    if (run && joins) run.push(item);
    else runs.push([item]);
  }
  return runs;
}

/** What to do by both states as small numbers, then a switch. */
export const codeTable: Fragment = (context, place, items) => {
  const { choices, prefix } = context;
  const table = context.name('codes');
  const kinds = [...new Map(items.map((i) => [i.action.id, i.action])).values()];
  const code = (id: string): string => `${prefix.toUpperCase()}_${table.toUpperCase()}_${id.toUpperCase()}`;
  context.declare(`enum { ${code('NONE')}, ${kinds.map((k) => code(k.id)).join(', ')} };`);
  const rows = groupBy(items, (i) => i.from).map(
    (group) =>
      `\t[${state(context, group[0]?.from ?? 'STOP')}] = {\n${entries(group, (i) => `\t\t[${state(context, i.to)}] = ${code(i.action.id)},`).join('\n')}\n\t},`,
  );
  context.declare(
    `static const ${choices.pick('codes.type', ['u8', 'int', 'unsigned char', 's8'])} ${table}[${NR}][${NR}] = {\n${rows.join('\n')}\n};`,
  );
  const { cur, next } = place;
  const none = choices.chance('codes.none', 40) ? [`case ${code('NONE')}:`, '\tbreak;'] : [];
  const lines = [
    `switch (${table}[${cur}][${next}]) {`,
    ...none,
    ...kinds.flatMap((k) => [`case ${code(k.id)}:`, ...indent(deliver(k, place.exit))]),
    '}',
  ];
  return body(`if (${cur} < ${NR} && ${next} < ${NR})`, lines, true);
};

/** Bit masks of target states by current state, or one mask over both. */
export const masks: Fragment = (context, place, items) => {
  const { cur, next } = place;
  return groupBy(items, (i) => `${i.action.id}|${i.when?.test ?? ''}`).flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const end = body(
      `if (${maskTest(context, cur, next, group)})`,
      underCondition(first.when?.option ? null : first.when, deliver(first.action, place.exit)),
      true,
    );
    return first.when?.option ? underCondition(first.when, end) : end;
  });
};

/** A test for the pairs of the items by a bit mask. */
export function maskTest(context: Context, cur: string, next: string, group: readonly Item[]): string {
  const { choices } = context;
  const name = context.name('mask');
  switch (choices.pick('masks.how', ['array', 'wide', 'array shift', 'function'])) {
    case 'wide': {
      const bits = group.map((i) => `(1ULL << (${state(context, i.from)} * 8 + ${state(context, i.to)}))`);
      context.declare(`#define ${name.toUpperCase()} (${bits.join(' | \\\n\t')})`);
      return `${cur} < 8 && ${next} < 8 && (${name.toUpperCase()} & (1ULL << (${cur} * 8 + ${next})))`;
    }
    case 'array shift':
      context.declare(arrayOf(context, name, group));
      return `${cur} < ARRAY_SIZE(${name}) && (${name}[${cur}] >> ${next} & 1)`;
    case 'function':
      context.declare(
        `static u32 ${name}(u32 cur)\n{\n\tswitch (cur) {\n${groupBy(group, (i) => i.from)
          .map((g) => `\tcase ${state(context, g[0]?.from ?? 'STOP')}:\n\t\treturn ${bitsOf(context, g)};`)
          .join('\n')}\n\t}\n\treturn 0;\n}`,
      );
      return `${name}(${cur}) & BIT(${next})`;
    default:
      context.declare(arrayOf(context, name, group));
      return `!(${cur} >= ARRAY_SIZE(${name})) && (BIT(${next}) & ${name}[${cur}]) != 0`;
  }
}

const bitsOf = (context: Context, group: readonly Item[]): string =>
  group.map((i) => `${context.choices.pick('masks.bit', ['BIT(', '(1U << '])}${state(context, i.to)})`).join(' | ');

function arrayOf(context: Context, name: string, group: readonly Item[]): string {
  const rows = groupBy(group, (i) => i.from).map(
    (g) => `\t[${state(context, g[0]?.from ?? 'STOP')}] = ${bitsOf(context, g)},`,
  );
  return `static const ${context.choices.pick('masks.type', ['u32', 'u8', 'unsigned long'])} ${name}[] = {\n${rows.join('\n')}\n};`;
}

/** A list macro that makes cases, ifs, functions or tables. */
export const listMacro: Fragment = (context, place, items) => {
  const { choices, struct } = context;
  const name = context.name('list').toUpperCase();
  const usable = items.filter((i) => i.action.errno === null);
  const others = items.filter((i) => i.action.errno !== null);
  const rest = others.flatMap((i) =>
    body(
      `if (${place.cur} == ${state(context, i.from)} && ${place.next} == ${state(context, i.to)})`,
      deliver(i.action, place.exit),
      true,
    ),
  );
  if (usable.length === 0) return rest;
  context.declare(
    `#define ${name}(X) \\\n${usable.map((i) => `\tX(${i.from}, ${i.to}, ${i.action.fn})`).join(' \\\n')}`,
  );
  const { cur, next } = place;
  const full = (side: string): string => `VFIO_DEVICE_STATE_##${side}`;
  const pasted = choices.chance('list.pasted', 40);
  const call = pasted ? `${name.toLowerCase()}_##a##_to_##b(d)` : 'f(d)';
  if (pasted) {
    const maker = `${name}_HANDLER`;
    context.declare(
      `#define ${maker}(a, b, f) \\\nstatic struct file *${name.toLowerCase()}_##a##_to_##b(struct ${struct} *d) \\\n{ \\\n\tpr_debug("%s", #a " " #b); \\\n\treturn f(d); \\\n}\n${name}(${maker})\n#undef ${maker}`,
    );
  }
  const exit = place.exit.file(call).join(' ');
  if (choices.chance('list.cases', 50)) {
    context.declare(`#define ${name}_CASE(a, b, f) case ${full('a')} << 3 | ${full('b')}: ${exit}`);
    return [...rest, `switch (${cur} << 3 | ${next}) {`, `${name}(${name}_CASE)`, 'default:', '\tbreak;', '}'];
  }
  context.declare(`#define ${name}_TRY(a, b, f) if (from == ${full('a')} && to == ${full('b')}) { ${exit} }`);
  return [...rest, '{', `\tconst u32 from = ${cur}, to = ${next};`, '', `\t${name}(${name}_TRY)`, '}'];
};
