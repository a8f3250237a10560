import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FrontEnd, Initializer } from '../../server/src/c';
import { createFrontEnd } from '../../server/src/c';
import { loadParser } from '../../server/src/entry/node/platform';
import { skeletonFor } from '../../server/src/mend';
import { kernelTrees } from '../support/corpus';
import { skeletonKernels } from './skeletonKernels';

const trees = kernelTrees();

/** What fills the members of one `struct vfio_device_ops`, by member. */
type Ops = ReadonlyMap<string, string>;

/** A device whose driver leaves out an op may register and still be of no use: so skeletons fill what real drivers fill. */
describe('the device ops of skeletons and of the variant drivers of the same kernel', () => {
  if (typeof trees === 'string') {
    it('are alike', function () {
      console.log(`Not run, ${trees}`);
      this.skip();
    });
    return;
  }
  let frontEnd: FrontEnd;
  before(async () => {
    frontEnd = await createFrontEnd(await loadParser());
  });
  after(() => frontEnd.dispose());

  for (const { profile, series, tree } of skeletonKernels(trees)) {
    it(`${profile}: Linux ${series}`, () => {
      const real = variantDriverFiles(tree.path).flatMap((file) => opsIn(frontEnd, file, readFileSync(file, 'utf8')));
      assert.ok(real.length >= 2, `${real.length} tables`);
      const made = skeletonFor({ flags: ['STOP_COPY'], name: 'demo', profile, scope: 'driver' });
      assert.ok('text' in made);
      const [ops, ...others] = opsIn(frontEnd, 'demo.c', made.text);
      assert.ok(ops !== undefined && others.length === 0);

      const fillers = (member: string) => real.filter((table) => table.has(member)).length;
      const members = [...new Set(real.flatMap((table) => [...table.keys()]))];
      const usual = members.filter((member) => fillers(member) > real.length / 2);
      assert.deepEqual([...ops.keys()].sort(), usual.sort());

      const agreed = usual.filter((member) => new Set(real.map((table) => table.get(member))).size === 1);
      const values = (table: Ops | undefined) => agreed.map((member) => `${member} = ${table?.get(member)}`);
      assert.ok(agreed.length > 2);
      assert.deepEqual(values(ops), values(real[0]));
    });
  }
});

/** The C files of the drivers for one kind of device each; vfio-pci itself is in the folder above. */
function variantDriverFiles(tree: string): readonly string[] {
  const folder = join(tree, 'drivers/vfio/pci');
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.c') && entry.parentPath !== folder)
    .map((entry) => join(entry.parentPath, entry.name));
}

function opsIn(frontEnd: FrontEnd, path: string, text: string): readonly Ops[] {
  const [file] = frontEnd.module([{ path: basename(path), text }]).files;
  const globals = file?.globals ?? [];
  return globals
    .filter(({ type }) => type.k === 'struct' && type.name === 'vfio_device_ops')
    .flatMap(({ initializer }) => (initializer?.k === 'list' ? [new Map(membersOf(initializer))] : []));
}

function membersOf({ entries }: Initializer & { readonly k: 'list' }): readonly (readonly [string, string])[] {
  return entries.flatMap(({ designators: [designator], value }) => {
    if (designator?.k !== 'field' || value.k !== 'expr') return [];
    const { value: expr } = value;
    const named = expr.k === 'load' || expr.k === 'addr' ? expr.place : null;
    return [[designator.name, named?.k === 'global' ? named.name : expr.k] as const];
  });
}
