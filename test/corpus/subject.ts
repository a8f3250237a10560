import assert from 'node:assert/strict';
import { join } from 'node:path';
import { SummaryCache } from '../../server/src/analysis';
import type { DriverModel } from '../../server/src/analysis/model';
import type { CModule, FrontEnd } from '../../server/src/c';
import { checkModule, defaultConfig, findModules, type ModuleSource, type Report } from '../../server/src/check';
import { nodeFileSystem } from '../../server/src/cli';
import { type Arc, constantName } from '../../server/src/uapi';
import type { CorpusDriver } from './drivers';
import { stepHead } from './stepHead';

/** A real driver under test, as it is or with a line of ours in it. */
export interface Subject {
  readonly module: CModule;
  readonly driver: DriverModel;
  readonly report: Report;
  /** The same driver with `if (cur == from && new == to) return <value>;` at the head of its step function. */
  mutated(arc: Arc, value: string): Subject;
}

/** Reads the driver's module from its tree and analyses it. Throws when it is not there. */
export async function subjectOf(frontEnd: FrontEnd, { tree, truth }: CorpusDriver): Promise<Subject> {
  const modules = await findModules(nodeFileSystem(), join(tree.path, truth.file), { profile: null });
  const stepFile = join(tree.path, truth.step.file);
  const source = modules.find(({ files }) => files.some(({ path }) => path === stepFile));
  assert.ok(source, `no module with ${truth.step.file}`);

  // As in an editor: what a mutation does not touch is kept from the check before.
  const cache = new SummaryCache();
  const check = (text: ModuleSource): Subject => {
    const module = frontEnd.module(text.files);
    const report = checkModule(module, text.profile, defaultConfig, cache);
    const driver = report.drivers.find((found) => found.driver.setState.name === truth.setState)?.driver;
    assert.ok(driver, `no driver with ${truth.setState}()`);
    return { module, driver, report, mutated: (arc, value) => check(mutate(text, arc, value)) };
  };
  const mutate = (module: ModuleSource, arc: Arc, value: string): ModuleSource => ({
    ...module,
    files: module.files.map((file) => {
      if (file.path !== stepFile) return file;
      const { at, cur, next } = stepHead(file.text, truth.step.name);
      const line = `\tif (${cur} == ${constantName(arc.from)} && ${next} == ${constantName(arc.to)})\n\t\treturn ${value};\n`;
      return { path: file.path, text: file.text.slice(0, at) + line + file.text.slice(at) };
    }),
  });
  return check(source);
}
