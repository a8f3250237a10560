import assert from 'node:assert/strict';
import type { CodeAction, CodeLens } from 'vscode-languageserver/node';
import { loadParser } from '../../server/src/entry/node/platform';
import { exampleDriver } from '../../server/src/rules/example';
import { bracketed, outsideOf } from '../support/brackets';
import type { OpenDriver } from '../support/driverClient';
import { fullClient, openDriver, sample } from '../support/driverClient';
import { fieldOf, uri } from '../support/lspClient';

const literals = { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } }, disabledSupport: true };
const capabilities = { ...fullClient, textDocument: { ...fullClient.textDocument, codeAction: literals } };
const all = ['vfioArcs.showArcTable', 'vfioArcs.simulate', 'vfioArcs.explainRule', 'vfioArcs.suppressWithReason'];

describe('the server in the language of its client', function () {
  this.timeout(30_000);
  let open: OpenDriver;
  afterEach(() => open.client.stop());

  const start = async (source: string, commands: readonly string[] = all) => {
    const initializationOptions = { commands, texts: bracketed };
    open = await openDriver(source, { capabilities, initializationOptions, platform: { loadParser } });
  };
  /** Fails for a text that has anything else than names outside of the brackets. */
  const isLookedUp = (texts: readonly string[], names = /^[·\s]*(?:[A-Z_0-9]+[|]?)*$/) => {
    assert.ok(texts.length > 0);
    assert.deepEqual(
      texts.map(outsideOf).filter((rest) => !names.test(rest)),
      [],
    );
  };
  const everywhere = { start: { line: 0, character: 0 }, end: { line: 2000, character: 0 } };
  const actions = async (): Promise<readonly string[]> => {
    const context = { diagnostics: await open.client.diagnostics(open.path) };
    const found = await open.ask<CodeAction[] | null>('textDocument/codeAction', { range: everywhere, context });
    return (found ?? []).map(({ title }) => title);
  };

  it('has the titles of mends and other actions from its dictionary', async () => {
    await start(exampleDriver({ saving: '' }));
    const found = await actions();
    isLookedUp(found);
    assert.ok(found.includes('⟦Write STOP -> STOP_COPY⟧'), found.join());
    await open.client.stop();
    await start(exampleDriver({ saving: '' }), []);
    const without = await actions();
    isLookedUp(without);
    assert.ok(
      without.some((title) => title.startsWith('⟦Allow missing-arc here (')),
      without.join(),
    );
  });

  it('has those of lenses from it', async () => {
    await start(sample('stratus/main.c'));
    const lenses = (await open.ask<CodeLens[] | null>('textDocument/codeLens')) ?? [];
    isLookedUp(lenses.map(({ command }) => command?.title ?? ''));
    assert.ok(lenses.some(({ command }) => command?.title === '⟦13 of 15 arcs⟧ · STOP_COPY|P2P|PRE_COPY'));
    const range = lenses[0]?.range;
    const context = { diagnostics: [] };
    const found = await open.ask<CodeAction[] | null>('textDocument/codeAction', { range, context });
    assert.deepEqual(found?.map(({ title }) => title).slice(-3), [
      '⟦Show missing arcs⟧',
      '⟦Show arc table⟧',
      '⟦Simulate⟧',
    ]);
  });

  it('shows messages in it', async () => {
    await start(sample('stratus/main.c'), []);
    const { client } = open;
    for (const ops of ['stratus_mig_ops', 'no_ops']) {
      const argument = { uri: uri(open.path), ops };
      await client.connection.sendRequest('workspace/executeCommand', {
        command: 'vfioArcs.showMissingArcs',
        arguments: [argument],
      });
    }
    isLookedUp(client.of('window/showMessage').map((params) => String(fieldOf(params, 'message'))));
  });

  it('says in it what is wrong with the settings', async () => {
    const settings = { profile: 6, rules: { 'no-rule': 'error', 'missing-arc': 'loud' }, codeLens: 'yes' };
    const initializationOptions = { commands: all, texts: bracketed, vfioArcs: settings };
    const capabilitiesToAsk = { ...capabilities, workspace: { ...capabilities.workspace, configuration: false } };
    open = await openDriver(sample('stratus/main.c'), { capabilities: capabilitiesToAsk, initializationOptions });
    const shown = () => open.client.of('window/showMessage').map((params) => String(fieldOf(params, 'message')));
    await open.client.until('the message', () => shown().length > 0);
    isLookedUp(shown(), /^VFIO Arcs:\s*$/);
    assert.match(
      shown()[0] ?? '',
      /⟦vfioArcs\.codeLens is "yes", which is not ⟦true or false⟧; the default is used\.⟧/,
    );
  });

  it('says in it why a request can not be answered', async () => {
    await start(sample('stratus/main.c'));
    const refusal = async (method: string, params: object): Promise<string> => {
      try {
        await open.client.connection.sendRequest(`vfio/simulation/${method}`, params);
        return 'answered';
      } catch (error) {
        return error instanceof Error ? error.message : 'not an error';
      }
    };
    const machine = { kind: 'reference', flags: ['STOP_COPY'], profile: '7.1' };
    const texts = [
      await refusal('close', { id: 's1' }),
      await refusal('open', { devices: [] }),
      await refusal('open', { devices: [{ name: 'A', machine: { ...machine, flags: ['P2P'] } }] }),
      await refusal('branch', { id: 's9', at: 0 }),
    ].filter((text) => text !== 'answered');
    assert.equal(texts.length, 3);
    isLookedUp(texts);
    assert.equal(texts.at(-1), '⟦no simulation "s9" is open⟧');
  });

  it('takes no dictionary that is none', async () => {
    const initializationOptions = { commands: all, texts: ['Simulate'], more: 1 };
    open = await openDriver(sample('stratus/main.c'), { capabilities, initializationOptions });
    const lenses = (await open.ask<CodeLens[] | null>('textDocument/codeLens')) ?? [];
    assert.ok(lenses.some(({ command }) => command?.title === 'Simulate'));
  });
});
