import * as assert from 'node:assert/strict';
import { arcsWith, driverOf, returnsOf } from '../support/analyse';
import { driverText } from '../support/driverText';

const S = 'VFIO_DEVICE_STATE_';
const head = 'static struct file *step(struct dev *d, u32 new)\n{\n\tu32 cur = d->state;\n';

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
});
