/* SPDX-License-Identifier: MIT */
/* What nearly every driver uses of the kernel: types, errors, locks, memory, files. See README.md. */
#ifndef MINIMAL_KERNEL_H
#define MINIMAL_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef uint32_t __u32;
typedef uint32_t __le32;
typedef uint64_t __le64;
typedef uint64_t __aligned_u64;
typedef long ssize_t;
typedef long long loff_t;
typedef unsigned int __poll_t;
typedef unsigned int gfp_t;
typedef struct { u8 b[16]; } uuid_t;

#define __user
#define __iomem
#define __must_check

#define BIT(n)			(1UL << (n))
#define min(a, b)		((a) < (b) ? (a) : (b))
#define min_t(type, a, b)	((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define offsetofend(type, m)	(offsetof(type, m) + sizeof(((type *)0)->m))
#define container_of(p, type, m) ((type *)((char *)(p) - offsetof(type, m)))

#define cpu_to_le32(n)	((__le32)(n))
#define cpu_to_le64(n)	((__le64)(n))
#define le32_to_cpu(n)	((u32)(n))
#define le64_to_cpu(n)	((u64)(n))

void *memcpy(void *to, const void *from, size_t size);

#define EIO		5
#define ENOMEM		12
#define EFAULT		14
#define EBUSY		16
#define ENODEV		19
#define EINVAL		22
#define ENOTTY		25
#define ENOSPC		28
#define ESPIPE		29
#define ENOMSG		42
#define EOPNOTSUPP	95
#define ETIMEDOUT	110

static inline void *ERR_PTR(long error) { return (void *)error; }
static inline long PTR_ERR(const void *p) { return (long)p; }
static inline bool IS_ERR(const void *p) { return (unsigned long)p >= (unsigned long)-4095; }
static inline void *ERR_CAST(const void *p) { return (void *)p; }

bool minimal_warn(bool condition);
#define WARN_ON(condition) minimal_warn(!!(condition))

struct mutex { int held; };
void mutex_init(struct mutex *lock);
void mutex_destroy(struct mutex *lock);
void mutex_lock(struct mutex *lock);
int mutex_trylock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);

typedef struct { int held; } spinlock_t;
void spin_lock_init(spinlock_t *lock);
void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);

typedef struct { int waiters; } wait_queue_head_t;
void init_waitqueue_head(wait_queue_head_t *head);
void wake_up_all(wait_queue_head_t *head);
void usleep_range(unsigned long from, unsigned long to);

#define GFP_KERNEL 0u
#define GFP_KERNEL_ACCOUNT 1u
void *kzalloc(size_t size, gfp_t flags);
#define kzalloc_obj(object, flags) ((__typeof__(object) *)kzalloc(sizeof(object), flags))
void *kvzalloc(size_t size, gfp_t flags);
void kfree(const void *p);
void kvfree(const void *p);

unsigned long copy_to_user(void __user *to, const void *from, unsigned long size);
unsigned long copy_from_user(void *to, const void __user *from, unsigned long size);

u32 ioread32(const void __iomem *at);
void iowrite32(u32 value, void __iomem *at);
void memcpy_fromio(void *to, const void __iomem *from, size_t size);
void memcpy_toio(void __iomem *to, const void *from, size_t size);

struct module;
#define THIS_MODULE ((struct module *)0)

struct inode;
struct poll_table_struct;
struct file {
	void *private_data;
	struct inode *f_inode;
};

struct file_operations {
	struct module *owner;
	ssize_t (*read)(struct file *filp, char __user *buf, size_t size, loff_t *pos);
	ssize_t (*write)(struct file *filp, const char __user *buf, size_t size, loff_t *pos);
	__poll_t (*poll)(struct file *filp, struct poll_table_struct *table);
	long (*unlocked_ioctl)(struct file *filp, unsigned int cmd, unsigned long arg);
	long (*compat_ioctl)(struct file *filp, unsigned int cmd, unsigned long arg);
	int (*release)(struct inode *inode, struct file *filp);
};

#define O_RDONLY 0
#define O_WRONLY 1
struct file *get_file(struct file *filp);
void fput(struct file *filp);
int stream_open(struct inode *inode, struct file *filp);
long compat_ptr_ioctl(struct file *filp, unsigned int cmd, unsigned long arg);
struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv, int flags);

#define EPOLLIN		0x0001u
#define EPOLLRDNORM	0x0040u
#define EPOLLRDHUP	0x2000u
void poll_wait(struct file *filp, wait_queue_head_t *head, struct poll_table_struct *table);

#endif
