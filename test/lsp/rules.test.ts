import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ruleInfos } from '../../server/src/check';
import { loadParser } from '../../server/src/entry/node/platform';
import type { SuppressionResult } from '../../server/src/wire';
import { isRuleList, isSuppressionResult } from '../../server/src/wire';
import type { LspClient } from '../support/lspClient';
import { startClient, uri } from '../support/lspClient';
import { MemoryFs } from '../support/memoryFs';
import { root } from '../support/repo';

const path = '/tree/stratus/main.c';
const text = readFileSync(join(root, 'test/samples/stratus/main.c'), 'utf8');

describe('rules over LSP', () => {
  let client: LspClient;
  beforeEach(async () => {
    client = await startClient({ fs: new MemoryFs({ [path]: text }), platform: { loadParser } });
    await client.open(path, text);
  });
  afterEach(() => client.stop());

  const missing = async () => {
    const found = (await client.diagnostics(path)).find(({ code }) => code === 'missing-arc');
    assert.ok(found);
    return found.range.start;
  };
  const suppress = async (params: object): Promise<SuppressionResult> => {
    const position = await missing();
    const all = { textDocument: { uri: uri(path) }, position, rule: 'missing-arc', reason: 'it is so', ...params };
    const result = await client.connection.sendRequest('vfio/suppression', all);
    assert.ok(isSuppressionResult(result));
    return result;
  };
  const problem = async (params: object): Promise<string> => {
    const result = await suppress(params);
    assert.equal(result.kind, 'problem');
    return result.message;
  };

  it('are listed with their documentation', async () => {
    const list = await client.connection.sendRequest('vfio/rules');
    assert.ok(isRuleList(list));
    assert.deepEqual(
      list.rules.map(({ id }) => id),
      ruleInfos.map(({ id }) => id),
    );
    for (const { id, markdown } of list.rules) {
      assert.ok(markdown.startsWith(`# ${id}\n`));
      assert.match(markdown, /^## Why it matters$/m);
    }
  });

  it('are allowed by the comment that the server writes', async () => {
    const { line } = await missing();
    const result = await suppress({ reason: ' the firmware does it ' });
    assert.equal(result.kind, 'insert');
    assert.deepEqual(result.position, { line, character: 0 });
    await client.change(path, { range: { start: result.position, end: result.position }, text: result.text });
    assert.deepEqual(
      (await client.diagnostics(path)).map(({ code }) => code),
      ['conditional-arc'],
    );
  });

  it('are not allowed without a reason, where there is nothing, nor when they are about comments', async () => {
    assert.match(await problem({ reason: ' ' }), /reason/);
    assert.match(await problem({ reason: 'a */ b' }), /ends the comment/);
    assert.match(await problem({ position: { line: 0, character: 0 } }), /no finding of missing-arc/);
    assert.match(await problem({ rule: 'blocked-arc' }), /no finding of blocked-arc/);
    assert.match(await problem({ rule: 'unused-suppression' }), /about a comment/);
    assert.match(await problem({ textDocument: { uri: 'file:///tree/other.c' } }), /no finding/);
  });
});
