import type { StateName } from '../../../server/src/uapi';
import { valueOfState } from '../../../server/src/uapi';
import type { Context, Place } from './context';

/** A condition on the pair of states. */
export type Condition =
  | { readonly k: 'is'; readonly side: 'cur' | 'next'; readonly state: StateName }
  | { readonly k: 'and' | 'or'; readonly of: readonly Condition[] };

export const is = (side: 'cur' | 'next', state: StateName): Condition => ({ k: 'is', side, state });
export const and = (...of: Condition[]): Condition => ({ k: 'and', of });
export const or = (of: readonly Condition[]): Condition => (of.length === 1 && of[0] ? of[0] : { k: 'or', of });
export const pair = (from: StateName, to: StateName): Condition => and(is('cur', from), is('next', to));

/** A state's constant: the kernel's, or a name of the driver's own for it. */
export function state(context: Context, name: StateName): string {
  const { choices } = context;
  const constant = `VFIO_DEVICE_STATE_${name}`;
  if (!choices.chance('alias', 6)) return constant;
  const alias = `${context.prefix.toUpperCase()}_ST_${name}`;
  const other = `#define ${alias} ${constant}`;
  const asEnum = `enum { ${alias} = ${constant} };`;
  const asNumber = `#define ${alias} ${valueOfState(name)}`;
  if (![other, asEnum, asNumber].some((text) => context.isDeclared(text)))
    context.declare(choices.pick('alias.how', [other, asEnum, asNumber]));
  return alias;
}

/** The condition as C, in one of the ways to write it. */
export function print(context: Context, place: Place, condition: Condition, negated = false): string {
  const { choices } = context;
  if (condition.k === 'is') return printTest(context, place, condition, negated);
  if (condition.k === 'and' && !negated) {
    const [first, second, ...more] = condition.of;
    if (first?.k === 'is' && second?.k === 'is' && more.length === 0 && choices.chance('predicate', 15)) {
      return predicate(context, place, first.state, second.state);
    }
  }
  if (condition.k === 'or' && !negated && choices.chance('membership', 12)) {
    const set = membership(context, place, condition);
    if (set) return set;
  }
  const deMorgan = choices.chance('deMorgan', 12);
  const inner = negated !== deMorgan;
  const op = (condition.k === 'and') !== inner ? '&&' : '||';
  const parts = condition.of.map(
    (c) =>
      `${op === '||' || c.k !== 'is' || choices.chance('parens', 25) ? paren(print(context, place, c, inner)) : print(context, place, c, inner)}`,
  );
  const text = parts.join(choices.chance('lines', 12) ? ` ${op}\n\t    ` : ` ${op} `);
  return deMorgan ? `!(${text})` : text;
}

const paren = (text: string): string => (/^[\w->.]+\([^()]*\)$/.test(text) ? text : `(${text})`);

function printTest(context: Context, place: Place, test: Condition & { k: 'is' }, negated: boolean): string {
  const { choices } = context;
  const value = state(context, test.state);
  const side = test.side === 'cur' ? place.cur : place.next;
  const op = negated ? '!=' : '==';
  switch (choices.pick('test', ['plain', 'plain', 'plain', 'plain', 'plain', 'left', 'not', 'xor', 'bit', 'range'])) {
    case 'left':
      return `${value} ${op} ${side}`;
    case 'not':
      return `!(${side} ${negated ? '==' : '!='} ${value})`;
    case 'xor':
      return negated ? `(${side} ^ ${value}) != 0` : `!(${side} ^ ${value})`;
    case 'bit':
      return negated ? `!(BIT(${side}) & BIT(${value}))` : `(1 << ${side}) & BIT(${value})`;
    case 'range':
      return negated ? `(${side} < ${value} || ${side} > ${value})` : `(${side} >= ${value} && ${side} <= ${value})`;
    default:
      return `${side} ${op} ${value}`;
  }
}

function predicate(context: Context, place: Place, from: StateName, to: StateName): string {
  const { choices, prefix } = context;
  const a = state(context, from);
  const b = state(context, to);
  switch (choices.pick('predicate.how', ['function', 'macro', 'constant macro', 'pointers'])) {
    case 'macro':
      context.declare(`#define ${prefix.toUpperCase()}_MOVES(c, n, a, b) ((c) == (a) && (n) == (b))`);
      return `${prefix.toUpperCase()}_MOVES(${place.cur}, ${place.next}, ${a}, ${b})`;
    case 'constant macro': {
      const name = `${prefix.toUpperCase()}_${from}_TO_${to}`;
      context.declare(
        `#define ${name}(c, n) \\\n\t((c) == VFIO_DEVICE_STATE_${from} && \\\n\t (n) == VFIO_DEVICE_STATE_${to})`,
      );
      return `${name}(${place.cur}, ${place.next})`;
    }
    case 'pointers':
      context.declare(
        `struct ${prefix}_move { u8 from; int to; };\nstatic bool ${prefix}_is_move(const struct ${prefix}_move *m, u32 a, u32 b)\n{\n\treturn m->from == a && m->to == b;\n}`,
      );
      return `${prefix}_is_move(&(struct ${prefix}_move){ .from = ${place.cur}, .to = ${place.next} }, ${a}, ${b})`;
    default:
      context.declare(
        `static bool ${prefix}_is_arc(u32 cur, u32 new, u32 a, u32 b)\n{\n\tif (cur != a)\n\t\treturn false;\n\treturn new == b;\n}`,
      );
      return `${prefix}_is_arc(${place.cur}, ${place.next}, ${a}, ${b})`;
  }
}

/** `or` of one side's states as a test of a set; null when it is no such thing. */
function membership(context: Context, place: Place, condition: Condition & { k: 'and' | 'or' }): string | null {
  const tests = condition.of.flatMap((c) => (c.k === 'is' ? [c] : []));
  const [first] = tests;
  if (!first || tests.length !== condition.of.length || tests.some((t) => t.side !== first.side)) return null;
  const side = first.side === 'cur' ? place.cur : place.next;
  const values = [...new Set(tests.map((t) => valueOfState(t.state)))].sort((a, b) => a - b);
  const [low = 0] = values;
  const high = values.at(-1) ?? low;
  if (high - low === values.length - 1 && context.choices.chance('membership.range', 50)) {
    return `(${side} >= ${low} && ${side} < ${high + 1})`;
  }
  return `(BIT(${side}) & (${tests.map((t) => `BIT(${state(context, t.state)})`).join(' | ')}))`;
}
