import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type CModule, type FrontEnd, printIR, validate } from '../../server/src/c';
import { DRIVER, DRIVER_FILES, HEADER } from './support/driver';
import { lowered, moduleOf, newFrontEnd } from './support/frontend';

/** Lowers everything and asks every question once; only an exception or a broken invariant can fail. */
function exercise(module: CModule): Map<string, string> {
  const printed = new Map<string, string>();
  for (const file of module.files) {
    assert.ok(file.problems.every((p) => p.span.start >= 0 && p.span.end <= file.text.length));
    for (const fn of file.functions) {
      const ir = fn.ir();
      assert.deepEqual(validate(ir), []);
      assert.ok(ir.end <= file.text.length);
      printed.set(fn.name, printIR(ir));
    }
    for (const global of file.globals) assert.ok(global.end <= file.text.length);
    assert.ok(Array.isArray(file.structs));
  }
  for (const name of ['zephyr', 'Z_ON', 'ZEPHYR_MAX', 'state', 'x']) {
    module.constant(name, 'zephyr.c');
    module.declaration(name);
    module.mentions(name);
    module.struct(name);
  }
  return printed;
}

const NAMES = ['zephyr_read', 'zephyr_step', 'zephyr_walk', 'zephyr_last'];

describe('broken text', function () {
  this.timeout(60_000);
  let end: FrontEnd;
  let whole: Map<string, string>;
  const withText = (text: string): CModule =>
    end.module([
      { path: 'zephyr.c', text },
      { path: 'zephyr.h', text: HEADER },
    ]);

  before(async () => {
    end = await newFrontEnd();
    whole = exercise(await moduleOf(DRIVER_FILES));
    assert.deepEqual([...whole.keys()], [...NAMES, 'zephyr_flagged'], 'the sample itself is read whole');
    for (const ir of whole.values()) assert.doesNotMatch(ir, /unsupported|lost|syntax/);
  });

  it('deleting any one line spoils no function but the one around it', () => {
    const lines = DRIVER.split('\n');
    let deletions = 0;
    lines.forEach((line, index) => {
      if (line.trim() === '') return;
      const text = [...lines.slice(0, index), ...lines.slice(index + 1)].join('\n');
      const printed = exercise(withText(text));
      deletions++;
      // What a macro's definition means for its users is not damage.
      if (/#define|#ifdef|#endif/.test(line)) return;
      const changed = NAMES.filter((name) => printed.get(name) !== whole.get(name));
      assert.ok(changed.length <= 1, `without line ${index + 1} (${line}): ${changed.join(', ')}`);
    });
    assert.ok(deletions > 80);
  });

  it('truncated at any offset, every function that is whole stays the same', () => {
    for (let cut = 0; cut < DRIVER.length; cut += 7) {
      const printed = exercise(withText(DRIVER.slice(0, cut)));
      for (const name of NAMES) {
        const close = DRIVER.indexOf('\n}\n', DRIVER.search(new RegExp(`\\b${name}\\(struct`))) + 3;
        // An #ifdef that is still open at the cut may be anything.
        if (close <= cut) assert.equal(printed.get(name), whole.get(name), `${name}, cut at ${cut}`);
      }
    }
  });

  it('a brace too many or too few in one function leaves the others alone', () => {
    const at = DRIVER.indexOf('u32 value = 0;');
    for (const wound of ['{', '}', '(', ')', '"', "'", '[', '#if 1 +', 'if (', 'else', 'case 1:', '/* */ }', '#else']) {
      const printed = exercise(withText(`${DRIVER.slice(0, at)}${wound}\n\t${DRIVER.slice(at)}`));
      for (const name of NAMES.slice(1)) assert.equal(printed.get(name), whole.get(name), `${wound}: ${name}`);
    }
  });

  it('what is broken is never taken for something else', async () => {
    const lines = async (statements: string): Promise<string> =>
      (await lowered(`int f(int a, int ret)\n{\n${statements}\n}\n`)).join('\n');
    assert.match(await lines('if (a b) return 1; return 0;'), /if unsupported\(the condition is not C\) goto/);
    assert.match(await lines('if (a && return 1;\nreturn 0;'), /lost|unsupported/);
    assert.match(await lines('switch (a) { case 1; return 1; case 2: return 2; }\nreturn 0;'), /^0:\nlost \(a case/);
    assert.match(await lines('g(a) ret = h();\nreturn ret;'), /havoc .*ret/);
    assert.match(await lines('ret = a +;\nreturn ret;'), /havoc .*ret|ret = unsupported/);
    assert.match(await lines('return a a;'), /return unsupported/);
    assert.match(await lines('int x = a a;\nreturn x;'), /x = unsupported/);
    assert.match(await lines('x = if;\nreturn 0;'), /unsupported|havoc/);
    assert.match(await lines('g(a)\nreturn 0;'), /^0:\ncall g\(a\)\nreturn 0$/);
    assert.match(await lines('} else { g(); }\nreturn 0;'), /lost/);
    assert.match(await lines('g(a[2);\nreturn 0;'), /havoc|unsupported/);
    const conflict = (ours: string, theirs: string) =>
      `<<<<<<< HEAD\n${ours}\n=======\n${theirs}\n>>>>>>> topic\nreturn 0;`;
    assert.match(await lines(conflict('if (a) { return 1; }', 'if (a) { return 2; }')), /^0:\nlost/);
    assert.match(await lines(conflict('ret = g();', 'ret = h();')), /^0:\nlost/);
    assert.match(await lines(conflict('if (a)\nreturn 1;', '')), /^0:\nlost/);
    assert.match(await lines('return\nif (a) g();\nreturn 0;'), /return unsupported/);
    assert.match(await lines('if (a) return 1;'), /return unsupported\(the function ends without a value\)/);
    assert.match(await lines('x if (a) { return 1; }\nreturn 0;'), /lost/);
  });

  it('random edits never throw', () => {
    fc.assert(
      fc.property(
        fc.nat(DRIVER.length),
        fc.nat(40),
        fc.string({ unit: 'binary', maxLength: 12 }),
        (at, cut, insert) => {
          exercise(withText(DRIVER.slice(0, at) + insert + DRIVER.slice(at + cut)));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('text that is nothing like C never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        exercise(withText(text));
      }),
      { numRuns: 150 },
    );
    const token = fc.constantFrom(
      '{',
      '}',
      '(',
      ')',
      ';',
      '#if X\n',
      '\n#else\n',
      '\n#endif\n',
      '\n#define M(a) a ## a #a\n',
      'M(',
      'x',
      ' ',
      '\n',
      '=',
      'if',
      'case',
      'struct',
      ',',
      '"',
      '...',
      'int',
      'static',
      'for_each_x',
      'typeof(',
      'goto',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 120 }), (parts) => {
        exercise(withText(parts.join('')));
      }),
      { numRuns: 300 },
    );
  });
});

describe('hostile text', function () {
  this.timeout(60_000);
  const cases: Record<string, string> = {
    empty: '',
    binary: String.fromCharCode(...Array.from({ length: 5000 }, (_, i) => (i * 7919) % 65536)),
    'ten megabytes of functions': 'int f(int a)\n{\n\treturn a + 1;\n}\n\n'.repeat(280_000),
    'ten megabytes without a line feed': 'a '.repeat(5_000_000),
    'deep parentheses': `int f(void)\n{\n\treturn ${'('.repeat(10_000)}1${')'.repeat(10_000)};\n}\n`,
    'deep blocks': `int f(void)\n{\n${'{'.repeat(10_000)}${'}'.repeat(10_000)}\n}\n`,
    'deep ifs': `int f(int a)\n{\n${'if (a) '.repeat(10_000)};\nreturn 0;\n}\n`,
    'a long else-if chain': `int f(int a)\n{\n\t${Array.from({ length: 3000 }, (_, i) => `if (a == ${i}) return ${i};`).join(' else ')}\n\treturn 0;\n}\n`,
    'a long sum': `int f(int a)\n{\n\treturn ${'a + '.repeat(10_000)}a;\n}\n`,
    'a macro bomb': `${Array.from({ length: 40 }, (_, i) => `#define B${i + 1} B${i} + B${i}`).join('\n')}\n#define B0 1\nint f(void)\n{\n\treturn B40;\n}\n`,
    'a bomb in arguments': `#define D(x) x x\nint f(void)\n{\n\treturn ${'D('.repeat(60)}1${')'.repeat(60)};\n}\n`,
    'a macro of itself': '#define A A A\n#define F(x) F(x) F(F(x))\nint f(void)\n{\n\treturn A + F(F(1));\n}\n',
    'open braces': 'int f(void) {\n'.repeat(20_000),
    'closing braces': 'a; }\n'.repeat(50_000),
    'open ifs': '#if A\n'.repeat(50_000),
    'attributes without end': `int ${'__printf('.repeat(20_000)}`,
    'casts of casts': `int f(int a)\n{\n\treturn ${'(a)&'.repeat(5_000)}a;\n}\n`,
    'one huge function': `int f(int a)\n{\n${'\ta += 1;\n'.repeat(200_000)}\treturn a;\n}\n`,
  };
  for (const [name, text] of Object.entries(cases)) {
    it(`${name} is answered in time`, async () => {
      const end = await newFrontEnd();
      try {
        const started = process.cpuUsage();
        const module = end.module([{ path: 'a.c', text }]);
        const functions = module.files[0]?.functions ?? [];
        for (const fn of functions.slice(0, 20)) assert.deepEqual(validate(fn.ir()), []);
        const { user, system } = process.cpuUsage(started);
        assert.ok(user + system < 15e6, `${Math.round((user + system) / 1000)} ms of processor time`);
      } finally {
        end.dispose();
      }
    });
  }
});
