import assert from 'node:assert/strict';
import { checkModule } from '../../server/src/check';
import { uriOfPath } from '../../server/src/lsp/convert';
import type { Finding } from '../../server/src/rules/rule';
import { frontEnd, newest } from '../support/analyse';
import type { Folder } from '../support/cli';
import { temporaryFolder } from '../support/cli';
import { driverText, structs } from '../support/driverText';
import { fieldOf, pullClient, rangeIn } from '../support/lspClient';
import { Random } from '../support/random';
import { seedFrom } from '../support/seed';
import type { ServerProcess } from '../support/serverProcess';
import { step } from './documents';
import { startedServers } from './servers';
import { Typist } from './typist';

const edits = 10_000;
/** How many edits are sent in a row, at most, before the result is asked for. */
const longestBurst = 40;

describe('edits', function () {
  this.timeout(300_000);
  const { start } = startedServers();
  let folder: Folder;
  before(() => {
    folder = temporaryFolder();
  });
  after(() => folder.remove());

  /** What a front end that has never seen the texts says about them, as LSP would have it. */
  const expected = async (texts: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, readonly unknown[]>> => {
    const end = await frontEnd();
    const files = [...texts].map(([path, text]) => ({ path, text }));
    for (const { path } of files) end.forget(path);
    const { drivers, findings } = checkModule(end.module(files), newest);
    const all = [...drivers.flatMap((driver) => driver.findings), ...findings];
    const placed = ({ file, span }: Finding['location']) => rangeIn(texts.get(file) ?? '', span.start, span.end);
    const diagnosticOf = ({ rule, message, location, related }: Finding) => ({
      code: rule,
      message,
      range: placed(location),
      related: related.map((each) => ({ message: each.message, range: placed(each.location) })),
    });
    return new Map(
      [...texts.keys()].map((path) => [path, all.filter(({ location }) => location.file === path).map(diagnosticOf)]),
    );
  };

  const received = async (server: ServerProcess, path: string): Promise<readonly unknown[]> => {
    const report = await server.result('textDocument/diagnostic', { textDocument: { uri: uriOfPath(path) } });
    const items = fieldOf(report, 'items');
    if (!Array.isArray(items)) throw new Error(`no items in ${JSON.stringify(report)}`);
    return items.map((item: unknown) => {
      const related = fieldOf(item, 'relatedInformation') ?? [];
      return {
        code: fieldOf(item, 'code'),
        message: fieldOf(item, 'message'),
        range: fieldOf(item, 'range'),
        related: (Array.isArray(related) ? related : []).map((each: unknown) => ({
          message: fieldOf(each, 'message'),
          range: fieldOf(fieldOf(each, 'location'), 'range'),
        })),
      };
    });
  };

  it(`${edits} at random, as fast as they can be sent, leave what a fresh parse of the text finds`, async () => {
    const seed = seedFrom('EDITS_SEED');
    const random = new Random(seed);
    const typists = new Map([
      [`${folder.path}/main.c`, new Typist(random, driverText({ step: 'struct file *step(struct dev *d, u32 new);' }))],
      [`${folder.path}/step.c`, new Typist(random, `${structs}${step.replace('static ', '')}`)],
    ]);
    folder.write(
      Object.fromEntries([...typists].map(([path, { text }]) => [path.slice(folder.path.length + 1), text])),
    );
    const server = start();
    await server.initialize(pullClient);
    for (const [path, { text }] of typists) {
      const textDocument = { uri: uriOfPath(path), languageId: 'c', version: 1, text };
      server.notify('textDocument/didOpen', { textDocument });
    }

    let [sent, compared, found, asked] = [0, 0, 0, 0];
    while (sent < edits) {
      for (let burst = 1 + random.below(longestBurst); burst > 0 && sent < edits; burst--) {
        const [path, typist] = random.pick([...typists] as [[string, Typist], [string, Typist]]);
        sent++;
        // Versions only ever grow in an editor; here they say nothing, and the order of arrival counts.
        const textDocument = { uri: uriOfPath(path), version: random.below(50) === 0 ? random.below(sent) : sent };
        server.notify('textDocument/didChange', { textDocument, contentChanges: typist.edit() });
        if (random.below(10) > 0) continue;
        // Somebody asks in between and does not wait for the answer, or takes the question back.
        const position = { line: random.below(120), character: random.below(30) };
        const id = server.ask('textDocument/hover', { textDocument, position });
        if (random.below(2) === 0) server.notify('$/cancelRequest', { id });
        asked++;
      }
      const texts = new Map([...typists].map(([path, { text }]) => [path, text]));
      const [now, fresh] = await Promise.all([
        Promise.all([...texts.keys()].map((path) => received(server, path))),
        expected(texts),
      ]);
      assert.deepEqual(now, [...fresh.values()], `after edit ${sent} with EDITS_SEED=${seed}`);
      compared++;
      found += now.flat().length;
    }
    const failed = server.received.filter(({ error }) => error !== undefined && error.code !== -32800);
    assert.deepEqual(failed, []);
    assert.deepEqual(
      server.log.filter((line) => line.includes('fault')),
      [],
    );
    assert.ok(found > compared, 'there is something to find in most texts');
    console.log(
      `      ${sent} edits, ${compared} comparisons with a fresh parse, ${found} findings, ` +
        `${asked} questions in between, seed ${seed}`,
    );
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
  });
});
