/** C of every exported program: headers, what older headers lack, and the report in TAP 13. */
export const reportPart = String.raw`#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <linux/types.h>
#include <linux/vfio.h>

/* What the kernel's headers before Linux 6.6 may lack. Values: include/uapi/linux/vfio.h. */
#ifndef VFIO_MIG_GET_PRECOPY_INFO
#define VFIO_MIG_GET_PRECOPY_INFO _IO(VFIO_TYPE, VFIO_BASE + 21)
struct vfio_precopy_info {
	__u32 argsz;
	__u32 flags;
	__aligned_u64 initial_bytes;
	__aligned_u64 dirty_bytes;
};
#endif
#ifndef VFIO_DEVICE_BIND_IOMMUFD
#define VFIO_DEVICE_BIND_IOMMUFD _IO(VFIO_TYPE, VFIO_BASE + 18)
struct vfio_device_bind_iommufd {
	__u32 argsz;
	__u32 flags;
	__s32 iommufd;
	__u32 out_devid;
};
#endif

/* The values of enum vfio_device_mig_state, under names that no header has. */
enum state { ERROR, STOP, RUNNING, STOP_COPY, RESUMING, RUNNING_P2P, PRE_COPY, PRE_COPY_P2P, STATES };

static const char *const state_names[STATES] = {
	"ERROR", "STOP", "RUNNING", "STOP_COPY", "RESUMING", "RUNNING_P2P", "PRE_COPY", "PRE_COPY_P2P",
};

static const char *state_name(unsigned int state)
{
	return state < STATES ? state_names[state] : "no state";
}

/* TAP: one line for each test; why one is not ok goes below it as YAML. */

static unsigned int tests, failures;
static char notes[4096];

static void print_text(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '#' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
}

/* Says what was expected and what was found; the test is then not ok. */
__attribute__((format(printf, 2, 3)))
static void differs(const char *what, const char *format, ...)
{
	size_t used = strlen(notes);
	va_list arguments;

	used += (size_t)snprintf(notes + used, sizeof(notes) - used, "  %s: '", what);
	if (used >= sizeof(notes))
		return;
	va_start(arguments, format);
	vsnprintf(notes + used, sizeof(notes) - used, format, arguments);
	va_end(arguments);
	used = strlen(notes);
	snprintf(notes + used, sizeof(notes) - used, "'\n");
}

static void expect_errno(int expected, int found)
{
	if (expected != found)
		differs("errno", "expected %d (%s), found %d (%s)", expected, expected ? strerror(expected) : "success",
			found, found ? strerror(found) : "success");
}

/* Ends a test: it is ok when nothing differed. */
static void result(int step, const char *text)
{
	bool ok = notes[0] == '\0';

	printf("%s %u - step %d: ", ok ? "ok" : "not ok", ++tests, step);
	print_text(text);
	putchar('\n');
	if (!ok) {
		failures++;
		printf("  ---\n  step: %d\n%s  ...\n", step, notes);
	}
	notes[0] = '\0';
	fflush(stdout);
}

static void skip(int step, const char *text, const char *why)
{
	printf("ok %u - step %d: ", ++tests, step);
	print_text(text);
	printf(" # SKIP %s\n", why);
	notes[0] = '\0';
}

__attribute__((noreturn, format(printf, 1, 2)))
static void bail_out(const char *format, ...)
{
	va_list arguments;

	printf("Bail out! ");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	exit(2);
}
`;
