import assert from 'node:assert/strict';
import type { SemanticTokens } from 'vscode-languageserver/node';
import type { OpenDriver } from '../support/driverClient';
import { openDriver, sample } from '../support/driverClient';
import { driverText } from '../support/driverText';
import { positionIn, pushClient } from '../support/lspClient';

const step = `static struct file *step(struct dev *d, u32 new)
{
	/* VFIO_DEVICE_STATE_STOP */
	dev_dbg("VFIO_DEVICE_STATE_STOP", 'V');
#ifdef CONFIG_NEVER
	if (new == VFIO_DEVICE_STATE_RUNNING)
#endif
	if (new == VFIO_DEVICE_STATE_PRE_COPY || new == MY_VFIO_DEVICE_STATE_STOP || new == VFIO_DEVICE_STATE_NR)
		return NULL; // VFIO_DEVICE_STATE_STOP
	return ERR_PTR(-EINVAL);
}`;

describe('semantic tokens', function () {
  this.timeout(30_000);
  let open: OpenDriver;
  afterEach(() => open.client.stop());

  /** The texts that have tokens. */
  const texts = (tokens: SemanticTokens | null) => {
    const lines = open.text.split('\n');
    const found: string[] = [];
    let line = 0;
    let character = 0;
    for (let at = 0; at < (tokens?.data.length ?? 0); at += 5) {
      const [down = 0, right = 0, length = 0, type, modifiers] = tokens?.data.slice(at, at + 5) ?? [];
      line += down;
      character = down > 0 ? right : character + right;
      assert.deepEqual([type, modifiers], [0, 1]);
      found.push((lines[line] ?? '').slice(character, character + length));
    }
    return found;
  };
  const full = () => open.ask<SemanticTokens | null>('textDocument/semanticTokens/full');

  it('mark the constants of states and flags in code, parsed or not, and nothing else', async () => {
    open = await openDriver(driverText({ step, flags: 'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P' }));
    assert.deepEqual(open.client.initializeResult?.capabilities.semanticTokensProvider, {
      documentSelector: [{ language: '*' }],
      legend: { tokenTypes: ['enumMember'], tokenModifiers: ['readonly'] },
      full: true,
      range: true,
    });
    assert.deepEqual(texts(await full()), [
      'VFIO_DEVICE_STATE_RUNNING',
      'VFIO_DEVICE_STATE_PRE_COPY',
      'VFIO_MIGRATION_STOP_COPY',
      'VFIO_MIGRATION_P2P',
    ]);
  });

  it('are given for a part', async () => {
    open = await openDriver(sample('stratus/main.c'));
    const start = open.text.indexOf('vdev->migration_flags');
    const range = { start: positionIn(open.text, start), end: positionIn(open.text, open.text.indexOf(';', start)) };
    const tokens = await open.ask<SemanticTokens>('textDocument/semanticTokens/range', { range });
    assert.deepEqual(texts(tokens), ['VFIO_MIGRATION_STOP_COPY', 'VFIO_MIGRATION_P2P', 'VFIO_MIGRATION_PRE_COPY']);
  });

  it('are switched off by the setting', async () => {
    open = await openDriver(sample('stratus/main.c'), { settings: { semanticTokens: false } });
    assert.equal(await full(), null);
    open.client.settings = {};
    await open.client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await open.client.until('refresh', () => open.client.of('workspace/semanticTokens/refresh').length > 0);
    assert.ok(texts(await full()).length > 20);
  });

  it('are none outside of drivers, and not announced to a client that knows none', async () => {
    open = await openDriver('int x = VFIO_DEVICE_STATE_STOP;\n');
    assert.equal(await full(), null);
    await open.client.stop();
    open = await openDriver('int x;\n', { capabilities: pushClient });
    assert.equal(open.client.initializeResult?.capabilities.semanticTokensProvider, undefined);
  });
});
