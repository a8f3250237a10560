import { driverText, getStateOp, structs } from '../support/driverText';

/** A driver that is made to cost as much as possible, and what may be asked of the analysis all the same. */
export interface Hostile {
  readonly name: string;
  readonly text: string;
  /**
   * `exact`: nothing is in the way of the right answer; `undecided`: a budget is reached, and the required arcs are
   * undecided with these words in the reason; `any`: any answer that is not wrong.
   */
  readonly answer: 'exact' | 'any' | { readonly undecided: RegExp };
}

const S = 'VFIO_DEVICE_STATE_';
const head = 'static struct file *step(struct dev *d, u32 new)\n{\n\tu32 cur = d->state;\n';

/** The arcs of a STOP_COPY driver, as ifs at the end of a step function. */
const tail = `
	if (cur == ${S}RUNNING && new == ${S}STOP)
		return NULL;
	if (cur == ${S}STOP && new == ${S}RUNNING)
		return NULL;
	if (cur == ${S}STOP && new == ${S}STOP_COPY)
		return open_save(d);
	if (cur == ${S}STOP && new == ${S}RESUMING)
		return open_resume(d);
	if ((cur == ${S}STOP_COPY || cur == ${S}RESUMING) && new == ${S}STOP) {
		close_files(d);
		return NULL;
	}
	return ERR_PTR(-EINVAL);
}`;

const times = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => part(index)).join('');

/** The arcs after statements that cost. */
const after = (statements: string, prelude = ''): string =>
  driverText({ prelude, step: `${head}\tint ret = 0, v = 0;\n${statements}${tail}` });

const nested = (depth: number, open: string, inner: string, close: string): string =>
  open.repeat(depth) + inner + close.repeat(depth);

const loops = (depth: number): string =>
  `${times(depth, (i) => `\tfor (int i${i} = 0; i${i} < d->n${i}; i${i}++) {\n\t\td->a${i} += read_reg(d, i${i});\n`)}${'\t}\n'.repeat(depth)}`;

/** Arcs in a table that is searched; the real ones are its last. */
const table = (length: number): string =>
  driverText({
    prelude: `struct arc { u32 from; u32 to; struct file *(*fn)(struct dev *d); };
static struct file *nothing(struct dev *d)
{
	return NULL;
}
static const struct arc arcs[] = {
${times(length - 6, (i) => `\t{ ${i + 100}, ${i + 200}, nothing },\n`)}	{ ${S}RUNNING, ${S}STOP, nothing },
	{ ${S}STOP, ${S}RUNNING, nothing },
	{ ${S}STOP, ${S}STOP_COPY, open_save },
	{ ${S}STOP_COPY, ${S}STOP, nothing },
	{ ${S}STOP, ${S}RESUMING, open_resume },
	{ ${S}RESUMING, ${S}STOP, nothing },
};
`,
    step: `${head}	int i;

	for (i = 0; i < ARRAY_SIZE(arcs); i++)
		if (arcs[i].from == cur && arcs[i].to == new)
			return arcs[i].fn(d);
	return ERR_PTR(-EINVAL);
}`,
  });

export const hostileDrivers: readonly Hostile[] = [
  {
    name: 'a switch of 5,000 cases on what is known',
    text: after(
      `\tswitch (cur << 16 | new) {\n${times(5000, (i) => `\tcase ${i + 0x1000000}:\n\t\treturn ERR_PTR(-${(i % 30) + 1});\n`)}\t}\n`,
    ),
    answer: 'exact',
  },
  {
    name: 'a switch of 5,000 cases on what is not known',
    text: after(
      `\tswitch (read_reg(d)) {\n${times(5000, (i) => `\tcase ${i}:\n\t\td->r${i % 50} = ${i};\n\t\tbreak;\n`)}\t}\n`,
    ),
    answer: 'exact',
  },
  {
    name: 'a switch of 5,000 unknown cases that fall through',
    text: after(`\tswitch (read_reg(d)) {\n${times(5000, (i) => `\tcase ${i}:\n\t\tv += ${i};\n`)}\t}\n`),
    answer: 'any',
  },
  {
    name: 'parentheses 10,000 deep',
    text: after(`\tif (${nested(10_000, '(', 'read_reg(d)', ')')} < 0)\n\t\treturn ERR_PTR(-EIO);\n`),
    answer: 'any',
  },
  { name: 'braces 10,000 deep', text: after(nested(10_000, '{', 'ret = 1;', '}')), answer: 'any' },
  { name: 'ifs 10,000 deep', text: after(`${times(10_000, (i) => `if (d->c${i % 90}) `)}ret = 1;\n`), answer: 'any' },
  { name: 'ifs 200 deep', text: after(`${times(200, (i) => `if (d->c${i}) `)}ret = 1;\n`), answer: 'exact' },
  {
    name: 'an else-if chain of 5,000',
    text: after(`${times(5000, (i) => `\tif (d->kind == ${i})\n\t\tv = ${i};\n\telse`)} v = 0;\n`),
    answer: 'any',
  },
  {
    name: 'a macro that doubles 40 times',
    text: after('\tret = B40;\n', `#define B0 1\n${times(40, (i) => `#define B${i + 1} (B${i} + B${i})\n`)}`),
    answer: 'any',
  },
  {
    name: 'macro arguments that double 60 deep',
    text: after(`\tret = ${nested(60, 'D(', '1', ')')};\n`, '#define D(x) ((x) + (x))\n'),
    answer: 'any',
  },
  {
    name: 'functions that call each other without end',
    text: after(
      '\tret = even(d, 9);\n',
      `static int odd(struct dev *d, int n);
static int even(struct dev *d, int n)
{
	return d->caps & n ? odd(d, n - 1) + odd(d, n - 2) : read_reg(d);
}
static int odd(struct dev *d, int n)
{
	return d->caps & n ? even(d, n - 1) + even(d, n - 2) : read_reg(d);
}
`,
    ),
    answer: 'any',
  },
  {
    name: 'twelve functions that all call each other',
    text: after(
      '\tret = f0(d, 1);\n',
      `${times(12, (i) => `static int f${i}(struct dev *d, int n);\n`)}${times(
        12,
        (i) => `static int f${i}(struct dev *d, int n)
{
	if (d->x${i} < n)
		return 0;
	d->y${i} += n;
${times(12, (j) => `\tif (d->z${j})\n\t\tn += f${j}(d, n + ${j});\n`)}	return n;
}
`,
      )}`,
    ),
    answer: 'any',
  },
  {
    name: 'a tree of calls 2 to the 30',
    text: after(
      '\tret = t30(d);\n',
      `static int t0(struct dev *d)\n{\n\td->count++;\n\treturn read_reg(d);\n}\n${times(
        30,
        (i) => `static int t${i + 1}(struct dev *d)\n{\n\tif (t${i}(d) < 0)\n\t\treturn -EIO;\n\treturn t${i}(d);\n}\n`,
      )}`,
    ),
    answer: 'any',
  },
  {
    name: '40 open conditions in a row that write different variables',
    text: after(
      `${times(40, (i) => `\tint v${i} = 0;\n`)}${times(40, (i) => `\tif (read_reg(d))\n\t\tv${i} = ${i};\n`)}\tuse(${times(40, (i) => `v${i} + `)}0);\n`,
    ),
    answer: 'any',
  },
  {
    name: '40 open conditions in a row that write the device',
    text: after(times(40, (i) => `\tif (read_reg(d))\n\t\td->m${i} = ${i};\n`)),
    answer: 'any',
  },
  {
    name: '300 calls that each may fail',
    text: after(times(300, (i) => `\tret = command${i}(d);\n\tif (ret)\n\t\treturn ERR_PTR(ret);\n`)),
    answer: 'exact',
  },
  { name: 'loops without known bounds 10 deep', text: after(loops(10)), answer: 'any' },
  { name: 'loops without known bounds 30 deep', text: after(loops(30)), answer: 'any' },
  {
    name: 'a loop of a thousand million rounds',
    text: after('\tfor (v = 0; v < 1000000000; v++)\n\t\td->sum += v;\n'),
    answer: { undecided: /steps/ },
  },
  {
    name: 'gotos from everywhere to everywhere',
    text: after(
      `${times(60, (i) => `l${i}:\n\tif (read_reg(d) == ${i})\n\t\tgoto l${(i * 37 + 11) % 60};\n\tv += ${i};\n\tif (d->q${i})\n\t\tgoto l${(i * 23 + 5) % 60};\n`)}`,
    ),
    answer: 'any',
  },
  { name: 'a table of 5,000 entries', text: table(5000), answer: 'any' },
  { name: 'a table of 500 entries', text: table(500), answer: 'exact' },
  {
    name: 'an enumeration of 20,000 constants behind an unknown one',
    text: after(
      '\tif (d->v == E19999)\n\t\tv = 1;\n',
      `enum { E0 = FIRST,\n${times(20_000, (i) => `\tE${i + 1},\n`)}};\n`,
    ),
    answer: 'exact',
  },
  {
    name: '20,000 constants that each name the one before',
    text: after(
      '\tif (d->v == E19999)\n\t\tv = 1;\n',
      `enum { E0,\n${times(20_000, (i) => `\tE${i + 1} = E${i} + 2,\n`)}};\n`,
    ),
    answer: 'exact',
  },
  {
    name: '50,000 lines in the step function',
    text: after(times(50_000, (i) => `\td->r${i % 300} = ${i};\n`)),
    answer: 'any',
  },
  {
    name: '50,000 lines of other functions',
    text: after(
      '\tret = g9999(d);\n',
      times(10_000, (i) => `static int g${i}(struct dev *d)\n{\n\treturn ${i === 0 ? '0' : `g${i - 1}(d)`};\n}\n`),
    ),
    answer: 'any',
  },
  {
    name: '64 capabilities that each add a flag',
    text: driverText({
      step: `${head}${tail}`,
      flags: `${times(64, (i) => `if (d->caps & BIT(${i % 32}) || d->cap${i})\n\t\tvdev->migration_flags |= BIT(${i});\n\t`)}`,
    }),
    answer: 'any',
  },
  {
    name: 'a thousand set-up functions',
    text: driverText({
      step: `${head}${tail}`,
    }).concat(
      times(
        1000,
        (i) =>
          `static int init${i}(struct vfio_device *vdev)\n{\n\tvdev->migration_flags = VFIO_MIGRATION_STOP_COPY;\n\tvdev->mig_ops = &mig_ops;\n\treturn read_reg(vdev, ${i});\n}\n`,
      ),
    ),
    answer: 'exact',
  },
  {
    name: 'a hundred drivers in one file',
    text: times(100, (i) =>
      driverText({ step: `${head}${tail}` }).replace(
        /\b(step|set_state|get_state|mig_ops|init_dev|open_save|open_resume|close_files|struct dev|struct mig_file)\b(?! \{ \.)/g,
        (name) => (name === 'mig_ops' ? name : `${name}${i}`),
      ),
    ),
    answer: 'any',
  },
  {
    name: 'set_state without a loop of its own, 3,000 helpers deep',
    text: `${structs}${times(3000, (i) => `static struct file *h${i}(struct dev *d, u32 new)\n{\n\treturn ${i === 0 ? 'NULL' : `h${i - 1}(d, new)`};\n}\n`)}
static struct file *set_state(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	struct dev *d = container_of(vdev, struct dev, core.vdev);

	return h2999(d, new_state);
}
${getStateOp}
static const struct vfio_migration_ops mig_ops = {
	.migration_set_state = set_state,
	.migration_get_state = get_state,
};
static int init_dev(struct vfio_device *vdev)
{
	vdev->migration_flags = VFIO_MIGRATION_STOP_COPY;
	vdev->mig_ops = &mig_ops;
	return 0;
}
`,
    answer: { undecided: /deep/ },
  },
];
