/*
 * A VFIO device for programs that are started with this in LD_PRELOAD: calls on /dev/vfio and on what comes of it go, as
 * lines of text with data behind them, to the Unix socket VFIO_STUB, where a simulated device answers.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <linux/vfio.h>

enum kind { OTHER, PLAIN, DEVICE, DATA };

#define MOST_FDS 1024

/* What an fd stands for: the number of a device or of a simulated data fd. */
static struct {
	enum kind kind;
	int number;
} fds[MOST_FDS];

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static enum kind kind_of(int fd)
{
	return fd >= 0 && fd < MOST_FDS ? fds[fd].kind : OTHER;
}

static FILE *to_server, *from_server;

static void connect_server(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (to_server != NULL)
		return;
	/* Out of the way of the numbers that the program counts. */
	fd = fcntl(socket(AF_UNIX, SOCK_STREAM, 0), F_DUPFD, 500);
	strncpy(address.sun_path, getenv("VFIO_STUB"), sizeof(address.sun_path) - 1);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		abort();
	to_server = fdopen(fd, "w");
	from_server = fdopen(fcntl(fd, F_DUPFD, 501), "r");
}

/* Sends a line and data; gives the numbers of the answer, of which the first is the errno. */
static void ask(long long answer[4], const void *data, size_t length, const char *format, ...)
{
	va_list arguments;
	char line[200];

	connect_server();
	va_start(arguments, format);
	vfprintf(to_server, format, arguments);
	va_end(arguments);
	fputc('\n', to_server);
	fwrite(data, 1, length, to_server);
	fflush(to_server);
	memset(answer, 0, 4 * sizeof(*answer));
	if (fgets(line, sizeof(line), from_server) == NULL)
		abort();
	sscanf(line, "%lld %lld %lld %lld", answer, answer + 1, answer + 2, answer + 3);
}

static int finish(long long error, int result)
{
	errno = (int)error;
	return error == 0 ? result : -1;
}

/* A real fd that stands for something; -1 when there is none left. */
static int new_fd(enum kind kind, int number)
{
	int fd = REAL(open)("/dev/null", O_RDWR);

	if (fd >= 0)
		fds[fd] = (typeof(fds[0])){ kind, number };
	return fd;
}

static int open_device(int number)
{
	long long answer[4];
	int fd = new_fd(DEVICE, number);

	ask(answer, NULL, 0, "open %d", number);
	return finish(answer[0], fd);
}

int open(const char *path, int flags, ...)
{
	int number;

	if (sscanf(path, "/dev/vfio/devices/vfio%d", &number) == 1)
		return open_device(number);
	if (strncmp(path, "/dev/vfio/", 10) == 0 || strcmp(path, "/dev/iommu") == 0)
		return new_fd(PLAIN, 0);
	return REAL(open)(path, flags, 0600);
}

static int call_feature(int device, __u32 *feature)
{
	long long answer[4], ignored[4];
	int fd = new_fd(DATA, 0);

	if (fd < 0)
		ask(ignored, NULL, 0, "limit 0");
	ask(answer, NULL, 0, "feature %d %u %u %u", device, feature[0], feature[1], feature[2]);
	if (fd < 0)
		ask(ignored, NULL, 0, "limit -1");
	if (fd >= 0 && answer[2] >= 0) {
		fds[fd].number = (int)answer[2];
		answer[2] = fd;
	} else if (fd >= 0) {
		fds[fd].kind = OTHER;
		REAL(close)(fd);
	}
	/* struct vfio_device_feature_mig_state, or one number of 64 bits. */
	if (answer[1] >= 0) {
		feature[2] = (__u32)answer[1];
		feature[3] = (__u32)answer[2];
	} else if (answer[3] >= 0) {
		memcpy(feature + 2, answer + 3, 8);
	}
	return finish(answer[0], 0);
}

static int is_bad(const void *pointer)
{
	int ends[2];
	int bad;

	if (pipe(ends) != 0)
		return 0;
	bad = syscall(SYS_write, ends[1], pointer, 1) < 0;
	REAL(close)(ends[0]);
	REAL(close)(ends[1]);
	return bad;
}

static int precopy_info(int number, __u32 *info)
{
	long long answer[4];
	int bad = is_bad(info);

	ask(answer, NULL, 0, "info %d %u %u %d", number, bad ? 24 : info[0], bad ? 0 : info[1], bad);
	if (answer[0] == 0 && !bad) {
		info[1] = (__u32)answer[1];
		memcpy(info + 2, answer + 2, 16);
	}
	return finish(answer[0], 0);
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;
	void *argument;
	long long answer[4];
	int number;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	switch (kind_of(fd)) {
	case PLAIN:
		if (request == VFIO_GROUP_GET_STATUS)
			((struct vfio_group_status *)argument)->flags = VFIO_GROUP_FLAGS_VIABLE;
		if (request == VFIO_GROUP_GET_DEVICE_FD && sscanf(argument, "device%d", &number) == 1)
			return open_device(number);
		return 0;
	case DEVICE:
		if (request == VFIO_DEVICE_FEATURE)
			return call_feature(fds[fd].number, argument);
		if (request != VFIO_DEVICE_RESET)
			return 0;
		ask(answer, NULL, 0, "reset %d", fds[fd].number);
		return finish(answer[0], 0);
	case DATA:
		if (request == _IO(VFIO_TYPE, VFIO_BASE + 21))
			return precopy_info(fds[fd].number, argument);
		ask(answer, NULL, 0, "otherIoctl %d", fds[fd].number);
		return finish(answer[0], 0);
	default:
		return REAL(ioctl)(fd, request, argument);
	}
}

ssize_t read(int fd, void *buffer, size_t length)
{
	long long answer[4];

	if (kind_of(fd) != DATA)
		return REAL(read)(fd, buffer, length);
	ask(answer, NULL, 0, "read %d %zu %d", fds[fd].number, length, length > 0 && is_bad(buffer));
	if (answer[0] == 0 && answer[1] > 0 && fread(buffer, 1, (size_t)answer[1], from_server) != (size_t)answer[1])
		abort();
	return finish(answer[0], (int)answer[1]);
}

ssize_t write(int fd, const void *buffer, size_t length)
{
	long long answer[4];
	int bad;

	if (kind_of(fd) != DATA)
		return REAL(write)(fd, buffer, length);
	bad = length > 0 && is_bad(buffer);
	ask(answer, buffer, bad ? 0 : length, "write %d %zu %d", fds[fd].number, bad ? 0 : length, bad);
	return finish(answer[0], (int)answer[1]);
}

/* An operation that has no more to say than an errno. */
static int operate(int fd, const char *operation)
{
	long long answer[4];

	ask(answer, NULL, 0, "%s %d", operation, fds[fd].number);
	return finish(answer[0], 0);
}

ssize_t pread(int fd, void *buffer, size_t length, off_t offset)
{
	return kind_of(fd) == DATA ? operate(fd, "pread") : REAL(pread)(fd, buffer, length, offset);
}

off_t lseek(int fd, off_t offset, int whence)
{
	return kind_of(fd) == DATA ? operate(fd, "lseek") : REAL(lseek)(fd, offset, whence);
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
	if (kind_of(fd) == DATA)
		return operate(fd, "mmap") == 0 ? NULL : MAP_FAILED;
	return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}

int poll(struct pollfd *polled, nfds_t count, int timeout)
{
	long long answer[4];

	if (count != 1 || kind_of(polled->fd) != DATA)
		return REAL(poll)(polled, count, timeout);
	ask(answer, NULL, 0, "poll %d", fds[polled->fd].number);
	polled->revents = (short)answer[1];
	return answer[1] != 0;
}

int close(int fd)
{
	enum kind kind = kind_of(fd);
	int result = 0;

	if (kind == DATA)
		result = operate(fd, "close");
	if (kind == DEVICE)
		result = operate(fd, "closeDevice");
	if (kind != OTHER)
		fds[fd].kind = OTHER;
	return REAL(close)(fd) == 0 ? result : -1;
}

int nanosleep(const struct timespec *time, struct timespec *rest)
{
	long long answer[4];

	(void)rest;
	ask(answer, NULL, 0, "pass %ld", (long)time->tv_sec * 1000000 + time->tv_nsec / 1000);
	return 0;
}
