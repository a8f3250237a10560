import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineIndex, linesOf } from '../../server/src/check';

describe('LineIndex', () => {
  it('counts lines and columns from 1', () => {
    const lines = new LineIndex('ab\ncd');
    assert.deepEqual(lines.position(0), { line: 1, column: 1 });
    assert.deepEqual(lines.position(2), { line: 1, column: 3 });
    assert.deepEqual(lines.position(3), { line: 2, column: 1 });
    assert.deepEqual(lines.position(5), { line: 2, column: 3 });
  });

  it('knows all three line ends, and takes CRLF as one', () => {
    const lines = new LineIndex('a\r\nb\rc\nd');
    assert.deepEqual(
      [1, 2, 3, 4].map((line) => lines.line(line)),
      ['a', 'b', 'c', 'd'],
    );
    assert.equal(lines.count, 4);
  });

  it('counts UTF-16 code units', () => {
    assert.deepEqual(new LineIndex('/* 😀 */ x').position(9), { line: 1, column: 10 });
  });

  it('takes an offset outside of the text as the nearest end', () => {
    const lines = new LineIndex('ab\n');
    assert.deepEqual(lines.position(-5), { line: 1, column: 1 });
    assert.deepEqual(lines.position(50), { line: 2, column: 1 });
  });

  it('has one empty line for an empty text', () => {
    const lines = new LineIndex('');
    assert.equal(lines.count, 1);
    assert.deepEqual(lines.position(0), { line: 1, column: 1 });
    assert.equal(lines.line(7), '');
  });

  it('gives an index once per file object', () => {
    const file = { text: 'a\nb' };
    assert.equal(linesOf(file), linesOf(file));
    assert.notEqual(linesOf(file), linesOf({ text: 'a\nb' }));
  });

  it('finds every offset again from its position', () => {
    const piece = fc.constantFrom('a', '\n', '\r\n', '\r', '😀', '\t', '');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const lines = new LineIndex(text);
        for (let offset = 0; offset <= text.length; offset++) {
          const position = lines.position(offset);
          const inLineEnd = position.column - 1 > lines.line(position.line).length;
          assert.ok(inLineEnd || lines.offset(position) === offset, `${JSON.stringify(text)} at ${offset}`);
        }
      }),
      { verbose: 1 },
    );
  });
});
