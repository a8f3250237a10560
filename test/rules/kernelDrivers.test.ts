import assert from 'node:assert/strict';
import type { ModuleSource } from '../../server/src/check';
import { checkModule, scanModules } from '../../server/src/check';
import { nodeFileSystem } from '../../server/src/cli';
import type { Finding } from '../../server/src/rules/rule';
import { frontEnd } from '../support/analyse';
import { kernelTrees, newestTree } from '../support/corpus';

/** A fault to put into a driver: edits the text of one file, or leaves it as it is where it has no place for the fault. */
interface Fault {
  readonly what: string;
  readonly rule: string;
  edit(text: string): string;
}

const blockedArm = `
	if (cur == VFIO_DEVICE_STATE_STOP_COPY && $2 == VFIO_DEVICE_STATE_PRE_COPY)
		return NULL;
`;

const faults: readonly Fault[] = [
  {
    what: 'PRE_COPY is not declared',
    rule: 'undeclared-flag',
    edit: (text) =>
      text
        .replace(/\s*\|\s*VFIO_MIGRATION_PRE_COPY/g, '')
        .replace(/\w[\w.>-]*migration_flags \|= VFIO_MIGRATION_PRE_COPY;/g, ';'),
  },
  {
    what: 'STOP_COPY is not declared',
    rule: 'invalid-flags',
    edit: (text) => text.replace(/VFIO_MIGRATION_STOP_COPY\s*\|/g, ''),
  },
  {
    what: 'a bit is declared that nobody knows',
    rule: 'invalid-flags',
    edit: (text) =>
      text.replace(/(migration_flags =\s*)VFIO_MIGRATION_STOP_COPY/g, '$1BIT(9) | VFIO_MIGRATION_STOP_COPY'),
  },
  {
    what: 'the default path succeeds',
    rule: 'accepts-unknown-arc',
    edit: (text) => text.replace(/(WARN_ON\(true\);\s*|\*\/\s*)return ERR_PTR\(-EINVAL\);\n}/g, '$1return NULL;\n}'),
  },
  {
    what: 'the current state is never updated',
    rule: 'state-out-of-step',
    edit: (text) => text.replace(/\b\w+->(?:mig_)?state = next(?:_state)?;/g, ';'),
  },
  {
    what: 'set_state drops the error of a step',
    rule: 'hidden-arc-error',
    edit: (text) =>
      text.replace(
        /(= \w+\([^;]*next_state\);\s*)if \(IS_ERR\((\w+)\)\)\s*break;/g,
        '$1if (IS_ERR($2)) { $2 = NULL; break; }',
      ),
  },
  {
    what: 'get_data_size is absent',
    rule: 'missing-migration-op',
    edit: (text) => text.replace(/\t\.migration_get_data_size = \w+,\n/g, ''),
  },
  {
    what: 'a blocked arc is handled',
    rule: 'blocked-arc',
    edit: (text) => text.replace(/\n\tif \(\(?cur == VFIO_DEVICE_STATE_(\w+) && (\w+) == VFIO/, `${blockedArm}$&`),
  },
];

describe('a fault in a driver of the newest kernel', function () {
  this.timeout(120_000);
  let drivers: readonly ModuleSource[] = [];

  before(async function () {
    const trees = kernelTrees();
    if (typeof trees === 'string') {
      console.error(trees);
      this.skip();
    }
    const found: ModuleSource[] = [];
    for await (const module of scanModules(nodeFileSystem(), newestTree(trees).path, { profile: null })) {
      found.push(module);
    }
    drivers = found;
  });

  const findingsOf = async (
    module: ModuleSource,
    edit: (text: string) => string,
  ): Promise<readonly Finding[] | null> => {
    const files = module.files.map((file) => ({ ...file, text: edit(file.text) }));
    if (files.every((file, index) => file.text === module.files[index]?.text)) {
      return null;
    }
    const report = checkModule((await frontEnd()).module(files), module.profile);
    return report.drivers.length === 0 ? null : report.drivers.flatMap((driver) => driver.findings);
  };

  for (const { what, rule, edit } of faults) {
    it(`${what}: ${rule} reports it, and nothing else is reported`, async () => {
      let tried = 0;
      for (const module of drivers) {
        const found = await findingsOf(module, edit);
        if (found !== null) {
          tried++;
          assert.deepEqual(
            [...new Set(found.map((each) => each.rule))],
            [rule],
            `${module.name}: ${found.map(({ message }) => message).join('\n')}`,
          );
        }
      }
      assert.ok(tried >= 4, `only ${tried} drivers have a place for this fault`);
    });
  }
});
