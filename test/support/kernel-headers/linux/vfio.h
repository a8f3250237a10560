/* SPDX-License-Identifier: MIT */
/* The VFIO side: the migration uAPI's names and numbers, and what a driver gives to the core. */
#ifndef MINIMAL_VFIO_H
#define MINIMAL_VFIO_H

#include <linux/minimal.h>
#include <linux/pci.h>

enum vfio_device_mig_state {
	VFIO_DEVICE_STATE_ERROR,
	VFIO_DEVICE_STATE_STOP,
	VFIO_DEVICE_STATE_RUNNING,
	VFIO_DEVICE_STATE_STOP_COPY,
	VFIO_DEVICE_STATE_RESUMING,
	VFIO_DEVICE_STATE_RUNNING_P2P,
	VFIO_DEVICE_STATE_PRE_COPY,
	VFIO_DEVICE_STATE_PRE_COPY_P2P,
	VFIO_DEVICE_STATE_NR,
};

#define VFIO_MIGRATION_STOP_COPY	(1 << 0)
#define VFIO_MIGRATION_P2P		(1 << 1)
#define VFIO_MIGRATION_PRE_COPY		(1 << 2)

#define VFIO_MIG_GET_PRECOPY_INFO	((';' << 8) | 121)

struct vfio_precopy_info {
	__u32 argsz;
	__u32 flags;
	__aligned_u64 initial_bytes;
	__aligned_u64 dirty_bytes;
};

struct vfio_device;
struct vfio_region_info;
struct vfio_info_cap;
struct vm_area_struct;
struct iommufd_ctx;

struct vfio_migration_ops {
	struct file *(*migration_set_state)(struct vfio_device *vdev, enum vfio_device_mig_state state);
	int (*migration_get_state)(struct vfio_device *vdev, enum vfio_device_mig_state *state);
	int (*migration_get_data_size)(struct vfio_device *vdev, unsigned long *length);
};

struct vfio_device_ops {
	char *name;
	int (*init)(struct vfio_device *vdev);
	void (*release)(struct vfio_device *vdev);
	int (*bind_iommufd)(struct vfio_device *vdev, struct iommufd_ctx *ctx, u32 *id);
	void (*unbind_iommufd)(struct vfio_device *vdev);
	int (*attach_ioas)(struct vfio_device *vdev, u32 *id);
	void (*detach_ioas)(struct vfio_device *vdev);
	int (*open_device)(struct vfio_device *vdev);
	void (*close_device)(struct vfio_device *vdev);
	ssize_t (*read)(struct vfio_device *vdev, char __user *buf, size_t size, loff_t *pos);
	ssize_t (*write)(struct vfio_device *vdev, const char __user *buf, size_t size, loff_t *pos);
	long (*ioctl)(struct vfio_device *vdev, unsigned int cmd, unsigned long arg);
	int (*get_region_info_caps)(struct vfio_device *vdev, struct vfio_region_info *info, struct vfio_info_cap *caps);
	int (*mmap)(struct vfio_device *vdev, struct vm_area_struct *area);
	void (*request)(struct vfio_device *vdev, unsigned int count);
	int (*match)(struct vfio_device *vdev, char *text);
	int (*match_token_uuid)(struct vfio_device *vdev, const uuid_t *uuid);
	int (*device_feature)(struct vfio_device *vdev, u32 flags, void __user *arg, size_t size);
};

struct vfio_device {
	const struct vfio_device_ops *ops;
	const struct vfio_migration_ops *mig_ops;
	unsigned int migration_flags;
};

struct vfio_device *minimal_alloc_device(size_t size, struct device *dev, const struct vfio_device_ops *ops);
#define vfio_alloc_device(type, member, dev, ops) \
	container_of(minimal_alloc_device(sizeof(struct type), dev, ops), struct type, member)
void vfio_put_device(struct vfio_device *vdev);
int vfio_mig_get_next_state(struct vfio_device *vdev, enum vfio_device_mig_state cur,
			    enum vfio_device_mig_state target, enum vfio_device_mig_state *next);
int vfio_check_precopy_ioctl(struct vfio_device *vdev, unsigned int cmd, unsigned long arg,
			     struct vfio_precopy_info *info);

int vfio_iommufd_physical_bind(struct vfio_device *vdev, struct iommufd_ctx *ctx, u32 *id);
void vfio_iommufd_physical_unbind(struct vfio_device *vdev);
int vfio_iommufd_physical_attach_ioas(struct vfio_device *vdev, u32 *id);
void vfio_iommufd_physical_detach_ioas(struct vfio_device *vdev);

#endif
