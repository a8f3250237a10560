import assert from 'node:assert/strict';
import type { InlayHint } from 'vscode-languageserver/node';
import type { OpenDriver } from '../support/driverClient';
import { openDriver, sample } from '../support/driverClient';
import { driverText } from '../support/driverText';
import { positionIn, pushClient } from '../support/lspClient';

const S = 'VFIO_DEVICE_STATE_';
const on = { settings: { inlayHints: true } };

/** A step function with a condition of each kind; `^` stands where a hint is to be, with its text in the next test. */
const step = `static struct file *step(struct dev *d, u32 new)
{
	u32 cur = d->state;

	if (cur == ${S}RUNNING && new == ${S}STOP)
		return NULL;
	if ((cur == ${S}STOP_COPY && new == ${S}STOP) ||
	    (cur == ${S}RESUMING && new == ${S}STOP)) {
		close_files(d);
		return NULL;
	}
	if (cur == ${S}STOP) {
		switch (new) {
		case ${S}RUNNING:
			return NULL;
		case ${S}STOP_COPY:
			return open_save(d);
		}
	}
	return ERR_PTR(-EINVAL);
}`;

describe('inlay hints', function () {
  this.timeout(30_000);
  let open: OpenDriver;
  afterEach(() => open.client.stop());

  const hints = (start = 0, end = open.text.length) =>
    open.ask<InlayHint[] | null>('textDocument/inlayHint', {
      range: { start: positionIn(open.text, start), end: positionIn(open.text, end) },
    });
  /** The lines that have hints, with the hints in place. */
  const shown = async (...range: number[]) => {
    const lines = open.text.split('\n');
    return ((await hints(...range)) ?? []).map(({ position: { line, character }, label }) => {
      const text = lines[line] ?? '';
      return `${text.slice(0, character)} <${String(label)}>${text.slice(character)}`.trim();
    });
  };

  it('name the arcs at the end of their condition or case label', async () => {
    open = await openDriver(driverText({ step }), on);
    assert.deepEqual(await shown(), [
      `if (cur == ${S}RUNNING && new == ${S}STOP) <RUNNING -> STOP>`,
      `(cur == ${S}RESUMING && new == ${S}STOP)) <STOP_COPY -> STOP, RESUMING -> STOP> {`,
      `case ${S}RUNNING: <STOP -> RUNNING>`,
      `case ${S}STOP_COPY: <STOP -> STOP_COPY>`,
    ]);
  });

  it('say where the current state is not at hand', async () => {
    open = await openDriver(sample('stratus/main.c'), on);
    const start = open.text.indexOf('static struct file *stratus_leave_pre_copy(');
    const end = open.text.indexOf('static struct file *stratus_leave_pre_copy_p2p(');
    assert.deepEqual(await shown(start, end), [
      `case ${S}RUNNING: <PRE_COPY -> RUNNING>`,
      `case ${S}PRE_COPY_P2P: <PRE_COPY -> PRE_COPY_P2P>`,
    ]);
    const [, conditional] = (await hints(start, end)) ?? [];
    assert.equal(conditional?.tooltip, 'PRE_COPY -> PRE_COPY_P2P: NULL, only if st->caps & STRATUS_CAP_HOLD_PEERS');
  });

  it('count the arcs of a condition that selects many', async () => {
    const any = `static struct file *step(struct dev *d, u32 new)
{
	if (new == ${S}STOP)
		return NULL;
	return ERR_PTR(-EINVAL);
}`;
    open = await openDriver(driverText({ step: any }), on);
    assert.deepEqual(await shown(), [
      `if (new == ${S}STOP) <RUNNING -> STOP, STOP_COPY -> STOP, RESUMING -> STOP and 3 more>`,
    ]);
  });

  it('are off until the setting turns them on, which takes no restart', async () => {
    open = await openDriver(driverText({ step }));
    assert.equal(await hints(), null);
    open.client.settings = { inlayHints: true };
    await open.client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await open.client.until('refresh', () => open.client.of('workspace/inlayHint/refresh').length > 0);
    assert.equal((await hints())?.length, 4);
  });

  it('are not announced to a client that shows none', async () => {
    open = await openDriver(driverText({ step }), { capabilities: pushClient });
    assert.equal(open.client.initializeResult?.capabilities.inlayHintProvider, undefined);
  });
});
