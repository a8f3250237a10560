import assert from 'node:assert/strict';
import type { Folder } from '../support/cli';
import { spawning, temporaryFolder, vfioArcs } from '../support/cli';

describe('vfio-arcs skeleton', function () {
  this.timeout(spawning);
  let folder: Folder;
  before(() => {
    folder = temporaryFolder();
  });
  after(() => folder.remove());

  it('prints a driver in which check finds nothing', () => {
    const made = vfioArcs(folder.path, 'skeleton', '--flags', 'STOP_COPY|pre-copy,VFIO_MIGRATION_P2P', '--name', 'foo');
    assert.deepEqual([made.code, made.stderr], [0, '']);
    folder.write({ 'foo.c': made.stdout });
    const checked = vfioArcs(folder.path, 'check', 'foo.c');
    assert.equal(checked.code, 0, checked.stdout);
    assert.match(checked.stdout, /^foo_migration_ops \(foo\.c:\d+\): 15 of 15 required arcs/);
  });

  it('is for the kernel tree that the current folder is in', () => {
    const states = 'enum vfio_device_mig_state { VFIO_DEVICE_STATE_STOP_COPY = 3, VFIO_DEVICE_STATE_PRE_COPY = 6 };';
    folder.write({
      'tree/include/uapi/linux/vfio.h': `#define VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE 2\n${states}\n`,
      'tree/drivers/vfio/Makefile': '',
    });
    const args = ['skeleton', '--flags', 'STOP_COPY|PRE_COPY', '--name', 'foo'];
    assert.doesNotMatch(vfioArcs(`${folder.path}/tree/drivers/vfio`, ...args).stdout, /vfio_check_precopy_ioctl/);
    assert.match(vfioArcs(folder.path, ...args).stdout, /vfio_check_precopy_ioctl/);
  });

  it('fills the device ops that the tree has, and without a tree says which releases want others', () => {
    folder.write({
      'tree/include/linux/vfio.h': `struct vfio_migration_ops { int a; };
struct vfio_device_ops {
	int	(*init)(struct vfio_device *vdev);
	int	(*bind_iommufd)(struct vfio_device *vdev,
				struct iommufd_ctx *ictx, u32 *out_device_id);
	int	(*match_token_uuid)(struct vfio_device *vdev, const uuid_t *uuid);
};`,
    });
    const iommufd = (place: string, ...options: readonly string[]) =>
      vfioArcs(place, 'skeleton', '--flags', 'STOP_COPY', '--name', 'foo', ...options)
        .stdout.split('\n')
        .flatMap((line) => /^\t\.(bind_iommufd|detach_ioas|match_token_uuid) =/.exec(line)?.[1] ?? []);
    assert.deepEqual(iommufd(`${folder.path}/tree/drivers/vfio`), ['match_token_uuid', 'bind_iommufd']);
    assert.deepEqual(iommufd(`${folder.path}/tree`, '--profile', '6.0'), []);
    assert.deepEqual(iommufd(folder.path, '--profile', '6.2'), ['bind_iommufd', 'detach_ioas']);
    const { stdout } = vfioArcs(folder.path, 'skeleton', '--flags', 'STOP_COPY', '--name', 'foo', '--profile', '6.2');
    const said = stdout.replaceAll(/\s+\*?\s*/g, ' ');
    assert.ok(said.includes('Linux before 6.6 has no .detach_ioas.'), said);
    assert.ok(said.includes('From Linux 6.17 on, .match_token_uuid = vfio_pci_core_match_token_uuid is due.'));
    assert.ok(said.includes('From Linux 6.19 on, .get_region_info_caps = vfio_pci_ioctl_get_region_info is due.'));
  });

  it('leaves out what a driver has already', () => {
    const { stdout } = vfioArcs(folder.path, 'skeleton', '--flags', 'STOP_COPY', '--name', 'foo', '--part');
    assert.doesNotMatch(stdout, /module_pci_driver/);
    assert.match(stdout, /^static void foo_migration_init\(struct vfio_device \*vdev\)$/m);
  });

  it('says what is wrong with its options', () => {
    const said = (...args: readonly string[]) => {
      const { code, stderr } = vfioArcs(folder.path, 'skeleton', ...args);
      return `${code} ${stderr.split('\n')[0]}`;
    };
    assert.equal(said('--name', 'a'), '2 vfio-arcs: "--flags" is missing: such as --flags "STOP_COPY|P2P|PRE_COPY"');
    assert.equal(
      said('--flags', 'STOP_COPY'),
      '2 vfio-arcs: "--name" is missing: what all names of the driver begin with',
    );
    assert.match(
      said('--flags', 'PRECOPY', '--name', 'a'),
      /^2 vfio-arcs: there is no flag "PRECOPY" - did you mean "PRE_COPY"\?/,
    );
    assert.match(said('--flags', 'P2P', '--name', 'a'), /^2 vfio-arcs: Without STOP_COPY there is no migration/);
    assert.match(said('--flags', 'STOP_COPY', '--name', 'A b'), /^2 vfio-arcs: "A b" can not begin the names/);
  });
});
