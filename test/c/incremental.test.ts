import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type CModule, type FrontEnd, flowOf } from '../../server/src/c';
import { DRIVER, DRIVER_FILES, HEADER } from './support/driver';
import { newFrontEnd, printAll } from './support/frontend';

describe('an edited module', function () {
  this.timeout(60_000);
  let end: FrontEnd;
  const moduleWith = (on: FrontEnd, text: string, header = HEADER): CModule =>
    on.module([
      { path: 'zephyr.c', text },
      { path: 'zephyr.h', text: header },
    ]);
  before(async () => {
    end = await newFrontEnd();
  });

  /** All there is to know about a module, as text. */
  const all = (module: CModule): unknown => ({
    functions: [...printAll(module)],
    places: module.files.flatMap((file) =>
      file.functions.map((fn) => [fn.name, fn.span, fn.nameSpan, fn.ir().start, fn.when]),
    ),
    globals: module.files.map((file) => file.globals),
    structs: module.files.map((file) => file.structs),
    problems: module.files.map((file) => file.problems),
  });

  it('is what a fresh front end makes of the text, whatever the edits', async () => {
    const fresh = await newFrontEnd();
    const snippets = [
      '',
      ' ',
      '\n',
      '}',
      '{',
      'x',
      ';',
      '#define NEW 1\n',
      '#undef ZEPHYR_MAX\n',
      '\n#if 0\n',
      '#endif\n',
      '/*',
      '"',
      'int g;\n',
      '#define Z_ON 7\n',
    ];
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(30),
      insert: fc.constantFrom(...snippets),
      header: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
        const texts = { c: DRIVER, h: HEADER };
        moduleWith(end, texts.c, texts.h);
        for (const { at, cut, insert, header } of edits) {
          const key = header ? 'h' : 'c';
          const offset = Math.floor(at * texts[key].length);
          texts[key] = texts[key].slice(0, offset) + insert + texts[key].slice(offset + cut);
          const edited = moduleWith(end, texts.c, texts.h);
          fresh.forget('zephyr.c');
          fresh.forget('zephyr.h');
          assert.deepEqual(all(edited), all(moduleWith(fresh, texts.c, texts.h)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the very functions that an edit does not touch', () => {
    const before = moduleWith(end, DRIVER);
    const edited = moduleWith(end, DRIVER.replace('z->ops->start(', 'z->ops->begin('));
    const names = before.files[0]?.functions.map((fn) => fn.name) ?? [];
    assert.ok(names.length > 3);
    for (const name of names) {
      const [a] = before.functions(name, 'zephyr.c');
      const [b] = edited.functions(name, 'zephyr.c');
      if (name === 'zephyr_read') assert.equal(a?.ir(), b?.ir(), 'above the edit even the object is the same');
      // Below it the function has moved, but its blocks and their flow are shared.
      assert.equal(a?.ir().blocks === b?.ir().blocks, name !== 'zephyr_step');
      if (a !== undefined && b !== undefined && name !== 'zephyr_step') assert.equal(flowOf(a.ir()), flowOf(b.ir()));
    }
  });

  it('follows a macro that changes, in the file or in a header', () => {
    const uses = (header: string): string => {
      const module = moduleWith(end, DRIVER.replace('return -EFAULT;', 'return ZEPHYR_FLAG;'), header);
      return [...printAll(module).values()].find((text) => text.includes('zephyr_read(')) ?? '';
    };
    assert.match(uses(HEADER), /return \(1 << 3\)/);
    assert.match(uses(HEADER.replace('(1 << 3)', '77')), /return 77/);
    assert.match(uses(HEADER.replace('#define ZEPHYR_FLAG (1 << 3)', '')), /return @ZEPHYR_FLAG/);
  });

  it('with the same text is the same', () => {
    const before = moduleWith(end, DRIVER);
    assert.equal(moduleWith(end, `${DRIVER} `.trimEnd().concat('\n')).files[0], before.files[0]);
    end.forget('zephyr.c');
    assert.notEqual(moduleWith(end, DRIVER).files[0], before.files[0]);
  });

  it('warm, after an edit of one character, is there within a few milliseconds', () => {
    const big = Array.from({ length: 12 }, (_, i) => DRIVER.replaceAll('zephyr', `zephyr${i}`)).join('\n');
    const times: number[] = [];
    for (let i = 0; i < 60; i++) {
      const text = big.replace('value = 0;', `value = ${i};`);
      const started = process.cpuUsage();
      const module = end.module([
        { path: 'big.c', text },
        { path: 'zephyr.h', text: HEADER },
      ]);
      for (const fn of module.files[0]?.functions ?? []) fn.ir();
      times.push(process.cpuUsage(started).user / 1000);
    }
    const warm = times.slice(20).sort((a, b) => a - b);
    assert.ok((warm[Math.floor(warm.length / 2)] ?? 0) < 15, `median ${warm[20]?.toFixed(1)} ms`);
  });

  it('is not kept beyond its files', () => {
    const module = moduleWith(end, DRIVER_FILES['zephyr.c']);
    assert.deepEqual(
      module.files.map((file) => file.path),
      ['zephyr.c', 'zephyr.h'],
    );
  });
});
