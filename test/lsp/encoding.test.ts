import assert from 'node:assert/strict';
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver/node';
import type { Encoding } from '../../server/src/lsp/encoding';
import { createDocument, encodingFrom, updateDocument } from '../../server/src/lsp/encoding';
import { positionIn, unitsOf } from '../support/lspClient';
import { Random } from '../support/random';
import { seedFrom } from '../support/seed';

const encodings: readonly Encoding[] = ['utf-8', 'utf-16', 'utf-32'];
const edits = 10_000;

/** An offset where an editor's cursor can be: not inside of CR LF, and not inside of a character. */
function cursorAt(text: string, offset: number): number {
  const [before = '', after = ''] = [text[offset - 1], text[offset]];
  return /^(?:\r\n|[\ud800-\udbff][\udc00-\udfff])$/.test(before + after) ? offset - 1 : offset;
}

describe('position encodings', () => {
  it('are agreed on: the first that the client prefers and the server knows, else UTF-16', () => {
    const offers: readonly (readonly [unknown, Encoding])[] = [
      [['utf-8', 'utf-16'], 'utf-8'],
      [['utf-32', 'utf-8', 'utf-16'], 'utf-32'],
      [['utf-16'], 'utf-16'],
      [['utf-7', 'utf-8'], 'utf-8'],
      [['utf-7'], 'utf-16'],
      [[], 'utf-16'],
      [undefined, 'utf-16'],
      ['utf-8', 'utf-16'],
      [[7, null, {}], 'utf-16'],
    ];
    for (const [offered, agreed] of offers) assert.equal(encodingFrom(offered), agreed, JSON.stringify(offered));
  });

  for (const encoding of encodings) {
    it(`${encoding}: the text is the client's after each of ${edits} random edits, and so is every position`, () => {
      const seed = seedFrom('ENCODING_SEED');
      const random = new Random(seed);
      const pieces: [string, ...string[]] = [
        'a',
        '_',
        ' ',
        '\n',
        '\r\n',
        '\r',
        '\t',
        'é',
        '€',
        '😀',
        '👩‍🚀',
        '\ud83d',
        '\ude00',
        'if (x)',
        '\u2028',
      ];
      const piece = () => Array.from({ length: random.below(4) }, () => random.pick(pieces)).join('');
      let text = 'one\r\ntwo é\n';
      const document = createDocument('file:///a.c', 0, text, encoding);
      for (let version = 1; version <= edits; version++) {
        const changes: TextDocumentContentChangeEvent[] = [];
        for (let count = 1 + random.below(3); count > 0; count--) {
          const start = cursorAt(text, random.below(text.length + 1));
          const end = cursorAt(text, Math.min(text.length, start + random.below(text.length > 400 ? 60 : 8)));
          const range = { start: positionIn(text, start, encoding), end: positionIn(text, end, encoding) };
          const inserted = piece();
          const whole = random.below(200) === 0;
          changes.push(whole ? { text: inserted } : { range, text: inserted });
          text = whole ? inserted : text.slice(0, start) + inserted + text.slice(end);
        }
        updateDocument(document, changes, version);
        assert.equal(document.getText(), text, `edit ${version} of seed ${seed}`);
        const offset = cursorAt(text, random.below(text.length + 1));
        const position = positionIn(text, offset, encoding);
        assert.deepEqual(document.positionAt(offset), position, `offset ${offset} after edit ${version}, seed ${seed}`);
        assert.equal(document.offsetAt(position), offset, `position after edit ${version} of seed ${seed}`);
      }
      console.log(`      ${edits} edits in ${encoding}, seed ${seed}`);
    });

    it(`${encoding}: positions outside of the text, or inside of a character, are taken as the nearest place before`, () => {
      const document = createDocument('file:///a.c', 0, 'a😀b\r\nc', encoding);
      const at = (line: number, character: number) => document.offsetAt({ line, character });
      assert.deepEqual([at(0, 99), at(9, 0), at(1, 99)], ['a😀b'.length, 'a😀b\r\nc'.length, 'a😀b\r\nc'.length]);
      const units = unitsOf[encoding]('a😀');
      assert.equal(at(0, units), 3);
      if (encoding === 'utf-8') assert.deepEqual([at(0, 2), at(0, 3), at(0, 4)], [1, 1, 1]);
      assert.equal(document.getText({ start: { line: 0, character: 1 }, end: { line: 0, character: units } }), '😀');
      assert.deepEqual(document.getLineRange(0).end, { line: 0, character: units + 1 });
      assert.deepEqual([document.lineCount, document.getEOLCharacters(0)], [2, '\r\n']);
    });
  }
});
