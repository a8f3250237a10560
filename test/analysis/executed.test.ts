import * as assert from 'node:assert/strict';
import type { DriverModel } from '../../server/src/analysis';
import { arcsWith, driverOf, returnsOf } from '../support/analyse';
import { driverText } from '../support/driverText';

const S = 'VFIO_DEVICE_STATE_';
const head = 'static struct file *step(struct dev *d, u32 new)\n{\n\tu32 cur = d->state;\n';

/** The status of an arc under each flag set. */
function statuses(driver: DriverModel, pair: string): readonly string[] | undefined {
  return driver.arcs.find(({ from, to }) => `${from}>${to}` === pair)?.perFlagSet.map(({ status }) => status);
}

/** Each was found by running drivers (test/fuzz): here is the least that shows it. */
describe('what execution showed', () => {
  it('a file that can only be new or an error is never NULL, also where the paths of both meet', async () => {
    const step = `${head}
	if (cur == ${S}STOP && new == ${S}RESUMING) {
		d->resuming->filp = anon_inode_getfile("mig", &fops, d, 0);
		if (IS_ERR(d->resuming->filp))
			return ERR_CAST(d->resuming->filp);
		return d->resuming->filp;
	}
	return ERR_PTR(-EINVAL);
}`;
    const driver = await driverOf(driverText({ step }));
    assert.deepEqual(returnsOf(driver, 'STOP>RESUMING'), ['error', 'new-file']);
  });

  it('a file that the device keeps is no error and not NULL, whoever asks', async () => {
    const step = `${head}
	if (cur == ${S}PRE_COPY && new == ${S}STOP_COPY)
		return get_file(d->saving->filp);
	return ERR_PTR(-EINVAL);
}`;
    const driver = await driverOf(driverText({ step }));
    assert.deepEqual(returnsOf(driver, 'PRE_COPY>STOP_COPY'), ['session-file']);
    assert.deepEqual(arcsWith(driver, 'handled'), ['PRE_COPY>STOP_COPY']);
  });

  it('a file that get_file() took is there, also for code that looks whether it is', async () => {
    const step = `static struct file *session(struct dev *d)
{
	struct file *filp = d->saving->filp;

	get_file(filp);
	return filp;
}
${head}
	if (cur == ${S}PRE_COPY && new == ${S}STOP_COPY) {
		struct file *filp = session(d);

		if (!filp)
			return NULL;
		return filp;
	}
	return ERR_PTR(-EINVAL);
}`;
    const driver = await driverOf(driverText({ step }));
    assert.deepEqual(returnsOf(driver, 'PRE_COPY>STOP_COPY'), ['session-file']);
  });

  it('PTR_ERR_OR_ZERO() of a file that the device keeps is 0', async () => {
    const step = `static int give(struct dev *d, struct file **out)
{
	*out = d->saving->filp;
	return PTR_ERR_OR_ZERO(*out);
}
${head}
	struct file *filp;
	int ret;

	if (cur == ${S}PRE_COPY && new == ${S}STOP_COPY && d->has_precopy) {
		ret = give(d, &filp);
		return ret ? ERR_PTR(ret) : filp;
	}
	if (cur == ${S}PRE_COPY && new == ${S}STOP_COPY)
		return open_save(d);
	return ERR_PTR(-EINVAL);
}`;
    const driver = await driverOf(driverText({ step }));
    assert.deepEqual(arcsWith(driver, 'handled'), ['PRE_COPY>STOP_COPY']);
    assert.deepEqual(arcsWith(driver, 'conditional'), []);
  });

  it('ERR_PTR(PTR_ERR()) of a file is the file, whether it is one or an error', async () => {
    const step = `${head}
	struct file *filp = anon_inode_getfile("mig", &fops, d, 0);

	if (cur == ${S}STOP && new == ${S}STOP_COPY)
		return ERR_PTR(PTR_ERR(filp));
	return ERR_PTR(-EINVAL);
}`;
    const driver = await driverOf(driverText({ step }));
    assert.deepEqual(returnsOf(driver, 'STOP>STOP_COPY'), ['error', 'new-file']);
    assert.deepEqual(arcsWith(driver, 'handled'), ['STOP>STOP_COPY']);
  });

  it('a struct that is copied out of a constant table has what the table says', async () => {
    const prelude = 'struct row { u32 from, to; };\nstatic const struct row rows[] = { { 2, 1 }, { 1, 2 } };\n';
    const step = `${head}
	struct row row = rows[0];

	if (cur == row.from && new == row.to)
		return NULL;
	return ERR_PTR(-EINVAL);
}`;
    const driver = await driverOf(driverText({ prelude, step }));
    assert.deepEqual(arcsWith(driver, 'handled'), ['RUNNING>STOP']);
    assert.deepEqual(arcsWith(driver, 'conditional', 'undecided'), []);
  });

  it('a union that is read as another member than was written decides nothing', async () => {
    const prelude = 'union arc { struct { u16 to, from; }; u32 key; };\n';
    const step = `${head}
	union arc arc = { .from = cur, .to = new };

	if (arc.key == 0x20001)
		return NULL;
	if (arc.key == 0x10002)
		return NULL;
	return ERR_PTR(-EINVAL);
}`;
    const driver = await driverOf(driverText({ prelude, step }));
    assert.deepEqual(arcsWith(driver, 'handled', 'conditional', 'rejected'), []);
    assert.deepEqual([driver.missing, driver.superfluous], [[], []]);
  });

  it('what is not modelled decides no arc, wherever its ways meet', async () => {
    const step = `${head}
	int way = _Generic(cur, default: 1);

	if (way == cur)
		return NULL;
	if (way == new)
		return NULL;
	return ERR_PTR(-EINVAL);
}`;
    const driver = await driverOf(driverText({ step }));
    assert.deepEqual(arcsWith(driver, 'handled', 'conditional', 'rejected'), []);
  });

  it('a constant of a header is the same as itself', async () => {
    const prelude = `static int take(struct dev *d, int direction)
{
	return direction == DMA_NONE ? 0 : map_pages(d, direction);
}
`;
    const step = `${head}
	if (cur == ${S}STOP && new == ${S}RUNNING)
		return ERR_PTR(take(d, DMA_NONE));
	return ERR_PTR(take(d, DMA_TO_DEVICE) ? -EIO : -EINVAL);
}`;
    const driver = await driverOf(driverText({ prelude, step }));
    assert.deepEqual(returnsOf(driver, 'STOP>RUNNING'), ['null']);
  });

  it('a function of another file that a pointer leads to has its name', async () => {
    const prelude = 'int hw_stop(struct dev *d);\nint hw_start(struct dev *d);\n';
    const step = `${head}
	int (*go)(struct dev *d) = new == ${S}STOP ? hw_stop : hw_start;

	if (cur == ${S}RUNNING && new == ${S}STOP)
		return ERR_PTR(go(d));
	return ERR_PTR(-EINVAL);
}`;
    const driver = await driverOf(driverText({ prelude, step }));
    const arc = driver.arcs.find(({ from, to }) => from === 'RUNNING' && to === 'STOP');
    const failed = arc?.outcomes.flatMap((o) => (o.kind === 'error' ? [o.failedCall?.name] : []));
    assert.deepEqual(failed, ['hw_stop']);
  });

  it('flags that a helper leaves through a pointer', async () => {
    const prelude = `static void choose(struct dev *d, u32 *out)
{
	*out = VFIO_MIGRATION_STOP_COPY;
	if (d->has_precopy)
		*out |= VFIO_MIGRATION_PRE_COPY;
}
`;
    const driver = await driverOf(
      driverText({
        prelude,
        step: `${head}\treturn ERR_PTR(-EINVAL);\n}`,
        flags: 'choose(d, &vdev->migration_flags);',
      }),
    );
    assert.deepEqual(
      driver.flagSets.map((f) => f.flags.join('|')),
      ['STOP_COPY|PRE_COPY', 'STOP_COPY'],
    );
    assert.ok(driver.flagSets.every((f) => f.locations.length === 1));
  });

  it('an entry of a table inside #ifdef is conditional', async () => {
    const step = `static const u8 table[8][8] = {
	[${S}STOP][${S}RUNNING] = 1,
#ifdef CONFIG_MIG_STOP
	[${S}RUNNING][${S}STOP] = 1,
#endif
};
${head}
	return table[cur][new] ? NULL : ERR_PTR(-EINVAL);
}`;
    const driver = await driverOf(driverText({ step }));
    assert.deepEqual(arcsWith(driver, 'handled'), ['STOP>RUNNING']);
    assert.deepEqual(arcsWith(driver, 'conditional'), ['RUNNING>STOP']);
  });

  it('a struct that a function returns keeps its members', async () => {
    const prelude = `
struct both { u32 from; u32 to; };
static struct both both_of(struct dev *d, u32 to)
{
	struct both b = { .from = d->state };

	b.to = to;
	return b;
}
static bool is_stop(struct both b) { return b.from == ${S}RUNNING && b.to == ${S}STOP; }
`;
    const step = `static struct file *step(struct dev *d, u32 new)
{
	const struct both now = both_of(d, new);

	if (now.from == ${S}STOP && both_of(d, new).to == ${S}RUNNING)
		return NULL;
	return is_stop(both_of(d, new)) ? NULL : ERR_PTR(-EINVAL);
}`;
    const driver = await driverOf(driverText({ prelude, step }));
    assert.deepEqual(arcsWith(driver, 'handled'), ['RUNNING>STOP', 'STOP>RUNNING']);
    assert.deepEqual(arcsWith(driver, 'conditional', 'undecided'), []);
  });

  it('a pointer walks through a table up to its end', async () => {
    const prelude = `static const struct arc { u8 from, to; } arcs[] = { { ${S}STOP, ${S}RUNNING }, { ${S}RUNNING, ${S}STOP } };\n`;
    const step = `${head}
	const struct arc *a;

	for (a = arcs; a < arcs + ARRAY_SIZE(arcs); a++)
		if (a->from == cur && a->to == new)
			return NULL;
	return ERR_PTR(-EINVAL);
}`;
    const driver = await driverOf(driverText({ prelude, step }));
    assert.deepEqual(arcsWith(driver, 'handled'), ['RUNNING>STOP', 'STOP>RUNNING']);
    assert.deepEqual(arcsWith(driver, 'conditional', 'undecided'), []);
  });

  describe('a capability that two members make together', () => {
    const prelude = '#define HAS_PRECOPY(x) ((x)->caps && !(x)->has_precopy)\n';
    const step = `${head}
	if (cur == ${S}RUNNING && new == ${S}PRE_COPY && HAS_PRECOPY(d))
		return NULL;
	return ERR_PTR(-EINVAL);
}`;
    const arc = 'RUNNING>PRE_COPY';

    it('makes an arc conditional', async () => {
      const driver = await driverOf(driverText({ prelude, step }));
      assert.deepEqual(arcsWith(driver, 'conditional'), [arc]);
    });

    it('is the same for flags and arcs, also where they are tested one by one', async () => {
      const flags = `vdev->migration_flags = VFIO_MIGRATION_STOP_COPY;
	if (HAS_PRECOPY(d))
		vdev->migration_flags |= VFIO_MIGRATION_P2P;
	if (HAS_PRECOPY(d))
		vdev->migration_flags |= VFIO_MIGRATION_PRE_COPY;`;
      const driver = await driverOf(driverText({ prelude, step, flags }));
      assert.deepEqual(
        driver.flagSets.map((f) => f.flags.join('|')),
        ['STOP_COPY|P2P|PRE_COPY', 'STOP_COPY'],
      );
      assert.deepEqual(statuses(driver, arc), ['handled', 'rejected']);
    });
  });

  it('what a helper finds out of what its caller asked for is known to the caller', async () => {
    const prelude = `
static u32 flags_of(struct dev *d)
{
	return d->has_precopy ? VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY : VFIO_MIGRATION_STOP_COPY;
}
`;
    const step = `${head}
	if (cur == ${S}RUNNING && new == ${S}PRE_COPY && d->has_precopy)
		return NULL;
	return ERR_PTR(-EINVAL);
}`;
    const flags = 'd->has_precopy = query_hw(d) > 1;\n\tvdev->migration_flags = flags_of(d);';
    const driver = await driverOf(driverText({ prelude, step, flags }));
    assert.deepEqual(statuses(driver, 'RUNNING>PRE_COPY'), ['handled', 'rejected']);
  });

  it('an arc that an option turns into any error is conditional', async () => {
    const step = `${head}
	if (cur == ${S}RUNNING && new == ${S}STOP)
		return IS_ENABLED(CONFIG_MIG) ? NULL : ERR_PTR(-EIO);
	return ERR_PTR(-EINVAL);
}`;
    const driver = await driverOf(driverText({ step }));
    assert.deepEqual(arcsWith(driver, 'conditional'), ['RUNNING>STOP']);
  });

  it('what the device can do decides, also where nothing else ends in the same refusal', async () => {
    const step = `${head}
	if (cur != ${S}RUNNING || new != ${S}STOP)
		return ERR_PTR(-EINVAL);
	if (!d->has_precopy)
		return ERR_PTR(-EINVAL);
	if (d->caps)
		return ERR_PTR(-EBUSY);
	return NULL;
}`;
    const able = await driverOf(driverText({ step }));
    assert.deepEqual(arcsWith(able, 'conditional'), ['RUNNING>STOP']);
    const prelude = 'static void on_irq(struct dev *d) { d->has_precopy = !d->has_precopy; }\n';
    const changing = await driverOf(driverText({ step, prelude }));
    assert.deepEqual(arcsWith(changing, 'handled'), ['RUNNING>STOP']);
  });

  it('an error that an option makes is not lost among the errors of calls', async () => {
    const prelude = `
static struct file *close_all(struct dev *d)
{
	if (IS_ENABLED(CONFIG_MIG_BROKEN))
		return ERR_PTR(-EIO);
	return ERR_PTR(reset_hw(d));
}
`;
    const step = `${head}
	if (cur == ${S}STOP_COPY && new == ${S}STOP)
		return close_all(d);
	return ERR_PTR(-EINVAL);
}`;
    const driver = await driverOf(driverText({ prelude, step }));
    assert.deepEqual(arcsWith(driver, 'conditional'), ['STOP_COPY>STOP']);
  });
});
