A bit shifted by the state, on the way to what only the hardware answers: nobody's state must not be shifted too far.
//// file driver.c
#include <linux/vfio_pci_core.h>

struct mig_file { struct file *filp; };
struct my_dev {
	struct vfio_pci_core_device core;
	u32 state;
	struct mutex lock;
	struct mig_file *saving, *resuming;
};
static const struct file_operations mig_fops;

int hw_reset(struct my_dev *d);

static struct file *step(struct my_dev *d, u32 new)
{
	u32 cur = d->state;

	if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_STOP)
		return NULL;
	if ((1 << cur) & BIT(VFIO_DEVICE_STATE_STOP) && (1 << new) & BIT(VFIO_DEVICE_STATE_RUNNING))
		return ERR_PTR(hw_reset(d));
	return ERR_PTR(-EINVAL);
}
static struct file *set_state(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	return step(container_of(vdev, struct my_dev, core.vdev), new_state);
}
static int get_state(struct vfio_device *vdev, enum vfio_device_mig_state *cur)
{
	struct my_dev *d = container_of(vdev, struct my_dev, core.vdev);

	*cur = d->state;
	return 0;
}
static const struct vfio_migration_ops my_ops = {
	.migration_set_state = set_state,
	.migration_get_state = get_state,
};
static int init_dev(struct vfio_device *vdev)
{
	struct my_dev *d = container_of(vdev, struct my_dev, core.vdev);

	vdev->migration_flags = VFIO_MIGRATION_STOP_COPY;
	vdev->mig_ops = &my_ops;
	return 0;
}
//// harness options= capabilities=0
int hw_reset(struct my_dev *d) { return fuzz_result("hw_reset"); }
static struct vfio_device *fuzz_make(void)
{
	struct my_dev *d = fuzz_zeroed(sizeof(*d));

	return &d->core.vdev;
}
static void fuzz_enter(struct vfio_device *vdev, unsigned int at)
{
	struct my_dev *d = container_of(vdev, struct my_dev, core.vdev);

	d->state = at;
	d->saving = fuzz_zeroed(sizeof(*d->saving));
	d->saving->filp = fuzz_session_file();
	d->resuming = fuzz_zeroed(sizeof(*d->resuming));
	d->resuming->filp = fuzz_session_file();
}
static unsigned int fuzz_now(struct vfio_device *vdev)
{
	return container_of(vdev, struct my_dev, core.vdev)->state;
}
const struct fuzz_driver fuzz_entry = { fuzz_make, init_dev, fuzz_enter, fuzz_now, { { "my_ops", &my_ops } } };
