import assert from 'node:assert/strict';
import { findModules, scanModules } from '../../server/src/check';
import { parseMakefile } from '../../server/src/check/makefile';
import { memoryFiles } from '../support/memoryFiles';

/** The modules that a path names, as "name: files". */
async function modules(texts: Readonly<Record<string, string | null>>, path: string): Promise<readonly string[]> {
  const found = await findModules(memoryFiles(texts), path, { profile: null });
  return found.map((module) => `${module.name}: ${module.files.map((file) => file.path).join(' ')}`);
}

describe('parseMakefile', () => {
  const read = (text: string) => parseMakefile(text).map(({ name, objects }) => `${name} = ${objects.join(' ')}`);

  it('takes an object that nothing is linked into for a module of its own', () => {
    assert.deepEqual(read('obj-$(CONFIG_A) += a.o\nobj-m := b.o c.o\n'), ['a = a.o', 'b = b.o', 'c = c.o']);
  });

  it('reads lists of parts in every spelling, over continued lines, without comments', () => {
    const text = [
      'obj-$(CONFIG_X) += x.o  # the driver',
      'x-y := main.o \\',
      '\tcmd.o \\',
      '\tlib/util.o',
      'x-$(CONFIG_X_DEBUG) += debugfs.o',
      'x-objs += old.o',
      'ccflags-y := -I$(src) junk.o',
    ].join('\n');
    assert.deepEqual(read(text), ['x = main.o cmd.o lib/util.o debugfs.o old.o']);
  });

  it('follows lists that are parts of lists, and variables', () => {
    const text = 'common := a.o b.o\ninner-y := i.o\nouter-y := $(common) inner.o\nobj-y += outer.o\n';
    assert.deepEqual(read(text), ['outer = a.o b.o i.o']);
  });

  it('leaves subfolders and generated names out', () => {
    assert.deepEqual(read('obj-$(CONFIG_M) += mlx5/\nx-y := $(foreach f,$(list),$(f).o)\nobj-y += x.o\n'), ['x = x.o']);
  });

  it('ends where lists name themselves', () => {
    assert.deepEqual(read('a-y := $(a-y) b.o\nb-y := a.o c.o\nobj-y += a.o d.o\nv = $(v)\nd-y := $(v) e.o\n'), [
      'd = e.o',
    ]);
  });
});

describe('findModules', () => {
  const folder = {
    '/t/mlx/Makefile': 'obj-m += mlx.o\nmlx-y := main.o cmd.o gone.o\n',
    '/t/mlx/main.c': '#include "cmd.h"\n#include "../shared/types.h"\n#include <linux/vfio.h>\n',
    '/t/mlx/cmd.c': '',
    '/t/mlx/cmd.h': '',
    '/t/mlx/test.c': '',
    '/t/mlx/Kconfig': '',
    '/t/shared/types.h': '#include "base.h"\n',
    '/t/shared/base.h': '',
    '/t/shared/other.h': '',
  };
  const mlx = 'mlx: /t/mlx/main.c /t/mlx/cmd.c /t/mlx/cmd.h /t/shared/types.h /t/shared/base.h';

  it('takes for a file the module that it is compiled into', async () => {
    assert.deepEqual(await modules(folder, '/t/mlx/cmd.c'), [mlx]);
  });

  it('takes for a header the modules that read it', async () => {
    const { '/t/mlx/test.c': _, ...others } = folder;
    assert.deepEqual(await modules(others, '/t/mlx/cmd.h'), [mlx]);
  });

  it('makes one module of what the Makefile does not name', async () => {
    assert.deepEqual(await modules(folder, '/t/mlx'), [mlx, 'mlx: /t/mlx/test.c /t/mlx/cmd.h']);
    assert.deepEqual(await modules({ '/d/a.c': '', '/d/b.c': '', '/d/b.h': '' }, '/d/a.c'), [
      'd: /d/a.c /d/b.c /d/b.h',
    ]);
  });

  it('finds the Makefile above that names objects in a subfolder', async () => {
    const texts = {
      '/p/Makefile': 'obj-y += p.o\np-y := top.o lib/x.o\n',
      '/p/top.c': '',
      '/p/lib/x.c': '',
      '/p/lib/x.h': '',
    };
    assert.deepEqual(await modules(texts, '/p/lib/x.c'), ['p: /p/top.c /p/lib/x.c /p/lib/x.h']);
    assert.deepEqual(await modules(texts, '/p'), ['p: /p/top.c /p/lib/x.c /p/lib/x.h']);
  });

  it('prefers Kbuild to Makefile, as the build does', async () => {
    const texts = {
      '/d/Makefile': 'obj-m += wrong.o\n',
      '/d/Kbuild': 'obj-m += d.o\nd-y := a.o\n',
      '/d/a.c': '',
      '/d/wrong.c': '',
    };
    assert.deepEqual(await modules(texts, '/d/a.c'), ['d: /d/a.c']);
  });

  it('does not read outside of the tree', async () => {
    const texts = {
      '/secret.h': '',
      '/k/include/uapi/linux/vfio.h': '',
      '/k/d/a.c': '#include "../../secret.h"\n#include "../in.h"\n',
      '/k/in.h': '',
    };
    assert.deepEqual(await modules(texts, '/k/d/a.c'), ['d: /k/d/a.c /k/in.h']);
  });

  it('takes any other file as it is, and nothing for what is not there', async () => {
    assert.deepEqual(await modules({ '/d/notes.txt': '', '/d/a.c': '' }, '/d/notes.txt'), ['notes.txt: /d/notes.txt']);
    assert.deepEqual(await modules({ '/d/a.c': '' }, '/d/b.c'), []);
  });
});

describe('scanModules', () => {
  it('finds marked files however deep, those with vfio in their path first, each module once', async () => {
    const set = '.migration_set_state = f';
    const files = memoryFiles({
      '/k/a/drm/one.c': set,
      '/k/a/plain.c': 'int x;',
      '/k/drivers/vfio/pci/m/main.c': set,
      '/k/drivers/vfio/pci/m/more.c': set,
      '/k/v1/old.c': 'struct vfio_device_migration_info info;',
      '/k/.git/lost.c': set,
    });
    const unreadable: string[] = [];
    const found: string[] = [];
    for await (const module of scanModules(files, '/k', {
      profile: null,
      onUnreadable: (folder) => unreadable.push(folder),
    })) {
      found.push(module.name);
    }
    assert.equal(found[0], 'm');
    assert.deepEqual([...found].sort(), ['drm', 'm', 'v1']);
    assert.deepEqual(unreadable, []);
  });

  it('tells what it can not read, and stops when asked to', async () => {
    const unreadable: string[] = [];
    const options = { profile: null, onUnreadable: (folder: string) => unreadable.push(folder) };
    for await (const module of scanModules(memoryFiles({}), '/none', options)) {
      assert.fail(module.name);
    }
    assert.deepEqual(unreadable, ['/none']);
    for await (const module of scanModules(memoryFiles({ '/k/a.c': '.migration_set_state' }), '/k', {
      profile: null,
      cancelled: () => true,
    })) {
      assert.fail(module.name);
    }
  });
});
