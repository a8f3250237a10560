// SPDX-License-Identifier: MIT
/*
 * Stratus: an imaginary storage controller, and a driver that is not finished.
 * A sample for vfio-arcs, which finds what is wrong with its migration.
 */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>
#include <linux/vfio_pci_core.h>

#define STRATUS_REG_CAPS	0x00
#define STRATUS_REG_RUN		0x04
#define STRATUS_REG_SHADOW	0x800
#define STRATUS_SHADOW_SIZE	2048

#define STRATUS_CAP_HOLD_PEERS	BIT(3)

#define STRATUS_RUN_STOPPED	0
#define STRATUS_RUN_NO_PEERS	1
#define STRATUS_RUN_FULL	2

struct stratus_session {
	struct file *filp;
	struct stratus *st;
	struct mutex lock;
	wait_queue_head_t more;
	u8 shadow[STRATUS_SHADOW_SIZE];
	size_t valid;
	size_t taken;
	bool last;
	bool disabled;
};

struct stratus {
	struct vfio_pci_core_device core;
	void __iomem *bar;
	u32 caps;
	struct mutex lock;
	enum vfio_device_mig_state mig_state;
	struct stratus_session *out;
	struct stratus_session *in;
};

static struct stratus *to_stratus(struct vfio_device *vdev)
{
	return container_of(vdev, struct stratus, core.vdev);
}

static ssize_t stratus_out_read(struct file *filp, char __user *to, size_t count, loff_t *pos)
{
	struct stratus_session *session = filp->private_data;
	ssize_t ret;

	if (pos)
		return -ESPIPE;
	mutex_lock(&session->lock);
	count = min_t(size_t, count, session->valid - session->taken);
	if (session->disabled)
		ret = -ENODEV;
	else if (!count)
		ret = session->last ? 0 : -ENOMSG;
	else if (copy_to_user(to, session->shadow + session->taken, count))
		ret = -EFAULT;
	else
		ret = count;
	if (ret > 0)
		session->taken += ret;
	mutex_unlock(&session->lock);
	return ret;
}

static __poll_t stratus_out_poll(struct file *filp, struct poll_table_struct *table)
{
	struct stratus_session *session = filp->private_data;
	__poll_t events = 0;

	poll_wait(filp, &session->more, table);
	mutex_lock(&session->lock);
	if (session->disabled || session->last || session->taken < session->valid)
		events = EPOLLIN | EPOLLRDNORM;
	mutex_unlock(&session->lock);
	return events;
}

static long stratus_out_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	struct stratus_session *session = filp->private_data;
	struct stratus *st = session->st;
	struct vfio_precopy_info info = {};
	int ret;

	ret = vfio_check_precopy_ioctl(&st->core.vdev, cmd, arg, &info);
	if (ret)
		return ret;
	mutex_lock(&st->lock);
	if (st->mig_state != VFIO_DEVICE_STATE_PRE_COPY && st->mig_state != VFIO_DEVICE_STATE_PRE_COPY_P2P) {
		mutex_unlock(&st->lock);
		return -EINVAL;
	}
	mutex_lock(&session->lock);
	info.flags = 0;
	info.initial_bytes = session->valid - session->taken;
	info.dirty_bytes = 0;
	mutex_unlock(&session->lock);
	mutex_unlock(&st->lock);
	if (copy_to_user((void __user *)arg, &info, sizeof(info)))
		return -EFAULT;
	return 0;
}

static ssize_t stratus_in_write(struct file *filp, const char __user *from, size_t count, loff_t *pos)
{
	struct stratus_session *session = filp->private_data;
	ssize_t ret = count;

	if (pos)
		return -ESPIPE;
	mutex_lock(&session->lock);
	if (session->disabled)
		ret = -ENODEV;
	else if (count > sizeof(session->shadow) - session->valid)
		ret = -ENOSPC;
	else if (copy_from_user(session->shadow + session->valid, from, count))
		ret = -EFAULT;
	else
		session->valid += count;
	mutex_unlock(&session->lock);
	return ret;
}

static int stratus_release(struct inode *inode, struct file *filp)
{
	struct stratus_session *session = filp->private_data;

	mutex_destroy(&session->lock);
	kfree(session);
	return 0;
}

static const struct file_operations stratus_out_fops = {
	.owner = THIS_MODULE,
	.read = stratus_out_read,
	.poll = stratus_out_poll,
	.unlocked_ioctl = stratus_out_ioctl,
	.release = stratus_release,
};

static const struct file_operations stratus_in_fops = {
	.owner = THIS_MODULE,
	.write = stratus_in_write,
	.release = stratus_release,
};

static struct stratus_session *stratus_new_session(struct stratus *st, const struct file_operations *fops, int flags)
{
	struct stratus_session *session;
	struct file *filp;

	session = kzalloc(sizeof(*session), GFP_KERNEL);
	if (!session)
		return ERR_PTR(-ENOMEM);
	filp = anon_inode_getfile("stratus-state", fops, session, flags);
	if (IS_ERR(filp)) {
		kfree(session);
		return ERR_CAST(filp);
	}
	stream_open(filp->f_inode, filp);
	mutex_init(&session->lock);
	init_waitqueue_head(&session->more);
	session->filp = filp;
	session->st = st;
	return session;
}

static void stratus_take_shadow(struct stratus *st, struct stratus_session *session, bool last)
{
	mutex_lock(&session->lock);
	memcpy_fromio(session->shadow, st->bar + STRATUS_REG_SHADOW, sizeof(session->shadow));
	session->valid = sizeof(session->shadow);
	session->last = last;
	mutex_unlock(&session->lock);
	wake_up_all(&session->more);
}

static struct file *stratus_begin_out(struct stratus *st, bool last)
{
	struct stratus_session *session = stratus_new_session(st, &stratus_out_fops, O_RDONLY);

	if (IS_ERR(session))
		return ERR_CAST(session);
	stratus_take_shadow(st, session, last);
	st->out = session;
	return get_file(session->filp);
}

static struct file *stratus_begin_in(struct stratus *st)
{
	struct stratus_session *session = stratus_new_session(st, &stratus_in_fops, O_WRONLY);

	if (IS_ERR(session))
		return ERR_CAST(session);
	st->in = session;
	return get_file(session->filp);
}

static void stratus_end(struct stratus_session **which)
{
	struct stratus_session *session = *which;

	if (!session)
		return;
	*which = NULL;
	mutex_lock(&session->lock);
	session->disabled = true;
	mutex_unlock(&session->lock);
	wake_up_all(&session->more);
	fput(session->filp);
}

static int stratus_load(struct stratus *st)
{
	int ret = 0;

	mutex_lock(&st->in->lock);
	if (st->in->valid == sizeof(st->in->shadow))
		memcpy_toio(st->bar + STRATUS_REG_SHADOW, st->in->shadow, sizeof(st->in->shadow));
	else
		ret = -EINVAL;
	mutex_unlock(&st->in->lock);
	return ret;
}

static struct file *stratus_run(struct stratus *st, u32 mode)
{
	iowrite32(mode, st->bar + STRATUS_REG_RUN);
	return NULL;
}

static struct file *stratus_leave_running(struct stratus *st, enum vfio_device_mig_state to)
{
	switch (to) {
	case VFIO_DEVICE_STATE_RUNNING_P2P:
		return stratus_run(st, STRATUS_RUN_NO_PEERS);
	case VFIO_DEVICE_STATE_PRE_COPY:
		return stratus_begin_out(st, false);
	default:
		return ERR_PTR(-EINVAL);
	}
}

static struct file *stratus_leave_running_p2p(struct stratus *st, enum vfio_device_mig_state to)
{
	switch (to) {
	case VFIO_DEVICE_STATE_RUNNING:
		return stratus_run(st, STRATUS_RUN_FULL);
	case VFIO_DEVICE_STATE_STOP:
		return stratus_run(st, STRATUS_RUN_STOPPED);
	case VFIO_DEVICE_STATE_PRE_COPY_P2P:
		return stratus_begin_out(st, false);
	default:
		return ERR_PTR(-EINVAL);
	}
}

static struct file *stratus_leave_pre_copy(struct stratus *st, enum vfio_device_mig_state to)
{
	switch (to) {
	case VFIO_DEVICE_STATE_RUNNING:
		stratus_end(&st->out);
		return NULL;
	case VFIO_DEVICE_STATE_PRE_COPY_P2P:
		/* Old firmware can not hold the peers back while it tracks writes. */
		if (!(st->caps & STRATUS_CAP_HOLD_PEERS))
			return ERR_PTR(-EOPNOTSUPP);
		return stratus_run(st, STRATUS_RUN_NO_PEERS);
	default:
		return ERR_PTR(-EINVAL);
	}
}

static struct file *stratus_leave_pre_copy_p2p(struct stratus *st, enum vfio_device_mig_state to)
{
	switch (to) {
	case VFIO_DEVICE_STATE_RUNNING_P2P:
		stratus_end(&st->out);
		return NULL;
	case VFIO_DEVICE_STATE_PRE_COPY:
		return stratus_run(st, STRATUS_RUN_FULL);
	default:
		return ERR_PTR(-EINVAL);
	}
}

static struct file *stratus_leave_stop(struct stratus *st, enum vfio_device_mig_state to)
{
	switch (to) {
	case VFIO_DEVICE_STATE_RUNNING_P2P:
		return stratus_run(st, STRATUS_RUN_NO_PEERS);
	case VFIO_DEVICE_STATE_STOP_COPY:
		return stratus_begin_out(st, true);
	case VFIO_DEVICE_STATE_RESUMING:
		return stratus_begin_in(st);
	default:
		return ERR_PTR(-EINVAL);
	}
}

static struct file *stratus_step(struct stratus *st, enum vfio_device_mig_state from, enum vfio_device_mig_state to)
{
	int ret;

	switch (from) {
	case VFIO_DEVICE_STATE_RUNNING:
		return stratus_leave_running(st, to);
	case VFIO_DEVICE_STATE_RUNNING_P2P:
		return stratus_leave_running_p2p(st, to);
	case VFIO_DEVICE_STATE_PRE_COPY:
		return stratus_leave_pre_copy(st, to);
	case VFIO_DEVICE_STATE_PRE_COPY_P2P:
		return stratus_leave_pre_copy_p2p(st, to);
	case VFIO_DEVICE_STATE_STOP:
		return stratus_leave_stop(st, to);
	case VFIO_DEVICE_STATE_STOP_COPY:
		if (to != VFIO_DEVICE_STATE_STOP)
			break;
		stratus_end(&st->out);
		return NULL;
	case VFIO_DEVICE_STATE_RESUMING:
		if (to != VFIO_DEVICE_STATE_STOP)
			break;
		ret = stratus_load(st);
		if (ret)
			return ERR_PTR(ret);
		stratus_end(&st->in);
		return NULL;
	default:
		break;
	}
	return ERR_PTR(-EINVAL);
}

static struct file *stratus_set_state(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	struct stratus *st = to_stratus(vdev);
	enum vfio_device_mig_state next;
	struct file *res = NULL;
	int ret;

	mutex_lock(&st->lock);
	while (st->mig_state != new_state) {
		ret = vfio_mig_get_next_state(vdev, st->mig_state, new_state, &next);
		if (ret) {
			res = ERR_PTR(ret);
			break;
		}
		res = stratus_step(st, st->mig_state, next);
		if (IS_ERR(res))
			break;
		st->mig_state = next;
		if (WARN_ON(res && next != new_state)) {
			fput(res);
			res = ERR_PTR(-EINVAL);
			break;
		}
	}
	mutex_unlock(&st->lock);
	return res;
}

static int stratus_get_state(struct vfio_device *vdev, enum vfio_device_mig_state *curr_state)
{
	struct stratus *st = to_stratus(vdev);

	mutex_lock(&st->lock);
	*curr_state = st->mig_state;
	mutex_unlock(&st->lock);
	return 0;
}

static int stratus_get_data_size(struct vfio_device *vdev, unsigned long *stop_copy_length)
{
	*stop_copy_length = STRATUS_SHADOW_SIZE;
	return 0;
}

static const struct vfio_migration_ops stratus_mig_ops = {
	.migration_set_state = stratus_set_state,
	.migration_get_state = stratus_get_state,
	.migration_get_data_size = stratus_get_data_size,
};

static int stratus_init_dev(struct vfio_device *vdev)
{
	struct stratus *st = to_stratus(vdev);
	int ret;

	mutex_init(&st->lock);
	st->mig_state = VFIO_DEVICE_STATE_RUNNING;
	vdev->migration_flags = VFIO_MIGRATION_STOP_COPY |
				VFIO_MIGRATION_P2P |
				VFIO_MIGRATION_PRE_COPY;
	vdev->mig_ops = &stratus_mig_ops;

	ret = vfio_pci_core_init_dev(vdev);
	if (ret)
		return ret;
	st->bar = pci_iomap(st->core.pdev, 0, 0);
	if (!st->bar) {
		vfio_pci_core_release_dev(vdev);
		return -ENOMEM;
	}
	st->caps = ioread32(st->bar + STRATUS_REG_CAPS);
	return 0;
}

static void stratus_release_dev(struct vfio_device *vdev)
{
	struct stratus *st = to_stratus(vdev);

	pci_iounmap(st->core.pdev, st->bar);
	mutex_destroy(&st->lock);
	vfio_pci_core_release_dev(vdev);
}

static int stratus_open_device(struct vfio_device *vdev)
{
	struct stratus *st = to_stratus(vdev);
	int ret;

	ret = vfio_pci_core_enable(&st->core);
	if (ret)
		return ret;
	vfio_pci_core_finish_enable(&st->core);
	return 0;
}

static void stratus_close_device(struct vfio_device *vdev)
{
	struct stratus *st = to_stratus(vdev);

	mutex_lock(&st->lock);
	stratus_end(&st->out);
	stratus_end(&st->in);
	st->mig_state = VFIO_DEVICE_STATE_RUNNING;
	mutex_unlock(&st->lock);
	vfio_pci_core_close_device(vdev);
}

static const struct vfio_device_ops stratus_ops = {
	.name = "stratus-vfio-pci",
	.init = stratus_init_dev,
	.release = stratus_release_dev,
	.open_device = stratus_open_device,
	.close_device = stratus_close_device,
	.ioctl = vfio_pci_core_ioctl,
	.device_feature = vfio_pci_core_ioctl_feature,
	.get_region_info_caps = vfio_pci_ioctl_get_region_info,
	.read = vfio_pci_core_read,
	.write = vfio_pci_core_write,
	.mmap = vfio_pci_core_mmap,
	.request = vfio_pci_core_request,
	.match = vfio_pci_core_match,
	.match_token_uuid = vfio_pci_core_match_token_uuid,
	.bind_iommufd = vfio_iommufd_physical_bind,
	.unbind_iommufd = vfio_iommufd_physical_unbind,
	.attach_ioas = vfio_iommufd_physical_attach_ioas,
	.detach_ioas = vfio_iommufd_physical_detach_ioas,
};

static int stratus_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct stratus *st;
	int ret;

	st = vfio_alloc_device(stratus, core.vdev, &pdev->dev, &stratus_ops);
	if (IS_ERR(st))
		return PTR_ERR(st);
	pci_set_drvdata(pdev, &st->core);
	ret = vfio_pci_core_register_device(&st->core);
	if (ret)
		vfio_put_device(&st->core.vdev);
	return ret;
}

static void stratus_remove(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *core = pci_get_drvdata(pdev);

	vfio_pci_core_unregister_device(core);
	vfio_put_device(&core->vdev);
}

static const struct pci_device_id stratus_ids[] = {
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(0x1d1d, 0x5742) },
	{}
};
MODULE_DEVICE_TABLE(pci, stratus_ids);

static const struct pci_error_handlers stratus_error_handlers = {
	.error_detected = vfio_pci_core_aer_err_detected,
};

static struct pci_driver stratus_driver = {
	.name = "stratus-vfio-pci",
	.id_table = stratus_ids,
	.probe = stratus_probe,
	.remove = stratus_remove,
	.err_handler = &stratus_error_handlers,
	.driver_managed_dma = true,
};
module_pci_driver(stratus_driver);

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Stratus: a sample migration driver with faults, for vfio-arcs");
