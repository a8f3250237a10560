/** C of every exported program: one function for each kind of call, each of them one test. Needs `slots` and `devices`. */
export const testsPart = `
/* A device that was not named on the command line is left out. */
static bool absent(int step, const char *text, const struct device *device)
{
	if (device->path == NULL)
		skip(step, text, "no device was named for it");
	return device->path == NULL;
}

/* slot and stream are those of a new data fd; NULL where none is due. */
__attribute__((unused))
static void test_set(int step, const char *text, const struct device *device, unsigned int argsz, unsigned int request,
		     int error, struct slot *slot, struct stream *stream, unsigned int state_after)
{
	struct feature feature = { .argsz = argsz, .flags = VFIO_DEVICE_FEATURE_SET | 2 };
	int found, data_fd;

	if (absent(step, text, device))
		return;
	feature.data.state.device_state = request;
	feature.data.state.data_fd = -1;
	found = call_feature(device, &feature);
	data_fd = feature.data.state.data_fd;
	expect_errno(error, found);
	if (found == 0 && data_fd >= 0 && slot == NULL) {
		differs("data_fd", "expected none, found a new one");
		close(data_fd);
	}
	if (slot != NULL) {
		slot->fd = found == 0 && data_fd >= 0 ? data_fd : CLOSED;
		slot->stream = stream;
		if (slot->fd == CLOSED && found == 0)
			differs("data_fd", "expected a new one, found none");
	}
	expect_state(device, state_after);
	result(step, text);
}

enum look { NOTHING, DEVICE_STATE, MIGRATION_FLAGS };

/* Any other VFIO_DEVICE_FEATURE; look says what of the answer is compared with value. */
__attribute__((unused))
static void test_feature(int step, const char *text, const struct device *device, unsigned int flags, unsigned int argsz,
			 int error, enum look look, unsigned long long value)
{
	struct feature feature = { .argsz = argsz, .flags = flags };
	int found;

	if (absent(step, text, device))
		return;
	found = call_feature(device, &feature);
	expect_errno(error, found);
	if (found == 0 && look == DEVICE_STATE && feature.data.state.device_state != value)
		differs("state", "expected %s, found %s", state_name((unsigned int)value),
			state_name(feature.data.state.device_state));
	if (found == 0 && look == MIGRATION_FLAGS && feature.data.flags_or_length != value)
		differs("migration flags", "expected 0x%llx, found 0x%llx", value,
			(unsigned long long)feature.data.flags_or_length);
	result(step, text);
}

/* A device that never reaches the failing call goes where the failure would have left it. */
__attribute__((unused))
static void go_to(const struct device *device, unsigned int state)
{
	struct feature feature = { .argsz = 16, .flags = VFIO_DEVICE_FEATURE_SET | 2 };

	feature.data.state.device_state = state;
	if (device->path != NULL && call_feature(device, &feature) == 0 && feature.data.state.data_fd >= 0)
		close(feature.data.state.data_fd);
}

__attribute__((unused))
static void test_reset(int step, const char *text, const struct device *device, int error, unsigned int state_after)
{
	if (absent(step, text, device))
		return;
	expect_errno(error, ioctl(device->fd, VFIO_DEVICE_RESET) == 0 ? 0 : errno);
	if (error == 0)
		expect_state(device, state_after);
	result(step, text);
}

__attribute__((unused))
static void test_close_device(int step, const char *text, struct device *device, int error)
{
	if (absent(step, text, device))
		return;
	expect_errno(error, close(device->fd) == 0 ? 0 : errno);
	device->fd = CLOSED;
	result(step, text);
}

__attribute__((unused))
static void test_open_device(int step, const char *text, struct device *device, int error)
{
	if (absent(step, text, device))
		return;
	if (error == 0)
		expect_errno(0, open_device(device));
	result(step, text);
}

/*
 * expected: 1 for data, 0 or a negative errno for what ends it. Where an end is expected everything is read up to it, since
 * a real device has other sizes. at_end: what read() answers when all was read.
 */
__attribute__((unused))
static void test_read(int step, const char *text, const struct device *device, struct slot *slot, size_t length,
		      long expected, long at_end, int to)
{
	bool first = slot->stream != NULL && !slot->stream->was_read;
	bool to_end = expected == 0 || expected == -ENOMSG;
	long found;

	if (absent(step, text, device))
		return;
	found = read_stream(slot, to_end ? 0 : length, to);
	if (expected > 0 && found == at_end && !first) {
		slot->stream->ended_early = true;
		skip(step, text, "the device has no more data than this");
		return;
	}
	if ((found > 0 ? 1 : found) != expected)
		differs("read()", "expected %s, found %ld (%s)", expected > 0 ? "data" : strerror((int)-expected), found,
			found < 0 ? strerror((int)-found) : found > 0 ? "bytes" : "end of stream");
	result(step, text);
}

struct piece {
	struct stream *stream;
	/* Where in a stream of total bytes; -1: no byte is damaged. */
	size_t from, length, total;
	long damaged;
};

static size_t scaled(size_t offset, const struct piece *piece)
{
	if (piece->stream == NULL || piece->stream->length == piece->total || piece->total == 0)
		return offset;
	return (size_t)((long double)offset * piece->stream->length / piece->total);
}

__attribute__((unused))
static void test_write(int step, const char *text, const struct device *device, struct slot *slot,
		       const struct piece *pieces, size_t count, int error)
{
	int found = 0;

	if (absent(step, text, device))
		return;
	for (size_t i = 0; i < count && found == 0; i++) {
		size_t from = scaled(pieces[i].from, &pieces[i]);
		size_t end = scaled(pieces[i].from + pieces[i].length, &pieces[i]);
		long damaged = pieces[i].damaged < 0 ? -1 : (long)(scaled((size_t)pieces[i].damaged, &pieces[i]) - from);

		if (pieces[i].stream != NULL && pieces[i].stream->length == 0) {
			skip(step, text, "nothing was read that could be written");
			return;
		}
		found = write_stream(slot->fd, pieces[i].stream, from, end - from, damaged);
	}
	expect_errno(error, found);
	result(step, text);
}

/* What was read and is under way arrives. */
__attribute__((unused))
static void test_arrival(int step, const char *text, const struct device *device, int to, int error)
{
	bool any;
	int found;

	if (absent(step, text, device))
		return;
	found = write_arrived(slots, to, &any);
	if (!any) {
		skip(step, text, "nothing is under way");
		return;
	}
	expect_errno(error, found);
	result(step, text);
}

/* The rest of a stream, before the device is asked to load it. */
__attribute__((unused))
static void finish_writing(int to)
{
	bool any;

	write_arrived(slots, to, &any);
}

__attribute__((unused))
static void test_precopy_info(int step, const char *text, const struct device *device, struct slot *slot,
			      unsigned int argsz, unsigned int flags, bool reachable, int error, bool has_initial)
{
	struct vfio_precopy_info info = { .argsz = argsz, .flags = flags };
	bool unread = slot->stream != NULL && !slot->stream->was_read;
	int found;

	if (absent(step, text, device))
		return;
	found = ioctl(slot->fd, VFIO_MIG_GET_PRECOPY_INFO, reachable ? (void *)&info : bad_pointer()) == 0 ? 0 : errno;
	expect_errno(error, found);
	if (found == 0 && has_initial && unread && info.initial_bytes == 0)
		differs("initial_bytes", "expected some before the first read(), found 0");
	result(step, text);
}

__attribute__((unused))
static void test_poll(int step, const char *text, const struct device *device, struct slot *slot, int expected)
{
	struct pollfd poll_fd = { .fd = slot->fd, .events = POLLIN | POLLOUT };

	if (absent(step, text, device))
		return;
	poll(&poll_fd, 1, 0);
	if (expected == POLLIN && slot->stream != NULL && slot->stream->ended_early) {
		skip(step, text, "the device has no more data than this");
		return;
	}
	if ((poll_fd.revents & expected) != expected)
		differs("revents", "expected 0x%x, found 0x%x", (unsigned int)expected, (unsigned int)poll_fd.revents);
	result(step, text);
}

enum call { PREAD, LSEEK, MMAP, FCNTL, OTHER_IOCTL, CLOSE, READ_NOTHING, READ_BAD_POINTER, WRITE_BAD_POINTER };

__attribute__((unused))
static void test_call(int step, const char *text, const struct device *device, struct slot *slot, enum call call, int error)
{
	bool done = false;
	char byte;

	if (absent(step, text, device))
		return;
	switch (call) {
	case PREAD:
		done = pread(slot->fd, &byte, 1, 0) >= 0;
		break;
	case LSEEK:
		done = lseek(slot->fd, 0, SEEK_SET) >= 0;
		break;
	case MMAP:
		done = mmap(NULL, 4096, PROT_READ, MAP_SHARED, slot->fd, 0) != MAP_FAILED;
		break;
	case FCNTL:
		done = fcntl(slot->fd, F_GETFL) >= 0;
		break;
	case OTHER_IOCTL:
		done = ioctl(slot->fd, _IO(VFIO_TYPE, VFIO_BASE + 99)) >= 0;
		break;
	case CLOSE:
		done = close(slot->fd) == 0;
		break;
	case READ_NOTHING:
		done = read(slot->fd, &byte, 0) >= 0;
		break;
	case READ_BAD_POINTER:
		done = read(slot->fd, bad_pointer(), 1) >= 0;
		break;
	case WRITE_BAD_POINTER:
		done = write(slot->fd, bad_pointer(), 1) >= 0;
		break;
	}
	expect_errno(error, done ? 0 : errno);
	if (call == CLOSE) {
		slot->fd = CLOSED;
		slot->stream = NULL;
	}
	result(step, text);
}
`;

/** The end of every exported program: its command line. Needs `run()`, `PLAN` and DEVICES. */
export const mainPart = String.raw`
static void usage(FILE *out, const char *program)
{
	fprintf(out, "usage: %s", program);
	for (int i = 0; i < DEVICES; i++)
		fprintf(out, i == 0 ? " %s" : " [%s]", devices[i].name);
	fprintf(out, "\n\n"
		"Each of them is a device with a VFIO driver: /dev/vfio/devices/vfioN (with iommufd), or the path of its\n"
		"group and its name: /dev/vfio/42,0000:3b:00.2. What belongs to devices that are not named is left out.\n"
		"The device is reset and its state is changed: nobody else may use it. Prints TAP 13; exits with 1 when a\n"
		"test is not ok, with 2 when the devices can not be used.\n");
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		usage(stdout, argv[0]);
		return 0;
	}
	if (argc < 2 || argc > DEVICES + 1 || argv[1][0] == '-') {
		usage(stderr, argv[0]);
		return 2;
	}
	printf("TAP version 13\n1..%u\n", PLAN);
	for (int i = 0; i < SLOTS; i++)
		slots[i].fd = CLOSED;
	for (int i = 0; i + 1 < argc; i++) {
		char *comma = strchr(argv[i + 1], ',');
		int error;

		if (comma != NULL) {
			*comma = '\0';
			devices[i].in_group = comma + 1;
		}
		devices[i].path = argv[i + 1];
		if (devices[i].in_group != NULL)
			set_up_group(&devices[i], devices, i);
		error = open_device(&devices[i]);
		if (error != 0)
			bail_out("%s: %s", devices[i].path, strerror(error));
		if (get_state(&devices[i]) == STATES)
			bail_out("%s has no migration support", devices[i].path);
		if (get_state(&devices[i]) != RUNNING && ioctl(devices[i].fd, VFIO_DEVICE_RESET) != 0)
			bail_out("%s: VFIO_DEVICE_RESET: %s", devices[i].path, strerror(errno));
	}
	run();
	printf("# %u of %u tests are ok\n", tests - failures, tests);
	return failures == 0 ? 0 : 1;
}
`;
