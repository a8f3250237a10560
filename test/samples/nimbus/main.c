// SPDX-License-Identifier: MIT
/* Nimbus: the VFIO driver for the card's virtual functions. Migrates with PRE_COPY and P2P. */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/vfio.h>

#include "nimbus.h"

static struct nimbus_vf *nimbus_of(struct vfio_device *vdev)
{
	return container_of(vdev, struct nimbus_vf, core.vdev);
}

/*
 * Takes one arc. Gives the new session's file, NULL where no session begins, or an error.
 * The session keeps a reference of its own until it is closed.
 */
static struct file *nimbus_step(struct nimbus_vf *nvf, enum vfio_device_mig_state new)
{
	enum vfio_device_mig_state cur = nvf->state;
	struct nimbus_stream *stream;
	int ret;

	/* The card goes on working, but starts no DMA to its peers. */
	if ((cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_RUNNING_P2P) ||
	    (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_PRE_COPY_P2P)) {
		ret = nimbus_hw_pause_dma(nvf);
		return ret ? ERR_PTR(ret) : NULL;
	}

	if ((cur == VFIO_DEVICE_STATE_RUNNING_P2P && new == VFIO_DEVICE_STATE_RUNNING) ||
	    (cur == VFIO_DEVICE_STATE_PRE_COPY_P2P && new == VFIO_DEVICE_STATE_PRE_COPY)) {
		nimbus_hw_resume_dma(nvf);
		return NULL;
	}

	if (cur == VFIO_DEVICE_STATE_RUNNING_P2P && new == VFIO_DEVICE_STATE_STOP) {
		ret = nimbus_hw_freeze(nvf);
		return ret ? ERR_PTR(ret) : NULL;
	}

	if (cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_RUNNING_P2P) {
		ret = nimbus_hw_thaw(nvf);
		return ret ? ERR_PTR(ret) : NULL;
	}

	/* A saving session begins. */
	if ((cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_PRE_COPY) ||
	    (cur == VFIO_DEVICE_STATE_RUNNING_P2P && new == VFIO_DEVICE_STATE_PRE_COPY_P2P) ||
	    (cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_STOP_COPY)) {
		stream = nimbus_open_saving(nvf, new != VFIO_DEVICE_STATE_STOP_COPY);
		if (IS_ERR(stream))
			return ERR_CAST(stream);
		nvf->saving = stream;
		get_file(stream->filp);
		return stream->filp;
	}

	/* The saving session goes on with the frozen card's last image. */
	if (cur == VFIO_DEVICE_STATE_PRE_COPY_P2P && new == VFIO_DEVICE_STATE_STOP_COPY) {
		ret = nimbus_hw_freeze(nvf);
		if (ret)
			return ERR_PTR(ret);
		ret = nimbus_finish_saving(nvf);
		if (ret) {
			nimbus_hw_thaw(nvf);
			return ERR_PTR(ret);
		}
		return NULL;
	}

	if (cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_RESUMING) {
		stream = nimbus_open_resuming(nvf);
		if (IS_ERR(stream))
			return ERR_CAST(stream);
		nvf->resuming = stream;
		get_file(stream->filp);
		return stream->filp;
	}

	if (cur == VFIO_DEVICE_STATE_RESUMING && new == VFIO_DEVICE_STATE_STOP) {
		ret = nimbus_finish_resuming(nvf);
		if (ret)
			return ERR_PTR(ret);
		nimbus_close_streams(nvf);
		return NULL;
	}

	if ((cur == VFIO_DEVICE_STATE_STOP_COPY && new == VFIO_DEVICE_STATE_STOP) ||
	    (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_RUNNING) ||
	    (cur == VFIO_DEVICE_STATE_PRE_COPY_P2P && new == VFIO_DEVICE_STATE_RUNNING_P2P)) {
		nimbus_close_streams(nvf);
		return NULL;
	}

	/* The core asks for no other arc. */
	WARN_ON(true);
	return ERR_PTR(-EINVAL);
}

static void nimbus_after_reset(struct nimbus_vf *nvf)
{
	nimbus_close_streams(nvf);
	nvf->state = VFIO_DEVICE_STATE_RUNNING;
}

/*
 * A reset may come while the state mutex is held further up the stack, so it only leaves a note when it can not
 * take the mutex; whoever holds it does the work before letting go.
 */
static void nimbus_unlock_state(struct nimbus_vf *nvf)
{
again:
	spin_lock(&nvf->reset_lock);
	if (nvf->reset_pending) {
		nvf->reset_pending = false;
		spin_unlock(&nvf->reset_lock);
		nimbus_after_reset(nvf);
		goto again;
	}
	mutex_unlock(&nvf->state_mutex);
	spin_unlock(&nvf->reset_lock);
}

static struct file *nimbus_set_state(struct vfio_device *vdev, enum vfio_device_mig_state target)
{
	struct nimbus_vf *nvf = nimbus_of(vdev);
	enum vfio_device_mig_state next;
	struct file *filp = NULL;
	int ret;

	mutex_lock(&nvf->state_mutex);
	while (nvf->state != target) {
		ret = vfio_mig_get_next_state(vdev, nvf->state, target, &next);
		if (ret) {
			filp = ERR_PTR(ret);
			break;
		}
		filp = nimbus_step(nvf, next);
		if (IS_ERR(filp))
			break;
		nvf->state = next;
		if (WARN_ON(filp && next != target)) {
			fput(filp);
			filp = ERR_PTR(-EINVAL);
			break;
		}
	}
	nimbus_unlock_state(nvf);
	return filp;
}

static int nimbus_get_state(struct vfio_device *vdev, enum vfio_device_mig_state *state)
{
	struct nimbus_vf *nvf = nimbus_of(vdev);

	mutex_lock(&nvf->state_mutex);
	*state = nvf->state;
	nimbus_unlock_state(nvf);
	return 0;
}

static int nimbus_get_data_size(struct vfio_device *vdev, unsigned long *length)
{
	struct nimbus_vf *nvf = nimbus_of(vdev);

	mutex_lock(&nvf->state_mutex);
	*length = nimbus_hw_image_size(nvf);
	nimbus_unlock_state(nvf);
	return 0;
}

static const struct vfio_migration_ops nimbus_migration_ops = {
	.migration_set_state = nimbus_set_state,
	.migration_get_state = nimbus_get_state,
	.migration_get_data_size = nimbus_get_data_size,
};

static int nimbus_init(struct vfio_device *vdev)
{
	struct nimbus_vf *nvf = nimbus_of(vdev);
	int ret;

	mutex_init(&nvf->state_mutex);
	spin_lock_init(&nvf->reset_lock);
	nvf->state = VFIO_DEVICE_STATE_RUNNING;

	ret = vfio_pci_core_init_dev(vdev);
	if (ret)
		return ret;
	nvf->regs = pci_iomap(nvf->core.pdev, 0, 0);
	if (!nvf->regs) {
		vfio_pci_core_release_dev(vdev);
		return -ENOMEM;
	}

	/* A card with old firmware works, it can only not be migrated. */
	if (nimbus_hw_caps(nvf) & NIMBUS_CAP_MIGRATE) {
		vdev->mig_ops = &nimbus_migration_ops;
		vdev->migration_flags = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P | VFIO_MIGRATION_PRE_COPY;
	}
	return 0;
}

static void nimbus_release_dev(struct vfio_device *vdev)
{
	struct nimbus_vf *nvf = nimbus_of(vdev);

	pci_iounmap(nvf->core.pdev, nvf->regs);
	mutex_destroy(&nvf->state_mutex);
	vfio_pci_core_release_dev(vdev);
}

static int nimbus_open(struct vfio_device *vdev)
{
	struct nimbus_vf *nvf = nimbus_of(vdev);
	int ret;

	ret = vfio_pci_core_enable(&nvf->core);
	if (ret)
		return ret;
	mutex_lock(&nvf->state_mutex);
	nvf->state = VFIO_DEVICE_STATE_RUNNING;
	nimbus_unlock_state(nvf);
	vfio_pci_core_finish_enable(&nvf->core);
	return 0;
}

static void nimbus_close(struct vfio_device *vdev)
{
	struct nimbus_vf *nvf = nimbus_of(vdev);

	mutex_lock(&nvf->state_mutex);
	nimbus_close_streams(nvf);
	nimbus_unlock_state(nvf);
	vfio_pci_core_close_device(vdev);
}

static const struct vfio_device_ops nimbus_ops = {
	.name = "nimbus-vfio-pci",
	.init = nimbus_init,
	.release = nimbus_release_dev,
	.open_device = nimbus_open,
	.close_device = nimbus_close,
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

static void nimbus_reset_done(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *core = pci_get_drvdata(pdev);
	struct nimbus_vf *nvf = container_of(core, struct nimbus_vf, core);

	spin_lock(&nvf->reset_lock);
	nvf->reset_pending = true;
	if (!mutex_trylock(&nvf->state_mutex)) {
		spin_unlock(&nvf->reset_lock);
		return;
	}
	spin_unlock(&nvf->reset_lock);
	nimbus_unlock_state(nvf);
}

static int nimbus_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct nimbus_vf *nvf;
	int ret;

	nvf = vfio_alloc_device(nimbus_vf, core.vdev, &pdev->dev, &nimbus_ops);
	if (IS_ERR(nvf))
		return PTR_ERR(nvf);
	pci_set_drvdata(pdev, &nvf->core);
	ret = vfio_pci_core_register_device(&nvf->core);
	if (ret)
		vfio_put_device(&nvf->core.vdev);
	return ret;
}

static void nimbus_remove(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *core = pci_get_drvdata(pdev);

	vfio_pci_core_unregister_device(core);
	vfio_put_device(&core->vdev);
}

static const struct pci_device_id nimbus_ids[] = {
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(0x1d1d, 0x0c10) },
	{}
};
MODULE_DEVICE_TABLE(pci, nimbus_ids);

static const struct pci_error_handlers nimbus_error_handlers = {
	.reset_done = nimbus_reset_done,
	.error_detected = vfio_pci_core_aer_err_detected,
};

static struct pci_driver nimbus_driver = {
	.name = "nimbus-vfio-pci",
	.id_table = nimbus_ids,
	.probe = nimbus_probe,
	.remove = nimbus_remove,
	.err_handler = &nimbus_error_handlers,
	.driver_managed_dma = true,
};
module_pci_driver(nimbus_driver);

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Nimbus: a sample migration driver for vfio-arcs");
