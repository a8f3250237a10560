import assert from 'node:assert/strict';
import { fieldOf, pullClient } from '../support/lspClient';
import type { Message, ServerProcess } from '../support/serverProcess';
import { driverUri, open, works } from './documents';
import { startedServers } from './servers';

const cancelled = -32800;
const invalidParams = -32602;
const machine = { kind: 'reference', flags: ['STOP_COPY', 'P2P', 'PRE_COPY'], profile: '7.1' };
const scene = [...'AB'].map((name) => ({ name, machine }));
const hover = { textDocument: { uri: driverUri }, position: { line: 0, character: 0 } };
/** No request takes more. With two devices it is about two seconds of work; what takes less than 300 ms is told to nobody. */
const most = 100_000;
const events = Array.from({ length: most }, (_, n) =>
  n % 2 === 0
    ? { kind: 'pass', time: 10 }
    : { kind: 'feature', device: 'A', feature: 2, ops: ['GET'], argsz: 16, request: 0 },
);
/** The same, as a file. */
const scenario = JSON.stringify({
  schema: 'vfio-arcs/scenario',
  version: 1,
  devices: scene.map(({ name }) => ({ name })),
  events,
});

describe('a request that takes long', function () {
  this.timeout(60_000);
  const { start } = startedServers();
  let server: ServerProcess;
  let id: unknown;

  beforeEach(async () => {
    server = start();
    await server.initialize(pullClient);
    open(server);
    id = fieldOf(await server.result('vfio/simulation/open', { devices: scene }), 'id');
  });

  const steps = async (): Promise<number> => {
    const answer = await server.result('vfio/simulation/branch', { id, at: most });
    const found = fieldOf(answer, 'steps');
    assert.ok(Array.isArray(found));
    return found.length;
  };
  const place = (request: number) => server.received.findIndex((each) => each.id === request && !each.method);
  const progress = (token: string): readonly Message[] =>
    server.received.filter(({ method, params }) => method === '$/progress' && fieldOf(params, 'token') === token);
  const told = (token: string, field: string) =>
    progress(token).map(({ params }) => fieldOf(fieldOf(params, 'value'), field));

  const requests: Readonly<Record<string, () => readonly [method: string, params: object]>> = {
    'many events': () => ['vfio/simulation/dispatch', { id, at: 0, events }],
    'a long file': () => ['vfio/simulation/import', { name: 'long.json', text: scenario }],
  };
  for (const [what, request] of Object.entries(requests)) {
    it(`for ${what} lets others be answered meanwhile`, async () => {
      const long = server.ask(...request());
      const short = [server.ask('textDocument/hover', hover)];
      await server.answer(short[0] ?? 0);
      while (place(long) < 0 && short.length < 200) {
        short.push(server.ask('textDocument/hover', hover));
        await server.answer(short.at(-1) ?? 0);
      }
      const meanwhile = short.filter((each) => place(long) < 0 || place(each) < place(long)).length;
      assert.ok(meanwhile >= 3, `${meanwhile} hovers were answered before it`);
      assert.equal((await server.answer(long)).error, undefined);
    });

    it(`for ${what} can be cancelled, and then nothing has happened`, async () => {
      const [method, params] = request();
      const long = server.ask(method, { ...params, workDoneToken: 'long' });
      await server.until('progress', () => progress('long')[0]);
      server.notify('$/cancelRequest', { id: long });
      assert.equal((await server.answer(long)).error?.code, cancelled);
      assert.equal(told('long', 'kind').at(-1), 'end');
      assert.equal(await steps(), 0);
      await works(server);
    });

    it(`for ${what} tells how far it is, under the token of the client`, async () => {
      const [method, params] = request();
      await server.result(method, { ...params, workDoneToken: 'mine' });
      const kinds = told('mine', 'kind');
      assert.deepEqual([kinds[0], kinds.at(-1)], ['begin', 'end']);
      assert.ok(kinds.length >= 3 && kinds.slice(1, -1).every((kind) => kind === 'report'), kinds.join());
      assert.match(String(told('mine', 'title')[0]), /^VFIO: /);
      const percentages = told('mine', 'percentage').slice(0, -1).map(Number);
      assert.deepEqual(
        percentages,
        [...percentages].sort((a, b) => a - b),
      );
      assert.ok((percentages.at(-1) ?? 0) > 0 && (percentages.at(-1) ?? 0) <= 100, percentages.join());
    });
  }

  it('tells nothing without a token, nor of what is done at once', async () => {
    await server.result('vfio/simulation/dispatch', { id, at: 0, events });
    await server.result('vfio/simulation/dispatch', { id, at: 0, events: events.slice(0, 9), workDoneToken: 'short' });
    assert.deepEqual(
      server.received.filter(({ method }) => method === '$/progress'),
      [],
    );
    const { error } = await server.request('vfio/simulation/dispatch', { id, at: 0, events: [], workDoneToken: {} });
    assert.equal(error?.code, invalidParams);
  });

  it('goes before what the client asked for after it', async () => {
    const half = most / 2;
    const first = server.ask('vfio/simulation/dispatch', { id, at: 0, events: events.slice(0, half) });
    const second = server.ask('vfio/simulation/dispatch', { id, at: half, events: events.slice(0, 1) });
    const branched = steps();
    for (const each of [first, second]) assert.equal((await server.answer(each)).error, undefined);
    assert.equal(await branched, half + 1);
  });

  it('ends when its simulation is closed', async () => {
    const long = server.ask('vfio/simulation/dispatch', { id, at: 0, events });
    await server.result('vfio/simulation/close', { id });
    assert.match((await server.answer(long)).error?.message ?? '', /no simulation "s1" is open/);
  });

  it('is refused when its answer would have no end: with what is too much, how much, and what to do', async () => {
    const refusal = async (method: string, params: object) => {
      const { error } = await server.request(`vfio/simulation/${method}`, params);
      assert.equal(error?.code, invalidParams);
      return error.message;
    };
    assert.equal(
      await refusal('dispatch', { id, at: 0, events: [...events, ...events] }),
      '200000 events are too many for one request, which takes 100000: send them in parts, each after the steps of the one before',
    );
    await server.result('vfio/simulation/dispatch', { id, at: 0, events });
    await server.result('vfio/simulation/dispatch', { id, at: most, events: events.slice(0, 1) });
    assert.equal(
      await refusal('branch', { id, at: most + 1 }),
      '100001 steps are too many for one answer, which has 100000: branch at an earlier one',
    );
    assert.equal(
      await refusal('export', { id, format: 'json' }),
      '100001 steps are too many for one text, which has 100000: branch at an earlier one, export that',
    );
  });
});
