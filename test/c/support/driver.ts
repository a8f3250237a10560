/** An own driver in the kernel's style, with all that makes kernel C hard to read for a C grammar. */
export const DRIVER = `// SPDX-License-Identifier: MIT
/* A device that does not exist. */
#include <linux/device.h>
#include "zephyr.h"

#define ZEPHYR_MAX 8
#define to_zephyr(p) container_of(p, struct zephyr, base)
#define ZEPHYR_FOR_EACH(z, i) for ((i) = 0; (i) < (z)->count; (i)++)

MODULE_LICENSE("MIT");

struct zephyr {
	struct device base;
	int state;
	unsigned int count;
	u32 regs[ZEPHYR_MAX] __aligned(8);
	struct file __rcu *file;
	const struct zephyr_ops *ops;
};

enum zephyr_state { Z_OFF, Z_ON = 3, Z_DONE };

static DEFINE_MUTEX(zephyr_lock);

static int __must_check zephyr_read(struct zephyr *z, char __user *buf,
				    size_t len)
{
	u32 value = 0;
	int i;

	ZEPHYR_FOR_EACH(z, i) {
		value |= z->regs[i];
		if (value & BIT(i))
			break;
	}
	if (copy_to_user(buf, &value, min_t(size_t, len, sizeof(value))))
		return -EFAULT;
	return 0;
}

static struct file *zephyr_step(struct zephyr *z, u32 cur, u32 new)
{
	int ret;

	if (cur == Z_OFF && new == Z_ON) {
		ret = z->ops->start(z, (u32)(new));
		if (ret)
			return ERR_PTR(ret);
		return NULL;
	}

	if ((cur == Z_ON && new == Z_DONE) ||
	    (cur == Z_DONE && new == Z_ON)) {
		guard(mutex)(&zephyr_lock);
		z->state = new;
		return NULL;
	}

#ifdef CONFIG_ZEPHYR_EXTRA
	if (cur == Z_DONE && new == Z_OFF)
		return z->file;
#endif

	switch (new) {
	case Z_OFF:
		goto out_err;
	case Z_ON ... Z_DONE:
	default:
		break;
	}
	WARN_ON(true);
out_err:
	return ERR_PTR(-EINVAL);
}

static void zephyr_walk(struct list_head *head)
{
	struct zephyr *z, *tmp;

	list_for_each_entry_safe(z, tmp, head, base.node) {
		list_del(&z->base.node);
		kfree(z);
	}
	scoped_guard(mutex, &zephyr_lock) {
		if (list_empty(head))
			return;
	}
}

static const struct zephyr_ops zephyr_ops = {
	.start = zephyr_start,
#ifdef CONFIG_ZEPHYR_EXTRA
	.stop = zephyr_stop,
#endif
	.name = "zephyr" "1",
};

int zephyr_last(struct device *dev)
{
	struct zephyr *z = to_zephyr(dev);

	return z->state ? z->count : -ENODEV;
}
EXPORT_SYMBOL_GPL(zephyr_last);
`;

export const HEADER = `#ifndef ZEPHYR_H
#define ZEPHYR_H

#define ZEPHYR_FLAG (1 << 3)

struct zephyr_ops {
	int (*start)(struct zephyr *z, u32 state);
	void (*stop)(struct zephyr *z);
	const char *name;
};

static inline bool zephyr_flagged(u32 x)
{
	return x & ZEPHYR_FLAG;
}

#endif
`;

/** The module of the driver, by path. */
export const DRIVER_FILES = { 'zephyr.c': DRIVER, 'zephyr.h': HEADER } as const;
