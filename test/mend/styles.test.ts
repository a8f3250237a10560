import assert from 'node:assert/strict';
import { editsBetween, mendAll } from '../../server/src/check';
import { frontEnd } from '../support/analyse';
import type { DriverParts } from '../support/driverText';
import { driverText, setStateLoop } from '../support/driverText';
import { patientOf } from './subjects';

/** What is written into a driver for what it lacks, without the comments: those are prose. */
async function written(parts: DriverParts): Promise<string> {
  const driver = driverText(parts);
  assert.doesNotMatch(await writtenInto(driver.replaceAll('\t', '    ')), /\t/, 'no tab comes into a file of spaces');
  return writtenInto(driver);
}

async function writtenInto(driver: string): Promise<string> {
  const { text: before, recheck } = patientOf(await frontEnd(), { 'driver.c': driver });
  const { after, failed } = mendAll(before, ({ rule }) => rule === 'missing-arc', recheck);
  assert.deepEqual(failed, []);
  assert.deepEqual(after.report.drivers[0]?.driver.missing, []);
  const [old, now] = [before.files[0], after.files[0]];
  assert.ok(old && now);
  return editsBetween(old, now)
    .map(({ text }) => text.replace(/[ \t]*\/\*[\s\S]*?\*\/[ \t]*\\?\n/g, ''))
    .join('--\n')
    .replace(/^\n+|(?<=\n)\n+$/g, '');
}

const S = 'VFIO_DEVICE_STATE_';
const handlers = `
static struct file *quiet(struct dev *d)
{
	return NULL;
}
static struct file *end(struct dev *d)
{
	close_files(d);
	return NULL;
}
`;

/** Each driver lacks STOP_COPY -> STOP or STOP -> RUNNING and is written in one style. */
describe('arcs are written as the driver writes its others', function () {
  this.timeout(30_000);

  it('conditions, apart from each other as they are', async () => {
    const text = await written({
      step: `static struct file *step(struct dev *d, u32 nxt)
{
	u32 prev = d->state;

	if (prev == ${S}RUNNING && nxt == ${S}STOP)
		return NULL;

	if (prev == ${S}STOP && nxt == ${S}STOP_COPY)
		return open_save(d);

	if (prev == ${S}STOP && nxt == ${S}RESUMING)
		return open_resume(d);

	if ((prev == ${S}STOP_COPY || prev == ${S}RESUMING) && nxt == ${S}STOP) {
		close_files(d);
		return NULL;
	}

	return ERR_PTR(-EINVAL);
}`,
    });
    assert.equal(text, `\tif (prev == ${S}STOP && nxt == ${S}RUNNING) {\n\t\treturn NULL;\n\t}\n`);
  });

  const chained = (links: string): DriverParts => ({
    step: `static struct file *step(struct dev *d, u32 new)
{
	struct file *res;
	u32 cur = d->state;

${links}
	return res;
}`,
  });

  it('a link of a chain, its brace beside the else', async () => {
    const text = await written(
      chained(`	if (cur == ${S}RUNNING && new == ${S}STOP) {
		res = NULL;
	} else if (cur == ${S}STOP && new == ${S}STOP_COPY) {
		res = open_save(d);
	} else if (cur == ${S}STOP && new == ${S}RESUMING) {
		res = open_resume(d);
	} else if (new == ${S}STOP && (cur == ${S}STOP_COPY || cur == ${S}RESUMING)) {
		close_files(d);
		res = NULL;
	} else {
		res = ERR_PTR(-EINVAL);
	}`),
    );
    assert.equal(text, `\t} else if (cur == ${S}STOP && new == ${S}RUNNING) {\n\t\tres = NULL;\n`);
  });

  it('a link of a chain without braces, and without an else at its end', async () => {
    const links = `	res = ERR_PTR(-EINVAL);
	if (cur == ${S}RUNNING && new == ${S}STOP)
		res = NULL;
	else if (cur == ${S}STOP && new == ${S}STOP_COPY)
		res = open_save(d);
	else if (cur == ${S}STOP && new == ${S}RUNNING)
		res = NULL;
	else if (cur == ${S}STOP_COPY && new == ${S}STOP)
		res = NULL;
	else if (cur == ${S}STOP && new == ${S}RESUMING)
		res = open_resume(d);`;
    const text = await written(chained(links));
    assert.equal(text, `\telse if (cur == ${S}RESUMING && new == ${S}STOP)\n\t\tres = NULL;\n`);
  });

  it('a link as its neighbour stands, in a chain of both kinds', async () => {
    const text = await written(
      chained(`	if (cur == ${S}STOP && new == ${S}RUNNING)
		res = NULL;
	else if (cur == ${S}RUNNING && new == ${S}STOP)
		res = NULL;
	else if (cur == ${S}STOP && new == ${S}STOP_COPY)
		res = open_save(d);
	else if (cur == ${S}STOP && new == ${S}RESUMING)
		res = open_resume(d);
	else if (cur == ${S}STOP_COPY && new == ${S}STOP) {
		close_files(d);
		res = NULL;
	} else
		res = ERR_PTR(-EINVAL);`),
    );
    assert.equal(text, `\t} else if (cur == ${S}RESUMING && new == ${S}STOP) {\n\t\tres = NULL;\n`);
  });

  it('by the macro that the others are selected with', async () => {
    const text = await written({
      prelude: `#define IS_ARC(c, n) (cur == ${S}##c && new == ${S}##n)\n`,
      step: `static struct file *step(struct dev *d, u32 new)
{
	u32 cur = d->state;

	if (IS_ARC(RUNNING, STOP) || IS_ARC(RESUMING, STOP))
		return NULL;
	if (IS_ARC(STOP_COPY, STOP))
		return NULL;
	if (IS_ARC(STOP, STOP_COPY))
		return open_save(d);
	if (IS_ARC(STOP, RESUMING))
		return open_resume(d);
	return ERR_PTR(-EINVAL);
}`,
    });
    assert.equal(text, '\tif (IS_ARC(STOP, RUNNING)) {\n\t\treturn NULL;\n\t}\n');
  });

  it('with the errno in one variable and the file in another', async () => {
    const text = await written({
      setState: `static struct file *set_state(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	struct dev *d = container_of(vdev, struct dev, core.vdev);
	enum vfio_device_mig_state next;
	struct file *filp = NULL;
	int err = 0;

	while (d->state != new_state) {
		err = vfio_mig_get_next_state(vdev, d->state, new_state, &next);
		if (err)
			goto out;
		switch (d->state) {
		case ${S}RUNNING:
			switch (next) {
			case ${S}STOP:
				err = stop(d);
				break;
			default:
				err = -EINVAL;
			}
			break;
		case ${S}STOP:
			switch (next) {
			case ${S}RUNNING:
				err = start(d);
				break;
			default:
				err = -EINVAL;
			}
			break;
		case ${S}STOP_COPY:
		case ${S}RESUMING:
			if (next == ${S}STOP)
				close_files(d);
			else
				err = -EINVAL;
			break;
		default:
			err = -EINVAL;
		}
		if (err)
			goto out;
		d->state = next;
	}
out:
	return err ? ERR_PTR(err) : filp;
}`,
      step: 'int stop(struct dev *d);\nint start(struct dev *d);',
    });
    const indent = '\t\t\t';
    const arm = (to: string, open: string) =>
      `${indent}case ${S}${to}:\n${indent}\tfilp = ${open}(vdev);\n${indent}\terr = PTR_ERR_OR_ZERO(filp);\n${indent}\tbreak;\n`;
    for (const [to, kind] of [
      ['STOP_COPY', 'saving'],
      ['RESUMING', 'resuming'],
    ] as const)
      assert.ok(text.includes(arm(to, `set_open_${kind}`)), text);
  });

  it('not as a case whose value another name has there', async () => {
    const text = await written({
      // As numbers NOT_NOW is RUNNING, and DO_COPY is STOP_COPY.
      prelude: `${handlers}enum { NONE, DO_END, NOT_NOW, DO_COPY, DO_LOAD };
static const u8 codes[8][8] = {
	[${S}STOP] = { [${S}RUNNING] = NOT_NOW, [${S}STOP_COPY] = DO_COPY, [${S}RESUMING] = DO_LOAD },
	[${S}RUNNING] = { [${S}STOP] = DO_END },
	[${S}STOP_COPY] = { [${S}STOP] = DO_END },
	[${S}RESUMING] = { [${S}STOP] = DO_END },
};
`,
      step: `static struct file *step(struct dev *d, u32 new)
{
	switch (codes[d->state][new]) {
	case DO_END:
		return end(d);
	case DO_COPY:
		return open_save(d);
	case DO_LOAD:
		return open_resume(d);
	case NOT_NOW:
		return ERR_PTR(-EBUSY);
	}
	return ERR_PTR(-EINVAL);
}`,
    });
    assert.doesNotMatch(text, /case /);
  });

  it('by spaces where the file is, in new functions too', async () => {
    const driver = driverText({
      step: `static struct file *step(struct dev *d, u32 new)
{
	if (d->state == ${S}RUNNING && new == ${S}STOP) {
		return NULL;
	}
	return ERR_PTR(-EINVAL);
}`,
    });
    const bySpaces = driver.replaceAll('open_resume', 'take').replaceAll('open_save', 'give').replaceAll('\t', '  ');
    const text = await writtenInto(bySpaces);
    assert.match(text, /^ {4}return /m);
    assert.match(text, /^ {2}migf = kzalloc/m);
    assert.doesNotMatch(text, /\t/);
    // One line of another hand, or what a tool put there, makes no file of tabs.
    assert.doesNotMatch(await writtenInto(bySpaces.replace('\nstatic', '\n#define ODD \\\n\t1\n\nstatic')), /\t/);
  });

  it('the case of a switch, with the ending that its function has', async () => {
    const text = await written({
      step: `static struct file *step(struct dev *d, u32 new)
{
	struct file *res = ERR_PTR(-EINVAL);

	switch (d->state) {
	case ${S}STOP:
		switch (new) {
		case ${S}STOP_COPY:
			res = open_save(d);
			break;
		case ${S}RESUMING:
			res = open_resume(d);
			break;
		}
		break;
	case ${S}RUNNING:
		if (new == ${S}STOP)
			res = NULL;
		break;
	case ${S}STOP_COPY:
	case ${S}RESUMING:
		if (new == ${S}STOP)
			res = NULL;
		break;
	}
	return res;
}`,
    });
    assert.equal(text, `\t\tcase ${S}RUNNING:\n\t\t\tres = NULL;\n\t\t\tbreak;\n`);
  });

  it('the helper for the state that is left', async () => {
    const text = await written({
      prelude: `static struct file *leave_stop(struct dev *d, u32 to)
{
	if (to == ${S}STOP_COPY)
		return open_save(d);
	else if (to == ${S}RESUMING)
		return open_resume(d);
	return ERR_PTR(-EINVAL);
}
`,
      step: `static struct file *step(struct dev *d, u32 new)
{
	if (d->state == ${S}STOP)
		return leave_stop(d, new);
	if (new == ${S}STOP)
		return NULL;
	return ERR_PTR(-EINVAL);
}`,
    });
    assert.equal(text, `\telse if (to == ${S}RUNNING)\n\t\treturn NULL;\n`);
  });

  it('a row of a table, with a function of its own where no other row does the same', async () => {
    const text = await written({
      prelude: `${handlers}
static const struct arc { u32 from, to; struct file *(*fn)(struct dev *d); } arcs[] = {
	{ ${S}RUNNING, ${S}STOP, quiet },
	{ ${S}STOP, ${S}STOP_COPY, open_save },
	{ ${S}STOP, ${S}RESUMING, open_resume },
	{ ${S}STOP_COPY, ${S}STOP, end },
	{ ${S}RESUMING, ${S}STOP, end },
};
`,
      step: `static struct file *step(struct dev *d, u32 new)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(arcs); i++)
		if (arcs[i].from == d->state && arcs[i].to == new)
			return arcs[i].fn(d);
	return ERR_PTR(-EINVAL);
}`,
    });
    const [handler = '', row = ''] = text.split('--\n');
    assert.match(handler, /^static struct file \*\w+_stop_to_running\(struct dev \*d\)\n\{\n\treturn NULL;\n\}\n\n$/);
    const name = /\*(\w+)\(/.exec(handler)?.[1] ?? '';
    assert.equal(row, `\t{ ${S}STOP, ${S}RUNNING, ${name} },\n`);
  });

  it('a designated entry of a table in the row of the state that is left', async () => {
    const text = await written({
      prelude: `${handlers}
static struct file *(*const handlers[8][8])(struct dev *d) = {
	[${S}STOP] = {
		[${S}STOP_COPY] = open_save,
		[${S}RESUMING] = open_resume,
		[${S}RUNNING] = quiet,
	},
	[${S}RUNNING] = { [${S}STOP] = quiet },
	[${S}RESUMING] = { [${S}STOP] = end },
};
`,
      step: `static struct file *step(struct dev *d, u32 new)
{
	if (d->state < 8 && new < 8 && handlers[d->state][new])
		return handlers[d->state][new](d);
	return ERR_PTR(-EINVAL);
}`,
    });
    assert.match(
      text,
      new RegExp(`\\t\\[${S}STOP_COPY\\] = \\{\\n\\t+\\[${S}STOP\\] = \\w+stop_copy_to_stop,\\n\\t\\},\\n$`),
    );
  });

  it('a call in a list macro', async () => {
    const text = await written({
      prelude: `${handlers}
#define ARCS(X) \\
	X(RUNNING, STOP, quiet) \\
	X(STOP, RUNNING, quiet) \\
	X(STOP, STOP_COPY, open_save) \\
	X(STOP, RESUMING, open_resume) \\
	X(RESUMING, STOP, end)
#define TRY(a, b, f) if (d->state == ${S}##a && new == ${S}##b) return f(d);
`,
      step: `static struct file *step(struct dev *d, u32 new)
{
	ARCS(TRY)
	return ERR_PTR(-EINVAL);
}`,
    });
    assert.match(text, /\tX\(RESUMING, STOP, end\) \\\n\tX\(STOP_COPY, STOP, \w+stop_copy_to_stop\)\n/);
  });

  it('ahead of the guard that turns its pair away, where a place beside the others comes too late', async () => {
    const text = await written({
      step: `static struct file *step(struct dev *d, u32 new)
{
	u32 cur = d->state;

	if (cur == ${S}RUNNING && new == ${S}STOP)
		return NULL;
	if (cur == ${S}STOP) {
		if (new != ${S}STOP_COPY && new != ${S}RESUMING)
			return ERR_PTR(-EOPNOTSUPP);
		return new == ${S}STOP_COPY ? open_save(d) : open_resume(d);
	}
	if ((cur == ${S}STOP_COPY || cur == ${S}RESUMING) && new == ${S}STOP) {
		close_files(d);
		return NULL;
	}
	return ERR_PTR(-EINVAL);
}`,
    });
    assert.equal(text, `\tif (cur == ${S}STOP && new == ${S}RUNNING) {\n\t\treturn NULL;\n\t}\n`);
  });

  it('by the names that a macro hides, whose calls select the others', async () => {
    const text = await written({
      prelude: `#define ON(c, v) do { if (c) return (v); } while (0)
struct pair { u32 from, to; };
`,
      step: `static struct file *step(struct dev *d, u32 new)
{
	struct pair now = { .from = d->state, .to = new };

	ON(now.from == ${S}RUNNING && now.to == ${S}STOP, NULL);
	ON(now.from == ${S}STOP && now.to == ${S}STOP_COPY, open_save(d));
	ON(now.from == ${S}STOP && now.to == ${S}RESUMING, open_resume(d));
	ON(now.from == ${S}STOP_COPY && now.to == ${S}STOP, NULL);
	ON(now.from == ${S}RESUMING && now.to == ${S}STOP, NULL);
	return ERR_PTR(-EINVAL);
}`,
    });
    assert.equal(text, `\tif (now.from == ${S}STOP && new == ${S}RUNNING) {\n\t\treturn NULL;\n\t}\n`);
  });

  it('ahead of functions that turn a pair into a number, when that number means something else', async () => {
    const text = await written({
      prelude: `static int what(u32 from, u32 to)
{
	if (from == ${S}STOP && to == ${S}STOP_COPY)
		return 0;
	if (from == ${S}STOP && to == ${S}RESUMING)
		return 1;
	if ((from == ${S}STOP_COPY || from == ${S}RESUMING || from == ${S}RUNNING) && to == ${S}STOP)
		return 2;
	return -1;
}
static struct file *perform(struct dev *d, int which)
{
	switch (which) {
	case 0:
		return open_save(d);
	case 1:
		return open_resume(d);
	case 2:
		close_files(d);
		return NULL;
	}
	return ERR_PTR(-EINVAL);
}
`,
      step: `static struct file *step(struct dev *d, u32 new)
{
	return perform(d, what(d->state, new));
}`,
    });
    assert.match(text, /STOP && \w+ == VFIO_DEVICE_STATE_RUNNING\) \{\n\t+return (?:NULL|2);\n/);
  });

  it('in the loop of set_state by the step that the core answers, not by what the user wants in the end', async () => {
    const text = await written({
      step: '',
      setState: `static struct file *set_state(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	struct dev *d = container_of(vdev, struct dev, core.vdev);
	enum vfio_device_mig_state next;
	struct file *res = NULL;
	int ret;

	mutex_lock(&d->lock);
	while (new_state != d->state) {
		ret = vfio_mig_get_next_state(vdev, d->state, new_state, &next);
		if (ret) {
			res = ERR_PTR(ret);
			break;
		}
		switch (d->state << 4 | next) {
		case ${S}RUNNING << 4 | ${S}STOP:
		case ${S}STOP_COPY << 4 | ${S}STOP:
		case ${S}RESUMING << 4 | ${S}STOP:
			res = NULL;
			goto done;
		case ${S}STOP << 4 | ${S}STOP_COPY:
			res = open_save(d);
			goto done;
		case ${S}STOP << 4 | ${S}RESUMING:
			res = open_resume(d);
			goto done;
		case ${S}STOP << 4 | ${S}RUNNING:
			res = ERR_PTR(-EIO);
			goto done;
		}
		res = ERR_PTR(-EINVAL);
done:
		if (IS_ERR(res))
			break;
		d->state = next;
	}
	mutex_unlock(&d->lock);
	return res;
}`,
    });
    assert.equal(
      text.replace(/\s+/g, ' ').trim(),
      `if (d->state == ${S}STOP && next == ${S}RUNNING) { res = NULL; goto done; }`,
    );
  });

  it('in a set_state that takes the state asked for as the next one, before the loop that searches its keys', async () => {
    const text = await written({
      prelude: `${handlers}
static const u8 keys[] = { ${S}RUNNING * 8 + ${S}STOP, ${S}STOP_COPY * 8 + ${S}STOP, ${S}RESUMING * 8 + ${S}STOP };
`,
      step: '',
      setState: `static struct file *set_state(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	struct dev *d = container_of(vdev, struct dev, core.vdev);
	struct file *res = NULL;
	int i;

	mutex_lock(&d->lock);
	if (d->state * 8 + new_state == ${S}STOP * 8 + ${S}STOP_COPY) {
		res = open_save(d);
		goto done;
	}
	if (d->state * 8 + new_state == ${S}STOP * 8 + ${S}RESUMING) {
		res = open_resume(d);
		goto done;
	}
	if (d->state * 8 + new_state == ${S}STOP * 8 + ${S}RUNNING) {
		res = ERR_PTR(-EBUSY);
		goto done;
	}
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i] == d->state * 8 + new_state) {
			res = end(d);
			goto done;
		}
	}
	res = ERR_PTR(-EINVAL);
done:
	if (!IS_ERR(res))
		d->state = new_state;
	mutex_unlock(&d->lock);
	return res;
}`,
    });
    assert.equal(
      text.replace(/\s+/g, ' ').trim(),
      `if (d->state == ${S}STOP && new_state == ${S}RUNNING) { res = NULL; goto done; }`,
    );
  });

  it('by the next step also where the function is told the end of the way, and compares only that', async () => {
    const text = await written({
      prelude: handlers,
      step: `static struct file *step(struct dev *d, u32 final, u32 new)
{
	if (final == ${S}RESUMING)
		pr_debug("soon");
	if (BIT(d->state) & (BIT(${S}RUNNING) | BIT(${S}STOP_COPY) | BIT(${S}RESUMING)) && BIT(new) == BIT(${S}STOP))
		return end(d);
	if (d->state * 8 + new == ${S}STOP * 8 + ${S}STOP_COPY)
		return open_save(d);
	if (d->state * 8 + new == ${S}STOP * 8 + ${S}RESUMING)
		return open_resume(d);
	return ERR_PTR(-EINVAL);
}`,
      setState: setStateLoop.replace('step(d, next)', 'step(d, new_state, next)'),
    });
    assert.match(text, /^\tif \(d->state == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_RUNNING\) \{/m);
  });

  it('where the arc asks for what the driver does on another, that, marked as to be checked', async () => {
    const { text: before, recheck } = patientOf(await frontEnd(), {
      'driver.c': driverText({
        flags: 'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY',
        step: `static struct file *step(struct dev *d, u32 new)
{
	u32 cur = d->state;

	if ((cur == ${S}RUNNING && new == ${S}STOP) || (cur == ${S}STOP && new == ${S}RUNNING))
		return NULL;
	if ((cur == ${S}STOP && new == ${S}STOP_COPY) || (cur == ${S}RUNNING && new == ${S}PRE_COPY))
		return open_save(d);
	if (cur == ${S}PRE_COPY && new == ${S}STOP_COPY)
		return NULL;
	if (cur == ${S}STOP && new == ${S}RESUMING)
		return open_resume(d);
	if (cur == ${S}RESUMING && new == ${S}STOP)
		return NULL;
	if (cur == ${S}STOP_COPY && new == ${S}STOP) {
		close_files(d);
		return NULL;
	}
	return ERR_PTR(-EINVAL);
}`,
      }),
    });
    const { after } = mendAll(before, ({ rule }) => rule === 'missing-arc', recheck);
    const now = after.files[0]?.text ?? '';
    assert.match(now, /as on STOP_COPY -> STOP; check that PRE_COPY -> RUNNING\s+\*?\s*needs no more/);
    assert.match(
      now,
      /new == VFIO_DEVICE_STATE_RUNNING\) \{\n\t\t\/\*[\s\S]*?\*\/\n\t\tclose_files\(d\);\n\t\treturn NULL;\n\t\}/,
    );
  });
});
