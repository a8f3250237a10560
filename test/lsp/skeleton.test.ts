import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { isSkeletonResult, skeletonMethod } from '../../server/src/wire';
import type { LspClient } from '../support/lspClient';
import { startClient } from '../support/lspClient';
import { MemoryFs } from '../support/memoryFs';

const uapi62 = `#define VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE 2
enum vfio_device_mig_state { VFIO_DEVICE_STATE_STOP_COPY = 3, VFIO_DEVICE_STATE_PRE_COPY = 6 };
`;
const precopy = { flags: ['STOP_COPY', 'PRE_COPY'], name: 'foo' };

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

  it('is for the generation of the kernel tree that it is written into', async () => {
    client = await startClient({ fs: new MemoryFs({ '/tree/include/uapi/linux/vfio.h': uapi62 }) });
    const made = await ask({
      ...precopy,
      scope: 'driver',
      target: { uri: 'file:///tree/drivers/vfio/pci/foo/main.c' },
    });
    assert.ok(isSkeletonResult(made) && made.kind === 'text');
    assert.doesNotMatch(made.text, /vfio_check_precopy_ioctl/);
  });

  for (const [what, marked, expected] of [
    ['the blank line of the cursor', 'int a;\n$0$\nint b;\n', 'int a;\n\nPART\nint b;\n'],
    [
      'behind the function that the cursor is in',
      'int f(void)\n{\n\t$0$g();\n\n\th();\n}\n\nint b;\n',
      'int f(void)\n{\n\tg();\n\n\th();\n}\n\nPART\nint b;\n',
    ],
    ['behind a comment', '/* a $0$\n\n b */\nint a;\n\nint b;\n', '/* a \n\n b */\nint a;\n\nPART\nint b;\n'],
    ['behind an unfinished declaration', 'int $0$\n\na;\n', 'int \n\na;\n\nPART'],
    ['the end of a text without a line feed', 'int a;$0$', 'int a;\n\nPART'],
    ['an empty text', '$0$', 'PART'],
  ] as const) {
    it(`is put between definitions: ${what}`, async () => {
      client = await startClient();
      const text = marked.replace('$0$', '');
      const uri = 'file:///new/main.c';
      await client.open('/new/main.c', text);
      const document = TextDocument.create(uri, 'c', 1, text);
      const position = document.positionAt(marked.indexOf('$0$'));
      const made = await ask({ ...precopy, scope: 'part', target: { uri, position } });
      assert.ok(isSkeletonResult(made) && made.kind === 'text' && made.position);
      const edit = { range: { start: made.position, end: made.position }, newText: made.text };
      const part = /#include[\s\S]*\}\n/.exec(made.text)?.[0] ?? '';
      assert.equal(TextDocument.applyEdits(document, [edit]).replace(part, 'PART'), expected);
    });
  }

  for (const [what, marked, expected] of [
    [
      'those that a text has stay where they are, the others come behind them',
      '#include <linux/vfio_pci_core.h>\n#if A\n#include <linux/a.h>\n#endif\n\nint a;\n\n$0$int b;\n',
      /^#include <linux\/vfio_pci_core\.h>\n#include <linux\/anon_inodes\.h>\n(#include (?!<linux\/vfio_pci_core).*\n)+#if A\n/,
    ],
    [
      'the part comes behind them from wherever the cursor is',
      '/* licence */\n$0$\n#include "foo.h"\n\nint a;\n\nint b;\n',
      /^\/\* licence \*\/\n\n#include "foo\.h"\n(#include <.*\n)+\n\/\*\n \* TO[\s\S]*\n}\n\nint a;\n\nint b;\n$/,
    ],
    [
      'one in a comment is none',
      '/*\n#include <linux/fs.h>\n*/\n\nint a;\n\n$0$',
      /int a;\n\n#include <linux\/anon_inodes\.h>/,
    ],
  ] as const) {
    it(`has #include lines: ${what}`, async () => {
      client = await startClient();
      const text = marked.replace('$0$', '');
      const uri = 'file:///new/main.c';
      await client.open('/new/main.c', text);
      const document = TextDocument.create(uri, 'c', 1, text);
      const position = document.positionAt(marked.indexOf('$0$'));
      const made = await ask({ ...precopy, scope: 'part', target: { uri, position } });
      assert.ok(isSkeletonResult(made) && made.kind === 'text' && made.position);
      const insertions = [{ text: made.text, position: made.position }, ...(made.includes ? [made.includes] : [])];
      const edits = insertions.map((each) => ({
        range: { start: each.position, end: each.position },
        newText: each.text,
      }));
      assert.match(TextDocument.applyEdits(document, edits), expected);
    });
  }

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
