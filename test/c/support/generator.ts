/** Makes random C functions `int name(int a, int b)` whose behaviour C defines: a test compares our IR's with gcc's. */

import { Random } from '../../support/random';

const SCALARS = [
  'a',
  'b',
  'x',
  'y',
  'u',
  'c',
  'l',
  's.f',
  's.g',
  's.in.h',
  'q->f',
  'q->in.h',
  'arr[1]',
  'arr[3]',
  '*p',
  'counter',
] as const;
const DECLARATIONS = `  int x = a, y = b - 3;
  u32 u = a ^ 7;
  u8 c = b;
  s64 l = a * 3;
  struct pair s = { .g = 4, .in = { .h = 9 } }, *q = &s;
  int arr[4] = { 1, [2] = 5, a };
  int *p = &arr[0];
  int n = 0;
`;

/** Definitions that the functions share. */
export const SHARED = `struct pair { int f; u32 g; struct { int h; u8 k; } in; };
static int counter;
static const int table[] = { 3, 1, 4, [5] = 9 };
enum color { RED, GREEN = 5, BLUE };
static int twice(int v) { return v * 2; }
static int half(int v) { return v / 2; }
#define ADD(x, y) ((x) + (y))
#define INC ADD(1, 1)
#define SWAP(p_, q_) do { int t_ = (p_); (p_) = (q_); (q_) = t_; } while (0)
#define EACH(i_, n_) for (int i_ = 0; i_ < (n_); i_++)
#define LARGER(x_, y_) ({ typeof(x_) l_ = (x_); int r_ = (y_); l_ > r_ ? (int)l_ : r_; })
#define ARM(v_, s_) case v_: trace(v_); s_; break
#define RETURN_IF(c_, v_) if (c_) { \\
	trace(99); \\
	return v_; \\
}
#define HANDLER(name_, by_) static int handle_##name_(int v) { trace(sizeof(#name_)); return v * by_; }
HANDLER(one, 1)
HANDLER(ten, 10);
#if defined(CONFIG_A)
#define LEVEL 1
#else
#define LEVEL 2
#endif
static int (*const fns[])(int) = { twice, half, [3] = twice };
`;

/** One function. The same seed gives the same text. */
export function randomFunction(name: string, seed: number): string {
  const generator = new Generator(new Random(seed));
  const body = generator.block(4, 2);
  return `static int ${name}(int a, int b)\n{\n${DECLARATIONS}${body}  trace(counter);\n${generator.tail()}}\n`;
}

class Generator {
  private labels = 0;
  private loops = 0;

  constructor(private readonly random: Random) {}

  tail(): string {
    return '  trace(x); trace(y); trace(u); trace(c); trace(l); trace(s.f); trace(s.g); trace(arr[0]); trace(arr[2]);\n  return x + *p;\n';
  }

  block(statements: number, depth: number): string {
    let text = '';
    for (let i = 0; i < 1 + this.random.below(statements); i++) text += this.statement(depth);
    return text;
  }

  private statement(depth: number): string {
    const r = this.random;
    const simple = depth <= 0 ? 8 : 29;
    switch (r.below(simple)) {
      case 0:
        return `  ${this.variable()} ${r.pick(['=', '+=', '-=', '*=', '|=', '^=', '&='])} ${this.expr(2)};\n`;
      case 1:
        return `  ${r.pick(['x', 'u', 'c', 'l', 's.f', 'arr[2]'])}${r.pick(['++', '--'])};\n`;
      case 2:
        return `  trace(${this.effect(2)});\n`;
      case 3:
        return `  ${r.pick(['x', 'y', 'u'])} = ${this.effect(2)};\n`;
      case 4:
        return `  p = ${r.pick(['&arr[1]', '&x', '&s.f', 'arr', 'arr + 2', '&*p', '&q->in.h'])};\n`;
      case 5:
        return `  ${this.condition(2)} ? trace(1) : trace(2);\n`;
      case 6:
        return `  ${r.pick(['x', 'y'])} = ${r.pick(['c', 'u'])} = ${this.expr(1)};\n`;
      case 7:
        return `  y = fns[${r.pick(['0', '1', 'c & 1', '(x & 1)'])}](${this.expr(1)});\n`;
      case 8:
      case 9:
      case 10:
        return `  if (${this.condition(3)}) {\n${this.block(3, depth - 1)}  }${this.elsePart(depth)}\n`;
      case 11:
      case 12:
        return this.loop(depth);
      case 13:
      case 14:
        return this.switchStatement(depth);
      case 15: {
        const label = `l${this.labels++}`;
        return `  if (${this.condition(1)}) goto ${label};\n${this.block(2, depth - 1)}${label}:\n  trace(${this.labels});\n`;
      }
      case 16:
        return `  { int x = ${this.expr(0).replace(/\bx\b/, 'y')}; trace(x); ${this.statement(0).trim()} }\n`;
      case 17:
        return `  if (${this.condition(2)})\n  ${this.statement(0)}  else\n  ${this.statement(0)}`;
      case 18:
        return `  if (${this.condition(2)}) { trace(77); return ${this.expr(1)}; }\n`;
      case 19:
        return `\n#ifdef CONFIG_A\n${this.block(2, depth - 1)}#else\n${this.block(1, depth - 1)}#endif\n`;
      case 20:
        return `\n#if !IS_ENABLED(CONFIG_B) && defined(CONFIG_A)\n${this.block(2, depth - 1)}#endif\n`;
      case 21: {
        const arm = `#ifdef CONFIG_B\n  } else if (${this.condition(1)}) {\n${this.block(1, depth - 1)}#endif\n`;
        const last = r.below(2) === 0 ? '' : `  } else {\n${this.block(1, depth - 1)}`;
        return `  if (${this.condition(1)}) {\n${this.block(1, depth - 1)}${arm}${last}  }\n`;
      }
      case 22:
        return `  if (${this.condition(1)}\n#ifdef CONFIG_A\n  ${r.pick(['&&', '||'])} ${this.condition(1)}\n#endif\n  ) trace(5);\n`;
      case 23:
        return `  if (IS_ENABLED(CONFIG_B) ${r.pick(['&&', '||'])} ${this.condition(1)}) trace(LEVEL);\n`;
      case 24: {
        const guarded = `#ifdef CONFIG_A\n  case 1:\n  trace(11);\n${r.pick(['', '  break;\n'])}#else\n  case 1:\n  trace(12);\n#endif\n`;
        const rest = `#ifndef CONFIG_B\n  case 2:\n${this.block(1, depth - 1)}#endif\n  default:\n  trace(13);\n`;
        return `  switch (x & 3) {\n  case 0:\n  trace(10);\n${guarded}${rest}  }\n`;
      }
      case 25:
        return `  EACH(e${this.loops}, ${1 + r.below(3)})\n  { trace(e${this.loops++}); ${this.statement(0).trim()} }\n`;
      case 26:
        return `  SWAP(x, arr[1]);\n  RETURN_IF(${this.condition(1)}, ADD(INC, c))\n`;
      case 27:
        return `  switch (y & 3) { ARM(0, x++); ARM(INC, y = LARGER(x, ${this.expr(0)})); ARM(LEVEL + 2, handle_ten(a)); }\n`;
      default:
        return `  ${r.pick(['x', 'u'])} = ({ int t = ${this.expr(1)}; ${this.statement(0).trim()} t + 1; });\n`;
    }
  }

  private elsePart(depth: number): string {
    if (this.random.below(2) === 0) return '';
    if (this.random.below(2) === 0)
      return ` else if (${this.condition(2)}) {\n${this.block(2, depth - 1)}  }${this.elsePart(depth - 1)}`;
    return ` else {\n${this.block(2, depth - 1)}  }`;
  }

  private loop(depth: number): string {
    const r = this.random;
    const limit = 1 + r.below(4);
    const i = `i${this.loops++}`;
    const exits = r.pick(['', `  if (${this.condition(1)}) break;\n`, `  if (${this.condition(1)}) continue;\n`]);
    const body = `${this.block(2, depth - 1)}${exits}  trace(${i});\n`;
    switch (r.below(3)) {
      case 0:
        return `  for (int ${i} = 0; ${i} < ${limit}${r.pick(['', ` && ${this.condition(1)}`])}; ${i}++) {\n${body}  }\n`;
      case 1:
        return `  { int ${i} = ${limit};\n  while (${i}--${r.pick([' > 0', ' && n++ < 50'])}) {\n${body}  if (n++ > 40) break; }\n  }\n`;
      default:
        return `  { int ${i} = 0;\n  do {\n${body}  } while (++${i} < ${limit} && n++ < 40);\n  }\n`;
    }
  }

  private switchStatement(depth: number): string {
    const r = this.random;
    const arms = ['0', '1', '2 ... 4', 'GREEN', '6 ... BLUE + 3', '-1', 'default'].filter(() => r.below(3) > 0);
    const inLoop = '';
    let text = `  switch (${r.pick(['x & 7', 'a', 'c', 'y % 9', 'b + 1'])}) {\n`;
    for (const arm of arms) {
      if (arm === '6 ... BLUE + 3' && arms.includes('GREEN')) text += `  case 20:\n`;
      const label = arm === 'default' ? 'default' : `case ${arm}`;
      const nested = r.below(4) === 0 && depth > 1;
      text += nested
        ? `  if (${this.condition(1)}) {\n  ${label}:\n${this.block(1, 0)}  }\n`
        : `  ${label}:\n${this.block(2, depth - 1)}`;
      if (r.below(3) > 0) text += '  break;\n';
    }
    return `${text}${inLoop}  }\n`;
  }

  private variable(): string {
    return this.random.pick(SCALARS);
  }

  private literal(): string {
    return this.random.pick([
      '0',
      '1',
      '2',
      '-1',
      '7',
      '0x10',
      '255',
      '1u',
      '3UL',
      "'a'",
      'GREEN',
      'BLUE',
      '010',
      '100L',
    ]);
  }

  /** An expression without side effects. */
  private expr(depth: number): string {
    const r = this.random;
    if (depth <= 0) return r.below(3) === 0 ? this.literal() : r.pick([...SCALARS, 'table[c & 3]', 'table[5]']);
    const one = (): string => this.expr(depth - 1);
    switch (r.below(13)) {
      case 0:
      case 1:
      case 2:
        return `(${one()} ${r.pick(['+', '-', '*', '&', '|', '^', '==', '!=', '<', '<=', '>', '>='])} ${one()})`;
      case 3:
        return `${one()} ${r.pick(['+', '-', '*', '&', '|', '^', '<', '=='])} ${this.expr(0)}`.replace(
          /^(.*)$/,
          '($1)',
        );
      case 4:
        return `(${one()} ${r.pick(['<<', '>>'])} ${r.below(8)})`;
      case 5:
        return `(${one()} ${r.pick(['/', '%'])} ${1 + r.below(9)})`;
      case 6:
        return `${r.pick(['-', '~', '!'])}(${one()})`;
      case 7:
        return `(${r.pick(['u8', 'int', 's16', 'u32', 's64', 'unsigned char', 'long', '_Bool'])})(${one()})`;
      case 8:
        return `(${r.pick(['u8', 's8', 'u16', 'u32'])})${r.pick(['-', '~', ''])}${r.pick(['x', 'a', 'c'])}`;
      case 9:
        return `((int)(${this.condition(depth - 1)}))`;
      case 10:
        return `(${this.condition(depth - 1)} ? (int)(${one()}) : (int)(${one()}))`;
      case 11:
        return `(int)sizeof(${r.pick(['x', 'c', 'arr', 'u64', 'arr[0]', 'l', 'int *'])})`;
      default:
        return one();
    }
  }

  /** An expression with side effects, all of them in a defined order. */
  private effect(depth: number): string {
    const r = this.random;
    if (depth <= 0) return this.expr(1);
    switch (r.below(9)) {
      case 0:
        return `(x = ${this.effect(depth - 1)}, ${this.effect(depth - 1)})`;
      case 1:
        return `twice(${this.effect(depth - 1)})`;
      case 2:
        return `(${this.condition(1)} ? (int)(${this.effect(depth - 1)}) : (int)(${this.effect(depth - 1)}))`;
      case 3:
        return `(int)trace(${this.expr(1)})`;
      case 4:
        return `(${r.pick(['u', 'c', 's.g'])} ${r.pick(['=', '+='])} ${this.expr(1)})`;
      case 5:
        return r.pick(['c++', '--c', 'x--', '++u', 's.f++', 'arr[2]++', '(*p)++', 'counter++']);
      case 6:
        return `((${this.condition(1)} && trace(${this.expr(0)})) + ${r.below(5)})`;
      case 7:
        return `((int)trace(${this.expr(0)}) ?: ${r.below(9)})`;
      default:
        return `({ int t = ${this.effect(depth - 1)}; trace(t); t; })`;
    }
  }

  private condition(depth: number): string {
    const r = this.random;
    if (depth <= 0) return `${this.variable()} ${r.pick(['==', '!=', '<', '>', '<=', '>='])} ${this.literal()}`;
    const one = (): string => this.condition(depth - 1);
    switch (r.below(9)) {
      case 0:
      case 1:
        return `${one()} && ${one()}`.replace(/^(.*)$/, '($1)');
      case 2:
      case 3:
        return `(${one()} || ${one()})`;
      case 4:
        return `!(${one()})`;
      case 5:
        return `trace(${this.expr(0)}) > ${r.below(5)}`;
      case 6:
        return `${r.pick(['likely', 'unlikely', '!likely', '!!'])}(${one()})`;
      case 7:
        return `(${one()} ? ${one()} : ${one()})`;
      default:
        return this.expr(1);
    }
  }
}
