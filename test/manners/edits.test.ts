import assert from 'node:assert/strict';
import { checkModule, migrationMarks } from '../../server/src/check';
import { uriOfPath } from '../../server/src/lsp/convert';
import type { Encoding } from '../../server/src/lsp/encoding';
import type { Finding } from '../../server/src/rules/rule';
import { frontEnd, newest } from '../support/analyse';
import type { Folder } from '../support/cli';
import { temporaryFolder } from '../support/cli';
import { driverText, structs } from '../support/driverText';
import { fieldOf, pullClient, rangeIn } from '../support/lspClient';
import { Random } from '../support/random';
import { seedFrom } from '../support/seed';
import type { ServerProcess } from '../support/serverProcess';
import { sharedStep } from '../support/sharedStep';
import { step } from './documents';
import { startedServers } from './servers';
import { Typist } from './typist';

/** How many edits are made in each encoding, with a comparison after each: 10,000 in all. */
const oneByOne: Readonly<Record<Encoding, number>> = { 'utf-16': 5_000, 'utf-8': 3_000, 'utf-32': 2_000 };
const inBursts = 2_000;
/** How many edits are sent in a row, at most, before the result is asked for. */
const longestBurst = 40;

/** Texts by path. */
type Texts = ReadonlyMap<string, string>;
type Typists = readonly [readonly [string, Typist], ...(readonly [string, Typist])[]];

describe('edits', function () {
  this.timeout(600_000);
  const { start } = startedServers();
  let folder: Folder;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  /** What a front end that has never seen the texts says about them, as LSP would have it. */
  const expected = async (texts: Texts, encoding: Encoding): Promise<readonly (readonly unknown[])[]> => {
    // Edits can take away all that tells a driver. Of what is none nothing is said.
    const isDriver = [...texts.values()].some((text) => migrationMarks.some((mark) => text.includes(mark)));
    if (!isDriver) return [...texts.keys()].map(() => []);
    const end = await frontEnd();
    const files = [...texts].map(([path, text]) => ({ path, text }));
    for (const { path } of files) end.forget(path);
    const { drivers, findings } = checkModule(end.module(files), newest);
    const all = [...drivers.flatMap((driver) => driver.findings), ...findings];
    const placed = ({ file, span }: Finding['location']) =>
      rangeIn(texts.get(file) ?? '', span.start, span.end, encoding);
    const diagnosticOf = ({ rule, message, location, related }: Finding) => ({
      code: rule,
      message,
      range: placed(location),
      related: related.map((each) => ({ message: each.message, range: placed(each.location) })),
    });
    return [...texts.keys()].map((path) => all.filter(({ location }) => location.file === path).map(diagnosticOf));
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

  /** A server that has the files open, and who types in them. */
  const opened = async (random: Random, texts: Readonly<Record<string, string>>, encoding: Encoding) => {
    folder.write(texts);
    const typists = Object.entries(texts).map(
      ([name, text]) => [`${folder.path}/${name}`, new Typist(random, text, encoding)] as const,
    );
    const [first, ...others] = typists;
    if (first === undefined) throw new Error('nothing to type in');
    const server = start();
    await server.initialize({ ...pullClient, general: { positionEncodings: [encoding] } });
    for (const [path, { text }] of typists) {
      const textDocument = { uri: uriOfPath(path), languageId: 'c', version: 1, text };
      server.notify('textDocument/didOpen', { textDocument });
    }
    return { server, typists: [first, ...others] satisfies Typists };
  };

  /** Fails unless the server says of the texts what a fresh parse finds; gives how much that is. */
  const compare = async (server: ServerProcess, typists: Typists, encoding: Encoding, when: string) => {
    const texts = new Map(typists.map(([path, { text }]) => [path, text]));
    const [now, fresh] = await Promise.all([
      Promise.all([...texts.keys()].map((path) => received(server, path))),
      expected(texts, encoding),
    ]);
    assert.deepEqual(now, fresh, when);
    return now.flat().length;
  };

  const ends = async (server: ServerProcess) => {
    const failed = server.received.filter(({ error }) => error !== undefined && error.code !== -32800);
    assert.deepEqual(failed, []);
    assert.deepEqual(
      server.log.filter((line) => line.includes('fault')),
      [],
    );
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
  };

  for (const encoding of ['utf-16', 'utf-8', 'utf-32'] as const) {
    const edits = oneByOne[encoding];
    it(`${edits} at random in ${encoding}: after each the server says what a fresh parse of the text finds`, async () => {
      const seed = seedFrom('EDITS_SEED');
      const random = new Random(seed);
      const texts = sharedStep({ closing: '' });
      const driver = { 'main.c': texts['one_main.c'] ?? '', 'step.c': texts['shared.c'] ?? '' };
      const { server, typists } = await opened(random, driver, encoding);
      let withFindings = 0;
      for (let sent = 1; sent <= edits; sent++) {
        const [path, typist] = random.pick(typists);
        const textDocument = { uri: uriOfPath(path), version: sent + 1 };
        server.notify('textDocument/didChange', { textDocument, contentChanges: typist.edit() });
        const found = await compare(server, typists, encoding, `after edit ${sent} with EDITS_SEED=${seed}`);
        if (found > 0) withFindings++;
      }
      assert.ok(withFindings > edits / 10, 'there is something to find in many texts');
      console.log(`      ${edits} edits and comparisons, something found after ${withFindings}, seed ${seed}`);
      await ends(server);
    });
  }

  it(`${inBursts} at random, as fast as they can be sent, leave what a fresh parse of the text finds`, async () => {
    const seed = seedFrom('EDITS_SEED');
    const random = new Random(seed);
    const driver = {
      'main.c': driverText({ step: 'struct file *step(struct dev *d, u32 new);' }),
      'step.c': `${structs}${step.replace('static ', '')}`,
    };
    const { server, typists } = await opened(random, driver, 'utf-16');
    let [sent, compared, found, asked] = [0, 0, 0, 0];
    while (sent < inBursts) {
      for (let burst = 1 + random.below(longestBurst); burst > 0 && sent < inBursts; burst--) {
        const [path, typist] = random.pick(typists);
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
      found += await compare(server, typists, 'utf-16', `after edit ${sent} with EDITS_SEED=${seed}`);
      compared++;
    }
    assert.ok(found > compared / 4, 'there is something to find in many texts');
    console.log(
      `      ${sent} edits, ${compared} comparisons with a fresh parse, ${found} findings, ` +
        `${asked} questions in between, seed ${seed}`,
    );
    await ends(server);
  });
});
