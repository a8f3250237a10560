import assert from 'node:assert/strict';
import { printExpr } from '../../server/src/c';
import { DRIVER, DRIVER_FILES } from './support/driver';
import { moduleOf } from './support/frontend';

describe('a module', () => {
  const files = {
    'a.c':
      '#include "m.h"\n#include <linux/x.h>\nstatic int helper(void) { return 1; }\nint shared(void) { return helper(); }\nstatic int own = 1;\n',
    'b.c':
      'static int helper(void) { return 2; }\nint user(void) { return helper() + shared() + LIMIT; }\nint open_var;\n',
    'm.h':
      '#define LIMIT (1 << 4)\nenum e { FIRST = 4, SECOND, THIRD = FIRST | 8, FOURTH };\nstruct s { int m; union { int u; }; struct s *next; };\ntypedef unsigned long word_t;\nstatic inline int small(void) { return SECOND; }\n',
  };

  it('finds functions as the linker does', async () => {
    const module = await moduleOf(files);
    const where = (name: string, from: string): string[] => module.functions(name, from).map((fn) => fn.file);
    assert.deepEqual(where('helper', 'a.c'), ['a.c']);
    assert.deepEqual(where('helper', 'b.c'), ['b.c']);
    assert.deepEqual(where('helper', 'm.h'), []);
    assert.deepEqual(where('shared', 'b.c'), ['a.c']);
    assert.deepEqual(where('small', 'a.c'), ['m.h']);
    assert.deepEqual(module.globals('own', 'b.c'), []);
    assert.equal(module.globals('own', 'a.c').length, 1);
    assert.equal(module.globals('open_var', 'a.c').length, 1);
  });

  it('gives all definitions that preprocessor conditions tell apart', async () => {
    const module = await moduleOf('#ifdef A\nint f(void) { return 1; }\n#else\nint f(void) { return 2; }\n#endif\n');
    assert.deepEqual(
      module.functions('f', 'a.c').map((fn) => fn.when),
      [[{ text: 'A', value: true }], [{ text: 'A', value: false }]],
    );
  });

  it('knows constants, structs and type names', async () => {
    const module = await moduleOf(files);
    const constant = (name: string): string | undefined => {
      const expr = module.constant(name, 'a.c');
      return expr === undefined ? undefined : printExpr(expr, []);
    };
    assert.equal(constant('LIMIT'), '(1 << 4)');
    assert.equal(constant('SECOND'), '5');
    assert.equal(constant('THIRD'), '(@FIRST | 8)');
    assert.equal(constant('FOURTH'), '((@FIRST | 8) + 1)');
    assert.equal(constant('nothing'), undefined);
    assert.deepEqual(
      module.struct('s')?.fields.map((field) => field.name),
      ['m', 'u', 'next'],
    );
    assert.deepEqual(module.typedef('word_t'), { k: 'int', bits: 64, signed: false, name: 'unsigned long' });
  });

  it('finds where a name is mentioned, through macros too', async () => {
    const module = await moduleOf({
      'a.c':
        '#define SET(p) ((p)->flags = 1)\nvoid f(struct s *p) { SET(p); }\nvoid g(struct s *p) { p->flags = 2; }\nvoid h(void) { flagship(); }\nint *table[] = { &flags };\n',
    });
    assert.deepEqual(
      module.mentions('flags').map((fn) => fn.name),
      ['f', 'g'],
    );
    assert.deepEqual(
      module.globalMentions('flags').map((g) => g.name),
      ['table'],
    );
  });

  it('tells where a name is declared', async () => {
    const module = await moduleOf(DRIVER_FILES);
    const at = (name: string): string => {
      const location = module.declaration(name);
      if (location === undefined) return 'nowhere';
      const text = module.file(location.file)?.text ?? '';
      const line = text.slice(0, location.span.start).split('\n').length;
      return `${location.file}:${text.slice(location.span.start, location.span.end)}:${text.split('\n')[line - 1]?.trim()}`;
    };
    assert.equal(at('count'), 'zephyr.c:count:unsigned int count;');
    assert.equal(at('Z_DONE'), 'zephyr.c:Z_DONE:enum zephyr_state { Z_OFF, Z_ON = 3, Z_DONE };');
    assert.equal(at('ZEPHYR_FLAG'), 'zephyr.h:ZEPHYR_FLAG:#define ZEPHYR_FLAG (1 << 3)');
    assert.equal(at('zephyr_last'), 'zephyr.c:zephyr_last:int zephyr_last(struct device *dev)');
    assert.equal(at('missing'), 'nowhere');
  });

  it('lists functions, variables and includes with their places', async () => {
    const module = await moduleOf(DRIVER_FILES);
    const file = module.file('zephyr.c');
    assert.deepEqual(file?.localIncludes, ['zephyr.h']);
    assert.deepEqual(file?.problems, []);
    for (const fn of file?.functions ?? []) {
      assert.equal(DRIVER.slice(fn.nameSpan.start, fn.nameSpan.end), fn.name);
      assert.equal(DRIVER.charAt(fn.span.end - 1), '}');
    }
    const ops = file?.globals.find((global) => global.name === 'zephyr_ops');
    assert.ok(ops?.isConst && ops.isStatic);
    assert.equal(DRIVER.slice(ops.start + ops.nameSpan.start, ops.start + ops.nameSpan.end), 'zephyr_ops');
  });
});
