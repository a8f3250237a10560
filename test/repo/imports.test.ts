import assert from 'node:assert/strict';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path/posix';
import { filesUnder, readRepo } from '../support/repo';

/** What a layer may import: other layers, packages (by prefix), Node's own modules. The table of .github/ARCHITECTURE.md. */
interface Layer {
  readonly layers: readonly string[];
  readonly packages: readonly string[];
  readonly node: boolean;
}

const layers: Readonly<Record<string, Layer>> = {
  'server/src/uapi': { layers: [], packages: [], node: false },
  'server/src/device': { layers: ['uapi'], packages: [], node: false },
  'server/src/wire': { layers: ['device', 'uapi'], packages: [], node: false },
  'server/src/c': { layers: [], packages: ['web-tree-sitter'], node: false },
  'server/src/analysis': { layers: ['c', 'uapi'], packages: [], node: false },
  'server/src/simulation': {
    layers: ['analysis', 'wire', 'device', 'uapi', 'c'],
    packages: ['diff', 'jsonc-parser', 'valibot'],
    node: false,
  },
  'server/src/rules': { layers: ['analysis', 'c', 'uapi'], packages: [], node: false },
  'server/src/mend': { layers: ['analysis', 'c', 'rules', 'uapi'], packages: [], node: false },
  'server/src/check': { layers: ['mend', 'rules', 'analysis', 'c', 'uapi'], packages: ['diff'], node: false },
  'server/src/lsp': {
    layers: ['check', 'mend', 'rules', 'simulation', 'analysis', 'c', 'uapi', 'wire', 'device'],
    packages: ['vscode-languageserver'],
    node: false,
  },
  'server/src/cli': {
    layers: ['check', 'mend', 'rules', 'simulation', 'analysis', 'c', 'wire', 'device', 'uapi'],
    packages: ['diff'],
    node: true,
  },
  'server/src/entry/node': {
    layers: ['lsp', 'cli', 'check', 'rules', 'analysis', 'c', 'uapi', 'wire'],
    packages: ['vscode-languageserver'],
    node: true,
  },
  // Before the folder that it is in. The page has no Node and no vscode: its tsconfig has no types of theirs.
  'client/src/panel': {
    layers: ['wire'],
    packages: ['preact', 'uplot', '@vscode-elements/elements', '@vscode/codicons'],
    node: false,
  },
  'client/src': {
    layers: ['wire', 'client/src/panel'],
    packages: ['vscode', 'vscode-languageclient'],
    node: true,
  },
};

/** Layers that compute and nothing else. */
const pure = ['uapi', 'wire', 'device', 'c', 'analysis', 'simulation', 'rules', 'mend', 'check'].map(
  (name) => `server/src/${name}`,
);

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const files = ['.ts', '.tsx'].flatMap((ending) => filesUnder(['server/src', 'client/src'], ending));
const imports = files.flatMap((file) => importsOf(file, readRepo(file)));

describe('import rules', () => {
  it('every source file belongs to a layer', () => {
    assert.deepEqual(
      files.filter((file) => layerOf(file) === null),
      [],
    );
  });

  it('each layer imports only what its row of the table allows', () => {
    assert.deepEqual(imports.map(fault).filter(Boolean), []);
  });

  it('only c/syntax.ts imports web-tree-sitter, and nobody outside c imports c/syntax.ts', () => {
    const users = imports.filter(({ specifier }) => specifier.startsWith('web-tree-sitter'));
    assert.deepEqual([...new Set(users.map(({ file }) => file))], ['server/src/c/syntax.ts']);
    const intruders = imports.filter(
      ({ file, specifier }) => !file.startsWith('server/src/c/') && target(file, specifier) === 'server/src/c/syntax',
    );
    assert.deepEqual(intruders, []);
  });

  it('the extension takes from the page only what both sides have to agree on', () => {
    const taken = imports
      .filter(({ file }) => layerOf(file) === 'client/src')
      .flatMap(({ file, specifier }) => target(file, specifier) ?? [])
      .filter((path) => path.startsWith('client/src/panel/'));
    assert.deepEqual([...new Set(taken)].sort(), ['client/src/panel/contract', 'client/src/panel/viewType']);
  });

  it('rules take only data types from c', () => {
    const values = imports.filter(
      ({ file, specifier, typeOnly }) =>
        file.startsWith('server/src/rules/') && !typeOnly && target(file, specifier)?.startsWith('server/src/c'),
    );
    assert.deepEqual(values, []);
  });

  // What else is forbidden there (process, console, timers, document) does not compile: no types, no DOM.
  it('pure layers use no clock and no chance', () => {
    const users = files
      .filter((file) => pure.some((layer) => file.startsWith(`${layer}/`)))
      .filter((file) => /\bDate\b|\bMath\.random\b/.test(withoutTextAndComments(readRepo(file))));
    assert.deepEqual(users, []);
  });

  it('pure layers are compiled without Node and without DOM', () => {
    for (const layer of [...pure, 'server/src/lsp']) {
      const { compilerOptions } = JSON.parse(readRepo(`${layer}/tsconfig.json`));
      assert.deepEqual(
        { lib: compilerOptions.lib, types: compilerOptions.types },
        { lib: ['ES2023'], types: [] },
        layer,
      );
    }
  });

  it('the layers do not import each other in a circle', () => {
    const order = Object.keys(layers).map((path) => path.replace('server/src/', ''));
    const upward = Object.entries(layers).flatMap(([path, row]) =>
      row.layers.filter((name) => order.indexOf(name) >= order.indexOf(path.replace('server/src/', ''))),
    );
    assert.deepEqual(upward, []);
  });
});

function fault({ file, specifier }: Import): string | null {
  const own = layerOf(file);
  const row = own === null ? undefined : layers[own];
  if (own === null || row === undefined) return null;
  const path = target(file, specifier);
  if (path !== null) {
    const other = layerOf(`${path}/`);
    if (other === own || row.layers.some((name) => other === name || other === `server/src/${name}`)) return null;
    return `${file} imports ${path}`;
  }
  if (builtinModules.includes(specifier.replace(/^node:/, ''))) {
    return row.node ? null : `${file} imports ${specifier}, but its layer knows no Node`;
  }
  const allowed = row.packages.some(
    (name) => specifier === name || specifier.startsWith(`${name}/`) || specifier.startsWith(`${name}-`),
  );
  return allowed ? null : `${file} imports the package ${specifier}`;
}

function layerOf(file: string): string | null {
  return Object.keys(layers).find((layer) => file.startsWith(`${layer}/`)) ?? null;
}

/** The imported file relative to the root, without extension; null for a package. */
function target(file: string, specifier: string): string | null {
  return specifier.startsWith('.') ? join(dirname(file), specifier).replace(/\.js$/, '') : null;
}

function importsOf(file: string, text: string): Import[] {
  const statements = /^\s*(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|^\s*import\s+()'([^']+)'/gm;
  const calls = /\b(?:import|require)\(\s*'([^']+)'\s*\)/g;
  return [
    ...[...text.matchAll(statements)].map((match) => ({
      file,
      specifier: match[2] ?? match[4] ?? '',
      typeOnly: match[1] !== undefined,
    })),
    ...[...text.matchAll(calls)].map((match) => ({ file, specifier: match[1] ?? '', typeOnly: false })),
  ];
}

/** Blanks comments, strings and templates; lines stay where they are. Good enough for looking for names. */
function withoutTextAndComments(text: string): string {
  const noise = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
  return text.replace(noise, (found) => found.replace(/[^\n]/g, ' '));
}
