import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../support/repo';

const script = join(root, 'test/corpus/fetch.mjs');

/** Runs `npm run corpus` without its npm; `env` replaces the environment. */
function corpus(
  args: readonly string[],
  env: Record<string, string>,
): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { env, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

describe('npm run corpus', () => {
  it('fetches nothing when kernel trees are named', () => {
    const { code, out } = corpus(['--refresh'], { PATH: '', VFIO_ARCS_KERNEL_TREES: '/src/linux' });
    assert.equal(code, 0);
    assert.match(out, /using VFIO_ARCS_KERNEL_TREES=\/src\/linux/);
  });

  it('says what it needs and what does not run without it', () => {
    const { code, err } = corpus(['--refresh'], { PATH: '' });
    assert.equal(code, 1);
    assert.match(err, /There is no apt-get here/);
    assert.match(err, /truth and mutation\) can not run/);
    assert.match(err, /VFIO_ARCS_KERNEL_TREES/);
    assert.doesNotMatch(err, /\n\s+at /);
  });
});

describe('the mirror for the corpus', () => {
  interface Mirrors {
    debianMirrors(folder: string): { readonly main: string; readonly security: string };
  }
  let folder: string;
  let mirrors: Mirrors;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vfio-arcs-apt-'));
    mkdirSync(join(folder, 'sources.list.d'));
    mirrors = await import(pathToFileURL(join(root, 'test/corpus/mirrors.mjs')).href);
  });
  after(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

  it("is Debian's own where the system names none", () => {
    write('sources.list', 'deb http://archive.example.org/ubuntu noble main\n');
    assert.equal(mirrors.debianMirrors(folder).main, 'http://ftp.debian.org/debian');
  });

  it('is the one of a one-line source, commented ones left out, options skipped', () => {
    write(
      'sources.list',
      '# deb http://old.example.org/debian x main\ndeb [arch=amd64] http://near.example.org/debian/ bookworm main\n',
    );
    assert.deepEqual(mirrors.debianMirrors(folder), {
      main: 'http://near.example.org/debian/',
      security: 'http://near.example.org/debian-security',
    });
  });

  it('is the one of a deb822 source, with its own mirror for security', () => {
    rmSync(join(folder, 'sources.list'));
    write('sources.list.d/other.sources', 'Types: deb\nURIs: https://packages.example.org/node\nSuites: x\n');
    write(
      'sources.list.d/debian.sources',
      'Types: deb\n# URIs: http://no.example.org/debian\nURIs: http://a.example.org/debian\nSuites: bookworm\n\n' +
        'Types: deb\nURIs: http://b.example.org/debian-security\nSuites: bookworm-security\n',
    );
    assert.deepEqual(mirrors.debianMirrors(folder), {
      main: 'http://a.example.org/debian',
      security: 'http://b.example.org/debian-security',
    });
  });
});
