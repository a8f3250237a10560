import assert from 'node:assert/strict';
import { pullClient } from '../support/lspClient';
import type { Message } from '../support/serverProcess';
import { framed, type ServerProcess } from '../support/serverProcess';
import { driver, driverUri, messagesIn, open, works } from './documents';
import { startedServers } from './servers';

const parseError = -32700;
const invalidRequest = -32600;
const invalidParams = -32602;

const alive = '{"jsonrpc":"2.0","id":"alive","method":"vfio/drivers"}';

describe('messages', () => {
  const { start } = startedServers();

  /** What the server answers to a body, found by asking for something else after it. */
  const answersTo = async (server: ServerProcess, body: string): Promise<readonly Message[]> => {
    const before = server.received.length;
    server.writeBody(body);
    server.writeBody(alive);
    const isAnswer = (each: Message) => each.id === 'alive';
    await server.until(`an answer after ${body}`, () => server.received.slice(before).find(isAnswer));
    return server.received.slice(before).filter((each) => each.method === undefined && !isAnswer(each));
  };

  /** A body, the code of the error that it is answered with, and the id in that answer; null when there is no answer. */
  const bodies: readonly (readonly [string, readonly [number, number | string | null] | null])[] = [
    ['{', [parseError, null]],
    ['', [parseError, null]],
    ['{"jsonrpc":"2.0","id":300,"method":"vfio/drivers"', [parseError, null]],
    ["{'jsonrpc':'2.0'}", [parseError, null]],
    ['{"jsonrpc":"2.0","id":300,"method":"vfio/drivers",}', [parseError, null]],
    ['\u0000', [parseError, null]],
    ['null', [invalidRequest, null]],
    ['7', [invalidRequest, null]],
    ['"text"', [invalidRequest, null]],
    ['[]', [invalidRequest, null]],
    ['[{"jsonrpc":"2.0","id":300,"method":"vfio/drivers"}]', [invalidRequest, null]],
    ['{}', [invalidRequest, null]],
    ['{"jsonrpc":"2.0"}', [invalidRequest, null]],
    ['{"jsonrpc":"2.0","method":7}', [invalidRequest, null]],
    ['{"jsonrpc":"2.0","id":300,"method":7}', [invalidRequest, 300]],
    ['{"jsonrpc":"2.0","id":"x","method":null}', [invalidRequest, 'x']],
    ['{"jsonrpc":"2.0","id":null,"method":"vfio/drivers"}', [invalidRequest, null]],
    ['{"jsonrpc":"2.0","id":{},"method":"vfio/drivers"}', [invalidRequest, null]],
    ['{"jsonrpc":"2.0","id":[3],"method":"vfio/drivers"}', [invalidRequest, null]],
    ['{"jsonrpc":"2.0","id":true,"method":"vfio/drivers"}', [invalidRequest, null]],
    ['{"jsonrpc":"2.0","id":300,"method":"vfio/drivers","params":7}', [invalidParams, 300]],
    ['{"jsonrpc":"2.0","id":300,"method":"vfio/drivers","params":"x"}', [invalidParams, 300]],
    ['{"jsonrpc":"2.0","id":300,"method":"textDocument/hover","params":[{},{}]}', [invalidParams, 300]],
    ['{"jsonrpc":"2.0","id":"x","result":1}', null],
    ['{"jsonrpc":"2.0","id":99,"error":{"code":1,"message":"?"}}', null],
    ['{"jsonrpc":"2.0","id":99,"error":7}', null],
    ['{"jsonrpc":"2.0","id":99}', null],
    ['{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}}', null],
    ['{"jsonrpc":"2.0","method":"$/cancelRequest"}', null],
    ['{"jsonrpc":"2.0","method":"$/cancelRequest","params":{}}', null],
    ['{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":null}}', null],
    ['{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"never"}}', null],
    ['{"jsonrpc":"2.0","method":"$/cancelRequest","params":[1]}', null],
    ['{"jsonrpc":"2.0","method":"$/progress","params":{}}', null],
    ['{"jsonrpc":"2.0","method":"$/progress"}', null],
    ['{"jsonrpc":"2.0","method":"$/setTrace"}', null],
    ['{"jsonrpc":"2.0","method":"$/setTrace","params":{"value":7}}', null],
    ['{"jsonrpc":"2.0","method":"window/workDoneProgress/cancel"}', null],
    ['{"jsonrpc":"2.0","method":"window/workDoneProgress/cancel","params":{"token":"never"}}', null],
    ['{"jsonrpc":"2.0","method":"textDocument/didOpen"}', null],
    ['{"jsonrpc":"2.0","method":"textDocument/didChange","params":[1,2,3]}', null],
    ['{"jsonrpc":"2.0","method":"textDocument/didChange","params":null}', null],
    ['{"jsonrpc":"2.0","method":"initialized","params":7}', null],
  ];
  it(`that are none are answered as JSON-RPC says: ${bodies.length} bodies`, async () => {
    const server = start();
    await server.initialize(pullClient);
    for (const [body, expected] of bodies) {
      const answers = (await answersTo(server, body)).map(({ id, error }) => [error?.code, id]);
      assert.deepEqual(answers, expected === null ? [] : [expected], body);
    }
    await works(server);
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
    assert.equal(server.stderr, '');
  });

  it('come with any headers that LSP allows', async () => {
    const server = start();
    await server.initialize();
    const length = `Content-Length: ${alive.length}\r\n`;
    const type = 'Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n';
    for (const head of [length, length + type, type + length, length.toLowerCase(), length.replace(': ', ':')]) {
      const before = server.received.length;
      server.write(`${head}\r\n${alive}`);
      await server.until(head, () => server.received.slice(before).find((each) => each.id === 'alive'));
    }
  });

  it('come in pieces, and many at once', async () => {
    const server = start();
    await server.initialize();
    for (const byte of Buffer.from(framed('{"jsonrpc":"2.0","id":"ä😀","method":"vfio/drivers"}'))) {
      server.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await server.answer('ä😀');
    const many = Array.from({ length: 500 }, (_, n) => framed(alive.replace('alive', `many ${n}`)));
    server.write(many.join(''));
    await server.answer('many 499');
    const order = server.received.flatMap(({ id }) => (String(id).startsWith('many') ? [String(id)] : []));
    assert.deepEqual(
      order,
      Array.from({ length: 500 }, (_, n) => `many ${n}`),
    );
  });

  const broken: readonly (readonly [string, string])[] = [
    ['without a length', `Foo: 3\r\n\r\n${alive}`],
    ['with a length that is no number', `Content-Length: many\r\n\r\n${alive}`],
    ['with a length that is too short', `Content-Length: 5\r\n\r\n${alive}`],
    ['with a length that is too long', `Content-Length: ${alive.length + 9}\r\n\r\n${alive}${framed(alive)}`],
    ['with a negative length', `Content-Length: -7\r\n\r\n${alive}${framed(alive)}`],
    ['with something else before them', `hello\r\n\r\n${framed(alive)}`],
  ];
  for (const [what, bytes] of broken) {
    it(`${what} end the server with a word, since nobody can tell where the next begins`, async () => {
      const server = start();
      await server.initialize();
      server.write(bytes);
      // A client goes on talking; what comes with the same chunk may be lost.
      const talking = setInterval(() => server.write(framed(alive)), 50);
      const ending = await server.exited;
      clearInterval(talking);
      assert.deepEqual(ending, { code: 1, signal: null });
      assert.match(server.stderr, /^vfio-arcs: the client can not be understood any more: .+\n/);
    });
  }

  it('are taken whatever their size', async () => {
    const server = start();
    await server.initialize(pullClient);
    const megabytes = 32;
    open(server, driverUri, `${driver}/*${'x'.repeat(megabytes << 20)}*/`);
    const params = { textDocument: { uri: driverUri } };
    const [message = ''] = messagesIn(await server.result('textDocument/diagnostic', params));
    assert.match(message, /^This file is not analysed: it has 33\.6 million characters/);
    await works(server);
  });
});
