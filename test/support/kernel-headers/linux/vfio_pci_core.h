/* SPDX-License-Identifier: MIT */
#ifndef MINIMAL_VFIO_PCI_CORE_H
#define MINIMAL_VFIO_PCI_CORE_H

#include <linux/pci.h>
#include <linux/vfio.h>

struct vfio_pci_core_device {
	struct vfio_device vdev;
	struct pci_dev *pdev;
};

int vfio_pci_core_register_device(struct vfio_pci_core_device *core);
void vfio_pci_core_unregister_device(struct vfio_pci_core_device *core);
int vfio_pci_core_init_dev(struct vfio_device *vdev);
void vfio_pci_core_release_dev(struct vfio_device *vdev);
int vfio_pci_core_enable(struct vfio_pci_core_device *core);
void vfio_pci_core_finish_enable(struct vfio_pci_core_device *core);
void vfio_pci_core_close_device(struct vfio_device *vdev);
long vfio_pci_core_ioctl(struct vfio_device *vdev, unsigned int cmd, unsigned long arg);
int vfio_pci_core_ioctl_feature(struct vfio_device *vdev, u32 flags, void __user *arg, size_t size);
int vfio_pci_ioctl_get_region_info(struct vfio_device *vdev, struct vfio_region_info *info, struct vfio_info_cap *caps);
ssize_t vfio_pci_core_read(struct vfio_device *vdev, char __user *buf, size_t size, loff_t *pos);
ssize_t vfio_pci_core_write(struct vfio_device *vdev, const char __user *buf, size_t size, loff_t *pos);
int vfio_pci_core_mmap(struct vfio_device *vdev, struct vm_area_struct *area);
void vfio_pci_core_request(struct vfio_device *vdev, unsigned int count);
int vfio_pci_core_match(struct vfio_device *vdev, char *text);
int vfio_pci_core_match_token_uuid(struct vfio_device *vdev, const uuid_t *uuid);
pci_ers_result_t vfio_pci_core_aer_err_detected(struct pci_dev *pdev, pci_channel_state_t state);

#endif
