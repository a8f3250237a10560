import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Analysis } from '../../server/src/analysis';
import { analyse, SummaryCache } from '../../server/src/analysis';
import { moduleOf, newest } from '../support/analyse';
import { driverText } from '../support/driverText';
import { seedFrom } from '../support/seed';

const S = 'VFIO_DEVICE_STATE_';

const helpers = `
static int prepare(struct dev *d)
{
	int i, ret;

	for (i = 0; i < d->count; i++) {
		ret = send_command(d, i);
		if (ret)
			return ret;
	}
	if (d->caps & BIT(2))
		return -ENODEV;
	return 0;
}
static struct file *save(struct dev *d, bool first)
{
	struct file *filp;
	int ret = prepare(d);

	if (ret)
		return ERR_PTR(ret);
	if (!first)
		return NULL;
	filp = open_save(d);
	if (IS_ERR(filp))
		close_files(d);
	return filp;
}
`;

const step = `static struct file *step(struct dev *d, u32 new)
{
	u32 cur = d->state;

	if (cur == ${S}STOP && new == ${S}STOP_COPY)
		return save(d, true);
	if (cur == ${S}RUNNING && new == ${S}PRE_COPY)
		return save(d, d->has_precopy);
	if (cur == ${S}PRE_COPY && new == ${S}STOP_COPY)
		return save(d, false);
	if (new == ${S}STOP && (cur == ${S}RUNNING || cur == ${S}STOP_COPY || cur == ${S}RESUMING)) {
		close_files(d);
		return NULL;
	}
	if (cur == ${S}STOP && new == ${S}RUNNING)
		return prepare(d) ? ERR_PTR(-EIO) : NULL;
	if (cur == ${S}STOP && new == ${S}RESUMING)
		return open_resume(d);
	return ERR_PTR(-EINVAL);
}`;

const original = driverText({ prelude: helpers, step, flags: 'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY' });
const lines = original.split('\n');

/** All that a reader can see of an analysis, without the objects behind it; what it cost is another matter. */
function visible({ drivers, notDrivers }: Analysis): string {
  return JSON.stringify({ drivers, notDrivers }, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
}

describe('an analysis after edits', () => {
  it('is the same with what was kept from before as without', async () => {
    const edit = fc.oneof(
      fc.record({ k: fc.constant('delete' as const), line: fc.nat(lines.length - 1), text: fc.constant('') }),
      fc.record({
        k: fc.constant('insert' as const),
        line: fc.nat(lines.length - 1),
        text: fc.constantFrom(
          '\t/* thinking */',
          '\tif (d->caps & BIT(5))\n\t\treturn ERR_PTR(-EOPNOTSUPP);',
          `\tif (cur == ${S}STOP && new == ${S}RUNNING)\n\t\treturn ERR_PTR(-EINVAL);`,
          '\td->caps = 0;',
          '#define EINVAL 5',
          'static int other(void) { return 1; }',
          '\tif (d->has_precopy) {',
        ),
      }),
    );
    const seed = seedFrom('SEED');
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        const cache = new SummaryCache();
        const current = [...lines];
        for (const each of edits) {
          if (each.k === 'delete') current.splice(Math.min(each.line, current.length - 1), 1);
          else current.splice(each.line, 0, each.text);
          const module = await moduleOf({ 'driver.c': current.join('\n') });
          assert.equal(
            visible(analyse(module, { profile: newest, cache })),
            visible(analyse(module, { profile: newest })),
          );
        }
      }),
      { numRuns: 60, seed },
    );
    console.log(`      seed ${seed}`);
  }).timeout(120_000);
});
