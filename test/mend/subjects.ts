import assert from 'node:assert/strict';
import { join } from 'node:path';
import { SummaryCache } from '../../server/src/analysis';
import type { DriverModel } from '../../server/src/analysis/model';
import type { FrontEnd } from '../../server/src/c';
import type { CheckedText, DriverId, ModuleSource, SourceFile } from '../../server/src/check';
import { checkModule, defaultConfig, driverIdOf, driverIn, edited, findModules } from '../../server/src/check';
import { nodeFileSystem } from '../../server/src/cli';
import { removalWays } from '../../server/src/mend';
import type { Arc } from '../../server/src/uapi';
import { sameArc } from '../../server/src/uapi';
import type { CorpusDriver } from '../corpus/drivers';
import { newest } from '../support/analyse';

/** A module that mends are tried on. */
export interface Patient {
  readonly text: CheckedText;
  readonly id: DriverId;
  readonly recheck: (files: readonly SourceFile[]) => CheckedText;
}

/** Checks texts of one module as an editor does: what an edit does not touch is kept. */
export function checking(frontEnd: FrontEnd, profile: ModuleSource['profile'] = newest): Patient['recheck'] {
  const cache = new SummaryCache();
  return (files) => {
    const module = frontEnd.module(files);
    return { files, module, report: checkModule(module, profile, defaultConfig, cache) };
  };
}

/** A module of texts by path that has one driver. */
export function patientOf(frontEnd: FrontEnd, files: Readonly<Record<string, string>>): Patient {
  const recheck = checking(frontEnd);
  const text = recheck(Object.entries(files).map(([path, content]): SourceFile => ({ path, text: content })));
  const [driver] = text.report.drivers;
  assert.ok(driver, 'no driver');
  return { text, id: driverIdOf(driver.driver), recheck };
}

/** A real driver as it is in its tree. */
export async function realPatient(frontEnd: FrontEnd, { tree, truth }: CorpusDriver): Promise<Patient> {
  const modules = await findModules(nodeFileSystem(), join(tree.path, truth.file), { profile: null });
  const source = modules.find(({ files }) => files.some(({ path }) => path === join(tree.path, truth.step.file)));
  assert.ok(source, `no module with ${truth.step.file}`);
  const recheck = checking(frontEnd, source.profile);
  const text = recheck(source.files);
  const driver = text.report.drivers.find((each) => each.driver.setState.name === truth.setState)?.driver;
  assert.ok(driver, `no driver with ${truth.setState}()`);
  return { text, id: driverIdOf(driver), recheck };
}

export function driverOf({ text, id }: Patient): DriverModel {
  const driver = driverIn(text, id);
  assert.ok(driver, `no driver with ${id.ops}`);
  return driver;
}

/** The driver without the code of one arc, which is then the only one that it lacks more; null where that code does more. */
export function without(patient: Patient, arc: Arc): Patient | null {
  const before = driverOf(patient);
  for (const edits of removalWays({ driver: before, module: patient.text.module }, arc)) {
    const text = patient.recheck(edited(patient.text.files, edits));
    const missing = driverIn(text, patient.id)?.missing ?? [];
    const more = missing.filter((each) => !before.missing.some((old) => sameArc(old, each)));
    const [only] = more;
    if (more.length === 1 && only?.always === true && sameArc(only, arc)) return { ...patient, text };
  }
  return null;
}

/** Without the first, and then each nth, required arc that can be taken out. */
export function withoutEvery(patient: Patient, nth: number): Patient {
  const required = driverOf(patient).arcs.filter((arc) => arc.required);
  return required.reduce((now, arc, index) => (index % nth === 0 ? (without(now, arc) ?? now) : now), patient);
}
