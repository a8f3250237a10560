import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { filesUnder, root } from '../support/repo';

const compiler = spawnSync('gcc', ['-print-file-name=include'], { encoding: 'utf8' });

describe('sample drivers', () => {
  for (const file of filesUnder(['test/samples'], '.c')) {
    it(`${file} is C that gcc accepts`, function () {
      if (compiler.error) {
        console.log('Not run: there is no gcc.');
        this.skip();
      }
      const headers = [
        '-nostdinc',
        '-isystem',
        compiler.stdout.trim(),
        '-I',
        join(root, 'test/support/kernel-headers'),
      ];
      const warnings = ['-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter', '-Wno-sign-compare'];
      const args = ['-fsyntax-only', '-ffreestanding', '-std=gnu11', ...warnings, ...headers, join(root, file)];
      const compiled = spawnSync('gcc', args, { encoding: 'utf8' });
      assert.equal(compiled.stderr, '');
      assert.equal(compiled.status, 0);
    });
  }
});
