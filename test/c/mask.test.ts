import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lex } from '../../server/src/c/lex';
import { maskItem } from '../../server/src/c/mask';
import { DRIVER } from './support/driver';

/** The masked text of statements, as the parser gets them. */
function mask(text: string, codeFrom = 0): string {
  const { tokens, directives } = lex(text);
  return maskItem(tokens, directives, codeFrom).text;
}

/** Masked, with runs of spaces as one: what the grammar sees. */
const seen = (text: string): string => mask(`; ${text}`).slice(2).replace(/\s+/g, ' ').trim();

describe('masks', () => {
  it('keep the length and the place of every token that stays', () => {
    fc.assert(
      fc.property(
        fc.nat(DRIVER.length),
        fc.nat(400),
        fc.string({ unit: 'binary', maxLength: 5 }),
        (at, size, noise) => {
          const text = DRIVER.slice(at, at + size) + noise;
          const masked = mask(text);
          assert.equal(masked.length, text.length);
          const { tokens } = lex(text);
          let same = 0;
          for (let i = 0; i < tokens.count; i++) {
            const [start, end] = [tokens.start[i] ?? 0, tokens.end[i] ?? 0];
            if (masked.slice(start, end) === text.slice(start, end)) same++;
          }
          assert.ok(same >= tokens.count / 2 - 10);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('drop comments, directives and annotations', () => {
    assert.equal(seen('int x /* one */ = 1; // two\n#define X 3\n y();'), 'int x = 1; y();');
    assert.equal(seen('char __user *p __maybe_unused __aligned(8) = q;'), 'char *p = q;');
    assert.equal(seen('void *p __free(kfree) = NULL;'), 'void *p = NULL;');
  });

  it('make one identifier of a type that is an argument', () => {
    assert.equal(seen('container_of(p, struct foo, m);'), 'container_of(p, struct_foo, m);');
    assert.equal(seen('f(const struct foo *, x);'), 'f(const_struct_foo__, x);');
    assert.equal(seen('min_t(unsigned int, a, b);'), 'min_t(unsigned_int, a, b);');
    assert.equal(seen('min_t(int, a, b);'), 'min_t(_nt, a, b);');
    assert.equal(seen('g(foo_t *, a);'), 'g(foo_t__, a);');
  });

  it('leave types alone where the grammar knows them', () => {
    for (const text of ['sizeof(struct foo);', '(struct foo *)p;', 'f(a * b, c);', 'f(&a, *b);'])
      assert.equal(seen(text), text);
    assert.equal(mask('int f(struct foo *, int);', 99), 'int f(struct foo *, int);');
  });

  it('settle what may be a cast', () => {
    assert.equal(seen('(is_arc(old, new, A, B)) && x;'), 'is_arc(old, new, A, B) && x;');
    assert.equal(seen('(table[i][j]) && x;'), 'table[i][j] && x;');
    assert.equal(seen('(f(a)) | x;'), '(f(a)) | x;');
    assert.equal(seen('x = (u64)(y);'), 'x = (int)(y);');
    assert.equal(seen('x = (foo_t)-y;'), 'x = (int )-y;');
    assert.equal(seen('x = a + (u8)-y;'), 'x = a + (u8)~y;');
    assert.equal(seen('x = (y) && z;'), 'x = y && z;');
    assert.equal(seen('x = f(y) && z;'), 'x = f(y) && z;');
    assert.equal(seen('x = f(a)(y) - z;'), 'x = f(a)(y) - z;');
    assert.equal(seen('if (y) *z = 1;'), 'if (y) *z = 1;');
  });

  it('make loops and blocks of macros that head one', () => {
    assert.equal(seen('list_for_each_entry(p, &h, m) { }'), 'while (p, &h, m) { }');
    assert.equal(seen('for_each_x(p, q) f(p);'), 'while (p, q) f(p);');
    assert.equal(seen('scoped_guard(mutex, &l) { }'), 'if (mutex, &l) { }');
    assert.equal(seen('scoped_cond_guard(mutex_intr, return -EINTR, &l) { }'), 'if (mutex_intr, -EINTR, &l) { }');
    assert.equal(seen('call_of_anything(p);'), 'call_of_anything(p);');
  });

  it('end an invocation that stands alone on its line', () => {
    assert.equal(seen('CHECK(a)\n return b;'), 'CHECK(a); return b;');
    assert.equal(seen('CHECK(a)\n}'), 'CHECK(a);}');
    assert.equal(seen('x = CHECK(a)\n + b;'), 'x = CHECK(a) + b;');
    const list = 'struct ops o = {\n SET(a, b)\n .x = 1,\n SET(c)\n SET(d)\n};';
    assert.equal(mask(list, 3).replace(/\s+/g, ' '), 'struct ops o = { SET(a, b), .x = 1, SET(c), SET(d) };');
  });

  it('write case ranges with an operator', () => {
    assert.equal(seen('case 1 ... 3: ;'), 'case 1 || 3: ;');
    assert.equal(seen('int a[] = { [1 ... 3] = 2 };'), 'int a[] = { [1 ... 3] = 2 };');
  });
});
