import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, readRepo, root } from '../support/repo';

const bundleFile = 'client/l10n/bundle.l10n.json';

/** What comes after `t(`: a text in quotes that the call begins with, or something that can not be looked up. */
const call = /(?<!function |[\w.$])(?:vscode\.l10n\.|l10n\.)?t\(\s*(?:'((?:[^'\\\n]|\\.)*)'|([^\s)][^\n]*))/g;

interface Call {
  readonly file: string;
  readonly message: string | null;
  readonly source: string;
}

const sources = ['.ts', '.tsx'].flatMap((ext) => filesUnder(['client/src'], ext));
const calls = sources.flatMap((file) =>
  [...readRepo(file).matchAll(call)].map(
    ([source, message]): Call => ({ file, message: message?.replace(/\\(.)/g, '$1') ?? null, source }),
  ),
);
const used = [...new Set(calls.flatMap(({ message }) => message ?? []))].sort();
if (process.env['APPROVE'] === '1') {
  writeFileSync(
    join(root, bundleFile),
    `${JSON.stringify(Object.fromEntries(used.map((text) => [text, text])), null, 2)}\n`,
  );
}
const bundle: Readonly<Record<string, string>> = JSON.parse(readRepo(bundleFile));

describe('the messages of the extension', () => {
  it('are written out where they are used, so that they can be found', () => {
    assert.ok(calls.length > 20, 'the search finds the calls');
    assert.deepEqual(
      calls.filter(({ message }) => message === null),
      [],
    );
  });

  it('are all looked up before they are shown', () => {
    const shown =
      /(?:show(?:Information|Warning|Error)Message|setStatusBarMessage|report)\(\s*['"`]|(?:title|placeHolder|prompt|detail): ['"`]\w/;
    const bare = filesUnder(['client/src'], '.ts')
      .filter((file) => !file.includes('/panel/'))
      .filter((file) => shown.test(readRepo(file)));
    assert.deepEqual(bare, []);
  });

  it('are all in the bundle that translators start from, and nothing else is', () => {
    assert.deepEqual(Object.keys(bundle), used);
  });

  it('are English there', () => {
    for (const [message, text] of Object.entries(bundle)) assert.equal(text, message);
  });
});
