import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenarios } from '../../server/src/simulation';
import { filesUnder, readRepo, root } from '../support/repo';

const bundleFile = 'client/l10n/bundle.l10n.json';

/** A text in quotes that a call begins with, or something that can not be looked up; wordings that are handed on are spread. */
const argument = /\(\s*(?:'((?:[^'\\\n]|\\.)*)'|((?!\.\.\.)[^\s)][^\n]*))/;
/** What takes texts to be looked up: in the client, in the server, and below it, where nobody knows the user's language. */
const lookups = {
  client: /(?<!function |[\w.$])(?:vscode\.l10n\.t|l10n\.t|t)/,
  server: /(?<!function |[\w.$])(?:(?:session\.)?client\.t|(?:this|problems)\.t|t|refused|cancelled)/,
  below: /(?<!function |[\w.$])(?:worded|new ScenarioError)/,
};

interface Call {
  readonly file: string;
  readonly message: string | null;
  readonly source: string;
}

const callsIn = (files: readonly string[], lookup: RegExp): readonly Call[] =>
  files.flatMap((file) =>
    [...readRepo(file).matchAll(new RegExp(lookup.source + argument.source, 'g'))].map(
      ([source, message]): Call => ({ file, message: message?.replace(/\\(.)/g, '$1') ?? null, source }),
    ),
  );
const calls = [
  ...callsIn([...filesUnder(['client/src'], '.ts'), ...filesUnder(['client/src'], '.tsx')], lookups.client),
  ...callsIn(filesUnder(['server/src/lsp'], '.ts'), lookups.server),
  ...callsIn(filesUnder(['server/src/check', 'server/src/mend', 'server/src/simulation'], '.ts'), lookups.below),
];
/** The texts of menus and forms that scenarios have as data. */
const ofScenarios = scenarios
  .flatMap(({ description }) => [description, ...description.parameters])
  .flatMap(({ title, summary }) => [title, summary]);
const used = [...new Set([...calls.flatMap(({ message }) => message ?? []), ...ofScenarios])].sort();
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
