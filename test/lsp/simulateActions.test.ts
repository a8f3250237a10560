import assert from 'node:assert/strict';
import type { CodeAction, Diagnostic, Range } from 'vscode-languageserver/node';
import { exampleDriver } from '../../server/src/rules/example';
import { isDriverArgument } from '../../server/src/wire';
import type { OpenDriver } from '../support/driverClient';
import { fullClient, openDriver, sample } from '../support/driverClient';
import { uri } from '../support/lspClient';
import { tableDriver } from '../support/tableDriver';

const literals = { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } };
const capabilities = { ...fullClient, textDocument: { ...fullClient.textDocument, codeAction: literals } };
const ops = 'demo_migration_ops';
const S = 'VFIO_DEVICE_STATE_';
const extraArm = `	if (cur == ${S}RUNNING && new == ${S}RESUMING)
		return NULL;
`;

/** The text with a marker before the first occurrence of another. */
function markedBefore(needle: string, text: string): string {
  const at = text.indexOf(needle);
  assert.ok(at >= 0, `${needle} is in the driver`);
  return `${text.slice(0, at)}$0$${text.slice(at)}`;
}

describe('code actions that lead to the simulator', function () {
  this.timeout(30_000);
  let open: OpenDriver;
  const all: OpenDriver[] = [];
  afterEach(async () => {
    for (const { client } of all.splice(0)) await client.stop();
  });

  const start = async (source: string, commands: readonly string[] = ['vfioArcs.simulate']) => {
    open = await openDriver(source, { capabilities, initializationOptions: { commands } });
    all.push(open);
  };
  const actionsIn = async (range: Range, only?: readonly string[], diagnostics: readonly Diagnostic[] = []) => {
    const context = { diagnostics, only };
    const found = await open.ask<CodeAction[] | null>('textDocument/codeAction', { range, context });
    return (found ?? []).filter(({ title }) => /simulator/.test(title));
  };
  const actionsAt = (name?: string) => actionsIn({ start: open.at(name), end: open.at(name) });
  const titles = (actions: readonly CodeAction[]) => actions.map(({ title }) => title);
  /** The titles of those at the marker of a driver. */
  const offered = async (source: string) => {
    await start(source);
    return titles(await actionsAt());
  };

  it('do so on each arc that the findings of a line are about', async () => {
    await start(exampleDriver({ saving: '', closing: '' }));
    const found = await open.client.diagnostics(open.path);
    const [first] = found;
    assert.ok(first);
    const actions = await actionsIn(first.range, ['quickfix'], found);
    assert.deepEqual(titles(actions), [
      'Show STOP -> STOP_COPY in simulator',
      'Show STOP_COPY -> STOP in simulator',
      'Show RESUMING -> STOP in simulator',
    ]);
    for (const { kind, command, diagnostics } of actions) {
      const [argument] = command?.arguments ?? [];
      assert.ok(isDriverArgument(argument));
      assert.deepEqual([kind, argument.uri, argument.ops], ['quickfix', uri(open.path), ops]);
      assert.equal(diagnostics?.length, 1);
      assert.match(String(diagnostics[0]?.message), new RegExp(`^${argument.arc?.from} -> ${argument.arc?.to} `));
    }
    // The arcs of the place are the same: none comes twice, nor loses its diagnostic.
    assert.deepEqual(await actionsIn(first.range, undefined, found), actions);
  });

  it('do so on the driver alone where findings are about too many arcs for a menu', async () => {
    await start(exampleDriver({ saving: '', flags: 'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P' }));
    const found = await open.client.diagnostics(open.path);
    const missing = found.filter(({ code }) => code === 'missing-arc');
    const [first] = missing;
    assert.ok(first !== undefined && missing.length > 3);
    const [action, ...others] = await actionsIn(first.range, undefined, found);
    assert.deepEqual(others, []);
    assert.equal(action?.title, 'Show in simulator');
    assert.deepEqual(action.command?.arguments, [{ uri: uri(open.path), ops }]);
    assert.equal(action.diagnostics?.length, missing.length);
  });

  it('do so on a handled arc, from its condition, its return and the call of its handler', async () => {
    for (const place of [`${S}STOP && new == ${S}STOP_COPY`, 'return demo_open(', 'demo_open(demo, &demo_save']) {
      await start(markedBefore(place, exampleDriver()));
      const [action, ...others] = await actionsAt();
      assert.deepEqual(others, [], place);
      assert.equal(action?.title, 'Show STOP -> STOP_COPY in simulator', place);
      const arc = { from: 'STOP', to: 'STOP_COPY' };
      assert.deepEqual(action.command?.arguments, [{ uri: uri(open.path), ops, arc }]);
      assert.equal(action.kind, undefined);
      const at = open.at();
      assert.deepEqual(await actionsIn({ start: at, end: at }, ['quickfix']), [], 'it mends nothing');
    }
  });

  it('do so from anywhere in the line, and from a condition that arcs share on each of them', async () => {
    const source = sample('stratus/main.c');
    const nested = `case ${S}PRE_COPY_P2P:\n\t\treturn stratus_leave`;
    assert.deepEqual(await offered(markedBefore(`\tcase ${S}RESUMING:\n\t\treturn`, source)), [
      'Show STOP -> RESUMING in simulator',
    ]);
    assert.deepEqual(await offered(markedBefore(nested, source)), [
      'Show PRE_COPY_P2P -> STOP_COPY in simulator',
      'Show PRE_COPY_P2P -> RUNNING_P2P in simulator',
      'Show PRE_COPY_P2P -> PRE_COPY in simulator',
    ]);
  });

  it('do so from a row of a table', async () => {
    const rows = [`${S}RUNNING, demo_quiet`, `{ ${S}STOP, ${S}STOP_COPY, demo_save }`];
    const found: string[] = [];
    for (const row of rows) found.push(...(await offered(markedBefore(row, tableDriver))));
    assert.deepEqual(found, ['Show STOP -> RUNNING in simulator', 'Show STOP -> STOP_COPY in simulator']);
  });

  it('name the driver where the document belongs to several', async () => {
    const second = exampleDriver().replaceAll('demo', 'other');
    await start(markedBefore(`cur == ${S}STOP && new == ${S}STOP_COPY`, `${exampleDriver()}\n${second}`));
    assert.deepEqual(titles(await actionsAt()), [`Show STOP -> STOP_COPY of ${ops} in simulator`]);
  });

  it('do so on no arc where many go through, nor where none is', async () => {
    const shared = exampleDriver({ arms: `\tif (new == ${S}STOP || new == ${S}RUNNING)\n\t\treturn NULL;\n` });
    assert.deepEqual(await offered(markedBefore('return NULL;\n\tif', shared)), []);
    assert.deepEqual(await offered(markedBefore('demo->filp = filp;', exampleDriver())), []);
  });

  it('are not for clients that have no simulator', async () => {
    await start(markedBefore(`cur == ${S}RUNNING && new == ${S}RESUMING`, exampleDriver({ arms: extraArm })), []);
    assert.deepEqual(await actionsAt(), []);
    const [superfluous] = await open.client.diagnostics(open.path);
    assert.ok(superfluous);
    assert.deepEqual(await actionsIn(superfluous.range, undefined, [superfluous]), []);
  });
});
