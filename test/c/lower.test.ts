import assert from 'node:assert/strict';
import { lower, lowered, moduleOf } from './support/frontend';
import { run } from './support/interpreter';

/** Lowers the statements of a function and gives the printed IR, one instruction a line. */
const body = (statements: string, parameters = 'int a, int b'): Promise<string[]> =>
  lowered(`int f(${parameters})\n{\n${statements}\n}\n`);

/** The value that the statements return for some arguments. */
async function value(statements: string, args: readonly bigint[] = [], config = {}): Promise<bigint | null> {
  return run(await moduleOf(`int f(int a, int b)\n{\n${statements}\n}\n`), 'f', args, config).result;
}

describe('conditions', () => {
  it('give every operand its own branch, with its own place', async () => {
    const text = 'int f(int a, int b)\n{\n\tif (a == 1 && (b == 2 || !(a < b)))\n\t\treturn 1;\n\treturn 0;\n}\n';
    const ir = await lower(text);
    const conditions = ir.blocks.flatMap(({ terminator }) =>
      terminator.k === 'branch' ? [text.slice(ir.start + terminator.span.start, ir.start + terminator.span.end)] : [],
    );
    assert.deepEqual(conditions, ['a == 1', 'b == 2', 'a < b']);
  });

  it('leave likely() a call of a truth value', async () => {
    const lines = await body('if (!likely(a && b)) return 1; return 0;');
    assert.ok(lines.includes('%3 = call likely(%2)'));
    assert.ok(lines.includes('if %3 goto 5 else 6') || lines.some((line) => line.startsWith('if %3 ')));
  });

  it('fold what is constant', async () => {
    assert.deepEqual(await body('do { a++; } while (0); return a;'), ['0:', 'a = (a + 1)', 'return a']);
    assert.deepEqual(await body('while (1) { if (a) return 1; }'), ['0:', 'if a goto 1 else 0', '1:', 'return 1']);
  });
});

describe('expressions', () => {
  it('load places: fields, pointers, elements', async () => {
    const lines = await body('return p->q.r[a].s + *p->t + (*p).u + (&p->v)->w;', 'struct p *p, int a');
    assert.deepEqual(lines, ['0:', 'return (((p->q.r[a].s + *(p->t)) + p->u) + p->v.w)']);
  });

  it('call through names, members, tables and dereferences', async () => {
    const lines = await body('g(a); p->ops->fn(a); (*h)(a); t[a][b](1); (p->ops->fn)(2); return 0;', 'int a, int b');
    assert.deepEqual(lines, [
      '0:',
      'call g(a)',
      'call (@p->ops->fn)(a)',
      'call h(a)',
      'call (@t[a][b])(1)',
      'call (@p->ops->fn)(2)',
      'return 0',
    ]);
  });

  it('of types and macros that only the kernel has', async () => {
    const lines = await body(
      'x = container_of(p, struct foo, base.dev); y = kzalloc(sizeof(*y), GFP_KERNEL); z = ARRAY_SIZE(tab); WRITE_ONCE(p->s, a); w = min_t(u32, a, b);',
    );
    assert.deepEqual(
      lines.filter((line) => line.includes('call')),
      [
        '%2 = call container_of(@p, type(struct foo), @base.dev)',
        '%3 = call kzalloc(sizeof(*(@y)), @GFP_KERNEL)',
        '%4 = call ARRAY_SIZE(@tab)',
        'call WRITE_ONCE(@p->s, a)',
        '%5 = call min_t(type(u32), a, b)',
      ],
    );
  });

  it('offsetof and alignof are calls with a type', async () => {
    const lines = await body('return offsetof(struct foo, bar.baz[1]) + __alignof__(u64);');
    assert.match(lines.join('\n'), /call offsetof\(type\(struct foo\), @bar\.baz\[1\]\)/);
    assert.match(lines.join('\n'), /call alignof\(type\(u64\)\)/);
  });

  it('guard() is one call with all arguments', async () => {
    assert.deepEqual(await body('guard(mutex)(&l); return 0;'), ['0:', 'call guard(@mutex, &@l)', 'return 0']);
  });

  it('IS_ENABLED() is a configuration test', async () => {
    assert.deepEqual(
      (await body('if (IS_ENABLED(CONFIG_X) && a) return 1; return 0;'))[1],
      'if config(CONFIG_X) goto 1 else 2',
    );
  });

  it('a case that is there twice is no C, unless the preprocessor takes one of them away', async () => {
    const twice = async (first: string) =>
      (await body(`switch (a) {\n${first}\ncase 1: return 3;\n}\nreturn 0;`)).join('\n');
    const problem = /syntax: this case is there twice/;
    assert.match(await twice('case 1: return 1;'), problem);
    assert.doesNotMatch(await twice('#ifdef CONFIG_X\ncase 1: return 1;\n#endif'), problem);
  });

  it('#ifdef looks at one name, whatever stands behind it', async () => {
    const lines = await body('#ifdef CONFIG_X FIG_X\nif (a) return 1;\n#endif\nreturn 0;');
    assert.equal(lines[1], 'if config(CONFIG_X) goto 1 else 2');
  });

  it('compound literals are initialised temporaries', async () => {
    assert.deepEqual(await body('g(&(struct foo){ .a = 1, .b = { 2 } }); return 0;'), [
      '0:',
      '%2 = (struct foo) { .a = 1, .b = { 2 } }',
      'call g(&%2)',
      'return 0',
    ]);
  });

  it('literals have their C values and types', async () => {
    const lines = await body(
      'x = 0xffffffff; x = 4294967296; x = 010; x = 1UL << 3; x = \'a\'; x = \'\\n\'; x = 0b101; x = -1; s = "a\\tb" "c";',
    );
    assert.deepEqual(lines.slice(1, -1), [
      '@x = 4294967295:unsigned int',
      '@x = 4294967296:long',
      '@x = 8',
      '@x = (1:unsigned long << 3)',
      '@x = 97',
      '@x = 10',
      '@x = 5',
      '@x = -1',
      '@s = "a\\tbc"',
    ]);
  });

  it('what is not modelled is unsupported, with a reason', async () => {
    assert.match(
      (await body('return _Generic(a, int: 1, default: 2);')).join(),
      /return unsupported\(generic expression\)/,
    );
    assert.match((await body('return 1.5;')).join(), /unsupported\(number 1.5\)/);
  });

  it('inline assembly makes its outputs unknown', async () => {
    const lines = await body('asm volatile("mov %1, %0" : "=r"(a), "+m"(*p) : "r"(b)); return a;');
    assert.deepEqual(lines, ['0:', 'havoc a, *(@p) (inline assembly)', 'return a']);
  });
});

describe('statements', () => {
  it('declare and initialise locals, each in its scope', async () => {
    const ir = await lower(
      'int f(int a)\n{\n\tu8 x = a, *p = &x;\n\t{ long x; x = 1; }\n\tstruct foo s = { 0 };\n\tconst char *n[2];\n\treturn x;\n}\n',
    );
    assert.deepEqual(
      ir.locals.map((local) => local.name),
      ['a', 'x', 'p', 'x', 's', 'n'],
    );
    assert.deepEqual(ir.locals[1]?.type, { k: 'int', bits: 8, signed: false, name: 'u8' });
    assert.equal(ir.locals[5]?.type.k, 'array');
  });

  it('make statics of a function globals with its name', async () => {
    const module = await moduleOf('int f(void)\n{\n\tstatic int count = 3;\n\treturn ++count;\n}\n');
    const [global] = module.globals('f.count', 'a.c');
    assert.equal(global?.nameSpan.start, 'int f(void)\n{\n\tstatic int '.length);
    assert.equal(run(module, 'f', []).result, 4n);
  });

  it('switch over values, ranges and nested labels', async () => {
    const text =
      'switch (a) { case 1: b = 10; case 2 ... 4: b++; break; default: b = 7; if (b) { case 9: b += 100; } }\nreturn b;';
    assert.deepEqual(await Promise.all([1n, 3n, 9n, 50n].map((a) => value(text, [a, 0n]))), [11n, 1n, 100n, 107n]);
  });

  it('goto forwards, backwards and into blocks', async () => {
    assert.equal(
      await value('if (a) goto in; { b = 5; in: b++; } again: if (b++ < 20) goto again; return b;', [1n, 0n]),
      21n,
    );
    const lines = await body('goto *p; return 0;');
    assert.deepEqual(lines, ['0:', 'lost (computed goto)']);
    assert.match((await body('goto nowhere;')).join(), /lost \(the label nowhere is not defined\)/);
    const last = await body('if (a) { goto end; a = 1; end: } return a;');
    assert.doesNotMatch(last.join(), /lost|syntax/, 'a label at the end of a block');
  });

  it('loop with break and continue', async () => {
    assert.equal(
      await value('int s = 0; for (int i = 0; ; i++) { if (i == 3) continue; if (i > 5) break; s += i; } return s;'),
      12n,
    );
    assert.equal(await value('int s = 0; do { s++; if (s == 2) continue; } while (s < 4); return s;'), 4n);
  });

  it('foreign loops go round an unknown number of times', async () => {
    const lines = await body(
      'struct x *p; list_for_each_entry(p, &l->head, node) { if (p->a) break; }\nreturn 0;',
      'struct l *l',
    );
    assert.deepEqual(lines, [
      '0:',
      'declare p',
      'goto 1',
      '1:',
      'havoc p (list_for_each_entry() sets its loop variables)',
      '%2 = call list_for_each_entry(p, &l->head, @node)',
      'if %2 goto 2 else 3',
      '2:',
      'if p->a goto 3 else 1',
      '3:',
      'return 0',
    ]);
  });

  it('scoped guards run their body once', async () => {
    assert.deepEqual(await body('scoped_guard(mutex, &l) { a = 1; if (b) break; a = 2; }\nreturn a;'), [
      '0:',
      'call scoped_guard(@mutex, &@l)',
      'a = 1',
      'if b goto 1 else 2',
      '1:',
      'return a',
      '2:',
      'a = 2',
      'goto 1',
    ]);
    const lines = await body('scoped_cond_guard(mutex_intr, return -EINTR, &l) { a = 1; }\nreturn a;');
    assert.ok(lines.includes('return -@EINTR'));
  });
});

describe('preprocessor conditions', () => {
  const on = { CONFIG_X: true };

  it('guard the statements that they surround', async () => {
    const text = 'int r = 1;\n#ifdef CONFIG_X\nr = 2;\nr++;\n#else\nr = 5;\n#endif\nreturn r;';
    assert.equal(await value(text), 5n);
    assert.equal(await value(text, [], on), 3n);
    assert.equal((await body(text)).filter((line) => line.includes('config')).length, 2);
  });

  it('guard arms of an if chain and cases', async () => {
    const chain =
      'if (a == 1) {\nreturn 1;\n#ifdef CONFIG_X\n} else if (a == 2) {\nreturn 2;\n#endif\n} else {\nreturn 3;\n}';
    assert.equal(await value(chain, [2n, 0n]), 3n);
    assert.equal(await value(chain, [2n, 0n], on), 2n);
    const cases = 'switch (a) {\n#if IS_ENABLED(CONFIG_X)\ncase 1: return 1;\n#endif\ndefault: return 9;\n}';
    assert.equal(await value(cases, [1n, 0n]), 9n);
    assert.equal(await value(cases, [1n, 0n], on), 1n);
  });

  it('guard one operand, or the head of an if alone', async () => {
    const operand = 'if (a\n#ifdef CONFIG_X\n&& b\n#endif\n) return 1;\nreturn 0;';
    assert.equal(await value(operand, [1n, 0n]), 1n);
    assert.equal(await value(operand, [1n, 0n], on), 0n);
    const head = '\n#ifdef CONFIG_X\nif (a)\n#endif\nreturn 1;\nreturn 0;';
    assert.equal(await value(head, [0n, 0n]), 1n);
    assert.equal(await value(head, [0n, 0n], on), 0n);
  });

  it('are normalised', async () => {
    const tests = async (directive: string): Promise<unknown> => {
      const module = await moduleOf(`${directive}\nint f(void) { return 0; }\n#endif\n`);
      return module.files[0]?.functions[0]?.when.map((t) => `${t.value ? '' : '!'}${t.text}`);
    };
    assert.deepEqual(await tests('#ifdef CONFIG_X'), ['CONFIG_X']);
    assert.deepEqual(await tests('#ifndef CONFIG_X'), ['!CONFIG_X']);
    assert.deepEqual(await tests('#if defined(CONFIG_X) && !IS_ENABLED(CONFIG_Y)'), ['CONFIG_X', '!CONFIG_Y']);
    assert.deepEqual(await tests('#  if ! defined CONFIG_X /* why */ && \\\n (A > 3 || B)'), [
      '!CONFIG_X',
      'A > 3 || B',
    ]);
    assert.deepEqual(await tests('#if 1'), []);
    assert.deepEqual(await tests('#if 0\nint g(void) { return 1; }\n#else'), []);
    assert.deepEqual(await tests('#if !A\n#elif B'), ['A', 'B']);
  });

  it('that cut through statements keep the first alternative and say so', async () => {
    const module = await moduleOf(
      'int f(int a)\n{\n#ifdef A\n\tif (a) {\n#else\n\tif (!a) {\n#endif\n\t\treturn 1;\n\t}\n\treturn 0;\n}\n',
    );
    assert.equal(run(module, 'f', [1n]).result, 1n);
    assert.match(module.files[0]?.problems[0]?.message ?? '', /only the first alternative/);
  });

  it('take away an operand with its operator', async () => {
    const flags = 'return 1 |\n#ifdef CONFIG_X\n2 |\n#endif\n4;';
    assert.equal(await value(flags), 5n);
    assert.equal(await value(flags, [], on), 7n);
    const lines = await body('g(a,\n#ifdef CONFIG_X\nb,\n#endif\n1);');
    assert.match(lines.join(), /call g\(a, unsupported\(an argument under a preprocessor condition\), 1\)/);
  });

  it('after half a statement keep the first alternative', async () => {
    for (const text of [
      'if (a)\n#ifdef A\nreturn 1;\n#else\nreturn 2;\n#endif\nreturn 0;',
      'return\n#ifdef A\n1;\n#else\n2;\n#endif',
      'int x =\n#ifdef A\n1\n#elif defined(B)\n2\n#else\n3\n#endif\n;\nreturn x;',
    ]) {
      assert.equal(await value(text, [1n, 0n]), 1n);
      const ir = await lower(`int f(int a)\n{\n${text}\n}\n`);
      assert.match(ir.problems[0]?.message ?? '', /only the first alternative/);
    }
  });

  it('around entries are kept with the entries', async () => {
    const module = await moduleOf('struct ops o = {\n\t.a = f,\n#ifdef CONFIG_X\n\t.b = g,\n#endif\n};\n');
    const initializer = module.globals('o', 'a.c')[0]?.initializer;
    assert.ok(initializer?.k === 'list');
    assert.deepEqual(
      initializer.entries.map((entry) => entry.when),
      [[], [{ text: 'CONFIG_X', value: true }]],
    );
  });
});
