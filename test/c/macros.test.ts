import assert from 'node:assert/strict';
import { expandText } from '../../server/src/c/expand';
import { lex, tokenText } from '../../server/src/c/lex';
import { HeaderMacros, MacroEnv } from '../../server/src/c/macros';
import { scanFile } from '../../server/src/c/scan';
import { lowered, moduleOf } from './support/frontend';
import { preprocessWithGcc } from './support/gcc';

function words(text: string): string[] {
  const { tokens } = lex(text, false);
  return Array.from({ length: tokens.count }, (_, i) => tokenText(tokens, i));
}

describe('macros', () => {
  it('expand as in gcc -E', function () {
    this.timeout(20_000);
    const definitions = String.raw`
#define EMPTY
#define OBJ 1 + 2
#define SELF SELF + 1
#define A B
#define B A
#define F(x) <x>
#define G(x, y) x ## y
#define H(x) #x
#define V(fmt, ...) call(fmt, ##__VA_ARGS__)
#define W(args...) call(args)
#define E(x, ...) [x] [__VA_ARGS__]
#define NEST(x) F(F(x)) G(x, OBJ)
#define INDIRECT(x, y) G(x, y)
#define ALIAS F
#define LPAREN (
#define CALL(f, x) f(x)
#define STR(x) H(x)
#define LIST(X) X(one) X(two) X(three)
#define DECL(n) int n;
#define MULTI(a) first(a); \
	second(a)
#define REC(x) x REC(x)
#define f(a) a*g
#define g(a) f(a)
#define CAT3(a, b, c) a##b##c
#define ARROW(p) p->field
#define EMPTYARG(a, b) {a|b}`;
    const uses = [
      'EMPTY x EMPTY',
      'OBJ',
      'SELF',
      'A B',
      'F(1)',
      'F',
      'F (2)',
      'F()',
      'F(F(3))',
      'F((a, b))',
      'G(foo, bar)',
      'G(1, 2)',
      'G(, b)',
      'G(a, )',
      'H(a + "b\\n")',
      'H(a  +   b)',
      'V("x")',
      'V("x", 1, 2)',
      'W()',
      'W(1, 2)',
      'E(1)',
      'E(1, 2, 3)',
      'NEST(z)',
      'INDIRECT(OBJ, EMPTY)',
      'ALIAS(4)',
      'ALIAS ALIAS(5)',
      'CALL(F, 6)',
      'CALL(ALIAS, 7)',
      'STR(OBJ)',
      'STR(F(8))',
      'LIST(DECL)',
      'MULTI(9)',
      'REC(1)',
      'f(2)(9)',
      'CAT3(a, b, c)',
      'CAT3(1, , 2)',
      'ARROW(q)',
      'EMPTYARG(, )',
      'EMPTYARG(1, )',
      'F(SELF)',
      'F(A)',
      "F('(')",
      'F(",")',
      'x.OBJ',
      'CALL(CALL, F)',
    ];
    const output = preprocessWithGcc(`${definitions}\n${uses.map((use, i) => `@@${i}@@ ${use}\n`).join('')}`);
    const scan = scanFile('a.c', definitions);
    const env = new MacroEnv('a.c', scan.macros, new HeaderMacros([]));
    const expected = output.split(/@@\d+@@/).slice(1);
    assert.equal(expected.length, uses.length);
    uses.forEach((use, i) => {
      const actual = expandText(use, definitions.length + 1, env);
      assert.deepEqual(words(actual?.text ?? '').join(' '), words(expected[i] ?? '').join(' '), use);
    });
  });

  it('may be statements, loops, labels and heads of functions', async () => {
    const lines = await lowered(`#define CHECK(c) do { if (c) return 1; } while (0)
int f(int a) { CHECK(a > 2); return 0; }`);
    assert.deepEqual(lines, ['0:', 'if (a > 2) goto 1 else 2', '1:', 'return 1', '2:', 'return 0']);
    const module = await moduleOf(`#define HANDLER(n) static int do_##n(void) { return n; } static int n##_count = 3;
HANDLER(open)
HANDLER(close);
#define STATES(X) X(STOP) X(RUN)
#define NAME(s) #s,
static const char *names[] = { STATES(NAME) };
`);
    const [file] = module.files;
    assert.deepEqual(
      file?.functions.map((fn) => fn.name),
      ['do_open', 'do_close'],
    );
    assert.deepEqual(
      file?.globals.map((g) => g.name),
      ['open_count', 'close_count', 'names'],
    );
    const text = file?.text ?? '';
    const place = file?.functions[1]?.span ?? { start: 0, end: 0 };
    assert.match(text.slice(place.start, place.end), /^HANDLER\(close\);?$/);
    const names = file?.globals[2]?.initializer;
    assert.ok(names?.k === 'list' && names.entries.length === 2);
  });

  it('hold from their #define to their #undef', async () => {
    const text = `int f(void) { return ONE; }
#define ONE 1
int g(void) { return ONE; }
#undef ONE
#define ONE 2
int h(void) { return ONE; }
`;
    const module = await moduleOf(text);
    const result = (name: string): unknown => module.functions(name, 'a.c')[0]?.ir().blocks[0]?.terminator;
    assert.match(JSON.stringify(result('f'), big), /"name":"ONE"/);
    assert.match(JSON.stringify(result('g'), big), /"value":"1"/);
    assert.match(JSON.stringify(result('h'), big), /"value":"2"/);
  });

  it('with alternatives under #if become choices', async () => {
    const lines = await lowered(`#ifdef CONFIG_X
#define LEVEL 1
#else
#define LEVEL 2
#endif
int f(void) { return LEVEL; }`);
    assert.deepEqual(lines.slice(0, 3), ['0:', 'if config(CONFIG_X) goto 1 else 2', '1:']);
  });

  it('that explode are reported, not expanded', async () => {
    const bomb = Array.from({ length: 30 }, (_, i) => `#define B${i + 1} B${i} B${i}`).join('\n');
    const module = await moduleOf(`${bomb}\n#define B0 +1\nint f(void) { return 0 B30; }\nint g(void) { return 1; }`);
    const problems = module.functions('f', 'a.c')[0]?.ir().problems ?? [];
    assert.match(problems[0]?.message ?? '', /B30 expands to too much text/);
    assert.deepEqual(module.functions('g', 'a.c')[0]?.ir().problems, []);
  });
});

const big = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
