import assert from 'node:assert/strict';
import { driverOf } from '../support/analyse';

const driver = `#include <linux/vfio.h>
struct demo { struct vfio_device vdev; enum vfio_device_mig_state state; };
static void note(struct demo *d) { d->state = d->state; }
static int start(struct demo *d) { note(d); return 0; }
static bool ready(struct demo *d) { return false; }
static ulong_of_no_header count(struct demo *d) { return 0; }
static struct file *demo_set_state(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	struct demo *d = container_of(vdev, struct demo, vdev);

	if (d->state == VFIO_DEVICE_STATE_STOP && new_state == VFIO_DEVICE_STATE_RUNNING) {
		if (start(d) || ready(d) || count(d))
			return ERR_PTR(-EIO);
		d->state = new_state;
		return NULL;
	}
	return ERR_PTR(-EINVAL);
}
static int demo_get_state(struct vfio_device *vdev, enum vfio_device_mig_state *state)
{
	*state = container_of(vdev, struct demo, vdev)->state;
	return 0;
}
static const struct vfio_migration_ops demo_ops = {
	.migration_set_state = demo_set_state,
	.migration_get_state = demo_get_state,
};
static int demo_init(struct vfio_device *vdev)
{
	vdev->migration_flags = VFIO_MIGRATION_STOP_COPY;
	vdev->mig_ops = &demo_ops;
	return 0;
}
`;

describe('the story of an arc', () => {
  it('says of each return what a function of that type can return', async () => {
    const { arcs } = await driverOf(driver);
    const arc = arcs.find(({ from, to }) => from === 'STOP' && to === 'RUNNING');
    const returns = arc?.evidence.filter(({ kind }) => kind === 'return').map(({ what }) => what);
    // What a function did comes before that it was called.
    assert.deepEqual(returns, ['returns', 'returns 0', 'returns false', 'returns NULL or 0', 'returns NULL']);
  });
});
