import type { FileSystem, ModuleSource, Report } from '../../server/src/check';
import type { Checked, Engine } from '../../server/src/lsp';
import type { Finding } from '../../server/src/rules/rule';
import type { ProfileId } from '../../server/src/uapi';
import { driverModel, textModule } from './driverModel';

/**
 * A language service that finds what a test wrote down, for tests of the server alone. A folder's files are a module.
 * `FAULT name` in a text is a finding there, `FAULT name @file.c` one at the start of that file, `THROW` a fault of ours.
 */
export class FakeEngine implements Engine {
  /** The names of checked modules, in order. */
  readonly checks: string[] = [];
  readonly forgotten: string[] = [];
  searches = 0;
  /** The generation that each file was last checked against. */
  readonly profiles = new Map<string, string>();

  async ready(): Promise<void> {}

  async findModules(fs: FileSystem, path: string, profile: ProfileId | null): Promise<readonly ModuleSource[]> {
    this.searches++;
    const folder = path.slice(0, path.lastIndexOf('/'));
    const names = ((await fs.readFolder(folder)) ?? [])
      .map((entry) => entry.name)
      .filter((name) => /\.[ch]$/.test(name));
    const texts = await Promise.all(names.map((name) => fs.readText(`${folder}/${name}`)));
    const files = names.flatMap((name, index) => {
      const text = texts[index] ?? null;
      return text === null ? [] : [{ path: `${folder}/${name}`, text }];
    });
    return files.length === 0 ? [] : [{ name: folder, files, profile: { id: profile ?? '7.1', reason: 'a test' } }];
  }

  check(source: ModuleSource): Checked {
    this.checks.push(source.name);
    for (const { path } of source.files) this.profiles.set(path, source.profile.id);
    if (source.files.some((file) => file.text.includes('THROW'))) throw new Error('a fault of the engine');
    const first = source.files[0]?.path ?? '';
    const start = { file: first, span: { start: 0, end: 0 } };
    const driver = driverModel({
      files: source.files.map((file) => file.path),
      missing: [],
      setState: { name: 'demo_set_state', location: start },
      ops: { name: 'demo_ops', type: 'vfio_migration_ops', location: start, members: [] },
      arcs: {},
    });
    const report: Report = {
      drivers: [{ driver, findings: source.files.flatMap((file) => faultsIn(source, file)) }],
      findings: [],
      notDrivers: [],
      suppressed: [],
    };
    const includes = source.files.flatMap((file) => file.text.match(/#include ".*"/g) ?? []).join();
    return { report, module: noCode, includes };
  }

  forget(path: string): void {
    this.forgotten.push(path);
  }
}

function faultsIn(source: ModuleSource, file: ModuleSource['files'][number]): readonly Finding[] {
  return [...file.text.matchAll(/FAULT (\w+)(?: @(\S+))?/g)].map((match): Finding => {
    const here = { file: file.path, span: { start: match.index, end: match.index + match[0].length } };
    const there = source.files.find((each) => each.path.endsWith(`/${match[2]}`));
    return {
      rule: 'missing-arc',
      severity: 'error',
      message: match[1] ?? '',
      location: there === undefined ? here : { file: there.path, span: { start: 0, end: 1 } },
      related: [{ message: 'written here', location: here }],
      tags: match[1] === 'fade' ? ['unnecessary'] : [],
      key: match[1] ?? '',
    };
  });
}

const noCode = textModule({});
