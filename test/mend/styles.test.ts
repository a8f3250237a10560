import assert from 'node:assert/strict';
import { editsBetween, mendAll } from '../../server/src/check';
import { frontEnd } from '../support/analyse';
import { driverText } from '../support/driverText';
import { patientOf } from './subjects';

/** What is written into a driver for what it lacks, without the comments: those are prose. */
async function written(parts: { readonly prelude?: string; readonly step: string }): Promise<string> {
  const { text: before, recheck } = patientOf(await frontEnd(), { 'driver.c': driverText(parts) });
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
    assert.equal(text, `\tif (to == ${S}RUNNING) {\n\t\treturn NULL;\n\t}\n`);
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
