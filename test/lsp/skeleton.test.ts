import assert from 'node:assert/strict';
import { isSkeletonResult, skeletonMethod } from '../../server/src/wire';
import type { LspClient } from '../support/lspClient';
import { startClient } from '../support/lspClient';

describe('vfio/skeleton', () => {
  let client: LspClient;
  afterEach(() => client.stop());
  const ask = (params: object) => client.connection.sendRequest<unknown>(skeletonMethod, params);

  it('answers the text of a driver, for the generation of the settings', async () => {
    client = await startClient({ settings: { profile: '6.2' } });
    await client.settle();
    const made = await ask({ flags: ['STOP_COPY', 'PRE_COPY'], name: 'foo', scope: 'driver' });
    assert.ok(isSkeletonResult(made) && made.kind === 'text');
    assert.match(made.text, /cmd != VFIO_MIG_GET_PRECOPY_INFO/);
    assert.doesNotMatch(made.text, /vfio_check_precopy_ioctl/);
  });

  it('answers why there is none, and refuses malformed parameters', async () => {
    client = await startClient();
    assert.deepEqual(await ask({ flags: ['P2P'], name: 'foo', scope: 'part' }), {
      kind: 'problem',
      message: 'Without STOP_COPY there is no migration; every flag set has it.',
    });
    await assert.rejects(ask({ flags: ['FAST'], name: 'foo', scope: 'part' }), /malformed parameters/);
    await assert.rejects(ask({ flags: ['STOP_COPY'], name: 1, scope: 'part' }), /malformed parameters/);
  });
});
