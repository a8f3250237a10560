/* SPDX-License-Identifier: MIT */
/*
 * The kernel as real step functions see it when they are run in a process: types and macros with a meaning of their own.
 * All other functions of the kernel are answered by stub_call(), which lets each call in turn fail (harness.c).
 * kernel.h, which is made for each driver, comes before: it has the members of these structs (MORE_...) that are missing here.
 */
#ifndef EXECUTION_STUBS_H
#define EXECUTION_STUBS_H

#include <linux/limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

typedef uint8_t u8, __u8;
typedef uint16_t u16, __u16;
typedef uint32_t u32, __u32;
typedef uint64_t u64, __u64, __aligned_u64;
typedef int8_t s8, __s8;
typedef int16_t s16, __s16;
typedef int32_t s32, __s32;
typedef int64_t s64, __s64;
typedef u16 __le16, __be16;
typedef u32 __le32, __be32;
typedef u64 __le64, __be64, dma_addr_t, phys_addr_t, resource_size_t;
typedef unsigned int gfp_t, __poll_t, fmode_t;

/* How a call says that it failed, and what it says when it did not. */
enum stub_kind {
	STUB_VOID,	/* nobody looks at the result */
	STUB_INT,	/* 0; -errno or 1 */
	STUB_NULL,	/* an object; NULL */
	STUB_ERR_PTR,	/* an object; an error pointer */
	STUB_TEST,	/* the same answer each time */
	STUB_COUNT,	/* a number above 0; 0 or -errno */
};

long stub_call(const char *name, enum stub_kind kind, const char *file, int line);
void *stub_object(void);
/* What a call of the kernel leaves in the place whose address it was given. */
long stub_number(void);
unsigned int stub_pick(unsigned int end);
void stub_fill(void *local, unsigned long size);
#define STUB_OUT(p)		((p) ? (*(p) = stub_number()) : 0)
#define STUB_FILL(p)		stub_fill((void *)(p), sizeof(*(p)))
int stub_errno(int number, const char *file, int line);
/* The device that all private data of the kernel's side leads to. */
extern void *stub_device;

#define __user
#define __iomem
#define __percpu
#define __rcu
#define __must_check
#define __packed		__attribute__((packed))
#define __aligned(n)		__attribute__((aligned(n)))
#define __maybe_unused
#define __always_unused
#define __counted_by(n)
#define ____cacheline_aligned
#define fallthrough		__attribute__((fallthrough))
#define DECLARE_FLEX_ARRAY(type, name) type name[0]
#define DECLARE_BITMAP(name, bits) unsigned long name[((bits) + 63) / 64]
#define DEFINE_MUTEX(name)	struct mutex name
#define DEFINE_SPINLOCK(name)	spinlock_t name
#define DEFINE_IDR(name)	long name
#define DEFINE_IDA(name)	long name

/* Those that are the kernel's alone; the others come with kernel.h. */
#define ERESTARTSYS	stub_errno(512, __FILE__, __LINE__)
#define ENOIOCTLCMD	stub_errno(515, __FILE__, __LINE__)
#define EPROBE_DEFER	stub_errno(517, __FILE__, __LINE__)
#define ENOTSUPP	stub_errno(524, __FILE__, __LINE__)

#define IS_ERR_VALUE(v)		((unsigned long)(v) >= (unsigned long)-4095)
#define IS_ERR(p)		IS_ERR_VALUE(p)
#define IS_ERR_OR_NULL(p)	({ long stub_p = (long)(p); stub_p == 0 || IS_ERR_VALUE(stub_p); })
#define ERR_PTR(e)		((void *)(long)(e))
#define PTR_ERR(p)		((long)(p))
#define ERR_CAST(p)		((void *)(p))
#define PTR_ERR_OR_ZERO(p)	({ long stub_p = (long)(p); IS_ERR_VALUE(stub_p) ? (int)stub_p : 0; })

#define memcpy			__builtin_memcpy
#define memmove			__builtin_memmove
#define memset			__builtin_memset
#define memcmp			__builtin_memcmp
#define strcmp			__builtin_strcmp
#define strlen			__builtin_strlen

#define likely(c)		(!!(c))
#define unlikely(c)		(!!(c))
#define WARN_ON(c)		(!!(c))
#define WARN_ON_ONCE(c)		(!!(c))
#define WARN(c, ...)		(!!(c))
#define WARN_ONCE(c, ...)	(!!(c))
#define BUG_ON(c)		((void)(c))
#define READ_ONCE(x)		(x)
#define WRITE_ONCE(x, v)	((x) = (v))
#define smp_load_acquire(p)	(*(p))
#define smp_store_release(p, v)	(*(p) = (v))
#define BIT(n)			(1UL << (n))
#define BIT_ULL(n)		(1ULL << (n))
#define GENMASK(h, l)		((~0UL << (l)) & (~0UL >> (63 - (h))))
#define GENMASK_ULL		GENMASK
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define min(a, b)		({ __auto_type stub_a = (a); __auto_type stub_b = (b); stub_a < stub_b ? stub_a : stub_b; })
#define max(a, b)		({ __auto_type stub_a = (a); __auto_type stub_b = (b); stub_a > stub_b ? stub_a : stub_b; })
#define min_t(type, a, b)	({ type stub_a = (a); type stub_b = (b); stub_a < stub_b ? stub_a : stub_b; })
#define max_t(type, a, b)	({ type stub_a = (a); type stub_b = (b); stub_a > stub_b ? stub_a : stub_b; })
#define swap(a, b)		do { typeof(a) stub_a = (a); (a) = (b); (b) = stub_a; } while (0)
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define DIV_ROUND_UP_ULL	DIV_ROUND_UP
#define ALIGN(n, a)		(((n) + (a) - 1) / (a) * (a))
#define round_up		ALIGN
#define offsetofend(type, m)	(offsetof(type, m) + sizeof(((type *)0)->m))
#define sizeof_field(type, m)	sizeof(((type *)0)->m)
#define container_of(p, type, m) ((type *)((char *)(p) - offsetof(type, m)))
#define struct_size(p, m, n)	(sizeof(*(p)) + (n) * sizeof((p)->m[0]))
#define check_add_overflow	__builtin_add_overflow
#define PAGE_SHIFT		12
#define PAGE_SIZE		4096UL
#define PAGE_ALIGN(n)		ALIGN(n, PAGE_SIZE)
#define SZ_4K			4096
#define SZ_1M			(1 << 20)
#define offset_in_page(p)	((unsigned long)(p) % PAGE_SIZE)
#define cpu_to_le16(v)		(v)
#define cpu_to_le32(v)		(v)
#define cpu_to_le64(v)		(v)
#define le16_to_cpu(v)		(v)
#define le32_to_cpu(v)		(v)
#define le64_to_cpu(v)		(v)
#define cpu_to_be64(v)		(v)
#define be64_to_cpu(v)		(v)
#define lower_32_bits(v)	((u32)(v))
#define upper_32_bits(v)	((u32)((u64)(v) >> 32))

#define IS_ENABLED(option)	STUB_IS_ENABLED(option)
#define STUB_IS_ENABLED(option)	0
#define THIS_MODULE		((void *)0)
#define GFP_KERNEL		0u
#define GFP_KERNEL_ACCOUNT	0u
#define O_RDONLY		0
#define O_WRONLY		1
#define O_RDWR			2
#define FMODE_PREAD		8u
#define FMODE_PWRITE		16u

struct list_head { struct list_head *next, *prev; };
#define LIST_HEAD_INIT(name)	{ &(name), &(name) }
#define LIST_HEAD(name)		struct list_head name = LIST_HEAD_INIT(name)
static inline void INIT_LIST_HEAD(struct list_head *l) { l->next = l->prev = l; }
static inline void stub_list_ready(struct list_head *l) { if (!l->next) INIT_LIST_HEAD(l); }
static inline void stub_list_insert(struct list_head *n, struct list_head *prev, struct list_head *next)
{
	next->prev = n;
	n->next = next;
	n->prev = prev;
	prev->next = n;
}
static inline void list_add(struct list_head *n, struct list_head *h) { stub_list_ready(h); stub_list_insert(n, h, h->next); }
static inline void list_add_tail(struct list_head *n, struct list_head *h) { stub_list_ready(h); stub_list_insert(n, h->prev, h); }
static inline void list_del(struct list_head *e) { stub_list_ready(e); e->prev->next = e->next; e->next->prev = e->prev; }
static inline void list_del_init(struct list_head *e) { list_del(e); INIT_LIST_HEAD(e); }
static inline bool list_empty(struct list_head *h) { stub_list_ready(h); return h->next == h; }
static inline void list_splice(struct list_head *from, struct list_head *to)
{
	stub_list_ready(to);
	if (list_empty(from))
		return;
	from->next->prev = to;
	from->prev->next = to->next;
	to->next->prev = from->prev;
	to->next = from->next;
}
#define list_entry		container_of
#define list_first_entry(h, type, m) list_entry((h)->next, type, m)
#define list_first_entry_or_null(h, type, m) (list_empty(h) ? NULL : list_first_entry(h, type, m))
#define list_for_each_entry_safe(p, n, h, m) \
	for (stub_list_ready(h), p = list_entry((h)->next, typeof(*p), m), n = list_entry(p->m.next, typeof(*p), m); \
	     &p->m != (h); p = n, n = list_entry(n->m.next, typeof(*n), m))
#define list_for_each_entry(p, h, m) \
	for (stub_list_ready(h), p = list_entry((h)->next, typeof(*p), m); &p->m != (h); p = list_entry(p->m.next, typeof(*p), m))

struct mutex { int held;
	MORE_mutex};
typedef struct { int held; } spinlock_t;
typedef struct { int waiters; } wait_queue_head_t;
typedef struct { int counter; } atomic_t;
typedef struct { long counter; } atomic64_t, atomic_long_t;
typedef struct { int refs; } refcount_t;
typedef struct { u8 b[16]; } uuid_t, guid_t;
struct work_struct { long data;
	MORE_work_struct};
struct completion { int done;
	MORE_completion};
struct inode { long stub;
	MORE_inode};
struct file_operations;
struct file { void *private_data; struct inode *f_inode; loff_t f_pos; fmode_t f_mode; unsigned int f_flags; const struct file_operations *f_op;
	MORE_file};
struct page { long stub;
	MORE_page};
struct scatterlist { long stub[8]; unsigned int length, offset;
	MORE_scatterlist};
struct sg_table { struct scatterlist *sgl; unsigned int nents, orig_nents;
	MORE_sg_table};
struct sg_append_table { struct sg_table sgt; struct scatterlist *prv; unsigned int total_nents; };
struct sg_page_iter { struct scatterlist *sg; unsigned int sg_pgoffset; };
struct sg_dma_page_iter { struct sg_page_iter base; };

#define mutex_init(...)		((void)0)
#define mutex_destroy(...)		((void)0)
#define mutex_lock(...)		((void)0)
#define mutex_unlock(...)		((void)0)
#define mutex_trylock(m)	1
#define spin_lock_init(...)		((void)0)
#define spin_lock(...)		((void)0)
#define spin_unlock(...)		((void)0)
#define spin_lock_irq(...)		((void)0)
#define spin_unlock_irq(...)		((void)0)
#define spin_lock_irqsave(...)	((void)0)
#define spin_unlock_irqrestore(...)	((void)0)
#define init_rwsem(...)		((void)0)
#define down_read(...)		((void)0)
#define up_read(...)			((void)0)
#define down_write(...)		((void)0)
#define up_write(...)		((void)0)
#define lockdep_assert_held(...)	((void)0)
#define lockdep_assert_held_write(...) ((void)0)
#define might_sleep(...)		((void)0)
#define dev_dbg(...)			((void)0)
#define dev_info(...)		((void)0)
#define dev_warn(...)		((void)0)
#define dev_err(...)			((void)0)
#define dev_warn_ratelimited(...)	((void)0)
#define pci_err(...)			((void)0)
#define pr_debug(...)		((void)0)
#define pr_err(...)			((void)0)
#define INIT_WORK(...)		((void)0)
#define kfree(...)			((void)0)
#define kvfree(...)			((void)0)
#define vfree(...)			((void)0)
#define fput(...)			((void)0)
#define get_file(f)		(f)
#define atomic_read(a)		((a)->counter)
#define atomic_set(a, v)	((a)->counter = (v))

#define guard(class)		(void)
#define scoped_guard(class, ...) for (int stub_once = 1; stub_once; stub_once = 0)
#define __free(name)
#define no_free_ptr(p)		({ typeof(p) stub_taken = (p); (p) = NULL; stub_taken; })
#define return_ptr(p)		return no_free_ptr(p)

/* One round each. */
#define for_each_sg(sgl, sg, n, i) for (i = 0, sg = (sgl); i < 1; i++)
#define for_each_sgtable_sg(t, sg, i) for (i = 0, sg = (t)->sgl; i < 1; i++)
#define for_each_sgtable_dma_sg for_each_sgtable_sg
#define for_each_sgtable_page(t, iter, offset) for (int stub_once = 1; stub_once; stub_once = 0)
#define for_each_sgtable_dma_page for_each_sgtable_page

/* mlx5 describes its commands by structs of bits: large enough, and not looked into. */
#define MLX5_ST_SZ_DW(type)	64
#define MLX5_ST_SZ_BYTES(type)	256
#define __mlx5_bit_sz(type, field) 8
#define MLX5_SET(...)		((void)0)
#define MLX5_SET64(...)		((void)0)
#define MLX5_ADDR_OF(type, p, field) ((void *)(p))

#define jiffies			0UL
#define HZ			100
#define jiffies_to_msecs(j)	((unsigned int)(j))
#define msecs_to_jiffies(m)	((unsigned long)(m))

enum vfio_device_mig_state {
	VFIO_DEVICE_STATE_ERROR, VFIO_DEVICE_STATE_STOP, VFIO_DEVICE_STATE_RUNNING, VFIO_DEVICE_STATE_STOP_COPY,
	VFIO_DEVICE_STATE_RESUMING, VFIO_DEVICE_STATE_RUNNING_P2P, VFIO_DEVICE_STATE_PRE_COPY,
	VFIO_DEVICE_STATE_PRE_COPY_P2P, VFIO_DEVICE_STATE_NR,
};
#define VFIO_MIGRATION_STOP_COPY 1
#define VFIO_MIGRATION_P2P	2
#define VFIO_MIGRATION_PRE_COPY	4
struct vfio_precopy_info { u32 argsz, flags; u64 initial_bytes, dirty_bytes; };
struct vfio_device_ops;
struct vfio_migration_ops;
struct vfio_log_ops;
struct device { void *driver_data, *platform_data; struct device *parent; long stub[16];
	MORE_device};
struct vfio_device {
	struct device *dev;
	const struct vfio_device_ops *ops;
	const struct vfio_migration_ops *mig_ops;
	const struct vfio_log_ops *log_ops;
	unsigned int migration_flags;
	struct device device;
	void *kvm;
	MORE_vfio_device};
struct pci_dev { struct device dev; struct pci_dev *physfn; unsigned int devfn, vendor, device, revision; unsigned int is_virtfn : 1; long stub[64];
	MORE_pci_dev};
struct vfio_pci_core_device { struct vfio_device vdev; struct pci_dev *pdev; long stub[64];
	MORE_vfio_pci_core_device};
#define pci_physfn(p)		(p)
#define to_pci_dev(d)		container_of(d, struct pci_dev, dev)
#define vfio_mig_get_next_state(device, cur, new, next) ((void)(device), (void)(cur), *(next) = (new), 0)
#define dev_get_drvdata(d)	stub_device
#define pci_get_drvdata(d)	stub_device
#define dev_name(d)		"stub"

/* Pages, as many as are asked for, and a table that has them all at its first entry. */
static inline long stub_pages(long given, unsigned long count, struct page **pages)
{
	for (unsigned long i = 0; given > 0 && i < count; i++)
		if (!pages[i])
			pages[i] = stub_object();
	return given > 0 ? count : given;
}
#define alloc_pages_bulk(gfp, count, pages) \
	stub_pages(stub_call("alloc_pages_bulk", STUB_COUNT, __FILE__, __LINE__), count, pages)
#define alloc_pages_bulk_array(gfp, count, pages) \
	stub_pages(stub_call("alloc_pages_bulk_array", STUB_COUNT, __FILE__, __LINE__), count, pages)
static inline int stub_append(long error, struct sg_append_table *table, unsigned int count)
{
	if (!error) {
		if (!table->sgt.sgl)
			table->sgt.sgl = stub_object();
		table->prv = table->sgt.sgl;
		table->sgt.nents = table->sgt.orig_nents = 1;
		table->sgt.sgl->length += count * 4096;
	}
	return error;
}
#define sg_alloc_append_table_from_pages(table, pages, count, ...) \
	stub_append(stub_call("sg_alloc_append_table_from_pages", STUB_INT, __FILE__, __LINE__), table, count)

static inline void *stub_file(void *file, void *private_data)
{
	if (!IS_ERR(file)) {
		((struct file *)file)->private_data = private_data;
		((struct file *)file)->f_inode = stub_object();
	}
	return file;
}
#define anon_inode_getfile(name, fops, priv, flags) \
	stub_file((void *)stub_call("anon_inode_getfile", STUB_ERR_PTR, __FILE__, __LINE__), priv)
#define anon_inode_getfile_fmode(name, fops, priv, flags, mode) anon_inode_getfile(name, fops, priv, flags)

#endif
