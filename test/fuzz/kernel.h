/* SPDX-License-Identifier: MIT */
/*
 * What the random drivers use of the kernel beyond test/support/kernel-headers, so that they run: all calls succeed but
 * one in turn.
 * Parameters start with an underscore, because names of this file are not made unique for each driver.
 */
#ifndef FUZZ_KERNEL_H
#define FUZZ_KERNEL_H

#include <linux/vfio_pci_core.h>

typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef struct { int counter; } atomic_t;

/* A number of the driver's own remembers where it was written last. */
int fuzz_errno(int _number, const char *_file, int _line);
#undef EIO
#undef ENOMEM
#undef EBUSY
#undef ENODEV
#undef EINVAL
#undef EOPNOTSUPP
#define EPERM	fuzz_errno(1, __FILE__, __LINE__)
#define EIO	fuzz_errno(5, __FILE__, __LINE__)
#define ENOMEM	fuzz_errno(12, __FILE__, __LINE__)
#define EBUSY	fuzz_errno(16, __FILE__, __LINE__)
#define ENODEV	fuzz_errno(19, __FILE__, __LINE__)
#define EINVAL	fuzz_errno(22, __FILE__, __LINE__)
#define EOPNOTSUPP fuzz_errno(95, __FILE__, __LINE__)
#define ENOTSUPP fuzz_errno(524, __FILE__, __LINE__)

#define likely(_x)	__builtin_expect(!!(_x), 1)
#define unlikely(_x)	__builtin_expect(!!(_x), 0)
#define READ_ONCE(_x)	(*(const volatile typeof(_x) *)&(_x))
#define WRITE_ONCE(_x, _v) (*(volatile typeof(_x) *)&(_x) = (_v))
#define smp_load_acquire(_p) (*(_p))
#define smp_store_release(_p, _v) (*(_p) = (_v))
#define atomic_read(_a)	((_a)->counter)
#define atomic_set(_a, _v) ((_a)->counter = (_v))
#define ARRAY_SIZE(_a)	(sizeof(_a) / sizeof((_a)[0]))
#define BIT_ULL(_n)	(1ULL << (_n))
#define GENMASK(_h, _l)	(((~0UL) << (_l)) & (~0UL >> (63 - (_h))))
#define WARN_ON_ONCE(_c) WARN_ON(_c)
#define fallthrough	__attribute__((fallthrough))
#define __always_unused	__attribute__((unused))
#define __maybe_unused	__attribute__((unused))
#define lockdep_assert_held(_l) ((void)(_l))
#define dev_dbg(_d, ...) ((void)(_d))
#define pr_debug(...)	((void)0)
#define IS_ERR_OR_NULL(_p) ((_p) == NULL || IS_ERR(_p))
#define PTR_ERR_OR_ZERO(_p) (IS_ERR(_p) ? (int)PTR_ERR(_p) : 0)
#define array_index_nospec(_i, _n) (_i)
#define FIELD_PREP(_m, _v) (((typeof(_m))(_v) << __builtin_ctzll(_m)) & (_m))
#define FIELD_GET(_m, _v) (((_v) & (_m)) >> __builtin_ctzll(_m))
#define test_bit(_n, _p) ((_p)[(_n) / 64] >> (_n) % 64 & 1)

#define FUZZ_PLACEHOLDER_1 0,
#define FUZZ_SECOND(_ignored, _value, ...) _value
#define FUZZ_IS_ONE(_junk) FUZZ_SECOND(_junk 1, 0)
#define FUZZ_DEFINED(_value) FUZZ_IS_ONE(FUZZ_PLACEHOLDER_##_value)
#define IS_ENABLED(_option) FUZZ_DEFINED(_option)

#define FUZZ_GLUE_(_a, _b) _a##_b
#define FUZZ_GLUE(_a, _b) FUZZ_GLUE_(_a, _b)
static inline struct mutex *fuzz_lock(struct mutex *_m) { mutex_lock(_m); return _m; }
static inline void fuzz_unlock(struct mutex **_m) { if (*_m) mutex_unlock(*_m); }
#define guard(_class) struct _class *FUZZ_GLUE(fuzz_guard_, __COUNTER__) __attribute__((cleanup(fuzz_unlock), unused)) = fuzz_lock
#define scoped_guard(_class, _lock) \
	for (struct _class *fuzz_scope __attribute__((cleanup(fuzz_unlock))) = fuzz_lock(_lock), *fuzz_once = fuzz_scope; \
	     fuzz_once; fuzz_once = NULL)
#define __free(_name)	__attribute__((cleanup(__free_##_name)))
#define DEFINE_FREE(_name, _type, _free) static inline void __free_##_name(void *_p) { _type _T = *(_type *)_p; _free; }
#define no_free_ptr(_p)	({ typeof(_p) fuzz_taken = (_p); (_p) = NULL; fuzz_taken; })
#define return_ptr(_p)	return no_free_ptr(_p)
DEFINE_FREE(kfree, void *, if (!IS_ERR_OR_NULL(_T)) kfree(_T))
DEFINE_FREE(fput, struct file *, if (!IS_ERR_OR_NULL(_T)) fput(_T))

/* Of the protocol's first version. */
#define VFIO_DEVICE_STATE_V1_STOP	0
#define VFIO_DEVICE_STATE_V1_RUNNING	1
#define VFIO_DEVICE_STATE_V1_SAVING	2

struct seq_file { void *private; };
void seq_printf(struct seq_file *_seq, const char *_format, ...);
void seq_puts(struct seq_file *_seq, const char *_text);

/* The side of the program that runs a driver; run.c. */
extern unsigned long fuzz_capabilities;
struct file *fuzz_session_file(void);
void *fuzz_zeroed(unsigned long _size);

/* Where the call that comes next stands. */
void fuzz_at(const char *_file, int _line);
/* What a foreign function of the driver returns: 0, or the error of the call whose turn it is to fail. */
int fuzz_result(const char *_name);

struct fuzz_ops { const char *name; const struct vfio_migration_ops *ops; };
struct fuzz_driver {
	/* A device, zero but for its capabilities, as probe() would leave it. */
	struct vfio_device *(*make)(void);
	int (*init)(struct vfio_device *_vdev);
	/* Puts the device into a state, with the files that a session has open. */
	void (*enter)(struct vfio_device *_vdev, unsigned int _mig_state);
	unsigned int (*now)(struct vfio_device *_vdev);
	struct fuzz_ops ops[3];
};

#endif
