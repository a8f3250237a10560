import assert from 'node:assert/strict';
import { ruleInfos } from '../../server/src/check';
import { exampleDriver } from '../../server/src/rules/example';
import { arcText, documentedArcs, states } from '../../server/src/uapi';
import type { Folder } from '../support/cli';
import { spawning, temporaryFolder, vfioArcs } from '../support/cli';
import { inProcess } from '../support/cliInProcess';

describe('vfio-arcs explain', function () {
  this.timeout(spawning);

  const explained = async (...words: readonly string[]) => {
    const run = await inProcess('/', ['explain', ...words]);
    assert.equal(run.code, 0, run.stderr);
    return run.stdout;
  };

  it('knows every rule, with the fixed headings', async () => {
    for (const { id, severity, summary } of ruleInfos) {
      const text = await explained(id);
      assert.ok(text.startsWith(`${id} (${severity}): ${summary}\n`));
      const headings = text.match(/^[A-Z][a-z ]+$/gm);
      assert.deepEqual(headings, [
        'What it finds',
        'Why it matters',
        'Example',
        'Fixed',
        'Known misses',
        'References',
        'To allow one',
      ]);
    }
  });

  it('knows every state, flag and documented arc', async () => {
    for (const { name, constant } of states) {
      assert.match(await explained(name), new RegExp(`^${constant}\n`));
    }
    for (const arc of documentedArcs) {
      assert.ok((await explained(arcText(arc))).startsWith(arcText(arc)));
    }
    assert.match(
      await explained('VFIO_MIGRATION_P2P'),
      /^VFIO_MIGRATION_P2P\n[\s\S]*\nSource: include\/uapi\/linux\/vfio\.h/,
    );
  });

  it('takes an arc in one word or three', async () => {
    const text = await explained('STOP -> RESUMING');
    assert.equal(await explained('STOP', '->', 'RESUMING'), text);
    assert.equal(await explained('stop:resuming'), text);
  });

  it('lists the rules without a name', async () => {
    const text = await explained();
    for (const { id, summary } of ruleInfos) {
      assert.match(text, new RegExp(`^  ${id} +(error|warning|hint) +${summary.replace(/[()]/g, '\\$&')}$`, 'm'));
    }
  });
});

describe('vfio-arcs dump', function () {
  this.timeout(spawning);

  let folder: Folder;
  before(() => {
    folder = temporaryFolder({ 'main.c': exampleDriver() });
  });
  after(() => folder.remove());
  const dump = (...args: readonly string[]) => inProcess(folder.path, ['dump', ...args]);

  it('trace tells the story of an arc, with lines', async () => {
    const run = await dump('trace', 'main.c', '--arc', 'STOP', 'VFIO_DEVICE_STATE_STOP_COPY');
    assert.equal(run.code, 0);
    assert.match(
      run.stdout,
      /^STOP -> STOP_COPY: handled, required\n {2}the way that decides: success, returns new-file; demo->state is then new\n(.*\n)* +main\.c:33:\d+ /,
    );
    assert.match(
      run.stdout,
      /\n {2}1 other way, told with --all\n +main\.c:\d+:\d+ {2}error, .*anon_inode_getfile\(\) failed/,
    );
    const all = await dump('trace', 'main.c', '--all', '--arc', 'STOP', 'STOP_COPY');
    assert.match(all.stdout, /\n {2}way 1 of 2: (.*\n)+ {2}way 2 of 2: /);
    assert.match((await dump('trace', 'main.c')).stdout, /\nRESUMING -> STOP: handled, required\n/);
  });

  it('stays readable for a set_state that goes round without end', async () => {
    folder.write({ 'endless.c': exampleDriver().replace('\t\tdemo->state = next;\n', '') });
    const trace = await dump('trace', 'endless.c', '--arc', 'STOP_COPY', 'STOP');
    assert.ok(trace.stdout.split('\n').length < 1000);
    const arcs = await inProcess(folder.path, ['arcs', 'endless.c', '--format', 'json']);
    assert.ok(arcs.stdout.length < 1_000_000);
  });

  it('ir and cfg print one function or all', async () => {
    assert.match((await dump('ir', 'main.c', '--function', 'demo_step')).stdout, /^static demo_step\(/);
    assert.match(
      (await dump('cfg', 'main.c', '--function', 'demo_step')).stdout,
      /^digraph "demo_step" \{[\s\S]*\}\n+$/,
    );
    const all = (await dump('ir', 'main.c')).stdout;
    for (const name of ['demo_open', 'demo_set_state', 'demo_init']) {
      assert.match(all, new RegExp(`^static ${name}\\(`, 'm'));
    }
  });

  it('says when there is no such function', async () => {
    const run = await dump('ir', 'main.c', '--function', 'demo_stepp');
    assert.deepEqual([run.code, run.stderr], [2, 'vfio-arcs: there is no function "demo_stepp" here\n']);
  });
});

describe('vfio-arcs help', function () {
  this.timeout(spawning);

  it('is there for the whole and for every command, and the version', () => {
    const ask = (...args: readonly string[]) => {
      const run = vfioArcs('/', ...args);
      assert.deepEqual([run.code, run.stderr], [0, '']);
      return run.stdout;
    };
    const overview = ask('--help');
    assert.equal(ask(), overview);
    for (const command of ['check', 'arcs', 'explain', 'dump', 'lsp']) {
      assert.match(overview, new RegExp(`^  vfio-arcs ${command}\\b`, 'm'));
      assert.match(ask(command, '--help'), new RegExp(`^vfio-arcs ${command}\\b`));
    }
    assert.match(ask('--version'), /^vfio-arcs \d+\.\d+\.\d+\n$/);
  });

  it('fits into 120 columns', async () => {
    for (const command of ['check', 'arcs', 'explain', 'dump', 'lsp']) {
      const { stdout } = await inProcess('/', ['help', command]);
      assert.deepEqual(
        stdout.split('\n').filter((line) => line.length > 120),
        [],
      );
    }
  });
});
