import assert from 'node:assert/strict';
import type { CompletionItem } from 'vscode-languageserver/node';
import { InsertTextFormat, TextEdit } from 'vscode-languageserver/node';
import type { OpenDriver } from '../support/driverClient';
import { fullClient, openDriver, sample } from '../support/driverClient';
import { driverText } from '../support/driverText';
import { positionIn, pushClient } from '../support/lspClient';
import { marked } from '../support/markers';

const S = 'VFIO_DEVICE_STATE_';

/** A driver that lacks RESUMING -> STOP, with more text at the end of its step function. */
const driver = (before: string, flags = 'VFIO_MIGRATION_STOP_COPY') =>
  driverText({
    flags,
    step: `static struct file *step(struct dev *d, u32 new)
{
	u32 cur = d->state;

	if (cur == ${S}RUNNING && new == ${S}STOP)
		return NULL;
	if (cur == ${S}STOP && new == ${S}RUNNING)
		return NULL;
	if (cur == ${S}STOP && new == ${S}STOP_COPY)
		return open_save(d);
	if (cur == ${S}STOP_COPY && new == ${S}STOP) {
		close_files(d);
		return NULL;
	}
	if (cur == ${S}STOP && new == ${S}RESUMING)
		return open_resume(d);
	${before}
	return ERR_PTR(-EINVAL);
}`,
  });

describe('completion', function () {
  this.timeout(30_000);
  let open: OpenDriver;
  afterEach(() => open.client.stop());

  const ask = async (source: string, options: Parameters<typeof openDriver>[1] = {}) => {
    open = await openDriver(source, options);
    return (await open.askAt<CompletionItem[] | null>('textDocument/completion')) ?? [];
  };
  /** The same when the driver was whole before, and the text at the marker is typed into it now. */
  const askTyped = async (source: string) => {
    open = await openDriver(driver(''));
    await open.client.diagnostics(open.path);
    const { text, at } = marked(source);
    await open.client.change(open.path, { text });
    const position = positionIn(text, at());
    return (await open.ask<CompletionItem[] | null>('textDocument/completion', { position })) ?? [];
  };
  const labels = (items: readonly CompletionItem[]) =>
    [...items].sort((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1)).map(({ label }) => label);
  const inserted = (item: CompletionItem | undefined) =>
    TextEdit.is(item?.textEdit) ? item.textEdit.newText : undefined;

  it('has the states where one is compared, those that a missing arc lacks first', async () => {
    const items = await askTyped(driver(`dev_dbg("%d", cur == $0$);`));
    assert.equal(items.length, 8);
    assert.equal(labels(items)[0], `${S}RESUMING`);
    assert.equal(items.find(({ label }) => label === `${S}RESUMING`)?.detail, 'missing: RESUMING -> STOP');
    assert.match(items.find(({ label }) => label === `${S}PRE_COPY`)?.detail ?? '', /needs PRE_COPY/);
  });

  for (const [where, text] of [
    ['behind !=', 'if (d->state != VFIO$0$) return NULL;'],
    ['in an assignment to the current state', 'd->state = $0$;'],
    ['in an initialiser of the type', `enum vfio_device_mig_state next = $0$;`],
    ['as an argument of the type', 'take_state(d, $0$);'],
    ['as a case', 'switch (new) { case $0$: return NULL; }'],
  ] as const) {
    it(`has the states ${where}`, async () => {
      const prelude = 'static void take_state(struct dev *d, enum vfio_device_mig_state to)\n{\n}\n';
      const items = await ask(driver(text).replace('static struct file *step(', `${prelude}static struct file *step(`));
      assert.equal(items.filter(({ label }) => label.startsWith(S)).length, 8, labels(items).join());
    });
  }

  it('replaces the word that is being typed', async () => {
    const items = await ask(driver('if (cur == VFIO_DEV$0$) return NULL;'));
    const edit = items[0]?.textEdit;
    assert.ok(TextEdit.is(edit));
    assert.equal(open.textIn(edit.range), 'VFIO_DEV');
  });

  it('has the flags in a value for migration_flags, those not declared first', async () => {
    const items = await ask(driver('', 'VFIO_MIGRATION_STOP_COPY | $0$0'));
    assert.deepEqual(labels(items), ['VFIO_MIGRATION_P2P', 'VFIO_MIGRATION_PRE_COPY', 'VFIO_MIGRATION_STOP_COPY']);
  });

  it('has the condition of a missing arc in the driver’s own names', async () => {
    const items = await askTyped(driver('if ($0$) return NULL;'));
    assert.deepEqual(labels(items), ['RESUMING -> STOP']);
    assert.equal(inserted(items[0]), `cur == ${S}RESUMING && new == ${S}STOP`);
    assert.equal(items[0]?.detail, 'missing arc');
    assert.match(JSON.stringify(items[0]?.documentation), /"Required by STOP_COPY\.\\n\\n\w/);
  });

  it('has a whole handler of a missing arc as a snippet, and as plain text', async () => {
    const [item] = await ask(driver('$0$'));
    assert.equal(item?.insertTextFormat, InsertTextFormat.Snippet);
    assert.equal(
      inserted(item),
      `if (cur == ${S}RESUMING && new == ${S}STOP) {\n\t\${1:/* RESUMING -> STOP */}\n\treturn NULL;\n}`,
    );
    await open.client.stop();
    const capabilities = { ...fullClient, textDocument: { ...fullClient.textDocument, completion: {} } };
    const [plain] = await ask(driver('$0$'), { capabilities });
    assert.equal(plain?.insertTextFormat, undefined);
    assert.equal(
      inserted(plain),
      `if (cur == ${S}RESUMING && new == ${S}STOP) {\n\t/* RESUMING -> STOP */\n\treturn NULL;\n}`,
    );
  });

  it('has a case of the missing arc in the function for one state', async () => {
    const text = sample('stratus/main.c');
    const at = text.indexOf('\tdefault:', text.indexOf('*stratus_leave_pre_copy_p2p('));
    const items = await ask(`${text.slice(0, at)}\t$0$\n${text.slice(at)}`);
    assert.deepEqual(labels(items), ['PRE_COPY_P2P -> STOP_COPY']);
    assert.equal(inserted(items[0]), `case ${S}STOP_COPY:\n\t\${1:/* PRE_COPY_P2P -> STOP_COPY */}\n\treturn NULL;`);
  });

  /** A set_state of nested switches, which leaves an errno in a variable and gives its lock back at the end. */
  const nested = (inStop: string, between = '') =>
    driverText({
      step: 'int halt(struct dev *d);',
      setState: `static struct file *set_state(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	struct dev *d = container_of(vdev, struct dev, core.vdev);
	enum vfio_device_mig_state cur, next;
	struct file *filp = NULL;
	int err = 0;

	mutex_lock(&d->lock);
	while (d->state != new_state) {
		cur = d->state;
		err = vfio_mig_get_next_state(vdev, cur, new_state, &next);
		if (err)
			goto out;
		switch (cur) {
		case ${S}RUNNING:
			err = next == ${S}STOP ? halt(d) : -EINVAL;
			break;
		${between}
		case ${S}STOP:
			switch (next) {
			case ${S}STOP_COPY:
				filp = open_save(d);
				err = PTR_ERR_OR_ZERO(filp);
				break;
			${inStop}
			default:
				err = -EINVAL;
			}
			break;
		default:
			err = -EINVAL;
		}
		if (err)
			goto out;
		d->state = next;
	}
out:
	mutex_unlock(&d->lock);
	return err ? ERR_PTR(err) : filp;
}`,
    });

  it('ends a handler as the driver ends its own, and knows the state of the case around', async () => {
    const items = await ask(nested('$0$'));
    assert.deepEqual(labels(items), ['STOP -> RESUMING', 'STOP -> RUNNING']);
    const byLabel = new Map(items.map((item) => [item.label, inserted(item)]));
    assert.equal(
      byLabel.get('STOP -> RESUMING'),
      `case ${S}RESUMING:\n\t\${1:/* STOP -> RESUMING */}\n\tfilp = \${2:filp};\n\terr = PTR_ERR_OR_ZERO(filp);\n\tbreak;`,
    );
    assert.equal(
      byLabel.get('STOP -> RUNNING'),
      `case ${S}RUNNING:\n\t\${1:/* STOP -> RUNNING */}\n\terr = 0;\n\tbreak;`,
    );
  });

  it('has no handler between cases, where none is reached, but one behind a label', async () => {
    assert.deepEqual(labels(await ask(nested('', '$0$'))), []);
    await open.client.stop();
    const [item, ...others] = await ask(nested('', `case ${S}RESUMING: $0$\n\t\t\terr = -EINVAL;\n\t\t\tbreak;`));
    assert.deepEqual(others, []);
    assert.equal(inserted(item)?.split('\n')[0], `if (next == ${S}STOP) {`);
  });

  it('knows the missing arcs while a statement is typed that is no C yet', async () => {
    const items = await askTyped(driver('if ($0$'));
    assert.deepEqual(labels(items), ['RESUMING -> STOP']);
  });

  it('has nothing where nothing of the protocol can stand, in comments and strings, outside of drivers', async () => {
    for (const source of [
      driver('d->caps = $0$;'),
      driver('if (d->caps == $0$) return NULL;'),
      driver('/* cur == $0$ */'),
      driver('dev_dbg("cur == $0$");'),
      'int f(int cur)\n{\n\treturn cur == $0$;\n}\n',
    ]) {
      assert.deepEqual(labels(await ask(source)), [], source.slice(-200));
      await open.client.stop();
    }
    open = await openDriver(driver(''));
  });

  it('is not announced to a client that completes nothing', async () => {
    open = await openDriver(driver(''), { capabilities: pushClient });
    assert.equal(open.client.initializeResult?.capabilities.completionProvider, undefined);
  });
});
