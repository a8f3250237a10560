import type { StateName } from '../../../server/src/uapi';
import { keyList, nestedIfs, ternaries, whenMacro } from './chains';
import { state } from './conditions';
import type { Context, Exit, Item, Place } from './context';
import { body, groupBy, indent } from './context';
import type { Device } from './device';
import { types } from './device';
import type { Fragment } from './fragments';
import { fallThrough, helpers, ifs, keySwitch, nestedSwitch } from './fragments';
import { chosenFunction, classified, guardedSwitch, jumps } from './guarded';
import { layers } from './layers';
import { codeTable, fitsTable, functionTable, listMacro, masks, maskTest, searchTable } from './tables';

const fragments: Readonly<Record<string, Fragment>> = {
  ifs,
  nestedSwitch,
  helpers,
  keySwitch,
  searchTable,
  functionTable,
  codeTable,
  masks,
  listMacro,
  fallThrough,
  guardedSwitch,
  chosenFunction,
  classified,
  jumps,
  nestedIfs,
  ternaries,
  whenMacro,
  keyList,
};
const inTables = new Set(['searchTable', 'functionTable', 'codeTable']);

/** A step function, or the same code to stand in set_state's loop. */
export interface Step {
  /** The definition; empty when the code is in the loop. */
  readonly definition: string;
  /** The functions that the definition calls for its work, innermost first; they may be in a file of their own. */
  readonly inner: readonly string[];
  /**
   * Statements that leave `struct file *res` set for the pair (`read`, `next`) on the way to `final`; may jump to
   * `label`.
   */
  call(read: string, next: string, final: string): string[];
  readonly label: string | null;
}

const errnos = ['EINVAL', 'EINVAL', 'EINVAL', 'EOPNOTSUPP', 'ENOTSUPP', 'EPERM'];

/** Code for the items; what is not among them ends in the default. */
export function step(context: Context, device: Device, items: readonly Item[], name: string): Step {
  const { choices, struct } = context;
  const how = choices.pick('step', ['returns', 'returns', 'returns', 'result', 'pointer', 'inline', 'tail']);
  const takesCur = choices.chance('step.takesCur', 35);
  const type = choices.pick('step.type', types);
  const curType = choices.pick('step.curType', types);
  const fallback = choices.pick('step.default', errnos);
  const final = choices.pick('step.final', ['no', 'no', 'no', 'no', 'state', 'flag'] as const);
  const acceptsUnknown = choices.chance('step.acceptsUnknown', 4);
  const last = (exit: Exit): string[] => {
    const warn = choices.chance('step.warn', 25)
      ? [choices.pick('step.warn.how', ['WARN_ON(true);', 'WARN_ON_ONCE(1);'])]
      : [];
    return [...warn, ...(acceptsUnknown ? exit.file('NULL') : exit.errno(fallback))];
  };
  if (how === 'inline') {
    const label = context.name('stepped');
    const exit: Exit = {
      file: (e) => [`res = ${e};`, `goto ${label};`],
      errno: (e) => [`res = ERR_PTR(-${e});`, `goto ${label};`],
    };
    return {
      definition: '',
      inner: [],
      label,
      call: (read, next) => [...arms(context, { cur: read, next, exit }, items), ...last(exit)],
    };
  }
  const exits: Record<string, Exit> = {
    returns: { file: (e) => [`return ${e};`], errno: (e) => [`return ERR_PTR(-${e});`] },
    result: { file: (e) => [`res = ${e};`, 'goto out;'], errno: (e) => [`res = ERR_PTR(-${e});`, 'goto out;'] },
    tail: { file: (e) => [`return ${e};`], errno: (e) => [`err = -${e};`, 'goto fail;'] },
    pointer: {
      file: (e) =>
        e === 'NULL' || e === '0' ? ['*out = NULL;', 'return 0;'] : [`*out = ${e};`, 'return PTR_ERR_OR_ZERO(*out);'],
      errno: (e) => [`return -${e};`],
    },
  };
  const exit = exits[how] ?? (exits['returns'] as Exit);
  const params = [
    `struct ${struct} *d`,
    ...(takesCur ? [`${curType} cur`] : []),
    `${type} new`,
    ...(final === 'no' ? [] : [final === 'state' ? 'enum vfio_device_mig_state final' : 'bool last']),
    ...(how === 'pointer' ? ['struct file **out'] : []),
  ];
  const reading = readingOf(context, device, takesCur, curType);
  const lines = [
    ...reading.lines,
    ...(how === 'result' ? ['struct file *res;'] : []),
    ...(how === 'tail' ? ['int err;'] : []),
    ...noise(context, device, final, exit),
    ...arms(context, { cur: reading.cur, next: reading.next, exit }, items),
    ...last(exit),
    ...(how === 'result' ? ['out:', 'return res;'] : []),
    ...(how === 'tail' ? ['fail:', 'return ERR_PTR(err);'] : []),
  ];
  const returns = how === 'pointer' ? 'int ' : 'struct file *';
  const { innermost, around } = layers(context, name, returns, params);
  const work = `static ${returns}${innermost}(${params.join(', ')})\n{\n${indent(lines).join('\n')}\n}`;
  const functions = [work, ...around];
  return {
    definition: functions.at(-1) ?? work,
    inner: functions.slice(0, -1),
    label: null,
    call: (read, next, wanted) => {
      const last = final === 'state' ? [wanted] : final === 'flag' ? [`${next} == ${wanted}`] : [];
      const args = ['d', ...(takesCur ? [read] : []), next, ...last];
      if (how !== 'pointer') return [`res = ${name}(${args.join(', ')});`];
      const shape = choices.pick('step.pointerCall', ['if', 'ternary']);
      const call = `ret = ${name}(${[...args, '&res'].join(', ')});`;
      return shape === 'if' ? [call, 'if (ret)', '\tres = ERR_PTR(ret);'] : [call, 'res = ret ? ERR_PTR(ret) : res;'];
    },
  };
}

/** How the step function comes by the current state and names the next one. */
function readingOf(
  context: Context,
  device: Device,
  takesCur: boolean,
  type: string,
): { cur: string; next: string; lines: string[] } {
  const { choices, prefix, struct } = context;
  if (takesCur) return { cur: 'cur', next: 'new', lines: [] };
  const read = device.read(choices);
  const pair = `${prefix}_pair_${type.replace(/\W/g, '_')}`;
  switch (
    choices.pick('reading', [
      'local',
      'local',
      'direct',
      'late',
      'pointer',
      'struct',
      'returned',
      'copy',
      'late pointer',
      'out',
    ])
  ) {
    case 'direct':
      return { cur: read, next: 'new', lines: [] };
    case 'late':
      return { cur: 'cur', next: 'new', lines: [`${type} cur;`, '', `cur = ${read};`] };
    case 'pointer':
      if (!device.plain) return { cur: 'cur', next: 'new', lines: [`${type} cur = ${read};`] };
      return { cur: '*curp', next: 'new', lines: [`const ${device.stateType} *curp = &${device.state};`] };
    case 'late pointer':
      return {
        cur: 'cur',
        next: 'new',
        lines: [
          `const struct ${struct} *self;`,
          `${type} cur;`,
          '',
          'self = d;',
          `cur = ${device.state.replace(/\bd\b/g, 'self')};`,
        ],
      };
    case 'out': {
      const reader = `${prefix}_get_cur`;
      context.declare(
        `static int ${reader}(const struct ${struct} *d, u32 *out)\n{\n\tif (!out)\n\t\treturn -EINVAL;\n\t*out = ${device.state};\n\treturn 0;\n}`,
      );
      return { cur: 'cur', next: 'new', lines: ['u32 cur;', '', `${reader}(d, &cur);`] };
    }
    case 'struct':
      context.declare(`struct ${pair} { ${type} from; u32 to; };`);
      return { cur: 'now.from', next: 'now.to', lines: [`struct ${pair} now = { .from = ${read}, .to = new };`] };
    case 'returned': {
      // Two ways to read the state in one driver need two functions.
      const reader = `${pair}_of_${read.replace(/\W+/g, '_')}`;
      context.declare(`struct ${pair} { ${type} from; u32 to; };`);
      context.declare(
        `static struct ${pair} ${reader}(struct ${struct} *d, u32 to)\n{\n\tstruct ${pair} p = { 0 };\n\n\tp.from = ${read};\n\tp.to = to;\n\treturn p;\n}`,
      );
      return { cur: 'now.from', next: 'now.to', lines: [`const struct ${pair} now = ${reader}(d, new);`] };
    }
    case 'copy':
      context.declare(`struct ${pair} { ${type} from; u32 to; };`);
      return {
        cur: 'p->from',
        next: choices.pick('reading.copied', ['new', 'p->to', 'copy.to']),
        lines: [`struct ${pair} now = { ${read}, new }, copy, *p = &copy;`, '', 'copy = now;'],
      };
    default:
      return {
        cur: 'cur',
        next: 'new',
        lines: [`${choices.chance('reading.const', 20) ? 'const ' : ''}${type} cur = ${read};`],
      };
  }
}

/** Statements that have nothing to do with arcs. */
function noise(context: Context, device: Device, final: 'no' | 'state' | 'flag', exit: Exit): string[] {
  const { choices } = context;
  return [
    ...(choices.chance('noise.lockdep', 20) ? [`lockdep_assert_held(&${device.lock});`] : []),
    ...(choices.chance('noise.debug', 20) ? ['dev_dbg(d->regs, "%u", (unsigned int)new);'] : []),
    ...(final === 'no' ? [] : aboutTheEnd(context, final, exit)),
  ];
}

/** What a step does with the state that the user asked for: no arc, as every arc can be the last of its way. */
function aboutTheEnd(context: Context, final: 'state' | 'flag', exit: Exit): string[] {
  const { choices } = context;
  const log = ['dev_dbg(d->regs, "last");'];
  if (final === 'flag') return body(choices.pick('final.flag', ['if (last)', 'if (!last)']), log, false);
  switch (choices.pick('final.how', ['log', 'not yet', 'never'])) {
    case 'not yet':
      return body('if (final != new && final == VFIO_DEVICE_STATE_RESUMING)', log, false);
    case 'never':
      return body(
        'if (final == VFIO_DEVICE_STATE_RESUMING && new == VFIO_DEVICE_STATE_STOP)',
        exit.errno('EBUSY'),
        true,
      );
    default:
      return body('if (final == VFIO_DEVICE_STATE_RESUMING)', log, false);
  }
}

/** The items' code: one fragment or several one after the other, and what a driver has between them. */
function arms(context: Context, place: Place, items: readonly Item[]): string[] {
  const { choices } = context;
  const parts = choices.pick('arms', [1, 1, 1, 2, 3]);
  const by = choices.pick('arms.by', ['from', 'pair']);
  const divided = groupBy(items, (i) => (by === 'from' ? i.from : `${i.from}${i.to}`));
  const shares: Item[][] = Array.from({ length: parts }, () => []);
  for (const group of divided) shares[choices.int('arms.share', 0, parts - 1)]?.push(...group);
  const lines: string[] = choices.chance('arms.allowed', 12) ? allowedGuard(context, place, items) : [];
  for (const share of shares) {
    lines.push(...intrusion(context, place));
    if (share.length === 0) continue;
    const style = choices.pick('arms.style', Object.keys(fragments));
    const fits = inTables.has(style)
      ? share.filter(fitsTable)
      : style === 'listMacro'
        ? share.filter((i) => i.when === null)
        : share;
    const rest = share.filter((i) => !fits.includes(i));
    if (rest.length > 0) lines.push(...ifs(context, place, rest));
    if (fits.length > 0) lines.push(...(fragments[style] ?? ifs)(context, place, fits));
  }
  return lines;
}

const every: readonly StateName[] = [
  'STOP',
  'RUNNING',
  'STOP_COPY',
  'RESUMING',
  'RUNNING_P2P',
  'PRE_COPY',
  'PRE_COPY_P2P',
];

/** An early return for all pairs that no arm below handles. */
function allowedGuard(context: Context, place: Place, items: readonly Item[]): string[] {
  if (items.length === 0) return [];
  return body(`if (!(${maskTest(context, place.cur, place.next, items)}))`, place.exit.errno('EINVAL'), false);
}

/** Defects and guards: conditions before an arc that take some of its pairs away, or accept what nobody asks for. */
function intrusion(context: Context, place: Place): string[] {
  const { choices } = context;
  if (!choices.chance('intrusion', 25)) return [];
  const a = state(context, choices.pick('intrusion.a', every));
  const b = state(context, choices.pick('intrusion.b', every));
  const { cur, next, exit } = place;
  const errno = choices.pick('intrusion.errno', context.errnos);
  switch (
    choices.pick('intrusion.what', [
      'error guard',
      'equal',
      'known',
      'refuse pair',
      'refuse state',
      'accept pair',
      'one of two',
      'swapped',
    ])
  ) {
    case 'equal':
      return body(`if (${cur} == ${next})`, exit.errno(errno), false);
    case 'known':
      return body(`if (${cur} > ${a} && ${next} < ${b})`, exit.errno(errno), true);
    case 'refuse pair':
      return body(`if (${cur} == ${a} && ${next} == ${b})`, exit.errno(errno), true);
    case 'refuse state':
      return body(`if (${choices.pick('intrusion.side', [cur, next])} == ${a})`, exit.errno(errno), true);
    case 'accept pair':
      return body(`if (${cur} == ${a} && ${next} == ${b})`, exit.file('NULL'), true);
    case 'one of two':
      return body(
        `if (${cur} != ${a} && ${cur} != ${b} && ${next} != ${a} && ${next} != ${b})`,
        exit.errno(errno),
        true,
      );
    case 'swapped':
      return body(`if (${next} == ${a} && ${cur} == ${b})`, exit.file('NULL'), true);
    default:
      return body(
        `if (${cur} == VFIO_DEVICE_STATE_ERROR || ${next} == VFIO_DEVICE_STATE_ERROR)`,
        exit.errno(errno),
        true,
      );
  }
}
