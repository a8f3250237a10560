import assert from 'node:assert/strict';
import { profileFor, profileFromHeader } from '../../server/src/check';
import { newestProfile } from '../../server/src/uapi';
import { memoryFiles } from '../support/memoryFiles';

const v2 =
  'enum vfio_device_mig_state { VFIO_DEVICE_STATE_STOP_COPY = 3 };\n#define VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE 2\n';
const preCopy = `${v2}enum { VFIO_DEVICE_STATE_PRE_COPY = 6 };\n`;
const infoV2 = `${preCopy}#define VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2 12\n`;
const opsApart = 'struct vfio_migration_ops {\n};\n';
const opsInside = 'struct vfio_device_ops {\n};\n';

describe('profileFromHeader', () => {
  const cases: readonly (readonly [string, string, string | null, string | null])[] = [
    ['the newest', infoV2, opsApart, '7.1'],
    ['PRE_COPY without version 2 of its info', preCopy, opsApart, '6.2'],
    ['PRE_COPY where the other header is not there', preCopy, null, '6.2'],
    ['PRE_COPY before the ops were apart', preCopy, opsInside, 'patch-v7'],
    ['no PRE_COPY, ops apart', v2, opsApart, '6.0'],
    ['no PRE_COPY, ops in vfio_device_ops', v2, opsInside, '5.18'],
    ['protocol v1', '#define VFIO_DEVICE_STATE_V1_STOP 0\n', opsInside, null],
    ['another file', '', null, null],
  ];
  for (const [what, uapi, core, id] of cases) {
    it(`${what}: ${id ?? 'none'}`, () => assert.equal(profileFromHeader(uapi, core)?.id ?? null, id));
  }

  it('takes a name in a longer name for none', () => {
    assert.equal(profileFromHeader(`${v2}#define VFIO_DEVICE_STATE_PRE_COPY_P2P 7\n`, opsApart)?.id, '6.0');
  });
});

describe('profileFor', () => {
  const tree = {
    '/k/Makefile': '# SPDX\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 3\n',
    '/k/include/uapi/linux/vfio.h': preCopy,
    '/k/include/linux/vfio.h': opsApart,
    '/k/drivers/vfio/pci/x/main.c': '',
  };

  it('reads the tree that the file is in, and says so', async () => {
    assert.deepEqual(await profileFor(memoryFiles(tree), '/k/drivers/vfio/pci/x/main.c', null), {
      id: '6.2',
      reason:
        'linux 6.12 tree at /k: include/uapi/linux/vfio.h has VFIO_DEVICE_STATE_PRE_COPY but no VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2',
    });
  });

  it('goes by what is configured before the tree', async () => {
    assert.deepEqual(await profileFor(memoryFiles(tree), '/k/drivers', '7.1'), {
      id: '7.1',
      reason: 'chosen by configuration',
    });
  });

  it('takes the newest outside of a tree', async () => {
    const choice = await profileFor(memoryFiles({ '/a/b.c': '' }), '/a/b.c', null);
    assert.equal(choice.id, newestProfile.id);
    assert.match(choice.reason, /no kernel tree around the file/);
  });

  it('takes the newest in a tree that is too old, and says why', async () => {
    const old = { ...tree, '/k/include/uapi/linux/vfio.h': '#define VFIO_DEVICE_STATE_V1_STOP 0\n' };
    const choice = await profileFor(memoryFiles(old), '/k/drivers', null);
    assert.equal(choice.id, newestProfile.id);
    assert.match(choice.reason, /does not have the v2 protocol/);
  });
});
