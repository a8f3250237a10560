import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkModule } from '../../server/src/check';
import { inEnglish, skeletonFor } from '../../server/src/mend';
import type { FlagSet, ProfileId } from '../../server/src/uapi';
import { arcText, flagSetText, profiles, requiredArcs, validFlagSets } from '../../server/src/uapi';
import { moduleOf } from '../support/analyse';
import { root } from '../support/repo';

const compiler = spawnSync('gcc', ['-print-file-name=include'], { encoding: 'utf8' });
const scopes = ['driver', 'part'] as const;
const generations = profiles.filter(({ opsType }) => opsType === 'vfio_migration_ops').map(({ id }) => id);

/** What has to call a part. */
const callers = `void demo_whole(struct vfio_device *vdev, struct pci_dev *pdev)
{
	demo_migration_init(vdev);
	demo_migration_open(vdev);
	demo_reset_done(pdev);
	demo_migration_close(vdev);
	demo_migration_release(vdev);
}
`;

describe('skeletons', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'vfio-arcs-skeleton-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const profile of generations) {
    for (const flags of validFlagSets(profile)) {
      for (const scope of scopes) {
        it(`${flagSetText(flags)}, ${profile}, ${scope}: no finding, just the required arcs, and gcc has nothing to say`, async () => {
          const text = textOf(flags, profile, scope);
          await check(text, flags, profile);
          // A part waits for what calls it.
          compile(scope === 'driver' ? text : text + callers);
          assert.deepEqual(
            text.split('\n').filter((line) => line.replaceAll('\t', '        ').length > 100 || /[ \t]$/.test(line)),
            [],
          );
        });
      }
    }
  }

  it('say what is wrong with a request', () => {
    const request = { flags: ['STOP_COPY'], name: 'demo', profile: '7.1', scope: 'driver' } as const;
    const problem = (changed: object) => {
      const made = skeletonFor({ ...request, ...changed });
      return 'problem' in made ? inEnglish(made.problem) : 'none';
    };
    assert.match(problem({ flags: ['P2P'] }), /Without STOP_COPY/);
    assert.match(
      problem({ flags: ['STOP_COPY', 'PRE_COPY'], profile: '6.0' }),
      /^There is no PRE_COPY in Linux 6\.0 and 6\.1\.$/,
    );
    assert.match(problem({ profile: '5.18' }), /skeletons are for Linux 6\.0 and later/);
    assert.match(problem({ name: '2fast' }), /"2fast" can not begin the names/);
    assert.match(problem({ name: 'a_driver_of_26_letters_abc' }), /up to 24 characters/);
    assert.match(problem({ name: 'a*/b' }), /can not begin the names/);
    assert.match(
      problem({ name: 'vfio' }),
      /"vfio" can not begin the names of a driver: the kernel has vfio_\w+ already/,
    );
    assert.match(problem({ name: 'vfio_pci_core' }), /the kernel has vfio_pci_core_\w+ already/);
    assert.match(problem({ name: 'mutex' }), /the kernel has mutex_init already/);
    assert.equal(problem({ name: 'stop' }), 'none');
  });

  function textOf(flags: FlagSet, profile: ProfileId, scope: 'driver' | 'part'): string {
    const made = skeletonFor({ flags, name: 'demo', profile, scope });
    assert.ok('text' in made);
    return made.text;
  }

  async function check(text: string, flags: FlagSet, profile: ProfileId): Promise<void> {
    const report = checkModule(await moduleOf({ 'demo.c': text }), { id: profile, reason: 'the test says so' });
    const [driver] = report.drivers;
    assert.ok(driver);
    assert.deepEqual([...driver.findings, ...report.findings], []);
    const handled = driver.driver.arcs.filter(({ status }) => status === 'handled').map(arcText);
    assert.deepEqual(handled.sort(), requiredArcs(flags).map(arcText).sort());
  }

  function compile(text: string): void {
    if (compiler.error) {
      if (process.env['CI']) throw new Error('no gcc');
      return;
    }
    const file = join(folder, 'demo.c');
    writeFileSync(file, text);
    const include = ['-nostdinc', '-isystem', compiler.stdout.trim(), '-I', join(root, 'test/support/kernel-headers')];
    const warnings = ['-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter', '-Wno-sign-compare'];
    const args = ['-O2', '-c', '-o', `${file}.o`, '-ffreestanding', '-std=gnu11', ...warnings, ...include, file];
    const { stderr, status } = spawnSync('gcc', args, { encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.equal(status, 0);
  }
});
