import assert from 'node:assert/strict';
import type { CodeLens, Command } from 'vscode-languageserver/node';
import { ruleInfos } from '../../server/src/check';
import { loadParser } from '../../server/src/entry/node/platform';
import { exampleDriver } from '../../server/src/rules/example';
import { scenarios } from '../../server/src/simulation';
import { flags, profiles, states } from '../../server/src/uapi';
import { wordless } from '../support/brackets';
import type { OpenDriver } from '../support/driverClient';
import { fullClient, openDriver, sample } from '../support/driverClient';
import { positionIn, uri } from '../support/lspClient';

const allCommands = ['showArcTable', 'simulate', 'explainRule', 'suppressWithReason'].map((name) => `vfioArcs.${name}`);

/**
 * A client whose language has no words: its dictionary has a number for each text. Whatever has words all the same, and is
 * neither a name nor English on purpose, is a text that somebody forgot to have looked up.
 */

const capabilities = {
  ...fullClient,
  textDocument: {
    ...fullClient.textDocument,
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } }, disabledSupport: true },
  },
};

/** English in every language, see CONTRIBUTING.md; by the path of their place in messages. */
const english = [
  /^textDocument\/hover .*contents/,
  /diagnostic.*\.message$/i,
  /documentation\.value$/,
  /^vfio\/(?:rules|arcTable|simulation\/open) /,
  /^(?:window\/logMessage|\$\/logTrace) /,
];
/** For programs, or C. */
const unseen = [
  /uri$/i,
  /\.(?:newText|sortText|filterText|source|code|kind|severity|resultId|token|id|name|triggerKind)$/,
  /\.(?:command|arguments|data|roles|choices)\b(?!\.title)/,
  /^(?:workspace\/configuration|client\/registerCapability|vfio\/status) /,
];
/** Where a name is what is shown. */
const names = /^(?:textDocument\/documentSymbol|workspace\/symbol) .*\.name$/;

/** The strings of a message, with their paths. */
function stringsAt(value: unknown, path: string): readonly (readonly [path: string, text: string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((each) => stringsAt(each, path));
  return Object.entries(value).flatMap(([key, part]) => stringsAt(part, `${path}.${key}`));
}

describe('the server for a client whose language has no words', function () {
  this.timeout(120_000);
  let open: OpenDriver;
  const seen = new Map<string, string>();
  afterEach(() => open.client.stop());

  const start = async (source: string, commands: readonly string[], platform: object = {}) => {
    open = await openDriver(source, {
      capabilities,
      initializationOptions: { commands, texts: wordless },
      platform: { loadParser, ...platform },
      settings: { inlayHints: true },
      folders: ['/tree'],
    });
  };
  const note = (method: string, message: unknown): void => {
    for (const [path, text] of stringsAt(message, `${method} `)) seen.set(text, path);
  };
  const ask = async (method: string, params: object): Promise<unknown> => {
    try {
      const answer: unknown = await open.client.connection.sendRequest(method, params);
      note(method, answer);
      return answer;
    } catch (error) {
      note(`${method} refused`, error instanceof Error ? error.message : error);
      return null;
    }
  };
  /** Asks for everything that a user of an editor is shown of the document. */
  const askAll = async (): Promise<void> => {
    const { client, path, text } = open;
    const textDocument = { uri: uri(path) };
    const range = { start: { line: 0, character: 0 }, end: positionIn(text, text.length) };
    const diagnostics = await client.diagnostics(path);
    await ask('textDocument/codeAction', { textDocument, range, context: { diagnostics } });
    await ask('textDocument/codeLens', { textDocument });
    await ask('textDocument/inlayHint', { textDocument, range });
    await ask('textDocument/documentSymbol', { textDocument });
    await ask('workspace/symbol', { query: '' });
    for (const { index, 0: before } of text.matchAll(/== |if \(|case |migration_flags = |[{;]\n/g)) {
      await ask('textDocument/completion', { textDocument, position: positionIn(text, index + before.length) });
    }
  };
  /** Fails for words that are no names of the drivers, of the protocol or of the project. */
  const isWordless = (...sources: readonly string[]): void => {
    for (const { method, params } of open.client.received) note(method, params);
    const known = new Set(
      [
        ...sources.map((source) => source.replace(/\/\*[\s\S]*?\*\//g, '')),
        ...states.flatMap(({ name, constant }) => [name, constant]),
        ...flags.flatMap(({ name, constant }) => [name, constant]),
        ...profiles.flatMap(({ id, title, mandatoryOps }) => [id, title, ...mandatoryOps]),
        ...scenarios.flatMap(({ description: { name, parameters } }) => [name, ...parameters.map((each) => each.name)]),
        ...ruleInfos.map(({ id }) => id),
        open.path,
        'NULL VFIO Arcs migration_flags',
      ].flatMap((text) => text.match(/[A-Za-z][\w-]*/g) ?? []),
    );
    const shown = [...seen].filter(
      ([, path]) => names.test(path) || ![...english, ...unseen].some((each) => each.test(path)),
    );
    const words = shown.flatMap(([text, path]) =>
      (text.match(/[A-Za-z][\w-]*/g) ?? []).some((word) => !known.has(word)) ? [`${path}: ${text}`] : [],
    );
    assert.deepEqual(words, []);
    assert.ok(shown.some(([text]) => text.startsWith('§')));
  };
  beforeEach(() => seen.clear());

  it('finds texts that were not looked up, also where they stand in others', async () => {
    await start(exampleDriver(), []);
    note('window/showMessage', { message: '§1 wherever it was tried' });
    assert.throws(() => isWordless(open.text), /wherever it was tried/);
  });

  for (const { id, docs } of ruleInfos) {
    it(`has none about ${id}`, async () => {
      await start(docs.example, []);
      await askAll();
      isWordless(open.text);
    });
  }

  for (const name of ['stratus', 'nimbus']) {
    it(`has none about the sample ${name}, with the commands of VS Code`, async () => {
      await start(sample(`${name}/main.c`), allCommands);
      await askAll();
      await ask('vfio/simulation/catalogue', {});
      await ask('vfio/checkWorkspace', { workDoneToken: 'mine' });
      isWordless(open.text);
    });
  }

  it('has none where a mend is not offered', async () => {
    let time = 0;
    await start(exampleDriver({ saving: '' }), [], { now: () => (time += 5000) });
    await askAll();
    assert.ok([...seen.values()].some((path) => path.endsWith('.disabled.reason')));
    isWordless(open.text);
  });

  it('has none in messages of its own commands', async () => {
    await start(sample('stratus/main.c'), []);
    const lenses = await open.ask<CodeLens[]>('textDocument/codeLens');
    const commands = lenses.flatMap(({ command }): Command[] => (command === undefined ? [] : [command]));
    assert.ok(commands.length > 0);
    for (const { command, arguments: given } of commands) {
      await ask('workspace/executeCommand', { command, arguments: given });
    }
    isWordless(open.text);
  });

  it('has none where it refuses what was asked', async () => {
    await start(sample('stratus/main.c'), []);
    const machine = { kind: 'reference', flags: ['STOP_COPY'], profile: '7.1' };
    const devices = ['a', 'b'].map((name) => ({ name, machine }));
    const simulation = async (method: string, params: object) => ask(`vfio/simulation/${method}`, params);
    await simulation('open', { devices });
    const run = (scenario: object) =>
      simulation('run', { id: 's1', scenario: { parameters: {}, faults: [], ...scenario } });
    await run({ name: 'none' });
    await run({ name: 'precopy', parameters: { none: 1 } });
    await run({ name: 'precopy', parameters: { chunk: 'many' } });
    await run({ name: 'precopy', parameters: { chunk: -1 } });
    await run({ name: 'precopy', faults: [{ id: 'none' }] });
    await simulation('dispatch', { id: 's1', at: 0, events: [{ kind: 'none' }] });
    await simulation('dispatch', { id: 's1', at: 9, events: [] });
    await simulation('compare', { a: 's1', b: 'before-edit' });
    await simulation('branch', { id: 's9', at: 0 });
    await simulation('open', { devices: [] });
    await simulation('open', { devices: [devices[0], devices[0]] });
    await simulation('open', { devices: [{ name: 'a', machine: { ...machine, flags: ['P2P'] } }] });
    await simulation('machine', { machine: { kind: 'driver', uri: uri(open.path), ops: 'none' } });
    const skeleton = { flags: ['STOP_COPY'], name: 'demo', scope: 'part' };
    await ask('vfio/skeleton', { ...skeleton, flags: ['P2P'] });
    await ask('vfio/skeleton', { ...skeleton, name: '2fast' });
    const place = { textDocument: { uri: uri(open.path) }, position: { line: 0, character: 0 } };
    for (const reason of ['', 'so', 'a\nb', '*/']) {
      await ask('vfio/suppression', { ...place, rule: 'missing-arc', reason });
    }
    await ask('vfio/suppression', { ...place, rule: 'unused-suppression', reason: 'so' });
    const refused = [...seen].filter(([text, path]) => text.startsWith('§') && /refused|message$/.test(path));
    assert.equal(refused.length, 20, refused.join('\n'));
    isWordless(open.text, 'none many source fast s9');
  });
});
