import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../support/repo';

function start(...args: string[]): { code: number | null; out: string; err: string } {
  const env = { ...process.env, INIT_CWD: join(root, 'test') };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, '.config/start.mjs'), ...args], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

describe('npm start', () => {
  it('says how it is used', () => {
    const { code, out } = start('--help');
    assert.equal(code, 0);
    assert.match(out, /usage: npm start/);
  });

  it('refuses a path that is not there and an option that it does not know, in a sentence', () => {
    const absent = start('--no-editor', 'no/such/driver');
    assert.equal(absent.code, 2);
    assert.match(absent.err, /^npm start: There is no .*test\/no\/such\/driver\.\n$/);
    const unknown = start('--fast');
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /--fast/);
    assert.doesNotMatch(unknown.err, /\n\s+at /);
  });
});
