import * as assert from 'node:assert/strict';
import type { DriverModel } from '../../server/src/analysis';
import { driverOf } from '../support/analyse';
import { driverText } from '../support/driverText';

const S = 'VFIO_DEVICE_STATE_';

/** A driver whose arc STOP -> RESUMING needs `prepare(d)`. */
const preparing = (prepare: string): string =>
  driverText({
    prelude: prepare,
    step: `static struct file *step(struct dev *d, u32 new)
{
	u32 cur = d->state;
	int ret;

	if (cur == ${S}STOP && new == ${S}RESUMING) {
		ret = prepare(d);
		if (ret)
			return ERR_PTR(ret);
		return open_resume(d);
	}
	return ERR_PTR(-EINVAL);
}`,
  });

/** The lines of the arc's errors with that number, as text. */
function linesOf(driver: DriverModel, text: string, errno: string): string[] {
  const arc = driver.arcs.find(({ from, to }) => from === 'STOP' && to === 'RESUMING');
  const errors = (arc?.outcomes ?? []).flatMap((o) =>
    o.kind === 'error' && o.errno === errno ? [o.at.span.start] : [],
  );
  return errors.map((start) => text.slice(text.lastIndexOf('\n', start) + 1, text.indexOf('\n', start)).trim()).sort();
}

/** Each was found by running real drivers (test/execution): here is the least that shows it. */
describe('error sites', () => {
  it('one number that is given in two places has two places, also where their paths meet', async () => {
    const text = preparing(`static int prepare(struct dev *d)
{
	void *list;
	int ret;

	list = kvzalloc(64, GFP_KERNEL);
	if (!list)
		return -ENOBUFS;
	if (!fill_list(list)) {
		ret = -ENOBUFS; /* none was filled */
		goto err;
	}
	kvfree(list);
	return 0;
err:
	kvfree(list);
	return ret;
}`);
    const driver = await driverOf(text);
    assert.deepEqual(linesOf(driver, text, 'ENOBUFS'), ['ret = -ENOBUFS; /* none was filled */', 'return -ENOBUFS;']);
  });

  it('nothing has the size 0, whatever the kernel declares', async () => {
    const text = preparing(`static int prepare(struct dev *d)
{
	u64 size = sizeof(union kernel_state);

	if (!size)
		return -ENOBUFS;
	return write_size(d, size);
}`);
    assert.deepEqual(linesOf(await driverOf(text), text, 'ENOBUFS'), []);
  });
});
