/** C of every exported program: data fds, and the streams that are read from one and written to another. */
export const dataPart = `
/* What was read in a saving session, in a temporary file. */
struct stream {
	FILE *file;
	size_t length;
	/* The device had less than the simulation: it need not have what is read next. */
	bool ended_early;
	bool was_read;
};

/* The data fd that has this number in the simulation. */
struct slot {
	int fd;
	struct stream *stream;
};

/* Bytes of a stream that are on their way to a data fd. */
struct chunk {
	int slot;
	struct stream *stream;
	size_t from;
	size_t length;
};

static struct chunk *under_way;
static size_t chunks;

static unsigned char buffer[1 << 20];

static ssize_t read_piece(int fd, struct stream *stream, size_t length)
{
	ssize_t got = read(fd, buffer, length < sizeof(buffer) ? length : sizeof(buffer));

	if (got <= 0 || stream == NULL)
		return got;
	if (stream->file == NULL)
		stream->file = tmpfile();
	if (stream->file == NULL || pwrite(fileno(stream->file), buffer, (size_t)got, (off_t)stream->length) != got)
		bail_out("a temporary file: %s", strerror(errno));
	stream->length += (size_t)got;
	return got;
}

/*
 * Reads up to length bytes; to an end when length is 0. Gives what the last read() answered: bytes, 0, or the negative
 * errno. What came is put on its way to a slot unless that is negative.
 */
static long read_stream(struct slot *slot, size_t length, int to)
{
	struct stream *stream = slot->stream;
	size_t from = stream == NULL ? 0 : stream->length;
	size_t wanted = length == 0 ? sizeof(buffer) : length;
	long last;

	do {
		last = read_piece(slot->fd, stream, wanted);
		if (last < 0)
			last = -errno;
		else if (length != 0)
			wanted -= (size_t)last;
	} while (last > 0 && wanted > 0);
	if (stream != NULL && stream->length > from) {
		stream->was_read = true;
		if (length != 0)
			last = (long)(stream->length - from);
		if (to >= 0) {
			under_way = realloc(under_way, (chunks + 1) * sizeof(*under_way));
			if (under_way == NULL)
				bail_out("no memory");
			under_way[chunks++] = (struct chunk){ to, stream, from, stream->length - from };
		}
	}
	return last;
}

/* Writes a part of a stream, or length bytes of nonsense without one; one byte is changed when damaged is not negative. */
static int write_stream(int fd, struct stream *stream, size_t from, size_t length, long damaged)
{
	for (size_t done = 0; done < length;) {
		size_t piece = length - done < sizeof(buffer) ? length - done : sizeof(buffer);
		ssize_t put;

		memset(buffer, 0xa5, piece);
		if (stream != NULL && (stream->file == NULL || pread(fileno(stream->file), buffer, piece, (off_t)(from + done)) < 0))
			bail_out("a temporary file: %s", strerror(errno));
		if (damaged >= 0 && (size_t)damaged >= done && (size_t)damaged < done + piece)
			buffer[(size_t)damaged - done] ^= 0xff;
		put = write(fd, buffer, piece);
		if (put <= 0)
			return put < 0 ? errno : EIO;
		done += (size_t)put;
	}
	return 0;
}

/* Writes what is on its way to a slot. Gives the first errno, and whether there was anything. */
static int write_arrived(struct slot *slots, int to, bool *any)
{
	size_t kept = 0;
	int error = 0;

	*any = false;
	for (size_t i = 0; i < chunks; i++) {
		struct chunk chunk = under_way[i];
		int result;

		if (chunk.slot != to) {
			under_way[kept++] = chunk;
			continue;
		}
		*any = true;
		result = write_stream(slots[to].fd, chunk.stream, chunk.from, chunk.length, -1);
		error = error != 0 ? error : result;
	}
	chunks = kept;
	return error;
}

/* A page that can not be reached, for -EFAULT. */
static void *bad_pointer(void)
{
	static void *page;

	if (page == NULL)
		page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return page;
}

__attribute__((unused))
static void pause_for(long microseconds)
{
	struct timespec time = { microseconds / 1000000, microseconds % 1000000 * 1000 };

	fflush(stdout);
	nanosleep(&time, NULL);
}

/* Leaves room for that many more fds; all that the process may have when it is negative. */
__attribute__((unused))
static void limit_fds(long room)
{
	static rlim_t before;
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (before == 0)
		before = limit.rlim_cur;
	limit.rlim_cur = before;
	if (room >= 0) {
		rlim_t number = 0;

		for (; number < before; number++) {
			if (fcntl((int)number, F_GETFD) < 0 && room-- == 0)
				break;
		}
		limit.rlim_cur = number;
	}
	setrlimit(RLIMIT_NOFILE, &limit);
}
`;
