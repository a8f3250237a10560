/* SPDX-License-Identifier: MIT */
/*
 * Runs a real driver's set_state for every pair of states: with all calls of the kernel succeeding, then once more for
 * each of those calls, failing it alone or from then on; where that leads to calls that were not made before, each of
 * them fails too. Prints one line for each run.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include "stubs.h"

/* From the generated parts. */
void *stub_set_state(void *vdev, unsigned int state);
int stub_get_state(void *vdev, unsigned int *state);
void stub_init_device(void *vdev);
/* Sets a number of the device, or of what it points to, as far as that is there; those of the kernel's objects come last. */
void stub_set_field(void *vdev, unsigned int field, long value);
extern const unsigned int stub_field_count, stub_first_behind, stub_first_foreign;
void stub_reset_globals(void);
extern const long stub_constants[];
extern const unsigned long stub_constant_count;

enum { STATES = VFIO_DEVICE_STATE_NR, MAX_CALLS = 2000, FIRST_ERRNO = 1000, TRIES = 1000, FOREIGN_CONSTANTS = 49, SAID = 1 << 16, MAX_ERRNO = 600 };
static const char *const state_names[] = { "ERROR", "STOP", "RUNNING", "STOP_COPY", "RESUMING", "RUNNING_P2P", "PRE_COPY", "PRE_COPY_P2P" };

enum { OBJECT = 1 << 16, DEVICE = 1 << 20, ARENA = 1 << 28 };
/* Random worlds of each pair; the first argument. */
static unsigned long worlds = 1500;
static char *arena, *next_object;
void *stub_device;

struct call { const char *name, *file; enum stub_kind kind; int line; };
static struct call calls[MAX_CALLS];
static int call_count;
/* Which calls fail and how: by NULL, 0 or an error; by 1; by 1, as do all later calls of the function. */
enum { PLAINLY, BY_ONE, FROM_THEN_ON, WAYS };
struct fault { int at, how; };
static struct fault faults[2];
static bool recording;
static struct { const char *file; int line; } errno_site[MAX_ERRNO];
static sigjmp_buf escape;
enum { CRASH = 1, ENDLESS };

void *stub_object(void)
{
	void *object = next_object;

	next_object += OBJECT;
	if (next_object > arena + ARENA)
		siglongjmp(escape, ENDLESS);
	return object;
}

int stub_errno(int number, const char *file, int line)
{
	errno_site[number].file = file;
	errno_site[number].line = line;
	return number;
}

/* Random numbers of a run; seed 0 is the run in which all is plain. */
static unsigned long seed, random_state;

static unsigned long random_below(unsigned long end)
{
	random_state = random_state * 6364136223846793005UL + 1442695040888963407UL;
	return (random_state >> 33) % end;
}

/* One call in so many fails, or succeeds with another number; 0: none, and 1: all calls of some functions. */
static unsigned int failing, varying;

/* Most worlds are simple: made of small numbers, and of failures at the rates above. */
static bool is_simple(unsigned long world) { return world & 24; }

static void set_seed(unsigned long value)
{
	static const unsigned char rates[] = { 0, 0, 0, 64, 16, 4, 1 };

	seed = value;
	random_state = value * 0x9e3779b97f4a7c15UL + 1;
	failing = value ? rates[random_below(ARRAY_SIZE(rates))] : 0;
	varying = value ? rates[random_below(ARRAY_SIZE(rates))] : 0;
}

/* Mostly as small as the numbers that the constants of the driver got. */
static long small_number(void)
{
	static const long sizes[] = { 64, 256, 4096, 8192, 65536, 1 << 20 };

	/* Numbers that the driver compares something with. */
	if (stub_constant_count && !is_simple(seed) && random_below(5) == 0)
		return stub_constants[random_below(stub_constant_count)];
	return random_below(4) ? 1 + random_below(48) : sizes[random_below(ARRAY_SIZE(sizes))];
}

unsigned int stub_pick(unsigned int end) { return random_below(end); }

long stub_number(void) { return !seed ? 64 : random_below(4) ? small_number() : 0; }

/* Zero words become one number: all of them or one. */
static void fill(unsigned int *words, unsigned int count, const unsigned int *except)
{
	unsigned int value = small_number(), first = 0, last = count;

	if (random_below(2)) {
		first = random_below(count);
		last = first + 1;
	}
	for (unsigned int i = first; i < last; i++)
		if (&words[i] != except && !words[i] && !(i & 1 && words[i - 1]))
			words[i] = value;
}

/* What a call leaves in a local struct whose address it was given; the driver's own objects keep what they hold. */
void stub_fill(void *local, unsigned long size)
{
	char here;

	if (seed && (char *)local > &here && (char *)local < &here + 65536 && size >= 4 && random_below(2))
		fill(local, size / 4, NULL);
}

/* The same for one name as long as a run lasts. */
static unsigned long hash_of(const char *name)
{
	unsigned long hash = seed;

	while (*name)
		hash = hash * 31 + *name++;
	return hash * 0x9e3779b97f4a7c15UL >> 40;
}

static long test_answer(const char *name)
{
	unsigned long hash = hash_of(name);

	return !seed || hash & 1 ? 0 : hash & 2 ? 1 : hash >> 2 & 63;
}

static unsigned int *state_word;

/* What the objects held when the device was in STOP_COPY: what a user would read there and write in RESUMING. */
enum { TEMPLATES = 16, WORDS = 1024 };
static unsigned int templates[TEMPLATES][WORDS];
static unsigned int template_count, usable_templates;
/* The world in which they were made: calls give the same there. */
static unsigned long template_world;

static unsigned int *object_words(unsigned long which) { return (unsigned int *)(arena + 2 * DEVICE + which * OBJECT); }
static unsigned long object_count(void) { return (next_object - arena - 2 * DEVICE) / OBJECT; }

static void keep_templates(void)
{
	template_count = object_count() < TEMPLATES ? object_count() : TEMPLATES;
	for (unsigned int i = 0; i < template_count; i++)
		memcpy(templates[i], object_words(i), sizeof(templates[i]));
}

static void copy_template(unsigned int *words, unsigned int template)
{
	const unsigned int *from = templates[template];

	for (unsigned int i = 0; i < WORDS; i += 2)
		if (!words[i] && !words[i + 1])
			memcpy(&words[i], &from[i], 8);
}

/* The device's own numbers and those of its objects alike, of which there are more. */
static unsigned int random_field(void)
{
	unsigned int end = is_simple(seed) || random_below(2) ? stub_first_behind : stub_field_count;

	return end ? random_below(end) : 0;
}

/* Memory as it may be after reads, writes and interrupts in between. */
static void disturb(void)
{
	for (unsigned long times = random_below(4); times; times--) {
		/* Often what probe() found: it comes first. */
		unsigned long which = random_below(random_below(2) ? object_count() + 2 : 6);
		bool is_device = which >= object_count();

		/* Worlds of an odd seed leave the driver's own struct alone. */
		if (is_device && seed % 2)
			continue;

		if (is_device && random_below(2)) {
			unsigned int state = *state_word;

			stub_set_field(stub_device, random_field(), stub_number());
			*state_word = state;
		} else if (usable_templates && !is_device && random_below(4) == 0)
			copy_template(object_words(which), random_below(usable_templates));
		else
			fill(is_device ? (unsigned int *)((char *)stub_device - 256 + 1024 * random_below(2)) : object_words(which), 256, state_word);
	}
}

static bool returns_pointer(enum stub_kind kind) { return kind == STUB_NULL || kind == STUB_ERR_PTR; }

static bool same_place(const struct call *a, const struct call *b)
{
	return a->line == b->line && !strcmp(a->name, b->name) && !strcmp(a->file, b->file);
}

/* How call `number` fails; -1 when it does not. */
static int failure_of(int number)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(faults); i++) {
		if (faults[i].at < 0 || number < faults[i].at)
			continue;
		if (number == faults[i].at)
			return faults[i].how;
		if (faults[i].how == FROM_THEN_ON && !strcmp(calls[number].name, calls[faults[i].at].name))
			return FROM_THEN_ON;
	}
	return -1;
}

long stub_call(const char *name, enum stub_kind kind, const char *file, int line)
{
	int number = -1, how;

	if (kind == STUB_VOID)
		return 0;
	if (kind == STUB_TEST)
		return test_answer(name);
	if (recording) {
		number = call_count++;
		if (number >= MAX_CALLS)
			siglongjmp(escape, ENDLESS);
		calls[number] = (struct call){ name, file, kind, line };
	}
	how = number >= 0 ? failure_of(number) : -1;
	if (how >= 0) {
		if (kind == STUB_NULL || (kind == STUB_COUNT && how == PLAINLY))
			return 0;
		if (kind == STUB_INT && how != PLAINLY)
			return 1;
		return -(FIRST_ERRNO + number);
	}
	if (number >= 0 && (failing == 1 ? hash_of(name) % 8 == 1 : failing && random_below(failing) == 0))
		return kind == STUB_NULL ? 0 : -(FIRST_ERRNO + number);
	if (returns_pointer(kind))
		return (long)stub_object();
	if (varying == 1 ? hash_of(name) % 4 == 0 : varying && random_below(varying) == 0)
		return kind == STUB_COUNT && random_below(2) ? 0 : small_number();
	return kind == STUB_COUNT;
}

static void on_signal(int number) { siglongjmp(escape, number == SIGVTALRM ? ENDLESS : CRASH); }

static const struct itimerval limit = { .it_value = { .tv_usec = 5000 } }, no_limit;

static void fresh_device(void)
{
	if (next_object)
		madvise(arena, next_object - arena + OBJECT, MADV_DONTNEED);
	next_object = arena + 2 * DEVICE;
	stub_device = arena + DEVICE;
	stub_reset_globals();
	stub_init_device(stub_device);
}

/* A positive number in an error pointer is neither. */
static bool is_wild(void *result) { return result && (unsigned long)result < 4 * DEVICE; }
static bool is_refusal(void *result) { return IS_ERR(result) || is_wild(result); }

static unsigned int state_now(void)
{
	unsigned int state = STATES;

	return stub_get_state(stub_device, &state) ? STATES : state;
}

/* The word of the device that get_state copies out. */
static unsigned int *find_state(void)
{
	for (long offset = -65536; offset < 65536; offset += 4) {
		unsigned int *word = (unsigned int *)((char *)stub_device + offset), old = *word;
		bool found = true;

		if (sigsetjmp(escape, 1)) {
			*word = old;
			continue;
		}
		for (unsigned int state = 1; state < STATES && found; state++) {
			*word = state;
			found = state_now() == state;
		}
		*word = old;
		if (found)
			return word;
	}
	fprintf(stderr, "no word of the device is what get_state gives\n");
	exit(2);
}

static struct { unsigned int state, templates; unsigned long seed; } path_to[STATES][STATES];
static int path_length[STATES];
static long state_offset;

/* The driver's own step, in a world that the seed makes: the same each time, with the same number of templates. */
static void *step(unsigned int to, unsigned long world, unsigned int templates)
{
	set_seed(world);
	usable_templates = templates;
	if (world)
		disturb();
	return stub_set_state(stub_device, to);
}

/* The device in a state, by the driver's own arcs where it has any that lead there; or by force, without what they do. */
static bool enter(unsigned int state, bool by_force)
{
	int length = by_force ? 0 : path_length[state];

	recording = false;
	set_seed(0);
	fresh_device();
	state_word = (unsigned int *)((char *)stub_device + state_offset);
	*state_word = by_force || length < 0 ? state : VFIO_DEVICE_STATE_RUNNING;
	for (int i = 0; i < length; i++)
		if (is_refusal(step(path_to[state][i].state, path_to[state][i].seed, path_to[state][i].templates)))
			return false;
	set_seed(0);
	return state_now() == state;
}

static void find_paths(void)
{
	unsigned int queue[STATES];
	int first = 0, last = 0;

	for (int i = 0; i < STATES; i++)
		path_length[i] = -1;
	path_length[VFIO_DEVICE_STATE_RUNNING] = 0;
	queue[last++] = VFIO_DEVICE_STATE_RUNNING;
	while (first < last) {
		volatile unsigned int from = queue[first++];

		for (volatile unsigned int to = 1; to < STATES; to++) {
			for (volatile unsigned long attempt = 0; attempt < TRIES && path_length[to] < 0; attempt++) {
				unsigned long world = attempt == 0 ? 0 : attempt < TRIES / 2 ? attempt * 2 + 1 : attempt;

				if (sigsetjmp(escape, 1))
					continue;
				setitimer(ITIMER_VIRTUAL, &limit, NULL);
				if (!enter(from, false) || is_refusal(step(to, world, template_count)) || state_now() != to)
					continue;
				memcpy(path_to[to], path_to[from], sizeof(path_to[to]));
				path_to[to][path_length[from]].state = to;
				path_to[to][path_length[from]].seed = world;
				path_to[to][path_length[from]].templates = template_count;
				path_length[to] = path_length[from] + 1;
				queue[last++] = to;
				if (to == VFIO_DEVICE_STATE_STOP_COPY) {
					keep_templates();
					template_world = world;
				}
			}
		}
	}
}

static unsigned int lines_said;

/* Prints a line that was not printed before. */
static void say(const char *format, ...)
{
	static char *said[SAID];
	char line[512];
	unsigned int hash = 0;
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	for (char *c = line; *c; c++)
		hash = hash * 31 + *c;
	for (; said[hash %= SAID]; hash++)
		if (!strcmp(said[hash], line))
			return;
	said[hash] = strdup(line);
	lines_said++;
	puts(line);
}

static void print_result(FILE *out, void *result, char *before)
{
	long error = -(long)result;

	if (!result)
		fprintf(out, "null");
	else if (is_wild(result))
		fprintf(out, "wild");
	else if (IS_ERR(result) && error >= FIRST_ERRNO)
		fprintf(out, "failed:%s:%s:%d", calls[error - FIRST_ERRNO].name, calls[error - FIRST_ERRNO].file, calls[error - FIRST_ERRNO].line);
	else if (IS_ERR(result))
		fprintf(out, "errno:%ld:%s:%d", error, errno_site[error].file ?: "?", errno_site[error].line);
	else
		fprintf(out, "%s", (char *)result >= before ? "new-file" : "session-file");
}

static const char *gives(enum stub_kind kind, int how)
{
	if (kind == STUB_NULL)
		return "NULL";
	if (kind == STUB_INT && how != PLAINLY)
		return how == BY_ONE ? "1" : "1-for-ever";
	return kind == STUB_COUNT && how == 0 ? "0" : "error";
}

/* Some run of the pair did. */
static bool succeeded;

/* What is done to a pair: calls that fail, one of which is named in the output; a number of the device; a world. */
struct experiment {
	struct fault faults[2];
	const struct call *broken;
	int field;
	long value;
	unsigned long world;
	/* What one object held in STOP_COPY is put into another. */
	int object, template;
};
static const struct experiment plain = { .faults = { { -1, 0 }, { -1, 0 } }, .field = -1, .object = -1 };

static void set_field(unsigned int field, long value)
{
	unsigned int state = *state_word;

	stub_set_field(stub_device, field, value);
	*state_word = state;
}

/* One line: from, to, what was done to it, the result, the state afterwards. Gives the number of calls. */
static int run(unsigned int from, unsigned int to, struct experiment e)
{
	static char line[512];
	FILE *out;
	char *before;
	void *result;
	int escaped;

	memcpy(faults, plain.faults, sizeof(faults));
	call_count = 0;
	memset(errno_site, 0, sizeof(errno_site));
	escaped = sigsetjmp(escape, 1);
	if (!escaped) {
		setitimer(ITIMER_VIRTUAL, &limit, NULL);
		if (!enter(from, e.object < 0 && e.world % 4 == 3)) {
			say("%s %s - unreachable 0", state_names[from], state_names[to]);
			return 0;
		}
		before = next_object;
		recording = true;
		memcpy(faults, e.faults, sizeof(faults));
		/* In some worlds one call fails. */
		if (e.world && e.object < 0 && e.world % 3 == 0 && !is_simple(e.world))
			faults[0] = (struct fault){ (e.world * 2654435761UL >> 16) % 32, (e.world * 2654435761UL >> 24) % WAYS };
		if (e.field >= 0)
			set_field(e.field, e.value);
		if (e.object >= 0) {
			set_seed(e.world);
			copy_template(object_words(e.object), e.template);
			result = stub_set_state(stub_device, to);
		} else
			result = step(to, e.world, template_count);
	}
	setitimer(ITIMER_VIRTUAL, &no_limit, NULL);
	recording = false;
	out = fmemopen(line, sizeof(line), "w");
	fprintf(out, "%s %s ", state_names[from], state_names[to]);
	if (e.broken)
		fprintf(out, "%s:%s:%d:%s ", e.broken->name, e.broken->file, e.broken->line, gives(e.broken->kind, e.faults[0].how));
	else
		fprintf(out, e.world || e.field >= 0 || e.object >= 0 ? "~ " : "- ");
	if (escaped)
		fprintf(out, "%s 0", escaped == CRASH ? "crash" : "endless");
	else {
		succeeded |= !is_refusal(result);
		print_result(out, result, before);
		fprintf(out, " %u", state_now());
	}
	fclose(out);
	say("%s", line);
	return escaped == ENDLESS ? 0 : call_count;
}

static int ways_of(enum stub_kind kind) { return kind == STUB_INT ? WAYS : kind == STUB_COUNT ? 2 : 1; }

/* Places of calls on the pair that have failed or will. */
static struct call known[MAX_CALLS];
static unsigned int known_count;

static bool is_new(const struct call *call)
{
	for (unsigned int i = 0; i < known_count; i++)
		if (same_place(&known[i], call))
			return false;
	if (known_count < MAX_CALLS)
		known[known_count++] = *call;
	return true;
}

/* Each of the calls that were made last fails in turn, those before `first` left out; only at new places if so asked. */
static void fail_each(unsigned int from, unsigned int to, int first, int count, bool only_new, struct experiment e)
{
	struct call *made = malloc(count * sizeof(*made) + 1);

	memcpy(made, calls, count * sizeof(*made));
	for (int call = first; call < count; call++) {
		if (!is_new(&made[call]) && only_new)
			continue;
		for (int how = 0; how < ways_of(made[call].kind); how++) {
			struct experiment failing = e;
			int more;

			failing.faults[1] = e.faults[0];
			failing.faults[0] = (struct fault){ call, how };
			failing.broken = &made[call];
			more = run(from, to, failing);
			if (e.faults[0].at < 0)
				fail_each(from, to, call + 1, more, true, failing);
		}
	}
	free(made);
}

/* Each number of the device takes each of the values that the driver compares something with. */
static void set_each(unsigned int from, unsigned int to, int count)
{
	for (unsigned int field = 0; field < stub_field_count; field++) {
		bool foreign = field >= stub_first_foreign;

		for (unsigned long i = 0; i < (foreign ? FOREIGN_CONSTANTS : stub_constant_count + 2); i++) {
			struct experiment e = plain;
			int more;

			e.field = field;
			e.value = foreign || i < 2 ? i : stub_constants[i - 2];
			more = run(from, to, e);
			if (more != count)
				fail_each(from, to, 0, more, false, e);
		}
	}
}

/* The device gets what it gave, each object in each. */
static void give_back(unsigned int from, unsigned int to, int count)
{
	for (unsigned int template = 0; template < template_count; template++)
		for (int object = 0; object < TEMPLATES; object++)
			for (int same_world = 0; same_world < 2; same_world++) {
				struct experiment e = plain;
				int more;

				e.object = object;
				e.template = template;
				e.world = same_world ? template_world : 0;
				more = run(from, to, e);
				if (more != count)
					fail_each(from, to, 0, more, false, e);
			}
}

static void run_pair(unsigned int from, unsigned int to)
{
	int count;

	succeeded = false;
	known_count = 0;
	count = run(from, to, plain);
	for (int call = 0; call < count; call++)
		is_new(&calls[call]);
	fail_each(from, to, 0, count, false, plain);
	set_each(from, to, count);
	if (from == VFIO_DEVICE_STATE_RESUMING)
		give_back(from, to, count);
	lines_said = 0;
	/* A pair that random worlds tell no more of than one line is refused in all of them; others should succeed in one. */
	for (unsigned long world = 1; world <= (succeeded ? worlds : 6 * worlds); world++) {
		struct experiment e = plain;

		if (world > worlds / 10 && lines_said <= 1)
			break;
		e.world = world;
		run(from, to, e);
	}
}

int main(int argc, char **argv)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGVTALRM };

	if (argc > 1)
		worlds = strtoul(argv[1], NULL, 10);
	for (unsigned int i = 0; i < ARRAY_SIZE(signals); i++)
		signal(signals[i], on_signal);
	arena = mmap(NULL, ARENA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (arena == MAP_FAILED)
		return 2;
	fresh_device();
	state_offset = (char *)find_state() - (char *)stub_device;
	find_paths();
	for (unsigned int from = 1; from < STATES; from++)
		for (unsigned int to = 1; to < STATES; to++)
			if (from != to)
				run_pair(from, to);
	return 0;
}
