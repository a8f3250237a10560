import assert from 'node:assert/strict';
import type { CodeAction, Diagnostic, Range, WorkspaceEdit } from 'vscode-languageserver/node';
import { CancellationTokenSource, LSPErrorCodes } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { loadParser } from '../../server/src/entry/node/platform';
import type { Engine } from '../../server/src/lsp';
import { createEngine } from '../../server/src/lsp';
import { exampleDriver } from '../../server/src/rules/example';
import type { OpenDriver } from '../support/driverClient';
import { fullClient, openDriver, sample } from '../support/driverClient';
import { uri } from '../support/lspClient';
import { sharedFile, sharedStep } from '../support/sharedStep';

const literals = { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } };
const plain = { ...fullClient, textDocument: { ...fullClient.textDocument, codeAction: literals } };
const lazy = {
  ...fullClient,
  textDocument: {
    ...fullClient.textDocument,
    codeAction: { ...literals, resolveSupport: { properties: ['edit'] }, disabledSupport: true },
  },
  workspace: { ...fullClient.workspace, workspaceEdit: { documentChanges: true } },
};
const extraArm = `	/* Nobody asks for this one. */
	if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_RESUMING)
		return NULL;
`;
const p2pArms = ['RUNNING RUNNING_P2P', 'RUNNING_P2P RUNNING', 'RUNNING_P2P STOP', 'STOP RUNNING_P2P']
  .map((arc) => arc.split(' '))
  .map(([from, to]) => `	if (cur == VFIO_DEVICE_STATE_${from} && new == VFIO_DEVICE_STATE_${to})\n		return NULL;\n`)
  .join('');

describe('code actions', function () {
  this.timeout(30_000);
  let open: OpenDriver;
  afterEach(() => open.client.stop());

  const diagnostics = () => open.client.diagnostics(open.path);
  const actionsAt = async (range: Range, only?: readonly string[], about: readonly Diagnostic[] = []) =>
    (await open.ask<CodeAction[] | null>('textDocument/codeAction', {
      range,
      context: { diagnostics: about, only },
    })) ?? [];
  const titles = (actions: readonly CodeAction[]) => actions.map(({ title }) => title);
  const named = (actions: readonly CodeAction[], title: string): CodeAction => {
    const found = actions.find((action) => action.title === title);
    assert.ok(found, `no "${title}" among ${titles(actions).join(', ')}`);
    return found;
  };
  /** The document's text after the edit. */
  const textAfter = (edit: WorkspaceEdit | undefined): string => {
    const document = TextDocument.create(uri(open.path), 'c', 1, open.text);
    return TextDocument.applyEdits(document, edit?.changes?.[uri(open.path)] ?? []);
  };

  it('write an arc that a condition turns away when asked for it, but not when everything is mended', async () => {
    const saves = 'if (cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_STOP_COPY && demo->can_save)';
    const saving = `\t${saves}\n\t\treturn demo_open(demo, &demo_save_fops, O_RDONLY);\n`;
    open = await openDriver(exampleDriver({ members: '\tbool can_save;\n', saving }), { capabilities: plain });
    const [conditional] = await diagnostics();
    assert.equal(conditional?.code, 'conditional-arc');
    const actions = await actionsAt(conditional.range, undefined, [conditional]);
    const action = named(actions, 'Write STOP -> STOP_COPY where it is turned away');
    assert.equal(action.isPreferred, undefined);
    assert.match(textAfter(action.edit), /STOP -> STOP_COPY unless demo->can_save:/);
    assert.ok(!actions.some(({ kind }) => kind === 'source.fixAll.vfioArcs'));
  });

  it('prefer to declare a flag only under the condition of its arc', async () => {
    const arms = `	if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_PRE_COPY && demo->can_precopy)
		return demo_open(demo, &demo_save_fops, O_RDONLY);
	if (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_RUNNING) {
		demo_close_file(demo);
		return NULL;
	}
	if (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_STOP_COPY)
		return demo_stop(demo) ? ERR_PTR(-EIO) : NULL;
`;
    const head = 'static int demo_init(struct vfio_device *vdev)\n{\n';
    const variable = '\tstruct demo *demo = container_of(vdev, struct demo, vdev);\n\n';
    const driver = exampleDriver({
      members: '\tbool can_precopy;\n',
      flags: 'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY',
      arms,
    });
    open = await openDriver(driver.replace(head, head + variable), { capabilities: plain });
    const [conditional] = await diagnostics();
    assert.equal(conditional?.code, 'conditional-arc');
    const actions = await actionsAt(conditional.range, ['quickfix'], [conditional]);
    const action = named(actions, 'Declare VFIO_MIGRATION_PRE_COPY only if demo->can_precopy');
    assert.equal(action.isPreferred, true);
    assert.equal(named(actions, 'Write RUNNING -> PRE_COPY where it is turned away').isPreferred, undefined);
    assert.match(
      textAfter(action.edit),
      /\tif \(demo->can_precopy\)\n\t\tvdev->migration_flags \|= VFIO_MIGRATION_PRE_COPY;/,
    );
  });

  it('write a missing arc where its diagnostic is, and the text after it has none', async () => {
    open = await openDriver(exampleDriver({ saving: '' }), { capabilities: plain });
    const [missing] = await diagnostics();
    assert.ok(missing);
    const actions = await actionsAt(missing.range, ['quickfix'], [missing]);
    const action = named(actions, 'Write STOP -> STOP_COPY');
    assert.equal(action.kind, 'quickfix');
    assert.equal(action.isPreferred, true);
    assert.deepEqual(action.diagnostics, [missing]);
    const text = textAfter(action.edit);
    await open.client.change(open.path, { text });
    assert.deepEqual(await diagnostics(), []);
    assert.match(text, /new == VFIO_DEVICE_STATE_STOP_COPY\) \{\n\t\t\/\*\n\t\t \* TO[D]O: /);
  });

  it('mend arcs that share a return as one action for the diagnostics of them all', async () => {
    const arms = `	if (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_RUNNING) {
		demo_close_file(demo);
		return NULL;
	}
	if (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_STOP_COPY)
		return NULL;
	if ((cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_STOP_COPY) ||
	    (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_PRE_COPY))
		return NULL;
`;
    const flags = 'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY';
    open = await openDriver(exampleDriver({ arms, saving: '', flags }), { capabilities: plain });
    const found = await diagnostics();
    const [first] = found;
    assert.ok(first);
    assert.equal(found.length, 2);
    const actions = await actionsAt(first.range, ['quickfix'], found);
    const action = named(actions, 'Return a new data file on STOP -> STOP_COPY, RUNNING -> PRE_COPY');
    assert.deepEqual(action.diagnostics, found);
    await open.client.change(open.path, { text: textAfter(action.edit) });
    assert.deepEqual(await diagnostics(), []);
  });

  it('write all missing arcs as one edit, worked out when it is chosen', async () => {
    const bare = exampleDriver({ saving: '', closing: '' });
    open = await openDriver(bare, { capabilities: lazy });
    const [missing] = await diagnostics();
    assert.ok(missing);
    const all = named(await actionsAt(missing.range), 'Write all 3 missing arcs');
    assert.equal(all.edit, undefined);
    const resolved = await open.client.connection.sendRequest<CodeAction>('codeAction/resolve', all);
    const [change] = resolved.edit?.documentChanges ?? [];
    assert.ok(change !== undefined && 'textDocument' in change);
    assert.equal(change.textDocument.version, 1);
    const text = textAfter({ changes: { [uri(open.path)]: change.edits.filter((edit) => 'newText' in edit) } });
    await open.client.change(open.path, { text });
    assert.deepEqual(await diagnostics(), []);
  });

  it('remove an arc that nobody asks for, with its own comment and nothing else', async () => {
    open = await openDriver(exampleDriver({ arms: extraArm }), { capabilities: plain });
    const [superfluous] = await diagnostics();
    assert.ok(superfluous);
    const action = named(await actionsAt(superfluous.range, ['quickfix']), 'Remove RUNNING -> RESUMING');
    assert.equal(textAfter(action.edit), exampleDriver());
  });

  it('mend everything in a file as editors do it when they save', async () => {
    open = await openDriver(exampleDriver({ arms: extraArm, saving: '', closing: '' }), { capabilities: plain });
    const start = { line: 0, character: 0 };
    const actions = await actionsAt({ start, end: start }, ['source.fixAll']);
    assert.deepEqual(titles(actions), ['Mend everything in this file']);
    assert.equal(actions[0]?.kind, 'source.fixAll.vfioArcs');
    await open.client.change(open.path, { text: textAfter(actions[0]?.edit) });
    assert.deepEqual(await diagnostics(), []);
    assert.deepEqual(await actionsAt({ start, end: start }, ['source.fixAll']), []);
  });

  describe('in a file of two drivers', () => {
    const start = { line: 0, character: 0 };
    const openShared = (texts: Readonly<Record<string, string>>) => {
      const files = Object.fromEntries(Object.entries(texts).map(([name, text]) => [`/tree/pair/${name}`, text]));
      return openDriver(texts['shared.c'] ?? '', { capabilities: plain, files, path: '/tree/pair/shared.c' });
    };
    const mendEverything = async () => {
      const [action] = await actionsAt({ start, end: start }, ['source.fixAll']);
      assert.equal(action?.title, 'Mend everything in this file');
      const text = textAfter(action.edit);
      await open.client.change(open.path, { text });
      return text;
    };

    it('mend what either of them finds in it', async () => {
      open = await openShared(sharedFile({ saving: '' }, { closing: '' }));
      assert.equal((await diagnostics()).length, 3);
      await mendEverything();
      assert.deepEqual(await diagnostics(), []);
      assert.deepEqual(await actionsAt({ start, end: start }, ['source.fixAll']), []);
    });

    it('mend once what both of them find', async () => {
      open = await openShared(sharedStep({ saving: '', closing: '' }));
      const [missing, ...others] = await diagnostics();
      assert.ok(missing !== undefined && others.length === 2);
      const writing = titles(await actionsAt(missing.range, ['quickfix'])).filter((title) => title.startsWith('Write'));
      assert.ok(writing.includes('Write all 3 missing arcs'));
      assert.equal(new Set(writing).size, writing.length);
      const text = await mendEverything();
      assert.deepEqual(await diagnostics(), []);
      assert.equal(text.split('new == VFIO_DEVICE_STATE_STOP_COPY').length, 2);
    });

    it('do not take from one of them what the other needs', async () => {
      const texts = sharedStep({ arms: p2pArms });
      const p2p = (texts['two_main.c'] ?? '').replace(
        'VFIO_MIGRATION_STOP_COPY',
        'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P',
      );
      open = await openShared({ ...texts, 'two_main.c': p2p });
      const found = await diagnostics();
      assert.deepEqual([...new Set(found.map(({ code }) => code))], ['superfluous-arc']);
      for (const { range } of found)
        assert.ok(!titles(await actionsAt(range)).some((title) => title.startsWith('Remove')));
      const [action] = await actionsAt({ start, end: start }, ['source.fixAll']);
      assert.equal(action?.edit, undefined);
    });

    it('write for one of them what the other does not need', async () => {
      const texts = sharedStep();
      const p2p = (texts['two_main.c'] ?? '').replace(
        'VFIO_MIGRATION_STOP_COPY',
        'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P',
      );
      open = await openShared({ ...texts, 'two_main.c': p2p });
      assert.ok((await diagnostics()).some(({ code }) => code === 'missing-arc'));
      await mendEverything();
      assert.ok(!(await diagnostics()).some(({ code }) => code === 'missing-arc'));
    });
  });

  it('allow a finding by a comment whose reason is still to be written', async () => {
    open = await openDriver(exampleDriver({ saving: '' }), { capabilities: plain });
    const [missing] = await diagnostics();
    assert.ok(missing);
    const allow = named(await actionsAt(missing.range), 'Allow missing-arc here (write the reason into the comment)');
    const text = textAfter(allow.edit);
    await open.client.change(open.path, { text });
    assert.deepEqual((await diagnostics()).map(({ code }) => code).sort(), ['missing-arc', 'reasonless-suppression']);
    await open.client.change(open.path, { text: text.replace('missing-arc -- */', 'missing-arc -- no saving yet */') });
    assert.deepEqual(await diagnostics(), []);
  });

  it('leave the reason to a client that asks for it, and explain rules where the client can', async () => {
    const commands = ['vfioArcs.explainRule', 'vfioArcs.suppressWithReason'];
    open = await openDriver(exampleDriver({ saving: '' }), {
      capabilities: plain,
      initializationOptions: { commands },
    });
    const [missing] = await diagnostics();
    assert.ok(missing);
    const actions = await actionsAt(missing.range);
    const allow = named(actions, 'Allow missing-arc here with a reason…');
    assert.equal(allow.edit, undefined);
    const argument = { uri: uri(open.path), rule: 'missing-arc', position: missing.range.start };
    assert.deepEqual(allow.command?.arguments, [argument]);
    assert.deepEqual(named(actions, 'Explain missing-arc').command?.arguments, ['missing-arc']);
  });

  it('do not allow what is wrong with a comment', async () => {
    open = await openDriver(exampleDriver({ arms: '\t/* vfio-arcs: allow blocked-arc -- x */\n' }), {
      capabilities: plain,
    });
    const [unused] = await diagnostics();
    assert.equal(unused?.code, 'unused-suppression');
    assert.deepEqual(
      titles(await actionsAt(unused.range, ['quickfix'])).filter((title) => /Allow/.test(title)),
      [],
    );
  });

  it('offer what the lenses offer, and nothing on other lines', async () => {
    open = await openDriver(sample('stratus/main.c'), { capabilities: lazy });
    const line = open.text.split('\n').findIndex((text) => text.startsWith('static struct file *stratus_set_state('));
    const at = { line, character: 0 };
    const shown = await actionsAt({ start: at, end: at });
    assert.deepEqual(titles(shown), ['Mend everything in this file', 'Show missing arcs']);
    const elsewhere = { line: 0, character: 0 };
    assert.deepEqual(titles(await actionsAt({ start: elsewhere, end: elsewhere }, ['quickfix'])), []);
  });

  it('say why a mend is not offered: here because the clock of the server runs too fast', async () => {
    let time = 0;
    open = await openDriver(exampleDriver({ saving: '' }), {
      capabilities: lazy,
      platform: { loadParser, now: () => (time += 5000) },
    });
    const [missing] = await diagnostics();
    assert.ok(missing);
    const action = named(await actionsAt(missing.range), 'Write STOP -> STOP_COPY');
    assert.equal(action.edit, undefined);
    assert.match(action.disabled?.reason ?? '', /took too long/);
  });

  describe('are looked for', () => {
    /** A driver in which the mends take many checks; `during` is told of each of them after the first, which is no mend's. */
    const openSearched = async (during: (check: number) => void) => {
      let checks = 0;
      let time = 0;
      open = await openDriver(exampleDriver({ flags: allFlags }), {
        capabilities: plain,
        // Every look at the clock costs 4 ms.
        platform: { loadParser, now: () => (time += 4) },
        engine: async (platform) => {
          const engine = await createEngine(platform);
          const check: Engine['check'] = (...source) => {
            checks++;
            if (checks > 1) during(checks - 1);
            return engine.check(...source);
          };
          return { ...engine, check };
        },
      });
      await diagnostics();
      return () => checks;
    };
    const allFlags = 'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P | VFIO_MIGRATION_PRE_COPY';
    const start = { line: 0, character: 0 };
    const fixAll = { range: { start, end: start }, context: { diagnostics: [], only: ['source.fixAll'] } };

    it('in turns: others are answered meanwhile', async () => {
      const answered: string[] = [];
      const hovers: Promise<unknown>[] = [];
      await openSearched((check) => {
        if (check === 1) hovers.push(open.client.hover(open.path, 0, 0).then(() => answered.push('hover')));
      });
      await open.ask('textDocument/codeAction', fixAll).then(() => answered.push('actions'));
      await Promise.all(hovers);
      assert.deepEqual(answered, ['hover', 'actions']);
    });

    it('until the client takes the request back', async () => {
      const cancel = new CancellationTokenSource();
      const checks = await openSearched((check) => {
        if (check === 1) cancel.cancel();
      });
      const params = { textDocument: { uri: uri(open.path) }, ...fixAll };
      const asked = open.client.connection.sendRequest('textDocument/codeAction', params, cancel.token);
      await assert.rejects(asked, { code: LSPErrorCodes.RequestCancelled });
      const cancelled = checks();
      await open.ask('textDocument/codeAction', fixAll);
      assert.ok(checks() - cancelled > cancelled, `${cancelled} checks before, ${checks() - cancelled} after`);
    });

    it('for one text: what an edit in between makes of it needs others', async () => {
      const edits: Promise<unknown>[] = [];
      await openSearched((check) => {
        if (check === 1) edits.push(open.client.change(open.path, { text: exampleDriver() }));
      });
      await assert.rejects(open.ask('textDocument/codeAction', fixAll), { code: LSPErrorCodes.ContentModified });
      await Promise.all(edits);
    });
  });

  it('are only announced to a client that takes edits', async () => {
    open = await openDriver(exampleDriver());
    assert.equal(open.client.initializeResult?.capabilities.codeActionProvider, undefined);
  });
});
