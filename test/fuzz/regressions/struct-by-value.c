Pairs of states as structs, by value out of a table that is walked by a pointer.
//// file driver.c
#include <linux/vfio_pci_core.h>

struct mig_file { struct file *filp; struct mutex lock; bool disabled; };
struct my_dev {
	struct vfio_pci_core_device core;
	u32 state;
	struct mutex lock;
	spinlock_t reset_lock;
	bool deferred_reset;
	struct mig_file *saving, *resuming;
	u32 caps;
	void *priv;
	
};
static const struct file_operations save_fops, resume_fops;
int hw_stop(struct my_dev *d);
int hw_start(struct my_dev *d);
int hw_quiesce(struct my_dev *d);
int hw_save(struct my_dev *d);
int hw_load(struct my_dev *d);
static struct file *open_file(struct my_dev *d, bool save)
{
	struct mig_file *f = kzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return ERR_PTR(-ENOMEM);
	f->filp = anon_inode_getfile("mig", save ? &save_fops : &resume_fops, f, 0);
	if (IS_ERR(f->filp)) {
		struct file *err = f->filp;

		kfree(f);
		return err;
	}
	get_file(f->filp);
	if (save)
		d->saving = f;
	else
		d->resuming = f;
	return f->filp;
}
static void close_files(struct my_dev *d)
{
	if (d->saving) {
		fput(d->saving->filp);
		d->saving = NULL;
	}
	if (d->resuming) {
		fput(d->resuming->filp);
		d->resuming = NULL;
	}
}
struct pair { u32 from, to; };
struct row { struct pair p; struct file *(*fn)(struct my_dev *d); };
static struct file *r_stop(struct my_dev *d) { return ERR_PTR(hw_stop(d)); }
static struct file *r_start(struct my_dev *d) { return ERR_PTR(hw_start(d)); }
static struct file *r_save(struct my_dev *d) { return open_file(d, true); }
static struct file *r_load(struct my_dev *d) { return open_file(d, false); }
static struct file *r_close(struct my_dev *d) { close_files(d); return NULL; }
static const struct row rows[] = {
	{ { VFIO_DEVICE_STATE_RUNNING, VFIO_DEVICE_STATE_STOP }, r_stop },
	{ { VFIO_DEVICE_STATE_STOP, VFIO_DEVICE_STATE_RUNNING }, r_start },
	{ { VFIO_DEVICE_STATE_STOP, VFIO_DEVICE_STATE_STOP_COPY }, r_save },
	{ { VFIO_DEVICE_STATE_STOP, VFIO_DEVICE_STATE_RESUMING }, r_load },
	{ { VFIO_DEVICE_STATE_STOP_COPY, VFIO_DEVICE_STATE_STOP }, r_close },
	{ { VFIO_DEVICE_STATE_RESUMING, VFIO_DEVICE_STATE_STOP }, r_close },
};
static bool same(struct pair a, struct pair b) { return a.from == b.from && a.to == b.to; }
static struct file *step(struct my_dev *d, u32 new)
{
	const struct row *r = rows;
	const struct row *end = rows + ARRAY_SIZE(rows);

	do {
		if (same(r->p, (struct pair){ d->state, new }))
			return r->fn(d);
	} while (++r != end);
	return ERR_PTR(-EINVAL);
}

static struct file *my_set_state(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	struct my_dev *d = container_of(vdev, struct my_dev, core.vdev);
	enum vfio_device_mig_state next_state;
	struct file *res = NULL;
	int ret;

	mutex_lock(&d->lock);
	while (new_state != d->state) {
		ret = vfio_mig_get_next_state(vdev, d->state, new_state, &next_state);
		if (ret) {
			res = ERR_PTR(ret);
			break;
		}
		res = step(d, next_state);
		if (IS_ERR(res))
			break;
		d->state = next_state;
		if (WARN_ON(res && new_state != d->state)) {
			fput(res);
			res = ERR_PTR(-EINVAL);
			break;
		}
	}
	mutex_unlock(&d->lock);
	return res;
}

static int my_get_state(struct vfio_device *vdev, enum vfio_device_mig_state *cur)
{
	struct my_dev *d = container_of(vdev, struct my_dev, core.vdev);

	*cur = d->state;
	return 0;
}
static const struct vfio_migration_ops my_ops = {
	.migration_set_state = my_set_state,
	.migration_get_state = my_get_state,
};
static int my_init(struct vfio_device *vdev)
{
	struct my_dev *d = container_of(vdev, struct my_dev, core.vdev);

	vdev->migration_flags = VFIO_MIGRATION_STOP_COPY;
	vdev->mig_ops = &my_ops;
	return 0;
}
//// harness options= capabilities=0
int hw_stop(struct my_dev *d) { return fuzz_result("hw_stop"); }
int hw_start(struct my_dev *d) { return fuzz_result("hw_start"); }
int hw_quiesce(struct my_dev *d) { return fuzz_result("hw_quiesce"); }
int hw_save(struct my_dev *d) { return fuzz_result("hw_save"); }
int hw_load(struct my_dev *d) { return fuzz_result("hw_load"); }

static struct vfio_device *fuzz_make(void)
{
	struct my_dev *d = fuzz_zeroed(sizeof(*d));

	d->caps = fuzz_capabilities;
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
	struct my_dev *d = container_of(vdev, struct my_dev, core.vdev);
	return d->state;
}
const struct fuzz_driver fuzz_entry = { fuzz_make, my_init, fuzz_enter, fuzz_now, { { "my_ops", &my_ops } } };
