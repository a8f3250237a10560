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

/** Analyses texts one after the other; each must come out as it does for somebody who has not seen those before. */
async function heldAgainstFresh(texts: Iterable<string>): Promise<void> {
  const cache = new SummaryCache();
  for (const text of texts) {
    const module = await moduleOf({ 'driver.c': text });
    assert.equal(visible(analyse(module, { profile: newest, cache })), visible(analyse(module, { profile: newest })));
  }
}

describe('an analysis after edits', () => {
  it('names the place of a value in the present text, also where the function that it was handed to is the same', () =>
    heldAgainstFresh([
      original.replace('	enum vfio_device_mig_state next;\n', ''),
      original
        .replace('	enum vfio_device_mig_state next;\n', '')
        .replace('	struct file *res', '\n	struct file *res'),
    ]));

  it('knows what a function that is handed to another one does now', () => {
    const prelude = (bits: string): string => `${helpers}
static u64 wanted(struct dev *d) { return ${bits}; }
static u64 ask(u64 (*what)(struct dev *), struct dev *d) { return what(d); }
`;
    const text = (bits: string): string => driverText({ prelude: prelude(bits), step, flags: 'ask(wanted, d)' });
    return heldAgainstFresh(['VFIO_MIGRATION_STOP_COPY', 'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P'].map(text));
  });

  it('knows when a function of another file can be called no longer', async () => {
    const text = original.replace(/static int prepare[\s\S]*?\n}\n/, '');
    const other = (head: string) => `${head} prepare(struct dev *d) { return 0; }\n`;
    const cache = new SummaryCache();
    for (const head of ['int', 'static int', 'int']) {
      const module = await moduleOf({ 'driver.c': text, 'other.c': other(head) });
      assert.equal(visible(analyse(module, { profile: newest, cache })), visible(analyse(module, { profile: newest })));
    }
  });

  it('executes nothing again for blank lines and comments between functions', async () => {
    const cache = new SummaryCache();
    const stepsOf = async (text: string) => {
      const { statistics } = analyse(await moduleOf({ 'driver.c': text }), { profile: newest, cache });
      return statistics.map(({ steps }) => steps);
    };
    await stepsOf(original);
    const nothingNew = await stepsOf(original);
    for (const between of ['\n', '\n\n/* to be done */\n', '// to be done\n\n']) {
      assert.deepEqual(
        await stepsOf(between + original.replace('static struct file *step', `${between}$&`)),
        nothingNew,
      );
    }
  });

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
          '',
          '}',
          '\tif (prepare(missing))\n\t\treturn save(d, missing);',
          '\td->saving = open_save(d);',
        ),
      }),
    );
    const seed = seedFrom('CACHE_SEED');
    const numRuns = Number(process.env['CACHE_RUNS'] ?? 60);
    console.log(`      again: CACHE_SEED=${seed} CACHE_RUNS=${numRuns} npx mocha out/test/analysis/cache.test.js`);
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 12 }), async (edits) => {
        const current = [...lines];
        const texts = edits.map((each) => {
          if (each.k === 'delete') current.splice(Math.min(each.line, current.length - 1), 1);
          else current.splice(each.line, 0, each.text);
          return current.join('\n');
        });
        await heldAgainstFresh(texts);
      }),
      { numRuns, seed },
    );
  }).timeout(0);
});
