import assert from 'node:assert/strict';
import { arcText } from '../../server/src/uapi';
import { analysisOf } from '../support/analyse';
import { driverText, sixArcs } from '../support/driverText';

const S = 'VFIO_DEVICE_STATE_';

/** A whole driver, and pieces of its text as they are while somebody types. */
interface Broken {
  readonly name: string;
  readonly text: string;
  /** What stands in the text once, and what stands there instead. */
  readonly edits: readonly (readonly [string, string])[];
}

const head = 'static struct file *step(struct dev *d, u32 new)\n{\n\tu32 cur = d->state;\n';

const pause = `
static struct file *pause(struct dev *d)
{
	return NULL;
}
static struct file *finish(struct dev *d)
{
	close_files(d);
	return NULL;
}
`;

const ifs = driverText({
  prelude: `#define GOING ${S}RUNNING
#define OPENS(c, n) \\
	((c) == ${S}STOP && \\
	 (n) == ${S}RESUMING)
struct vdpa_other { u32 migration_flags; };
static void other(struct vdpa_other *o)
{
	o->migration_flags = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P;
}
enum { LEFT = ${S}STOP_COPY };
`,
  step: `${head}
	if (cur == ${S}RUNNING && new == ${S}STOP)
		return NULL;
	if (cur == ${S}STOP && new == GOING)
		return NULL;
	if (cur == ${S}STOP && new == ${S}STOP_COPY)
		return open_save(d);
	if (OPENS(cur, new))
		return open_resume(d);
	if ((cur == LEFT || cur == ${S}RESUMING) && new == ${S}STOP) {
		close_files(d);
		return NULL;
	}
	return ERR_PTR(-EINVAL);
}`,
});

const checkedDevice = driverText({
  prelude: '#define to_dev(x) container_of(x, struct dev, core.vdev)\n',
  step: `static struct file *take(struct dev *d, u32 cur, u32 new)
{
	if (!d)
		return ERR_PTR(-ENODEV);
	if (cur == ${S}RUNNING && new == ${S}STOP)
		return NULL;
	if (cur == ${S}STOP && new == ${S}RUNNING)
		return NULL;
	if (cur == ${S}STOP && new == ${S}STOP_COPY)
		return open_save(d);
	if (cur == ${S}STOP && new == ${S}RESUMING)
		return open_resume(d);
	if (cur == ${S}STOP_COPY && new == ${S}STOP)
		return NULL;
	if (cur == ${S}RESUMING && new == ${S}STOP)
		return NULL;
	return ERR_PTR(-EINVAL);
}`,
  setState: `static struct file *set_state(struct vfio_device *vdev, enum vfio_device_mig_state new)
{
	struct dev *d = to_dev(vdev);

	return take(d, d->state, new);
}`,
});

const rows = driverText({
  prelude: `${pause}
struct arc { u32 from; u32 to; struct file *(*fn)(struct dev *d); };
static const struct arc arcs[] = {
	{ ${S}RUNNING, ${S}STOP, pause },
	{ .from = ${S}STOP, .to = ${S}RUNNING, .fn = pause },
	{ ${S}STOP, ${S}STOP_COPY, open_save },
	{ ${S}STOP_COPY, ${S}STOP, finish },
	{ ${S}STOP, ${S}RESUMING, open_resume },
	{ ${S}RESUMING, ${S}STOP, finish },
};
`,
  step: `${head}	int i;

	for (i = 0; i < ARRAY_SIZE(arcs); i++)
		if (arcs[i].from == cur && arcs[i].to == new)
			return arcs[i].fn(d);
	return ERR_PTR(-EINVAL);
}`,
});

const matrix = driverText({
  prelude: `${pause}
typedef struct file *(*handler)(struct dev *d);
static const handler handlers[VFIO_DEVICE_STATE_NR][VFIO_DEVICE_STATE_NR] = {
	[${S}RUNNING] = { [${S}STOP] = pause },
	[${S}STOP] = {
		[${S}RUNNING] = pause,
		[${S}STOP_COPY] = open_save,
		[${S}RESUMING] = open_resume,
	},
	[${S}STOP_COPY] = { [${S}STOP] = finish },
	[${S}RESUMING] = { [${S}STOP] = finish },
};
`,
  step: `${head}
	if (handlers[cur][new])
		return handlers[cur][new](d);
	return ERR_PTR(-EINVAL);
}`,
});

const list = driverText({
  prelude: `${pause}
#define ARCS(X) \\
	X(RUNNING, STOP, pause) \\
	X(STOP, RUNNING, pause) \\
	X(STOP, STOP_COPY, open_save) \\
	X(STOP, RESUMING, open_resume) \\
	X(STOP_COPY, STOP, finish) \\
	X(RESUMING, STOP, finish)

#define TRY(a, b, f) if (cur == ${S}##a && new == ${S}##b) { return f(d); }

`,
  step: `${head}
	ARCS(TRY)
	return ERR_PTR(-EINVAL);
}`,
});

const cases = driverText({
  prelude: `#define CUR(x) ((x)->state)
#define FROM_RUNNING ${S}RUNNING
struct pair { u32 from; u32 to; };
`,
  step: `static struct file *step(struct dev *d, u32 new)
{
	struct pair now = { CUR(d), new }, *p = &now;
	struct file *made = NULL;

	switch (p->from * 8 + p->to) {
	case FROM_RUNNING * 8 + ${S}STOP:
		return NULL;
	case ${S}STOP * 8 + ${S}RUNNING:
		return NULL;
	case ${S}STOP * 8 + ${S}STOP_COPY:
		made = open_save(d);
		break;
	case ${S}STOP * 8 + ${S}RESUMING:
		made = open_resume(d);
		break;
	case ${S}STOP_COPY * 8 + ${S}STOP:
	case ${S}RESUMING * 8 + ${S}STOP:
		close_files(d);
		return NULL;
	default:
		return ERR_PTR(-EINVAL);
	}
	if (!made)
		return ERR_PTR(-EINVAL);
	return made;
}`,
});

const drivers: readonly Broken[] = [
  {
    name: 'cases',
    text: cases,
    edits: [
      ['#define FROM_RUNNING VFIO_DEVICE_STATE_RUNNING\n', ''],
      ['#define CUR(x) ((x)->state)\n', ''],
      ['#define CUR(x) ((x)->state)\n', '#def CUR(x) ((x)->state)\n'],
      ['((x)->state)', '((x)->st)'],
      ['((x)->state)', '((x)>state)'],
      ['struct pair { u32 from; u32 to; };', 'struct pair { u32 from; u3'],
      ['struct pair { u32 from; u32 to; };', 'struct pai { u32 from; u32 to; };'],
      ['*p = &now', '*p = & * now'],
      [`\tcase ${S}STOP * 8 + ${S}RUNNING:`, `\tgoto\n\tcase ${S}STOP * 8 + ${S}RUNNING:`],
      ['\tswitch (p->from * 8 + p->to) {\n', '\t{\n'],
      ['made = open_save(d);', 'mad = open_save(d);'],
      ['made = open_save(d);', 'made = ] open_save(d);'],
      ['\tif (!made)\n', '\ti (!made)\n'],
      ['\tif (!made)\n', '\tif (!made)\n\t\tfoo(d)\n'],
      ['\nstruct mig_file {', '\nstruct foo {\n\nstruct mig_file {'],
      ['\tstruct vfio_pci_core_device core;\n', '\tstruct vfi\n'],
    ],
  },
  {
    name: 'ifs',
    text: ifs,
    edits: [
      [`new == ${S}STOP_COPY`, 'new == VFIO_DEVICE_S'],
      [`#define GOING ${S}RUNNING`, '#define GOING VFIO_DEVICE_STATE_RUNN'],
      [`#define GOING ${S}RUNNING`, '#define GOIN VFIO_DEVICE_STATE_RUNNING'],
      ['#define OPENS(c, n)', '#define OPE'],
      [`#define OPENS(c, n) \\\n\t((c) == ${S}STOP && \\\n\t (n) == ${S}RESUMING)\n`, ''],
      ['struct vdpa_other { u32 migration_flags; };\n', ''],
      ['other(struct vdpa_other *o)', 'other(str\\uct vdpa_other *o)'],
      [`enum { LEFT = `, 'enum { LEFT == '],
      [`enum { LEFT = `, 'enum { LEFT = LEFT | '],
      [`enum { LEFT = ${S}STOP_COPY }`, 'enum { LEFT = 1 + RIGHT, RIGHT = LEFT - 1 }'],
      ['if (OPENS(cur, new))', 'if (d < OPENS(cur, new) = && (cur))'],
      ['if (OPENS(cur, new))', 'goto out;\n\tif (OPENS(cur, new))'],
      ['if (OPENS(cur, new))', 'else if (d)\n\tif (OPENS(cur, new))'],
      [
        'if (OPENS(cur, new))\n\t\treturn open_resume(d);',
        '#ifdef CONFIG_A\n#else\n\tif (OPENS(cur, new))\n\t\treturn open_resume(d)\n#endif\n\t;',
      ],
      ['\nstruct mig_file {', '\nstruct struct mig_file {'],
      ['\nstruct mig_file {', '\nstruct mig\nstruct mig_file {'],
      ['\tmutex_init(&d->lock);', "\tmutex_init(&d->lock)';"],
    ],
  },
  {
    name: 'a device that is checked',
    text: checkedDevice,
    edits: [
      ['container_of(x, struct dev,', 'container_of(x, struct dev ev,'],
      [
        'enum vfio_device_mig_state new)\n{\n\tstruct dev *d = to_dev',
        'enum vfio_device_mig_state new\n{\n\tstruct dev *d = to_dev',
      ],
    ],
  },
  {
    name: 'rows',
    text: rows,
    edits: [
      [`.to = ${S}RUNNING`, `.t = ${S}RUNNING`],
      [`{ ${S}STOP, ${S}STOP_COPY, open_save },`, `{ ${S}STOP, VFIO_DEVICE_STAT x E_STOP_COPY, open_save },`],
      [`{ ${S}STOP, ${S}STOP_COPY, open_save },`, `{ ${S}STOP, ${S}STOP_COPY, open_save`],
      [`\t{ ${S}STOP, ${S}STOP_COPY, open_save },`, `\tint x =\n\t{ ${S}STOP, ${S}STOP_COPY, open_save },`],
      [`.to = ${S}RUNNING`, `.to = * ${S}RUNNING`],
      ['static const struct arc arcs[] = {', 'static const struct arc * arcs[] = {'],
      ['static const struct arc arcs[] = {\n', ''],
      [`{ ${S}STOP, ${S}STOP_COPY, open_save },`, `{ ${S}STOP, & ${S}STOP_COPY, open_save },`],
    ],
  },
  {
    name: 'a matrix',
    text: matrix,
    edits: [
      [`[${S}STOP_COPY] = { [`, `[${S}STOP_COPY = { [`],
      [`[${S}STOP_COPY] = { [`, `[${S}STO]P_COPY] = { [`],
      [`[${S}STOP_COPY] = { [`, `[${S}STOP_#ifdef CONFIG_X\nCOPY] = { [`],
      ['if (handlers[cur][new])', 'if (handlers[cu][new])'],
      ['if (handlers[cur][new])', 'if (handlers[cur +][new])'],
    ],
  },
  {
    name: 'a list macro',
    text: list,
    edits: [
      ['\tX(STOP, RUNNING, pause) \\\n', '\tX(STOP, RUNNING, pause)\n'],
      ['\tX(STOP_COPY, STOP, finish) \\\n', '\tX(STOP_COPY, STOP, finish)\n'],
      ['#define TRY(a, b, f)', '#define TRYa, b, f)'],
      ['#define TRY(a, b, f)', '##define TRY(a, b, f)'],
      ['#define ARCS(X)', 'define ARCS(X)'],
    ],
  },
];

describe('a driver that is being typed', () => {
  for (const { name, text, edits } of drivers) {
    it(`${name}: is whole before`, async () => {
      const [driver] = (await analysisOf({ 'driver.c': text })).drivers;
      assert.deepEqual(
        driver?.arcs.flatMap((a) => (a.status === 'handled' ? `${a.from}>${a.to}` : [])).sort(),
        sixArcs,
      );
    });
    for (const [from, to] of edits) {
      it(`${name}: ${JSON.stringify(to)} makes no arc missing`, async () => {
        assert.equal(text.split(from).length, 2, `${from} stands in the text once`);
        const { drivers } = await analysisOf({ 'driver.c': text.replace(from, () => to) });
        assert.deepEqual(
          drivers.flatMap((driver) => driver.missing.map((arc) => `${arc.from}>${arc.to}`)),
          [],
        );
      });
    }
  }

  for (const [from, to] of [
    ['static struct file *step(struct dev *d, u32 new)\n', ''],
    ['\tstruct file *res = NULL;\n', ''],
    ['cur == VFIO_DEVICE_STATE_RUNNING && new', 'cur == VFIO_DEVICE_STATE_RUNN && new'],
    ['cur == VFIO_DEVICE_STATE_RUNNING && new', 'cur == [ && new'],
  ] as const) {
    it(`ifs: ${JSON.stringify(to)} instead of ${JSON.stringify(from)} makes nothing handled that is not`, async () => {
      assert.equal(ifs.split(from).length, 2, `${from} stands in the text once`);
      for (const driver of (await analysisOf({ 'driver.c': ifs.replace(from, () => to) })).drivers) {
        assert.deepEqual(driver.superfluous, []);
        assert.ok(driver.defaultPath.every(({ kind }) => kind !== 'success'));
      }
    });
  }

  it('says where the text is no C, and of no arc that comes by it that it is missing', async () => {
    const whole = ifs.replace('\tif (OPENS(cur, new))\n\t\treturn open_resume(d);\n', '');
    const [before] = (await analysisOf({ 'driver.c': whole })).drivers;
    assert.deepEqual(before?.missing.map(arcText), ['STOP -> RESUMING']);
    assert.equal(before?.tear, null);
    const [half] = (await analysisOf({ 'driver.c': whole.replace('cur == LEFT', 'cur == [ LEFT') })).drivers;
    assert.deepEqual(half?.missing, []);
    assert.ok(half?.tear);
  });
});
