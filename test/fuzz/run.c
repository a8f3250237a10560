/* SPDX-License-Identifier: MIT */
/*
 * Runs every driver of the table in every configuration and prints what each pair of states gives: with all calls of the
 * kernel succeeding, then with each of those calls failing alone.
 */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include "kernel.h"
#include "table.h"

unsigned long fuzz_capabilities;

enum { FILES = 64 };
static struct file *session_files[FILES], *new_files[FILES];
static int session_count, new_count;
static sigjmp_buf escape;

enum { CALLS = 64, FIRST_ERROR = 1000, LAST_NUMBER = 600 };
static struct { const char *name, *file; int line; } calls[CALLS];
static int call_count, fail_at = -1;
static bool recording;
static const char *at_file;
static int at_line;
static struct { const char *file; int line; } written[LAST_NUMBER];

int fuzz_errno(int number, const char *file, int line)
{
	written[number].file = file;
	written[number].line = line;
	return number;
}

void fuzz_at(const char *file, int line)
{
	at_file = file;
	at_line = line;
}

int fuzz_result(const char *name)
{
	int number = call_count;

	if (!recording)
		return 0;
	if (number >= CALLS)
		abort();
	calls[number].name = name;
	calls[number].file = at_file;
	calls[number].line = at_line;
	call_count++;
	return number == fail_at ? -(FIRST_ERROR + number) : 0;
}

void *fuzz_zeroed(unsigned long size) { return calloc(1, size); }
void *kzalloc(size_t size, gfp_t flags) { return fuzz_result("kzalloc") ? NULL : calloc(1, size); }
void kfree(const void *p) { }
bool minimal_warn(bool condition) { return condition; }
void mutex_init(struct mutex *lock) { }
void mutex_lock(struct mutex *lock) { }
void mutex_unlock(struct mutex *lock) { }
void spin_lock(spinlock_t *lock) { }
void spin_unlock(spinlock_t *lock) { }
int vfio_pci_core_init_dev(struct vfio_device *vdev) { return 0; }
int stream_open(struct inode *inode, struct file *filp) { return 0; }
struct file *get_file(struct file *filp) { return filp; }
void fput(struct file *filp) { }
void seq_printf(struct seq_file *seq, const char *format, ...) { }
void seq_puts(struct seq_file *seq, const char *text) { }

struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv, int flags)
{
	int error = fuzz_result("anon_inode_getfile");

	return error ? ERR_PTR(error) : (new_files[new_count++ % FILES] = calloc(1, sizeof(struct file)));
}

struct file *fuzz_session_file(void)
{
	return session_files[session_count++ % FILES] = calloc(1, sizeof(struct file));
}

int vfio_mig_get_next_state(struct vfio_device *vdev, enum vfio_device_mig_state cur,
			    enum vfio_device_mig_state target, enum vfio_device_mig_state *next)
{
	*next = target;
	return 0;
}

static void on_signal(int number) { siglongjmp(escape, number); }

static void print_error(long number)
{
	if (number == FIRST_ERROR + fail_at)
		printf("failed");
	else if (number < LAST_NUMBER && written[number].file)
		printf("-%ld@%s@%d", number, written[number].file, written[number].line);
	else
		printf("-%ld@?@0", number);
}

static bool is_among(struct file *const *files, const struct file *file)
{
	for (int i = 0; i < FILES; i++)
		if (files[i] == file)
			return true;
	return false;
}

static void print_result(const struct file *result)
{
	if (!result)
		printf("null");
	else if (IS_ERR(result))
		print_error(-PTR_ERR(result));
	else if (is_among(session_files, result))
		printf("session-file");
	else
		printf(is_among(new_files, result) ? "new-file" : "wild");
}

static const struct itimerval limit = { .it_value = { .tv_sec = 1 } };

/* One run; gives the number of calls that it made. */
static int run_once(const struct fuzz_driver *driver, unsigned int from, unsigned int to, int failing)
{
	struct vfio_device *vdev = driver->make();
	struct file *result;
	int crash;

	driver->init(vdev);
	session_count = new_count = 0;
	memset(session_files, 0, sizeof(session_files));
	memset(new_files, 0, sizeof(new_files));
	memset(written, 0, sizeof(written));
	call_count = 0;
	fail_at = failing;
	driver->enter(vdev, from);
	setitimer(ITIMER_VIRTUAL, &limit, NULL);
	crash = sigsetjmp(escape, 1);
	if (crash) {
		recording = false;
		printf("crash:%u", crash);
		return 0;
	}
	recording = true;
	result = vdev->mig_ops->migration_set_state(vdev, to);
	recording = false;
	print_result(result);
	printf(":%u", driver->now(vdev));
	return call_count;
}

static void run_pair(const struct fuzz_driver *driver, unsigned int from, unsigned int to)
{
	int made;

	printf(" ");
	made = run_once(driver, from, to, -1);
	for (int i = 0; i < made; i++) {
		printf("!%s@%s@%d=", calls[i].name, calls[i].file, calls[i].line);
		run_once(driver, from, to, i);
	}
}

static void run(const struct fuzz_row *row, unsigned long capabilities)
{
	const struct fuzz_driver *driver = row->driver;
	struct vfio_device *vdev;
	const char *ops = "?";

	fuzz_capabilities = capabilities;
	vdev = driver->make();
	driver->init(vdev);
	for (int i = 0; i < 3; i++)
		if (driver->ops[i].ops && driver->ops[i].ops == vdev->mig_ops)
			ops = driver->ops[i].name;
	printf("%u %u %lu %s %u", row->number, row->configuration, capabilities, vdev->mig_ops ? ops : "-", vdev->migration_flags);
	if (vdev->mig_ops)
		for (unsigned int from = 1; from < 8; from++)
			for (unsigned int to = 1; to < 8; to++)
				if (from != to)
					run_pair(driver, from, to);
	printf("\n");
}

int main(void)
{
	const int caught[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGVTALRM };
	const struct sigaction action = { .sa_handler = on_signal };

	for (unsigned int i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		sigaction(caught[i], &action, NULL);
	for (unsigned int i = 0; i < sizeof(fuzz_table) / sizeof(fuzz_table[0]); i++)
		for (unsigned long c = 0; c < 1UL << fuzz_table[i].capability_bits; c++)
			run(&fuzz_table[i], c);
	return 0;
}
