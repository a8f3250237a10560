import * as assert from 'node:assert/strict';
import { analysisOf, arcsWith, driverOf, returnsOf } from '../support/analyse';
import { driverText, getStateOp, setStateLoop, sixArcs, structs } from '../support/driverText';

const S = 'VFIO_DEVICE_STATE_';

/** What the arcs of a STOP_COPY driver do, in the helpers of the test driver. */
const heading = 'static struct file *step(struct dev *d, u32 new)\n{\n\tu32 cur = d->state;\n';

interface Style {
  readonly name: string;
  readonly prelude?: string;
  readonly step: string;
  readonly setState?: string;
  readonly getState?: string;
}

const styles: readonly Style[] = [
  {
    name: 'a chain of ifs',
    step: `${heading}
	if (cur == ${S}RUNNING && new == ${S}STOP) {
		int ret = stop_hw(d);

		if (ret)
			return ERR_PTR(ret);
		return NULL;
	}
	if (((cur == ${S}STOP) && (new == ${S}RUNNING)))
		return start_hw(d) ? ERR_PTR(-EIO) : NULL;
	if (${S}STOP == cur && ${S}STOP_COPY == new)
		return open_save(d);
	if ((cur == ${S}STOP_COPY && new == ${S}STOP) ||
	    (cur == ${S}RESUMING && new == ${S}STOP)) {
		close_files(d);
		return 0;
	}
	if (cur == ${S}STOP && new == ${S}RESUMING)
		return open_resume(d);
	WARN_ON(true);
	return ERR_PTR(-EINVAL);
}`,
  },
  {
    name: 'conditions factored and negated',
    step: `${heading}
	if (!(cur != ${S}STOP || (new != ${S}STOP_COPY && new != ${S}RESUMING))) {
		if (new != ${S}RESUMING)
			return open_save(d);
		return open_resume(d);
	}
	if (new == ${S}STOP && (cur == ${S}STOP_COPY || cur == ${S}RESUMING || cur == ${S}RUNNING)) {
		close_files(d);
		return NULL;
	}
	if (cur == ${S}STOP && !(new ^ ${S}RUNNING))
		return NULL;
	return ERR_PTR(-EINVAL);
}`,
  },
  {
    name: 'guards with early returns',
    step: `${heading}
	if (cur != ${S}STOP && new != ${S}STOP)
		return ERR_PTR(-EINVAL);
	if (cur > ${S}RESUMING || new > ${S}RESUMING || !cur || !new || cur == new)
		return ERR_PTR(-EINVAL);
	if (new == ${S}STOP_COPY)
		return open_save(d);
	if (new == ${S}RESUMING)
		return open_resume(d);
	close_files(d);
	return NULL;
}`,
  },
  {
    name: 'a switch on the current state with helpers for each',
    prelude: `
static struct file *from_stop(struct dev *d, u32 to)
{
	switch (to) {
	case ${S}RUNNING:
		start_hw(d);
		return NULL;
	case ${S}STOP_COPY:
		return open_save(d);
	case ${S}RESUMING:
		return open_resume(d);
	default:
		return ERR_PTR(-EINVAL);
	}
}`,
    step: `${heading}
	switch (cur) {
	case ${S}STOP:
		return from_stop(d, new);
	case ${S}RUNNING:
	case ${S}RESUMING ... ${S}RESUMING:
	case ${S}STOP_COPY:
		if (new == ${S}STOP)
			return NULL;
		break;
	default:
		break;
	}
	return ERR_PTR(-EINVAL);
}`,
  },
  {
    name: 'nested switches, fall-through and a result with goto',
    step: `${heading}
	struct file *res = ERR_PTR(-EINVAL);
	int err = 0;

	switch (new) {
	case ${S}STOP:
		switch (cur) {
		case ${S}RUNNING:
			err = stop_hw(d);
			if (err)
				goto fail;
			fallthrough;
		case ${S}RESUMING:
		case ${S}STOP_COPY:
			res = NULL;
		}
		break;
	case ${S}RUNNING:
		if (cur == ${S}STOP)
			res = NULL;
		break;
	case ${S}STOP_COPY:
	case ${S}RESUMING:
		if (cur != ${S}STOP)
			goto out;
		res = new == ${S}RESUMING ? open_resume(d) : open_save(d);
	}
out:
	return res;
fail:
	return ERR_PTR(err);
}`,
  },
  {
    name: 'a combined key',
    prelude: '#define ARC(f, t) ((f) << 4 | (t))\n',
    step: `${heading}
	switch (ARC(cur, new)) {
	case ARC(${S}RUNNING, ${S}STOP):
	case ARC(${S}STOP, ${S}RUNNING):
	case ARC(${S}STOP_COPY, ${S}STOP):
	case ARC(${S}RESUMING, ${S}STOP):
		return NULL;
	case ARC(${S}STOP, ${S}STOP_COPY):
		return open_save(d);
	case ARC(${S}STOP, ${S}RESUMING):
		return open_resume(d);
	}
	return ERR_PTR(-EINVAL);
}`,
  },
  {
    name: 'a table that a loop searches',
    prelude: `
static struct file *quiet(struct dev *d) { return NULL; }
static const struct arc_op {
	u8 from, to;
	struct file *(*fn)(struct dev *d);
} arc_ops[] = {
	{ ${S}RUNNING, ${S}STOP, quiet },
	{ ${S}STOP, ${S}RUNNING, quiet },
	{ .to = ${S}STOP_COPY, .from = ${S}STOP, .fn = open_save },
	{ ${S}STOP_COPY, ${S}STOP, quiet },
	{ ${S}STOP, ${S}RESUMING, &open_resume },
	{ ${S}RESUMING, ${S}STOP, quiet },
};`,
    step: `${heading}
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(arc_ops); i++) {
		const struct arc_op *op = &arc_ops[i];

		if (op->from == cur && op->to == new)
			return op->fn(d);
	}
	return ERR_PTR(-EINVAL);
}`,
  },
  {
    name: 'functions by two indices',
    prelude: `
static struct file *quiet(struct dev *d) { return NULL; }
typedef struct file *(*arc_fn)(struct dev *d);
static const arc_fn arcs[VFIO_DEVICE_STATE_NR][VFIO_DEVICE_STATE_NR] = {
	[${S}RUNNING] = { [${S}STOP] = quiet },
	[${S}STOP] = {
		[${S}RUNNING] = quiet,
		[${S}STOP_COPY] = open_save,
		[${S}RESUMING] = open_resume,
	},
	[${S}STOP_COPY][${S}STOP] = quiet,
	[${S}RESUMING][${S}STOP] = quiet,
};`,
    step: `${heading}
	if (cur >= ARRAY_SIZE(arcs) || new >= ARRAY_SIZE(arcs[0]) || !arcs[cur][new])
		return ERR_PTR(-EINVAL);
	return arcs[cur][new](d);
}`,
  },
  {
    name: 'bit masks of allowed states',
    prelude: `
static const u32 allowed[] = {
	[${S}RUNNING] = BIT(${S}STOP),
	[${S}STOP] = BIT(${S}RUNNING) | BIT(${S}STOP_COPY) | (1 << ${S}RESUMING),
	[${S}STOP_COPY] = BIT(${S}STOP),
	[${S}RESUMING] = BIT(${S}STOP),
};`,
    step: `${heading}
	if (cur >= ARRAY_SIZE(allowed) || !(BIT(new) & allowed[cur]))
		return ERR_PTR(-EINVAL);
	if (new == ${S}STOP_COPY)
		return open_save(d);
	return new == ${S}RESUMING ? open_resume(d) : NULL;
}`,
  },
  {
    name: 'predicates as functions and macros, aliases of the states',
    prelude: `
enum { ST_RUN = ${S}RUNNING, ST_STOP = ${S}STOP };
#define ST_COPY ${S}STOP_COPY
#define MOVES(c, n, a, b) ((c) == (a) && (n) == (b))
static bool is_arc(u32 cur, u32 new, u32 a, u32 b)
{
	return cur == a && new == b;
}`,
    step: `${heading}
	if (is_arc(cur, new, ST_RUN, ST_STOP) || is_arc(cur, new, ST_STOP, ST_RUN))
		return NULL;
	if (MOVES(cur, new, ST_STOP, ST_COPY))
		return open_save(d);
	if (likely(MOVES(cur, new, ST_STOP, ${S}RESUMING)))
		return open_resume(d);
	if (is_arc(cur, new, ST_COPY, ST_STOP) || MOVES(cur, new, ${S}RESUMING, ST_STOP)) {
		close_files(d);
		return NULL;
	}
	return ERR_PTR(-EINVAL);
}`,
  },
  {
    name: 'handlers made by a macro that pastes tokens',
    prelude: `
#define HANDLER(name, result) \\
static struct file *arc_##name(struct dev *d) \\
{ \\
	dev_dbg(d->dev, #name); \\
	return result; \\
}
HANDLER(run_stop, NULL)
HANDLER(stop_copy, open_save(d))
HANDLER(stop_resume, open_resume(d));
#define TRY(a, b, name) if (cur == ${S}##a && new == ${S}##b) return arc_##name(d)
`,
    step: `${heading}
	TRY(RUNNING, STOP, run_stop);
	TRY(STOP, RUNNING, run_stop);
	TRY(STOP_COPY, STOP, run_stop);
	TRY(RESUMING, STOP, run_stop);
	TRY(STOP, STOP_COPY, stop_copy);
	TRY(STOP, RESUMING, stop_resume);
	return ERR_PTR(-EINVAL);
}`,
  },
  {
    name: 'the result through a pointer, an int returned',
    prelude: `
static int do_step(struct dev *d, u32 cur, u32 new, struct file **out)
{
	*out = NULL;
	if (new == ${S}STOP && cur <= ${S}RESUMING && cur > ${S}STOP)
		return 0;
	if (cur != ${S}STOP)
		return -EINVAL;
	switch (new) {
	case ${S}RUNNING:
		return 0;
	case ${S}STOP_COPY:
		*out = open_save(d);
		return PTR_ERR_OR_ZERO(*out);
	case ${S}RESUMING:
		*out = open_resume(d);
		if (IS_ERR(*out))
			return PTR_ERR(*out);
		return 0;
	}
	return -EINVAL;
}`,
    step: `static struct file *step(struct dev *d, u32 new)
{
	struct file *filp;
	int ret = do_step(d, d->state, new, &filp);

	if (ret)
		return ERR_PTR(ret);
	return filp;
}`,
  },
  {
    name: 'the step inlined in the loop, fields compared directly',
    step: '',
    setState: `
static struct file *set_state(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	struct dev *d = container_of(vdev, struct dev, core.vdev);
	struct file *res = NULL;
	u32 next;

	guard(mutex)(&d->lock);
	while (READ_ONCE(d->state) != new_state) {
		if (vfio_mig_get_next_state(vdev, d->state, new_state, &next))
			return ERR_PTR(-EINVAL);
		if (d->state == ${S}STOP && next == ${S}STOP_COPY)
			res = open_save(d);
		else if (d->state == ${S}STOP && next == ${S}RESUMING)
			res = open_resume(d);
		else if (d->state == ${S}STOP && next == ${S}RUNNING)
			res = NULL;
		else if (next == ${S}STOP && d->state != ${S}ERROR && d->state < ${S}RUNNING_P2P)
			res = NULL;
		else
			return ERR_PTR(-EINVAL);
		if (IS_ERR(res))
			return res;
		WRITE_ONCE(d->state, next);
	}
	return res;
}`,
  },
  {
    name: 'the state behind accessors, macros, pointers and struct copies',
    prelude: `
#define CURRENT(d) ((d)->state)
static u32 state_of(const struct dev *d)
{
	const enum vfio_device_mig_state *p = &d->state;

	return *p;
}
struct snapshot { u32 cur; u32 wanted; };`,
    step: `static struct file *step(struct dev *d, u32 new)
{
	struct snapshot now = { .cur = state_of(d), .wanted = new }, copy;
	struct snapshot *p = &copy;

	copy = now;
	if (p->wanted == ${S}STOP) {
		switch (CURRENT(d)) {
		case ${S}RUNNING: case ${S}RESUMING: case ${S}STOP_COPY:
			return NULL;
		}
	}
	if (p->cur == ${S}STOP) {
		if (copy.wanted == ${S}STOP_COPY)
			return open_save(d);
		if (copy.wanted == ${S}RESUMING)
			return open_resume(d);
		if (now.wanted == ${S}RUNNING)
			return NULL;
	}
	return ERR_PTR(-EINVAL);
}`,
  },
  {
    name: 'a helper that gives file, NULL or error by an argument',
    prelude: `
static struct file *data_file(struct dev *d, bool open, u32 state)
{
	if (!open)
		return NULL;
	return state == ${S}RESUMING ? open_resume(d) : open_save(d);
}`,
    step: `${heading}
	if ((cur == ${S}RUNNING && new == ${S}STOP) || (cur == ${S}STOP && new == ${S}RUNNING))
		return data_file(d, false, new);
	if (cur == ${S}STOP && (new == ${S}STOP_COPY || new == ${S}RESUMING))
		return data_file(d, true, new);
	if (new == ${S}STOP && (cur == ${S}STOP_COPY || cur == ${S}RESUMING))
		return data_file(d, false, cur);
	return ERR_PTR(-EINVAL);
}`,
  },
  {
    name: 'a tail for all errors, files made in the arcs, the state late and through a pointer',
    step: `static struct file *step(struct dev *d, u32 new)
{
	const struct dev *self;
	struct mig_file *f;
	struct file *filp;
	u32 cur;
	int err;

	self = d;
	cur = self->state;
	if (cur == ${S}STOP &&
	    (new == ${S}STOP_COPY ||
	     new == ${S}RESUMING)) {
		f = kzalloc(sizeof(*f), GFP_KERNEL);
		if (!f) {
			err = -ENOMEM;
			goto fail;
		}
		filp = anon_inode_getfile("mig", &fops, f, O_RDONLY);
		if (IS_ERR(filp)) {
			kfree(f);
			return ERR_CAST(filp);
		}
		f->filp = filp;
		return filp;
	}
	if (cur == ${S}STOP && new == ${S}RUNNING) {
		err = start_hw(d);
		return err ? ERR_PTR(err) : NULL;
	}
	err = -EINVAL;
	if (new != ${S}STOP)
		goto fail;
	if (cur == ${S}RUNNING || cur == ${S}STOP_COPY || cur == ${S}RESUMING)
		return NULL;
fail:
	return ERR_PTR(err);
}`,
  },
  {
    name: 'ifs in ifs, conditional expressions, a macro that returns',
    prelude: '#define ON(c, v) do { if (c) return (v); } while (0)\n',
    step: `${heading}
	if (cur == ${S}STOP) {
		if (new == ${S}STOP_COPY || new == ${S}RESUMING)
			return new == ${S}RESUMING ? open_resume(d) : open_save(d);
		ON(new == ${S}RUNNING, NULL);
	} else if (new == ${S}STOP) {
		ON(cur == ${S}RUNNING, stop_hw(d) ? ERR_PTR(-EIO) : NULL);
		return cur == ${S}STOP_COPY || cur == ${S}RESUMING ? NULL : ERR_PTR(-EINVAL);
	}
	return ERR_PTR(-EINVAL);
}`,
  },
  {
    name: 'lists of keys, handlers as callbacks of a function that runs them',
    prelude: `
static const u8 quiet_arcs[] = {
	${S}RUNNING * 16 + ${S}STOP,
	${S}STOP * 16 + ${S}RUNNING,
	${S}STOP_COPY * 16 + ${S}STOP,
	${S}RESUMING * 16 + ${S}STOP,
};
static struct file *run(struct dev *d, struct file *(*work)(struct dev *d))
{
	lockdep_assert_held(&d->lock);
	return work(d);
}`,
    step: `${heading}
	bool listed = false;
	size_t k;

	for (k = 0; k < ARRAY_SIZE(quiet_arcs); k++)
		listed |= quiet_arcs[k] == cur * 16 + new;
	if (listed)
		return NULL;
	if (cur == ${S}STOP && new == ${S}STOP_COPY)
		return run(d, open_save);
	if (cur == ${S}STOP && new == ${S}RESUMING)
		return run(d, &open_resume);
	return ERR_PTR(-EINVAL);
}`,
  },
  {
    name: 'a third parameter with the state that the user asked for',
    prelude: `
static struct file *to_state(struct dev *d, u32 new, enum vfio_device_mig_state final)
{
	u32 cur = d->state;

	if (final == ${S}RESUMING && new == ${S}STOP)
		return ERR_PTR(-EBUSY);
	if (new == final)
		dev_dbg(d->dev, "last");
	if (cur == ${S}STOP && new != ${S}STOP)
		return new == ${S}STOP_COPY ? open_save(d) :
		       new == ${S}RESUMING ? open_resume(d) :
		       new == ${S}RUNNING ? NULL : ERR_PTR(-EINVAL);
	if (new == ${S}STOP && cur <= ${S}RESUMING)
		return NULL;
	return ERR_PTR(-EINVAL);
}`,
    step: `static struct file *step(struct dev *d, u32 new)
{
	return to_state(d, new, new);
}`,
  },
];

describe('styles of writing a step function', () => {
  for (const style of styles) {
    it(style.name, async () => {
      const driver = await driverOf(driverText(style));
      assert.deepEqual(arcsWith(driver, 'handled'), sixArcs);
      assert.deepEqual(arcsWith(driver, 'conditional', 'undecided'), []);
      assert.deepEqual(driver.missing, []);
      assert.deepEqual(driver.superfluous, []);
      assert.ok(returnsOf(driver, 'STOP>STOP_COPY').includes('new-file'), 'STOP -> STOP_COPY gives a file');
      assert.ok(returnsOf(driver, 'STOP>RESUMING').includes('new-file'), 'STOP -> RESUMING gives a file');
      assert.ok(returnsOf(driver, 'STOP_COPY>STOP').includes('null'), 'STOP_COPY -> STOP gives NULL');
    });

    it(`${style.name}, without STOP -> RUNNING`, async () => {
      const text = driverText(style);
      const guard = `if (d->state == ${S}STOP && NEXT == ${S}RUNNING)\n\t\treturn ERR_PTR(-EINVAL);\n`;
      const cut = style.step
        ? text.replace(/(static struct file \*step\([^)]*\)\n\{\n)/, `$1\t${guard.replace('NEXT', 'new')}`)
        : text.replace(/(return ERR_PTR\(-EINVAL\);\n)(\t\tif \(d->state)/, `$1\t\t${guard.replace('NEXT', 'next')}$2`);
      assert.notEqual(cut, text);
      const driver = await driverOf(cut);
      assert.deepEqual(
        driver.missing.map((m) => `${m.from}>${m.to}`),
        ['STOP>RUNNING'],
      );
      assert.deepEqual(
        arcsWith(driver, 'handled'),
        sixArcs.filter((a) => a !== 'STOP>RUNNING'),
      );
    });
  }
});

const plainStep = styles[0]?.step ?? '';

describe('where the current state is', () => {
  it('is found by what set_state hands to the core when there is no get_state', async () => {
    const text = driverText({ step: plainStep, getState: '' }).replace(/\t\.migration_get_state.*\n/, '');
    const driver = await driverOf(text);
    assert.deepEqual(arcsWith(driver, 'handled'), sixArcs);
    assert.match(driver.stateLocation?.foundBy ?? '', /vfio_mig_get_next_state/);
  });

  it('is found by comparisons when the core is not asked either', async () => {
    const driver = await driverOf(
      driverText({
        step: plainStep,
        getState: '',
        setState: `
static struct file *set_state(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	struct dev *d = container_of(vdev, struct dev, core.vdev);
	struct file *res = step(d, new_state);

	if (!IS_ERR(res))
		d->state = new_state;
	return res;
}`,
      }).replace(/\t\.migration_get_state.*\n/, ''),
    );
    assert.deepEqual(arcsWith(driver, 'handled'), sixArcs);
    assert.equal(driver.usesNextState, false);
  });

  it('may be behind a pointer in the device', async () => {
    const text = `${structs.replace('enum vfio_device_mig_state state;', 'struct mig *mig;')}
struct mig { atomic_t state; };
static struct file *step(struct dev *d, u32 new)
{
	if (atomic_read(&d->mig->state) == ${S}RUNNING && new == ${S}STOP)
		return NULL;
	return ERR_PTR(-EINVAL);
}
${setStateLoop.replaceAll('d->state = next', 'atomic_set(&d->mig->state, next)').replaceAll('d->state', 'atomic_read(&d->mig->state)')}
${getStateOp.replaceAll('d->state', 'atomic_read(&d->mig->state)')}
static const struct vfio_migration_ops mig_ops = { .migration_set_state = set_state, .migration_get_state = get_state };
`;
    const driver = await driverOf(text);
    assert.deepEqual(arcsWith(driver, 'handled'), ['RUNNING>STOP']);
    assert.equal(
      driver.arcs
        .find((a) => a.status === 'handled')
        ?.outcomes.every((o) => o.kind === 'success' && o.stateAfter === 'new'),
      true,
    );
  });
});

describe('where the parts of a driver are', () => {
  const text = driverText({ step: plainStep });
  const ops = /static const struct vfio_migration_ops mig_ops = \{[^}]*\};/.exec(text)?.[0] ?? '';
  const registration = 'vdev->mig_ops = &mig_ops;';

  it('ops that are no constant, and ops that a helper registers', async () => {
    const helper =
      'static void use(struct vfio_device *vdev, const struct vfio_migration_ops *o)\n{\n\tvdev->mig_ops = o;\n}';
    const driver = await driverOf(
      text
        .replace(ops, `${ops.replace('const ', '')}\n${helper}`)
        .replace(`\t${registration}`, '\tuse(vdev, &mig_ops);'),
    );
    assert.deepEqual(arcsWith(driver, 'handled'), sixArcs);
    assert.deepEqual(
      driver.flagSets.map((f) => f.flags),
      [['STOP_COPY']],
    );
  });

  it('ops in #ifdef alternatives: each is judged', async () => {
    const never = `static struct file *never(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	return ERR_PTR(-EINVAL);
}`;
    const other = ops.replace('= set_state', '= never');
    const { drivers } = await analysisOf({
      'a.c': text.replace(ops, `${never}\n#ifdef CONFIG_MIG\n${ops}\n#else\n${other}\n#endif`),
    });
    assert.deepEqual(
      drivers.map((d) => [d.setState.name, arcsWith(d, 'handled').length, d.missing.length]),
      [
        ['set_state', 6, 0],
        ['never', 0, 6],
      ],
    );
  });

  it('a step three layers and three files deep, each file with static functions of the same names', async () => {
    const head = '#include "dev.h"\n';
    const wrong = 'static struct file *data_file(struct dev *d)\n{\n\treturn ERR_PTR(-EIO);\n}\n';
    const [declarations = '', rest = ''] = text.split(/(?=static struct file \*open_save)/);
    const at = rest.indexOf(plainStep);
    assert.ok(at > 0);
    const driver = await driverOf({
      'main.c': `${head}${wrong}${rest.slice(at + plainStep.length)}`,
      'dev.h': `${declarations}
struct file *step(struct dev *d, u32 new);
struct file *do_step(struct dev *d, u32 new);
`,
      'migration.c': `${head}${wrong}struct file *step(struct dev *d, u32 new)
{
	struct file *filp = do_step(d, new);

	if (IS_ERR(filp))
		data_file(d);
	return filp;
}`,
      'work.c': `${head}${rest.slice(0, at)}static struct file *data_file(struct dev *d)
{
	return open_save(d);
}
${plainStep.replace('static struct file *step(', 'struct file *do_step(').replace('return open_save(d)', 'return data_file(d)')}`,
    });
    assert.deepEqual(arcsWith(driver, 'handled'), sixArcs);
    assert.deepEqual(arcsWith(driver, 'conditional', 'undecided'), []);
  });
});

describe('what looks like arcs and is none', () => {
  it('names, debugfs, ioctl checks, private states, flags of other subsystems, the first protocol', async () => {
    const prelude = `
enum phase { PHASE_IDLE = 0xff };
struct vdpa { u32 migration_flags; };
static void vdpa_setup(struct vdpa *v) { v->migration_flags = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P; }
static const char *name_of(u32 state)
{
	switch (state) {
	case ${S}PRE_COPY:
		return "pre";
	case ${S}RUNNING_P2P:
		return "p2p";
	}
	return "?";
}
static int show(struct dev *d)
{
	return d->state == ${S}PRE_COPY && d->wanted == ${S}STOP_COPY ? 0 : -EINVAL;
}
static long precopy_ioctl(struct dev *d)
{
	return d->state != ${S}PRE_COPY && d->state != ${S}PRE_COPY_P2P ? -EINVAL : 0;
}
static int v1_set_state(struct dev *d, u32 wanted)
{
	switch (wanted) {
	case VFIO_DEVICE_STATE_V1_SAVING | VFIO_DEVICE_STATE_V1_RUNNING:
		return 0;
	}
	return -EINVAL;
}
static bool wants(struct vfio_device *vdev) { return vdev->migration_flags != VFIO_MIGRATION_P2P; }
`;
    const setState = setStateLoop.replace(
      '\tmutex_lock',
      `\tif (new_state == ${S}ERROR || d->state == PHASE_IDLE)
		return ERR_PTR(-EINVAL);
	if (new_state == ${S}RUNNING)
		dev_dbg(d->dev, "%s", name_of(new_state));
	mutex_lock`,
    );
    const driver = await driverOf(driverText({ prelude, step: plainStep, setState }));
    assert.deepEqual(arcsWith(driver, 'handled'), sixArcs);
    assert.deepEqual(arcsWith(driver, 'conditional', 'undecided'), []);
    assert.deepEqual(
      driver.flagSets.map((f) => f.flags),
      [['STOP_COPY']],
    );
  });
});

describe('flags and conditions', () => {
  const precopy = plainStep.replace(
    '\tWARN_ON(true);',
    `	if (cur == ${S}RUNNING && new == ${S}PRE_COPY && CONDITION)
		return open_save(d);
	if ((cur == ${S}PRE_COPY && new == ${S}RUNNING) || (cur == ${S}PRE_COPY && new == ${S}STOP_COPY))
		return NULL;
	WARN_ON(true);`,
  );
  const both = `vdev->migration_flags = VFIO_MIGRATION_STOP_COPY;
	if (FLAGCOND)
		vdev->migration_flags |= VFIO_MIGRATION_PRE_COPY;`;

  const cases: readonly { name: string; flags: string; arc: string }[] = [
    { name: 'a member', flags: 'd->has_precopy', arc: 'd->has_precopy' },
    { name: 'a bit of a member', flags: 'd->caps & BIT(3)', arc: '(d->caps & BIT(3)) != 0' },
    { name: 'a foreign test', flags: 'hw_supports_precopy(d)', arc: 'hw_supports_precopy(d)' },
    { name: 'the configuration', flags: 'IS_ENABLED(CONFIG_MIG_PRECOPY)', arc: 'IS_ENABLED(CONFIG_MIG_PRECOPY)' },
  ];
  for (const { name, flags, arc } of cases) {
    it(`one test for the flag and for an arc: ${name}`, async () => {
      const driver = await driverOf(
        driverText({ step: precopy.replace('CONDITION', arc), flags: both.replace('FLAGCOND', flags) }),
      );
      assert.deepEqual(
        driver.flagSets.map((f) => f.flags.join('|')),
        ['STOP_COPY|PRE_COPY', 'STOP_COPY'],
      );
      assert.ok(driver.flagSets.every((f) => f.when !== null));
      assert.deepEqual(driver.missing, []);
      assert.equal(driver.arcs.find((a) => a.from === 'RUNNING' && a.to === 'PRE_COPY')?.status, 'handled');
    });
  }

  it('a test that the flag does not share makes the arc conditional', async () => {
    const driver = await driverOf(
      driverText({
        step: precopy.replace('CONDITION', 'd->has_precopy'),
        flags: 'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY',
      }),
    );
    const arc = driver.arcs.find((a) => a.from === 'RUNNING' && a.to === 'PRE_COPY');
    assert.equal(arc?.status, 'conditional');
    assert.match(arc?.condition ?? '', /d->has_precopy/);
    assert.deepEqual(
      driver.missing.map((m) => [`${m.from}>${m.to}`, m.always]),
      [['RUNNING>PRE_COPY', false]],
    );
  });

  it('the wrong one of two tests makes the arc conditional under the richer set', async () => {
    const driver = await driverOf(
      driverText({
        step: precopy.replace('CONDITION', '!d->has_precopy'),
        flags: both.replace('FLAGCOND', 'd->has_precopy'),
      }),
    );
    assert.deepEqual(
      driver.missing.map((m) => [`${m.from}>${m.to}`, m.always, m.flagSets]),
      [['RUNNING>PRE_COPY', true, [0]]],
    );
  });

  it('a member that set-up fills from the hardware is the same test later', async () => {
    const driver = await driverOf(
      driverText({
        step: precopy.replace('CONDITION', 'd->has_precopy'),
        flags: `d->has_precopy = query_hw(d) > 2;
	vdev->migration_flags = VFIO_MIGRATION_STOP_COPY;
	if (d->has_precopy)
		vdev->migration_flags |= VFIO_MIGRATION_PRE_COPY;`,
      }),
    );
    assert.deepEqual(driver.missing, []);
  });

  it('its own flags, tested inside an arc, are those that were declared', async () => {
    const test = '(d->core.vdev.migration_flags & VFIO_MIGRATION_PRE_COPY)';
    const conditional = await driverOf(
      driverText({ step: precopy.replace('CONDITION', test), flags: both.replace('FLAGCOND', 'd->caps & BIT(3)') }),
    );
    assert.deepEqual(conditional.missing, []);
    assert.equal(conditional.arcs.find((a) => a.from === 'RUNNING' && a.to === 'PRE_COPY')?.status, 'handled');
    const always = await driverOf(
      driverText({
        step: precopy.replace('CONDITION', test),
        flags: 'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY',
      }),
    );
    assert.deepEqual(always.missing, []);
  });

  it('an arc that only one of two flag sets lacks is missing under that one', async () => {
    const step = plainStep.replace(
      `if (cur == ${S}STOP && new == ${S}RESUMING)`,
      `if (cur == ${S}STOP && new == ${S}RESUMING && d->has_precopy)`,
    );
    const driver = await driverOf(
      driverText({
        step: step.replace(
          'WARN_ON(true);',
          `if (new == ${S}PRE_COPY || cur == ${S}PRE_COPY)\n\t\treturn open_save(d);`,
        ),
        flags: both.replace('FLAGCOND', 'd->has_precopy'),
      }),
    );
    assert.deepEqual(
      driver.missing.map((m) => [`${m.from}>${m.to}`, m.always, m.flagSets]),
      [['STOP>RESUMING', true, [1]]],
    );
  });

  it('an arc inside #ifdef is conditional', async () => {
    const step = plainStep.replace(
      `	if (cur == ${S}STOP && new == ${S}RESUMING)
		return open_resume(d);`,
      `#ifdef CONFIG_MIG_RESUME
	if (cur == ${S}STOP && new == ${S}RESUMING)
		return open_resume(d);
#endif`,
    );
    const driver = await driverOf(driverText({ step }));
    const arc = driver.arcs.find((a) => a.from === 'STOP' && a.to === 'RESUMING');
    assert.equal(arc?.status, 'conditional');
    assert.match(arc?.condition ?? '', /CONFIG_MIG_RESUME/);
  });

  it('a failure of the hardware is no condition', async () => {
    const step = plainStep.replace('int ret = stop_hw(d);', 'int ret = d->saving ? -ENODEV : stop_hw(d);');
    const driver = await driverOf(driverText({ step }));
    assert.deepEqual(arcsWith(driver, 'handled'), sixArcs);
  });

  it('an arc that only says that it is not supported is missing', async () => {
    const step = plainStep.replace('return open_resume(d);', 'return ERR_PTR(-EOPNOTSUPP);');
    const driver = await driverOf(driverText({ step }));
    assert.deepEqual(
      driver.missing.map((m) => `${m.from}>${m.to} ${m.stopsMigration}`),
      ['STOP>RESUMING true'],
    );
  });

  it('flags from a member that other set-up code fills', async () => {
    const driver = await driverOf(
      driverText({
        prelude: 'static void choose(struct dev *d) { d->caps = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P; }\n',
        step: plainStep,
        flags: 'vdev->migration_flags = d->caps;',
      }),
    );
    assert.deepEqual(
      driver.flagSets.map((f) => f.flags.join('|')),
      ['STOP_COPY|P2P'],
    );
  });
});

describe('what is not decided is not guessed', () => {
  it('a step function outside the module leaves every arc undecided', async () => {
    const driver = await driverOf(driverText({ step: 'struct file *step(struct dev *d, u32 new);' }));
    assert.equal(arcsWith(driver, 'undecided').length, driver.arcs.length);
    assert.deepEqual(driver.missing, []);
  });

  it('broken text in an arc is undecided for that arc alone', async () => {
    const step = plainStep.replace(
      `cur == ${S}STOP && new == ${S}RESUMING)\n\t\treturn open_resume(d);`,
      `cur == ${S}STOP && new == ${S}RESUMING)\n\t\treturn open_resume(d +* ;`,
    );
    const driver = await driverOf(driverText({ step }));
    assert.deepEqual(
      arcsWith(driver, 'handled').filter((a) => a !== 'STOP>RESUMING'),
      sixArcs.filter((a) => a !== 'STOP>RESUMING'),
    );
    assert.ok(!driver.missing.some((m) => `${m.from}>${m.to}` !== 'STOP>RESUMING'));
  });

  it('points at the broken text', async () => {
    const text = driverText({
      step: `${heading}
	if (cur == ${S}STOP && new == ${S}RESUMING)
		return open_resume(d +* ;
	return ERR_PTR(-EINVAL);
}`,
    });
    const driver = await driverOf(text);
    const arc = driver.arcs.find((a) => a.from === 'STOP' && a.to === 'RESUMING');
    const unknown = arc?.outcomes.find((o) => o.kind === 'unknown');
    assert.equal(text.slice(unknown?.at.span.start, unknown?.at.span.end), 'return open_resume(d +* ;');
  });

  describe('text that was cut, where the arcs are still there', () => {
    const text = driverText({ step: plainStep });
    const cuts: readonly (readonly [name: string, cut: string, put: string])[] = [
      ['the declaration of the current state', '\tu32 cur = d->state;\n', ''],
      ['the name of the current state', 'u32 cur = d->state;', 'u32 = d->state;'],
      ["the parameter's type", 'step(struct dev *d, u32 new)', 'step(struct dev *d, new)'],
      [
        'the declaration of the device in get_state',
        '\tstruct dev *d = container_of(vdev, struct dev, core.vdev);\n\n\tmutex_lock(&d->lock);\n\t*cur',
        '\tmutex_lock(&d->lock);\n\t*cur',
      ],
      ['the if before a condition', `if (cur == ${S}RUNNING && new`, `(cur == ${S}RUNNING && new`],
      ['the if before a condition and a statement without braces', 'if (!d->resuming)\n', '(!d->resuming)\n'],
      [
        'what a member is set to before an if',
        '\tf->filp = anon_inode_getfile("mig", &save_fops',
        '\tf->filp =\n\tif (!f->filp)\n\t\treturn ERR_PTR(-EIO);\n\tf->filp = anon_inode_getfile("mig", &save_fops',
      ],
      ['the line of a condition', `\tif (cur == ${S}RUNNING && new == ${S}STOP) {\n`, ''],
    ];
    for (const [name, cut, put] of cuts) {
      it(name, async () => {
        assert.ok(text.includes(cut));
        const driver = await driverOf(text.replace(cut, put));
        assert.deepEqual(
          driver.missing.map((m) => `${m.from}>${m.to}`).filter((arc) => arc !== 'RUNNING>STOP'),
          [],
        );
      });
    }
  });

  it('a file and the failure to get it come from their own returns', async () => {
    const text = driverText({ step: plainStep });
    const driver = await driverOf(text);
    const arc = driver.arcs.find((a) => a.from === 'STOP' && a.to === 'RESUMING');
    const success = arc?.outcomes.find((o) => o.kind === 'success');
    assert.equal(text.slice(success?.at.span.start, success?.at.span.end), 'return d->resuming->filp;');
  });

  it('set_state outside the module is said', async () => {
    const analysis = await analysisOf({
      'a.c': 'static const struct vfio_migration_ops o = { .migration_set_state = elsewhere };',
    });
    assert.equal(analysis.drivers.length, 0);
    assert.match(analysis.notDrivers[0]?.message ?? '', /elsewhere\(\).*not defined/);
  });

  it('protocol v1 is named', async () => {
    const analysis = await analysisOf({ 'a.c': 'int f(void) { return VFIO_DEVICE_STATE_V1_RUNNING; }' });
    assert.match(analysis.notDrivers[0]?.message ?? '', /version 1/);
  });
});
