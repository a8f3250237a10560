import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { pathOfUri, rangeOf, uriOfPath } from '../../server/src/lsp/convert';
import { FakeEngine } from '../support/fakeEngine';
import type { LspClient } from '../support/lspClient';
import { positionIn, rangeIn, replacement, startClient, uri } from '../support/lspClient';
import { MemoryFs } from '../support/memoryFs';

const main = '/tree/demo/main.c';
const step = '/tree/demo/step.c';
const marked = 'migration_set_state\n';

describe('documents', () => {
  let engine: FakeEngine;
  let client: LspClient;
  const start = async (files: Readonly<Record<string, string>> = {}) => {
    engine = new FakeEngine();
    client = await startClient({ fs: new MemoryFs(files), engine: async () => engine });
  };
  afterEach(() => client.stop());

  it('gives diagnostics after open and after every edit', async () => {
    const text = `${marked}FAULT one\n`;
    await start({ [main]: text });
    await client.open(main, text);
    assert.deepEqual(
      (await client.diagnostics(main)).map((each) => each.message),
      ['one'],
    );
    await client.change(main, replacement(text, 'FAULT one', 'fine'));
    assert.deepEqual(await client.diagnostics(main), []);
    await client.change(main, { text: `${marked}FAULT two\nFAULT three` });
    assert.deepEqual(
      (await client.diagnostics(main)).map((each) => each.message),
      ['two', 'three'],
    );
  });

  it('checks a module with the unsaved text of all its files', async () => {
    await start({ [main]: marked, [step]: '/* vfio_device_mig_state */' });
    await client.open(main, marked);
    assert.deepEqual(await client.diagnostics(main), []);
    await client.open(step, '/* vfio_device_mig_state */\nFAULT unsaved @main.c');
    const [found] = await client.diagnostics(main);
    assert.equal(found?.message, 'unsaved');
    assert.deepEqual(found?.relatedInformation, [
      { message: 'written here', location: { uri: uri(step), range: rangeIn('\nFAULT unsaved @main.c', 1, 22) } },
    ]);
    await client.close(step);
    assert.deepEqual(await client.diagnostics(main), [], 'the text of the disk counts again');
  });

  it('does nothing for C without migration', async () => {
    await start({ [main]: 'int main(void) { return 0; }' });
    const reads = client.fs.reads;
    await client.open(main, 'int main(void) { return 0; }');
    const report = await client.pull(main);
    assert.deepEqual(report.kind === 'full' && report.items, []);
    assert.equal(await client.hover(main, 0, 5), null);
    assert.deepEqual([engine.searches, engine.checks.length, client.fs.reads - reads], [0, 0, 0]);
  });

  it('notices when text that was no driver becomes one', async () => {
    await start({ [main]: '' });
    await client.open(main, 'vfio_migration_ops FAULT soon');
    assert.deepEqual(await client.diagnostics(main), []);
    assert.equal(engine.searches, 1);
    await client.change(main, { range: rangeIn('', 0, 0), text: ' ' });
    await client.diagnostics(main);
    await client.change(main, { range: rangeIn('', 0, 0), text: marked });
    assert.deepEqual(
      (await client.diagnostics(main)).map((each) => each.message),
      ['soon'],
    );
  });

  it('looks for the module again when its includes change', async () => {
    await start({ [main]: marked });
    await client.open(main, marked);
    await client.diagnostics(main);
    client.fs.write('/tree/demo/new.h', 'FAULT header');
    await client.change(main, { text: `${marked}#include "new.h"` });
    await client.diagnostics(main);
    await client.settle();
    const report = await client.pull(main);
    assert.deepEqual(Object.keys(report.relatedDocuments ?? {}), [uri('/tree/demo/new.h')]);
  });

  const places: readonly (readonly [string, string])[] = [
    ['emoji before it on the line', `${marked}/* 😀👩‍🚀 é */ FAULT here`],
    ['CRLF', `${marked}\r\n\r\nint a;\r\n  FAULT here\r\n`],
    ['lone CR', `${marked}\rint a;\r\r FAULT here\r`],
    ['line separators that are no line ends', `${marked}\u2028\u2029\u0085\f\v FAULT here`],
    ['a byte order mark', `\ufeff${marked}FAULT here`],
    ['half a surrogate pair', `${marked}\ud83d FAULT here \ude00`],
  ];
  for (const [what, text] of places) {
    it(`places findings by UTF-16 units: ${what}`, async () => {
      await start({ [main]: text });
      await client.open(main, text);
      const [found] = await client.diagnostics(main);
      const at = text.indexOf('FAULT');
      assert.deepEqual(found?.range, rangeIn(text, at, at + 'FAULT here'.length));
    });
  }

  it('keeps text and positions through random edits', async () => {
    await start();
    const piece = fc.constantFrom('a', ' ', '\n', '\r\n', '\r', '😀', '\ud83d', 'é', 'FAULT x\n', '\t');
    const edits = fc.array(
      fc.record({
        from: fc.nat(1000),
        length: fc.nat(6),
        text: fc.array(piece, { maxLength: 4 }).map((all) => all.join('')),
      }),
      { maxLength: 12 },
    );
    let number = 0;
    await fc.assert(
      fc.asyncProperty(edits, async (all) => {
        const path = `/random/${number++}/main.c`;
        let text = marked;
        await client.open(path, text);
        for (const edit of all) {
          const start = marked.length + (edit.from % (text.length + 1 - marked.length));
          const end = Math.min(text.length, start + edit.length);
          const [low, high] = [outsideLineEnd(text, start), outsideLineEnd(text, end)];
          await client.change(path, { range: rangeIn(text, low, high), text: edit.text });
          text = text.slice(0, low) + edit.text + text.slice(high);
        }
        const expected = [...text.matchAll(/FAULT \w+/g)].map((match) => positionIn(text, match.index));
        assert.deepEqual(
          (await client.diagnostics(path)).map((each) => each.range.start),
          expected,
        );
        await client.close(path);
      }),
      { numRuns: 150 },
    );
  }).timeout(20_000);

  it('keeps nothing of the versions before, over thousands of edits', async () => {
    await start();
    const text = `${marked}FAULT one\n${'int filler;\n'.repeat(4000)}`;
    await client.open(main, text);
    const edit = async (count: number) => {
      for (let number = 0; number < count; number++) {
        await client.change(main, { range: rangeIn('', 0, 0), text: ' ' });
        await client.change(main, { range: rangeIn(' ', 0, 1), text: '' });
        if (number % 10 === 0) await client.diagnostics(main);
      }
      return heapAfterCollection();
    };
    const before = await edit(300);
    const checksBefore = engine.checks.length;
    const grown = (await edit(2000)) - before;
    assert.ok(grown < 4_000_000, `4000 versions of ${text.length} characters left ${grown} bytes`);
    assert.equal(engine.searches, 1, 'one search for all edits');
    assert.equal(engine.checks.length - checksBefore, 200, 'one check for each question');
    assert.deepEqual(
      client.log.filter((line) => line.includes('fault')),
      [],
    );
  }).timeout(30_000);
});

/** Bytes that are in use when nothing is left to collect. */
function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

/** The nearest offset before that is not between CR and LF, where an editor's cursor can not be. */
function outsideLineEnd(text: string, offset: number): number {
  return text[offset - 1] === '\r' && text[offset] === '\n' ? offset - 1 : offset;
}

describe('convert', () => {
  it('makes URIs that name the path again', () => {
    const part = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
      .map((text) => text.replace(/[/\\\0]/g, '_'));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const path = `/${parts.join('/')}`;
        assert.equal(pathOfUri(uriOfPath(path)), path);
      }),
    );
  });

  const uris: readonly (readonly [string, string])[] = [
    ['file:///a/b.c', '/a/b.c'],
    ['file:///a%20b/%C3%A9%23.c', '/a b/é#.c'],
    ['file:///c%3A/x/y.c', 'c:/x/y.c'],
    ['file:///C:/x/y.c', 'c:/x/y.c'],
    ['file://server/share/y.c', '//server/share/y.c'],
    ['file://localhost/a/b.c', '/a/b.c'],
    ['untitled:Untitled-1', 'untitled:Untitled-1'],
    ['file:///bad%ZZ.c', 'file:///bad%ZZ.c'],
    ['', ''],
  ];
  for (const [from, path] of uris) {
    it(`reads ${from === '' ? 'an empty URI' : from}`, () => assert.equal(pathOfUri(from), path));
  }

  it('writes paths of Windows and of shares', () => {
    assert.equal(uriOfPath('c:/x y.c'), 'file:///c%3A/x%20y.c');
    assert.equal(uriOfPath('//server/share/y.c'), 'file://server/share/y.c');
    assert.equal(uriOfPath('untitled:Untitled-1'), 'untitled:Untitled-1');
  });

  it('takes what lies outside of a text as its end', () => {
    const document = TextDocument.create('file:///a', 'c', 1, 'ab\ncd');
    assert.deepEqual(rangeOf(document, { start: 3, end: 99 }), {
      start: { line: 1, character: 0 },
      end: { line: 1, character: 2 },
    });
  });
});
