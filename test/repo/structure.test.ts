import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesUnder, readRepo, root } from '../support/repo';

const MOST_LINES = 450;

describe('repository', () => {
  it('has only the agreed names at the top level', () => {
    const folders = ['client', 'server', 'grammars', 'test'];
    const files = ['package.json', 'package-lock.json', 'tsconfig.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];
    // Written by the build; VS Code looks for the manifest's texts nowhere else.
    const ignored = ['node_modules', 'out', 'dist', 'package.nls.json'];
    const others = readdirSync(root).filter(
      (name) => !name.startsWith('.') && ![...folders, ...files, ...ignored].includes(name),
    );
    assert.deepEqual(others, []);
    const absent = [...folders, ...files].filter((name) => !existsSync(join(root, name)));
    assert.deepEqual(absent, []);
  });

  it('locks exact versions and names no registry host', () => {
    const manifest: { devDependencies: Record<string, string>; dependencies?: object } = JSON.parse(
      readRepo('package.json'),
    );
    assert.deepEqual(
      Object.entries(manifest.devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)),
      [],
    );
    assert.equal(manifest.dependencies, undefined, 'everything at run time is bundled');
    const lock: { packages: Record<string, { version?: string; resolved?: string }> } = JSON.parse(
      readRepo('package-lock.json'),
    );
    const packages = Object.entries(lock.packages).filter(([name]) => name !== '');
    assert.deepEqual(
      packages.filter(([, entry]) => entry.resolved !== undefined || entry.version === undefined),
      [],
    );
    assert.doesNotMatch(readRepo('package-lock.json'), /"resolved"/);
    assert.doesNotMatch(readRepo('.npmrc'), /:\/\//);
    assert.match(readRepo('.npmrc'), /^omit-lockfile-registry-resolved=true$/m);
  });

  it('holds no source under the GPL', () => {
    const claims = new RegExp(['SPDX-License-Identifier: *GP', 'L|GNU General ', 'Public License'].join(''));
    const folders = ['client', 'server', 'grammars', 'test', '.config', '.github', '.ci'];
    const sources = folders.flatMap((folder) => filesUnder([folder], '')).filter(isText);
    assert.deepEqual(
      sources.filter((file) => claims.test(readRepo(file))),
      [],
    );
  });

  it(`keeps every source file under ${MOST_LINES} lines`, () => {
    const long = ['.ts', '.tsx']
      .flatMap((ending) => filesUnder(['server/src', 'client/src'], ending))
      .map((file) => ({ file, lines: readRepo(file).split('\n').length - 1 }))
      .filter(({ lines }) => lines > MOST_LINES);
    assert.deepEqual(long, []);
  });

  it('leaves no note to do something later', () => {
    const note = new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|${['X', 'XX'].join('')})\\b`);
    const sources = filesUnder(['client', 'server', 'grammars', 'test', '.config'], '').filter(isText);
    assert.deepEqual(
      sources.filter((file) => note.test(readRepo(file))),
      [],
    );
  });
});

describe('manifest', () => {
  const manifest: {
    main: string;
    bin: Record<string, string>;
    icon: string;
    license: string;
    engines: { vscode: string };
    devDependencies: Record<string, string>;
    scripts: Record<string, string>;
  } = JSON.parse(readRepo('package.json'));

  it('names files that the build writes and the package carries', () => {
    const dist = [
      'extension.js',
      'session.js',
      'panel.js',
      'panel.css',
      'server.js',
      'cli.js',
      'web-tree-sitter.wasm',
      'tree-sitter-c.wasm',
    ];
    assert.deepEqual(
      dist.filter((name) => !existsSync(join(root, 'dist', name))),
      [],
    );
    assert.equal(manifest.main, './dist/extension.js');
    assert.ok(existsSync(join(root, manifest.icon)));
  });

  it('has a command that runs', () => {
    const command = join(root, manifest.bin['vfio-arcs'] ?? '');
    assert.ok(statSync(command).mode & 0o111, `${command} is executable`);
  });

  it('promises no older VS Code than the API it is written against', () => {
    assert.equal(manifest.engines.vscode, `^${manifest.devDependencies['@types/vscode']}`);
  });

  it('has the scripts that the documents name', () => {
    for (const script of ['start', 'test', 'build', 'check', 'bench', 'package', 'corpus']) {
      assert.ok(manifest.scripts[script], `npm run ${script}`);
    }
  });
});

describe('documents', () => {
  const documents = [
    'README.md',
    'CHANGELOG.md',
    ...['.github', 'server', 'client', 'grammars', 'test'].flatMap((folder) => filesUnder([folder], '.md')),
  ];

  for (const document of documents) {
    it(`${document}: every relative link and picture is there`, () => {
      const links = [...readRepo(document).matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map((match) => match[1] ?? '');
      const dead = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(root, dirname(document), link)));
      assert.deepEqual(dead, []);
    });
  }
});

function isText(file: string): boolean {
  return statSync(join(root, file)).isFile() && !/\.(png|ico|gif|wasm|vsix)$/.test(file);
}
