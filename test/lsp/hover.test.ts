import assert from 'node:assert/strict';
import type { Hover } from 'vscode-languageserver/node';
import { MarkupContent } from 'vscode-languageserver/node';
import type { OpenDriver } from '../support/driverClient';
import { fullClient, openDriver, sample } from '../support/driverClient';
import { driverText } from '../support/driverText';
import { pushClient } from '../support/lspClient';

const stratus = sample('stratus/main.c');
const header = '/tree/include/uapi/linux/vfio.h';
const uapi = `#define VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE 2
/* enum vfio_device_mig_state is told of here */
enum vfio_device_mig_state {
	VFIO_DEVICE_STATE_STOP_COPY = 3,
	VFIO_DEVICE_STATE_PRE_COPY = 6,
};
`;

describe('hover', function () {
  this.timeout(30_000);
  let open: OpenDriver;
  afterEach(() => open.client.stop());

  type Options = Parameters<typeof openDriver>[1];
  /** The hover's text where the marker is; the links' addresses are left out but for their line. */
  const hover = async (source: string, options: Options = {}): Promise<string | null> => {
    open = await openDriver(source, options);
    const found = await open.askAt<Hover | null>('textDocument/hover');
    if (found === null) return null;
    assert.ok(MarkupContent.is(found.contents));
    return found.contents.value;
  };
  /** The same for a place in the unfinished sample: the text whose first character is hovered, which must be there once. */
  const inStratus = async (needle: string, options: Options = {}) => {
    const at = stratus.indexOf(needle);
    assert.ok(at >= 0 && stratus.indexOf(needle, at + 1) < 0, `${needle} is in the sample once`);
    const text = await hover(`${stratus.slice(0, at)}$0$${stratus.slice(at)}`, options);
    return text?.replace(/\]\(file:[^)]*#L(\d+)\)/g, ']').replace(/\\(.)/g, '$1') ?? null;
  };

  it('tells of an arc that is handled: what is due, who wants it, how it comes about, what is next', async () => {
    const text = await inStratus('VFIO_DEVICE_STATE_PRE_COPY_P2P:\n\t\treturn stratus_begin_out');
    assert.equal(
      text,
      `**RUNNING_P2P -> PRE_COPY_P2P** is handled, returns a new file

**Must** The driver opens a saving session while the device stays quiesced for peer-to-peer DMA. It returns a new data fd, for the user to read from.

**Why** Required by P2P and PRE_COPY; STOP -> PRE_COPY_P2P, RUNNING -> PRE_COPY_P2P and 1 more lead over it.

**How** \`case VFIO_DEVICE_STATE_RUNNING_P2P:\` [main.c:324] → \`case VFIO_DEVICE_STATE_PRE_COPY_P2P:\` [main.c:267] → \`stratus_begin_out()\` [main.c:268] → returns a new file [main.c:202]; fails if \`anon_inode_getfile()\` does [main.c:174], with \`-ENOMEM\` [main.c:170]

**Next** from PRE_COPY_P2P on to \`STOP_COPY\` (missing), \`RUNNING_P2P\`, \`PRE_COPY\`

Source: [include/uapi/linux/vfio.h, enum vfio_device_mig_state](https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/include/uapi/linux/vfio.h), profile 7.1`,
    );
  });

  it('tells of a missing arc on any word of the assignment that turns it away', async () => {
    const driver = driverText({
      step: `static struct file *step(struct dev *d, u32 new)
{
	int ret = 0;

	if (d->state == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_STOP)
		return NULL;
	$0$ret = -EINVAL;
	return ERR_PTR(ret);
}`,
    });
    for (const marked of [driver, driver.replace('$0$ret = -', 'ret = -$0$')])
      assert.match((await hover(marked)) ?? '', /`STOP -> RUNNING` \*\*missing\*\*, falls through/);
  });

  it('tells of a missing arc where it falls through, on any word of the return', async () => {
    const rejection = 'return ERR_PTR(-EINVAL);\n\t}\n}\n\nstatic struct file *stratus_leave_stop(';
    const expected = /^\*\*PRE_COPY_P2P -> STOP_COPY\*\* \*\*is missing\*\*: it is rejected at \[main\.c:299\]/;
    const text = (await inStratus(rejection)) ?? '';
    assert.match(text, expected);
    assert.match(
      text,
      /\*\*Why\*\* Required by P2P and PRE_COPY\. Breaks PRE_COPY_P2P -> STOP_COPY and PRE_COPY -> STOP_COPY; /,
    );
    assert.match(
      text,
      /`case VFIO_DEVICE_STATE_PRE_COPY_P2P:` \[main\.c:328\] → nothing handles it: `-EINVAL` \[main\.c:299\]/,
    );
    for (const word of ['ERR_PTR(', '-EINVAL)', 'EINVAL)']) {
      await open.client.stop();
      const at = stratus.indexOf(word, stratus.indexOf(rejection));
      const source = `${stratus.slice(0, at)}$0$${stratus.slice(at)}`;
      assert.match((await hover(source)) ?? '', /PRE_COPY_P2P -> STOP_COPY\*\* \*\*is missing/, word);
    }
  });

  it('says under which condition an arc is handled', async () => {
    assert.match(
      (await inStratus('VFIO_DEVICE_STATE_PRE_COPY_P2P:\n\t\t/* Old')) ?? '',
      /^\*\*PRE_COPY -> PRE_COPY_P2P\*\* is handled, returns NULL, but only if `st->caps & STRATUS_CAP_HOLD_PEERS`/,
    );
  });

  it('tells of several arcs that go through a place, a line each', async () => {
    assert.match(
      (await inStratus('VFIO_DEVICE_STATE_RUNNING_P2P:\n\t\treturn stratus_leave_running_p2p')) ?? '',
      /^\*\*3 arcs\*\* go through here:\n\n- `RUNNING_P2P -> STOP` NULL, \[main\.c:265\]\n- /,
    );
  });

  it('tells of one arc where a place of the condition is shared by several', async () => {
    const main = sample('nimbus/main.c');
    const at = main.indexOf('VFIO_DEVICE_STATE_PRE_COPY_P2P && new == VFIO_DEVICE_STATE_STOP_COPY');
    const text = await hover(`${main.slice(0, at)}$0$${main.slice(at)}`, {
      path: '/tree/nimbus/main.c',
      files: Object.fromEntries(
        ['Makefile', 'hw.c', 'stream.c', 'nimbus.h'].map((name) => [`/tree/nimbus/${name}`, sample(`nimbus/${name}`)]),
      ),
    });
    assert.match(text ?? '', /^\*\*PRE_COPY_P2P -> STOP_COPY\*\* is handled, returns NULL\n/);
  });

  it('tells of a state outside of the arcs what it means and which arcs lead into and out of it', async () => {
    const text = (await inStratus('VFIO_DEVICE_STATE_PRE_COPY && st->mig_state')) ?? '';
    assert.match(text, /^\*\*PRE_COPY\*\* The device runs as in RUNNING while the saving data fd is open/);
    assert.match(text, /\*\*Into it\*\*\n\n- `RUNNING -> PRE_COPY` a new file, \[main\.c:253\]\n/);
    assert.match(text, /\*\*Out of it\*\*\n\n- `PRE_COPY -> RUNNING` NULL, \[main\.c:277\]\n/);
  });

  it('says of a state that the driver never reaches why', async () => {
    const text = await hover(
      driverText({
        step: `static struct file *step(struct dev *d, u32 new)
{
	if (d->state == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_STOP)
		return NULL;
	return ERR_PTR(-EINVAL);
}
static bool quiet(struct dev *d)
{
	return d->state == $0$VFIO_DEVICE_STATE_RUNNING_P2P;
}`,
      }),
    );
    assert.match(text ?? '', /\*\*Here\*\* it is never reached: the driver does not declare P2P\./);
  });

  it('tells of a flag, whether it is declared and what it requires', async () => {
    const text = (await inStratus('VFIO_MIGRATION_PRE_COPY')) ?? '';
    assert.match(text, /^\*\*PRE_COPY\*\* is declared \[main\.c:408\]\n/);
    assert.match(text, /\*\*Requires\*\*\n\n- `RUNNING -> PRE_COPY` a new file, /);
    assert.match(text, /- `PRE_COPY_P2P -> STOP_COPY` \*\*missing\*\*, falls through at \[main\.c:299\]\n/);
    assert.match(text, /`PRE_COPY -> PRE_COPY_P2P` NULL, only if `st->caps & STRATUS_CAP_HOLD_PEERS`, /);
  });

  it('tells of the set_state function how the driver stands', async () => {
    const text = (await inStratus('stratus_set_state(struct')) ?? '';
    assert.match(
      text,
      /^\*\*demo\*\* 13 of 15 required arcs are handled\.\n\n- `PRE_COPY -> PRE_COPY_P2P` NULL, only if /,
    );
    assert.match(text, /\*\*Flags\*\* `STOP_COPY \| P2P \| PRE_COPY` \[main\.c:408\]/);
    assert.match(text, /\*\*Profile\*\* 7\.1: no kernel tree around the file/);
  });

  it('tells the same of the ops, over which a lens stands', async () => {
    assert.match((await inStratus('stratus_mig_ops = {')) ?? '', /^\*\*demo\*\* 13 of 15 required arcs are handled\./);
  });

  it('does not call arcs handled when nobody knows which are required', async () => {
    const text = stratus
      .replace('vdev->migration_flags =', 'st->saved_flags =')
      .replace('*stratus_set_state(', '*$0$stratus_set_state(');
    assert.match((await hover(text)) ?? '', /Which arcs are required is not known\./);
  });

  for (const [needle, expected] of [
    ['migration_set_state =', /^`\.migration_set_state = stratus_set_state` in `stratus_mig_ops` \[main\.c:396\]/],
    ['migration_get_data_size =', /estimates how many bytes STOP_COPY/],
    ['migration_flags =', /\*\*Flags\*\* `STOP_COPY \| P2P \| PRE_COPY`/],
    ['initial_bytes =', /used in `stratus_out_ioctl\(\)` \[main\.c:\d+\]/],
    ['vfio_precopy_info info', /VFIO_MIG_GET_PRECOPY_INFO/],
    ['vfio_check_precopy_ioctl(', /from Linux 7\.1 on/],
  ] as const) {
    it(`tells of the name in "${needle}"`, async () => {
      assert.match((await inStratus(needle)) ?? '', expected);
    });
  }

  it('says nothing in comments and strings, of other names, in helpers that decide on nothing', async () => {
    for (const source of [
      `/* $0$VFIO_DEVICE_STATE_STOP */\n${stratus}`,
      `// $0$VFIO_DEVICE_STATE_STOP\n${stratus}`,
      `static const char *name = "$0$VFIO_DEVICE_STATE_STOP";\n${stratus}`,
      `int $0$other;\n${stratus}`,
      `$0$\n${stratus}`,
      stratus.replace('if (!session)', 'if (!$0$session)'),
      stratus.replace('stream_open(', '$0$stream_open('),
      stratus.replace('mutex_lock(&st->lock);\n\twhile', '$0$mutex_lock(&st->lock);\n\twhile'),
    ]) {
      assert.equal(await hover(source), null, source.slice(0, 60));
      await open.client.stop();
    }
    open = await openDriver(stratus);
  });

  it('says nothing outside of drivers', async () => {
    assert.equal(await hover('int state = $0$VFIO_DEVICE_STATE_STOP; /* user space */\n'), null);
  });

  it('links the source in the kernel tree that the driver is in, at the line of the definition', async () => {
    const files = { [header]: uapi };
    const at = stratus.indexOf('VFIO_DEVICE_STATE_RESUMING:');
    const text = await hover(`${stratus.slice(0, at)}$0$${stratus.slice(at)}`, { files });
    assert.match(text ?? '', new RegExp(`enum vfio_device_mig_state\\]\\(file://${header}#L3\\), profile 6\\.2$`));
  });

  it('is plain text for a client without Markdown', async () => {
    const text = await inStratus('VFIO_DEVICE_STATE_RESUMING:\n\t\tif (to', { capabilities: pushClient });
    assert.match(text ?? '', /^RESUMING -> STOP is handled, returns NULL\n\nMust The driver takes/);
    assert.doesNotMatch(text ?? '', /[*`[\]]/);
  });

  it('lets no text of the workspace become markup or turn the writing', async () => {
    const path = '/tree/[x](command:evil)`*<b>\u202e/main.c';
    const text = await hover(stratus.replace('*stratus_set_state(', '*$0$stratus_set_state('), { path });
    assert.doesNotMatch(text ?? '', /\u202e/);
    assert.match(text ?? '', /^\*\*\\\[x\\\]\(command:evil\)\\`\\\*\\<b\\>\\\\u202e\*\* 13 of 15/);
    assert.match(
      text ?? '',
      /\[main\.c:280\]\(file:\/\/\/tree\/%5Bx%5D%28command:evil%29%60\*%3Cb%3E%E2%80%AE\/main\.c#L280\)/,
    );
  });

  it('is asked for by no capability: every client can have it', async () => {
    open = await openDriver(stratus, { capabilities: fullClient });
    assert.equal(open.client.initializeResult?.capabilities.hoverProvider, true);
  });
});
