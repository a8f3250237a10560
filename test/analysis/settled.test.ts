import * as assert from 'node:assert/strict';
import { driverOf } from '../support/analyse';
import { driverText } from '../support/driverText';

const S = 'VFIO_DEVICE_STATE_';

/** The lines at which the arc RUNNING -> STOP succeeds, as text. */
async function successes(prelude: string, handler: string): Promise<string[]> {
  const text = driverText({
    prelude,
    step: `static struct file *step(struct dev *d, u32 new)
{
	u32 cur = d->state;
	struct file *filp;
	int ret;

	if (cur == ${S}RUNNING && new == ${S}STOP) {
${handler}
	}
	return ERR_PTR(-EINVAL);
}`,
  });
  const arc = (await driverOf(text)).arcs.find(({ from, to }) => from === 'RUNNING' && to === 'STOP');
  const places = (arc?.outcomes ?? []).flatMap((each) => (each.kind === 'success' ? [each.at.span.start] : []));
  return places.map((start) => text.slice(text.lastIndexOf('\n', start) + 1, text.indexOf('\n', start)).trim());
}

const freeze = `static int freeze(struct dev *d)
{
	if (readl(d->regs))
		return -EIO;
	return 0; /* of freeze */
}
static void note(struct dev *d)
{
	d->caps++;
}
`;
const quiet = `static struct file *quiet(struct dev *d)
{
	writel(1, d->regs);
	return NULL; /* of quiet */
}
`;

describe('where an arc comes out', () => {
  it('is the return of NULL, not one of 0 in a helper that went before', async () => {
    const handler = 'ret = freeze(d);\nif (ret)\nreturn ERR_PTR(ret);\nnote(d);\nreturn NULL; /* of step */';
    assert.deepEqual(await successes(freeze, handler), ['return NULL; /* of step */']);
  });

  it('is the return that chooses between NULL and an error', async () => {
    const handler = 'ret = freeze(d);\nreturn ret ? ERR_PTR(ret) : NULL; /* of step */';
    assert.deepEqual(await successes(freeze, handler), ['return ret ? ERR_PTR(ret) : NULL; /* of step */']);
  });

  it('is in the function whose result is handed on', async () => {
    assert.deepEqual(await successes(quiet, 'return quiet(d);'), ['return NULL; /* of quiet */']);
    const kept = 'filp = quiet(d);\nif (IS_ERR(filp))\nreturn filp;\nnote(d);\nreturn filp;';
    assert.deepEqual(await successes(freeze + quiet, kept), ['return NULL; /* of quiet */']);
  });

  it('is not in a function of the same type whose result was only looked at', async () => {
    const handler = 'filp = quiet(d);\nif (IS_ERR(filp))\nreturn filp;\nreturn NULL; /* of step */';
    assert.deepEqual(await successes(quiet, handler), ['return NULL; /* of step */']);
  });
});
