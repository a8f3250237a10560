/* SPDX-License-Identifier: MIT */
/*
 * Nimbus: an imaginary network card whose virtual functions can be migrated.
 * A sample for vfio-arcs; no such device exists.
 */
#ifndef NIMBUS_H
#define NIMBUS_H

#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/vfio_pci_core.h>
#include <linux/wait.h>

/* What the firmware reports in NIMBUS_REG_CAPS. */
#define NIMBUS_CAP_MIGRATE	BIT(0)

/* One migration data session: what user space reads from or writes to. */
struct nimbus_stream {
	struct file *filp;
	struct nimbus_vf *nvf;
	struct mutex lock;		/* all members below */
	wait_queue_head_t wait;
	u8 *buf;
	size_t capacity;
	size_t filled;			/* bytes valid in buf */
	size_t done;			/* bytes that user space has read */
	size_t initial;			/* of filled: what PRE_COPY began with */
	bool complete;			/* nothing will be added */
	bool disabled;
};

struct nimbus_vf {
	struct vfio_pci_core_device core;
	void __iomem *regs;
	struct mutex state_mutex;	/* state, saving, resuming */
	spinlock_t reset_lock;		/* reset_pending */
	bool reset_pending;
	enum vfio_device_mig_state state;
	struct nimbus_stream *saving;
	struct nimbus_stream *resuming;
};

/* hw.c: what the firmware can do */
u32 nimbus_hw_caps(struct nimbus_vf *nvf);
int nimbus_hw_pause_dma(struct nimbus_vf *nvf);
void nimbus_hw_resume_dma(struct nimbus_vf *nvf);
int nimbus_hw_freeze(struct nimbus_vf *nvf);
int nimbus_hw_thaw(struct nimbus_vf *nvf);
size_t nimbus_hw_image_size(struct nimbus_vf *nvf);
int nimbus_hw_save(struct nimbus_vf *nvf, u8 *to, size_t size);
int nimbus_hw_load(struct nimbus_vf *nvf, const u8 *from, size_t size);

/* stream.c: the data sessions */
struct nimbus_stream *nimbus_open_saving(struct nimbus_vf *nvf, bool precopy);
struct nimbus_stream *nimbus_open_resuming(struct nimbus_vf *nvf);
int nimbus_finish_saving(struct nimbus_vf *nvf);
int nimbus_finish_resuming(struct nimbus_vf *nvf);
void nimbus_close_streams(struct nimbus_vf *nvf);

#endif
