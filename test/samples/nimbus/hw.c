// SPDX-License-Identifier: MIT
/* Nimbus: requests to the card's firmware through its register window. */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/io.h>

#include "nimbus.h"

#define NIMBUS_REG_CAPS		0x00
#define NIMBUS_REG_COMMAND	0x04
#define NIMBUS_REG_STATUS	0x08
#define NIMBUS_REG_IMAGE_SIZE	0x0c
#define NIMBUS_IMAGE_WINDOW	0x1000

enum nimbus_command {
	NIMBUS_CMD_PAUSE_DMA = 1,
	NIMBUS_CMD_RESUME_DMA,
	NIMBUS_CMD_FREEZE,
	NIMBUS_CMD_THAW,
	NIMBUS_CMD_SAVE,
	NIMBUS_CMD_LOAD,
};

#define NIMBUS_STATUS_BUSY	BIT(0)
#define NIMBUS_STATUS_FAILED	BIT(1)
#define NIMBUS_TRIES		100

static int nimbus_command(struct nimbus_vf *nvf, enum nimbus_command command)
{
	u32 status;
	int try;

	iowrite32(command, nvf->regs + NIMBUS_REG_COMMAND);
	for (try = 0; try < NIMBUS_TRIES; try++) {
		status = ioread32(nvf->regs + NIMBUS_REG_STATUS);
		if (status & NIMBUS_STATUS_FAILED)
			return -EIO;
		if (!(status & NIMBUS_STATUS_BUSY))
			return 0;
		usleep_range(50, 100);
	}
	return -ETIMEDOUT;
}

u32 nimbus_hw_caps(struct nimbus_vf *nvf)
{
	return ioread32(nvf->regs + NIMBUS_REG_CAPS);
}

int nimbus_hw_pause_dma(struct nimbus_vf *nvf)
{
	return nimbus_command(nvf, NIMBUS_CMD_PAUSE_DMA);
}

void nimbus_hw_resume_dma(struct nimbus_vf *nvf)
{
	/* The firmware always accepts this one. */
	iowrite32(NIMBUS_CMD_RESUME_DMA, nvf->regs + NIMBUS_REG_COMMAND);
}

int nimbus_hw_freeze(struct nimbus_vf *nvf)
{
	return nimbus_command(nvf, NIMBUS_CMD_FREEZE);
}

int nimbus_hw_thaw(struct nimbus_vf *nvf)
{
	return nimbus_command(nvf, NIMBUS_CMD_THAW);
}

size_t nimbus_hw_image_size(struct nimbus_vf *nvf)
{
	return ioread32(nvf->regs + NIMBUS_REG_IMAGE_SIZE);
}

int nimbus_hw_save(struct nimbus_vf *nvf, u8 *to, size_t size)
{
	int ret;

	ret = nimbus_command(nvf, NIMBUS_CMD_SAVE);
	if (ret)
		return ret;
	memcpy_fromio(to, nvf->regs + NIMBUS_IMAGE_WINDOW, size);
	return 0;
}

int nimbus_hw_load(struct nimbus_vf *nvf, const u8 *from, size_t size)
{
	memcpy_toio(nvf->regs + NIMBUS_IMAGE_WINDOW, from, size);
	return nimbus_command(nvf, NIMBUS_CMD_LOAD);
}
