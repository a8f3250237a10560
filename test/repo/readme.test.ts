import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readRepo, root } from '../support/repo';

/** The blocks of README.md that show what a command prints. */
const shown = [...readRepo('README.md').matchAll(/```text\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

function printed(command: string): string {
  const args = [join(root, 'dist/cli.js'), command, 'test/samples/stratus'];
  return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' }).stdout;
}

describe('README', () => {
  it('shows what the commands print today', () => {
    const [check = '', arcs = '', simulate = '', ...others] = shown;
    assert.deepEqual(others, []);
    assert.ok(printed('check').includes(check), `check prints:\n${printed('check')}`);
    assert.ok(printed('arcs').includes(arcs), `arcs prints:\n${printed('arcs')}`);
    assert.ok(printed('simulate').includes(simulate), `simulate prints:\n${printed('simulate')}`);
  });
});
