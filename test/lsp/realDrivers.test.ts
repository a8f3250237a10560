import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type {
  CodeAction,
  CodeLens,
  CompletionItem,
  DocumentSymbol,
  Hover,
  InlayHint,
  Location,
  SemanticTokens,
} from 'vscode-languageserver/node';
import { corpusDrivers } from '../corpus/drivers';
import { kernelTrees, newestTree } from '../support/corpus';
import type { OpenDriver } from '../support/driverClient';
import { openDriver } from '../support/driverClient';
import { positionIn } from '../support/lspClient';

const trees = kernelTrees();

describe('every feature on every real driver', function () {
  this.timeout(120_000);
  if (typeof trees === 'string') {
    it('needs kernel sources', function () {
      console.log(`Not run, ${trees}`);
      this.skip();
    });
    return;
  }
  const headers = ['include/uapi/linux/vfio.h', 'include/linux/vfio.h'];
  for (const { tree, truth, name } of corpusDrivers([newestTree(trees)])) {
    it(name, async () => {
      const path = join(tree.path, truth.step.file);
      const folder = dirname(path);
      const names = readdirSync(folder).filter((each) => /\.[ch]$|^Makefile$/.test(each));
      const files = [...names.map((each) => join(folder, each)), ...headers.map((each) => join(tree.path, each))];
      const open = await openDriver(readFileSync(path, 'utf8'), {
        path,
        files: Object.fromEntries(files.map((each) => [each, readFileSync(each, 'utf8')])),
        settings: { inlayHints: true, workspaceScan: false },
        initializationOptions: { commands: ['vfioArcs.showArcTable', 'vfioArcs.simulate'] },
      });
      try {
        await everyFeature(open, Object.keys(truth.arcs), truth.step.name);
        assert.deepEqual(
          open.client.log.filter((line) => line.includes('fault of the server')),
          [],
          basename(path),
        );
      } finally {
        await open.client.stop();
      }
    });
  }
});

/** None misses an arc, so every arc that is handled has a symbol in the file that selects it, a hint and a hover. */
async function everyFeature(open: OpenDriver, arcs: readonly string[], step: string): Promise<void> {
  const symbols = (await open.ask<DocumentSymbol[]>('textDocument/documentSymbol')) ?? [];
  const listed = symbols.flatMap(({ children }) => children?.flatMap((each) => each.children ?? []) ?? []);
  assert.deepEqual(listed.map((each) => each.name).sort(), [...arcs].sort());
  assert.ok(listed.every(({ detail }) => detail !== 'missing'));

  const lenses = (await open.ask<CodeLens[]>('textDocument/codeLens')) ?? [];
  const overStep = lenses.filter(({ range }) => open.textIn(range) === step).map(({ command }) => command?.title);
  assert.match(overStep[0] ?? '', new RegExp(`^${arcs.length} of ${arcs.length} arcs · STOP_COPY`));
  assert.deepEqual(overStep.slice(1), ['Arc Table', 'Simulate']);

  const end = positionIn(open.text, open.text.length);
  const hints = await open.ask<InlayHint[]>('textDocument/inlayHint', {
    range: { start: { line: 0, character: 0 }, end },
  });
  const named = hints.flatMap(({ tooltip }) =>
    String(tooltip)
      .split('\n')
      .map((line) => line.split(':')[0]),
  );
  assert.deepEqual(named.sort(), [...arcs].sort());

  const tokens = await open.ask<SemanticTokens>('textDocument/semanticTokens/full');
  assert.ok(tokens.data.length / 5 >= arcs.length);

  for (const { selectionRange, name } of listed) {
    const position = selectionRange.start;
    const hover = await open.ask<Hover | null>('textDocument/hover', { position });
    assert.ok(hover !== null, `hover on ${name}`);
    const implementations = await open.ask<Location[] | null>('textDocument/implementation', { position });
    assert.ok((implementations ?? []).length > 0, `implementation of ${name}`);
    const references = await open.ask<Location[] | null>('textDocument/references', {
      position,
      context: { includeDeclaration: true },
    });
    assert.ok((references ?? []).length > 1, `references of ${name}`);
    const actions = await open.ask<CodeAction[] | null>('textDocument/codeAction', {
      range: { start: position, end: position },
      context: { diagnostics: [] },
    });
    const titles = (actions ?? []).map(({ title }) => title);
    assert.ok(titles.includes(`Show ${name} in simulator`), `${name} among ${titles.join()}`);
    // Behind the last word of the condition: a state is being typed.
    const completion = await open.ask<CompletionItem[] | null>('textDocument/completion', {
      position: selectionRange.end,
    });
    assert.equal(completion?.length, 8, `completion at ${name}`);
  }

  const found = await open.client.connection.sendRequest<unknown[]>('workspace/symbol', { query: arcs[0] ?? '' });
  assert.equal(found.length, 1);
}
