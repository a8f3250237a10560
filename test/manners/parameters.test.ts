import assert from 'node:assert/strict';
import * as wire from '../../server/src/wire';
import { fieldOf, pullClient } from '../support/lspClient';
import type { ServerProcess } from '../support/serverProcess';
import { driver, driverUri, open, works } from './documents';
import { startedServers } from './servers';

const invalidParams = -32602;
const methodNotFound = -32601;
const internalError = -32603;

/** What LSP's methods ask for, in valid shape; the methods are asked for when the server declares their provider. */
const document = { textDocument: { uri: driverUri } };
const position = { line: 3, character: 2 };
const range = { start: position, end: { line: 4, character: 0 } };
const context = { diagnostics: [], includeDeclaration: true, triggerKind: 1 };
const files = [{ uri: driverUri, oldUri: driverUri, newUri: driverUri, type: 2 }];
const folder = { uri: 'file:///nowhere', name: 'nowhere' };

/** By the capability that declares them: requests with the parameters that they must have. */
const declared: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  hoverProvider: { 'textDocument/hover': { ...document, position } },
  completionProvider: { 'textDocument/completion': { ...document, position } },
  signatureHelpProvider: { 'textDocument/signatureHelp': { ...document, position } },
  definitionProvider: { 'textDocument/definition': { ...document, position } },
  declarationProvider: { 'textDocument/declaration': { ...document, position } },
  typeDefinitionProvider: { 'textDocument/typeDefinition': { ...document, position } },
  implementationProvider: { 'textDocument/implementation': { ...document, position } },
  referencesProvider: { 'textDocument/references': { ...document, position, context } },
  documentHighlightProvider: { 'textDocument/documentHighlight': { ...document, position } },
  documentSymbolProvider: { 'textDocument/documentSymbol': document },
  workspaceSymbolProvider: { 'workspace/symbol': { query: '' } },
  codeActionProvider: { 'textDocument/codeAction': { ...document, range, context } },
  codeLensProvider: { 'textDocument/codeLens': document },
  inlayHintProvider: { 'textDocument/inlayHint': { ...document, range } },
  semanticTokensProvider: { 'textDocument/semanticTokens/full': document },
  executeCommandProvider: { 'workspace/executeCommand': { command: 'x' } },
  diagnosticProvider: { 'textDocument/diagnostic': document, 'workspace/diagnostic': { previousResultIds: [] } },
};

const notifications: Readonly<Record<string, object>> = {
  'textDocument/didOpen': { textDocument: { uri: driverUri, languageId: 'c', version: 1, text: driver } },
  'textDocument/didChange': { textDocument: { uri: driverUri, version: 2 }, contentChanges: [{ range, text: 'x' }] },
  'textDocument/didClose': document,
  'workspace/didChangeWatchedFiles': { changes: files },
  'workspace/didRenameFiles': { files },
  'workspace/didDeleteFiles': { files },
  'workspace/didChangeWorkspaceFolders': { event: { added: [folder], removed: [folder] } },
};

/** Requests that work as well without parameters, whatever is in them. */
const withoutParameters = ['vfio/drivers', 'vfio/checkWorkspace'];

/** What takes the place of a value. */
const wrong: readonly unknown[] = [undefined, null, 7, -1, 0.5, 'x', true, [], {}, [null], { uri: 7 }];

/** Every value that has something wrong in exactly one place. */
function* spoiled(value: unknown): Generator<unknown> {
  yield* wrong;
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) for (const other of spoiled(each)) yield value.with(index, other);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      for (const other of spoiled(each)) yield { ...value, [key]: other };
    }
  }
}

describe('parameters', () => {
  const { start } = startedServers();
  const isProvider = (name: string) => name.endsWith('Provider');
  const faults = (server: ServerProcess) => server.log.filter((line) => line.includes('fault of the server'));

  /** The requests that the server says it answers; fails for one that this test does not know. */
  const requestsOf = (result: unknown): Readonly<Record<string, object>> => {
    const capabilities = Object.entries(fieldOf(result, 'capabilities') ?? {});
    const providers = capabilities.filter(([name, value]) => isProvider(name) && value !== false).map(([name]) => name);
    assert.deepEqual(
      providers.filter((name) => declared[name] === undefined),
      [],
      'the table above does not know them',
    );
    return Object.fromEntries(providers.flatMap((name) => Object.entries(declared[name] ?? {})));
  };

  /** Our own requests, with what most of them need; those that the server does not answer are left out. */
  const ownRequests = async (server: ServerProcess): Promise<Readonly<Record<string, object>>> => {
    const methods = Object.entries(wire).flatMap(([name, method]) =>
      name.endsWith('Method') && typeof method === 'string' && !withoutParameters.includes(method) ? [method] : [],
    );
    const params = { ...document, position, range };
    const answers = await Promise.all(methods.map((method) => server.request(method, params)));
    const known = methods.filter((_, index) => answers[index]?.error?.code !== methodNotFound);
    return Object.fromEntries(known.map((method) => [method, params]));
  };

  it('of requests that are wrong in one place are refused, or make no difference', async () => {
    const server = start();
    const standard = requestsOf(await server.initialize(pullClient));
    open(server);
    const requests = { ...standard, ...(await ownRequests(server)) };
    let tried = 0;
    for (const [method, params] of Object.entries(requests)) {
      const ids = [...spoiled(params)].map((each) => ({ each, id: server.ask(method, each) }));
      let refused = 0;
      for (const { each, id } of ids) {
        // A held request is answered when the client takes it back.
        if (method === 'workspace/diagnostic') server.notify('$/cancelRequest', { id });
        const { error } = await server.answer(id);
        if (error?.code === invalidParams) refused++;
        assert.notEqual(error?.code, internalError, `${method} with ${JSON.stringify(each)}: ${error?.message}`);
      }
      if (standard[method] !== undefined) assert.ok(refused > 0, `${method} takes anything`);
      tried += ids.length;
    }
    assert.deepEqual(faults(server), []);
    await works(server);
    console.log(`      ${tried} malformed parameters of ${Object.keys(requests).length} requests`);
  });

  it('of notifications that are wrong in one place do no harm, and are told to the log', async () => {
    const server = start();
    await server.initialize(pullClient);
    let tried = 0;
    for (const [method, params] of Object.entries(notifications)) {
      for (const each of spoiled(params)) {
        server.notify(method, each);
        tried++;
      }
      await server.result('vfio/drivers');
      assert.ok(
        server.log.some((line) => line.includes(`${method} dropped: malformed parameters`)),
        method,
      );
    }
    assert.deepEqual(faults(server), []);
    await works(server);
    console.log(`      ${tried} malformed parameters of ${Object.keys(notifications).length} notifications`);
  });

  it('of no interest are not looked at', async () => {
    const server = start();
    await server.initialize(pullClient);
    for (const method of withoutParameters) {
      for (const params of [undefined, null, {}, { a: 1 }]) {
        const { error } = await server.request(method, params);
        assert.equal(error, undefined, method);
      }
    }
  });
});
