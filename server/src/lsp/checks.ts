import type { CancellationToken, Diagnostic } from 'vscode-languageserver';
import { DiagnosticSeverity } from 'vscode-languageserver';
import type { CModule } from '../c/module';
import type { ModuleSource, Report } from '../check';
import { alwaysMissing, coverageOf } from '../check';
import type { Finding } from '../rules/rule';
import { driversOf } from './checkedDriver';
import type { TextOf } from './convert';
import { diagnosticOf, diagnosticSource, locationOf } from './convert';
import type { Checked, Engine } from './engine';
import { stopIfCancelled } from './gate';
import { symbolsOf } from './moduleSymbols';
import type { ModuleState } from './modules';
import type { Session } from './session';
import { isMarked, maxFileLength, mayBelongToDriver } from './texts';

/** From a file to its modules and their up-to-date results. */

/** How often a check may find that other files belong to the module before that is put off to the next one. */
const maxRounds = 3;

/**
 * The modules of a file, checked with the newest texts. Empty for what is no driver, which costs next to nothing.
 * Rejects when the client took the request back, and for faults of ours.
 */
export async function checked(
  session: Session,
  path: string,
  token?: CancellationToken,
): Promise<readonly ModuleState[]> {
  let modules = await modulesOf(session, path);
  for (let round = 0; round < maxRounds && modules.some((module) => module.stale); round++) {
    for (const module of modules) {
      if (!module.stale) continue;
      await session.platform.pause();
      if (token !== undefined) stopIfCancelled(token);
      await checkModule(session, module);
    }
    modules = await modulesOf(session, path);
  }
  return modules;
}

/** The modules of a file, looked for when they are not known yet. */
async function modulesOf(session: Session, path: string): Promise<readonly ModuleState[]> {
  const open = session.texts.document(path)?.text.getText();
  // The parser loads while the client is asked for the settings and the module's files are read.
  if (open !== undefined && session.modules.of(path).length === 0 && mayBelongToDriver(open)) prepare(session);
  await session.settingsRead;
  const known = session.modules.of(path);
  if (known.some((module) => module.suspect)) {
    await search(session, path);
    return session.modules.of(path);
  }
  if (known.length > 0 || session.without.has(path)) return known;
  const text = session.texts.at(path)?.getText() ?? (await session.texts.overlay.readText(path));
  if (text === null || !mayBelongToDriver(text)) return [];
  if (text.length > maxFileLength) {
    if (session.results.set(path, [tooLarge(text.length)])) session.tell([path]);
    return [];
  }
  await search(session, path);
  return session.modules.of(path);
}

/** Begins to load the parser; who needs it asks again and is told what went wrong. */
function prepare(session: Session): void {
  session
    .engine()
    .then((engine) => engine.ready())
    .catch(() => undefined);
}

/** Looks for the modules of a file again and takes them over; searches for one file do not overlap. */
export function search(session: Session, path: string): Promise<void> {
  const { without } = session;
  const running = session.searches.get(path);
  if (running?.without === without) return running.done;
  const ended = running?.done.catch(() => undefined) ?? Promise.resolve();
  const done = ended
    .then(() => searchOnce(session, path, without))
    .finally(() => {
      if (session.searches.get(path)?.done === done) session.searches.delete(path);
    });
  session.searches.set(path, { without, done });
  return done;
}

async function searchOnce(session: Session, path: string, without: Set<string>): Promise<void> {
  const engine = await session.engine();
  const found = await engine.findModules(session.texts.overlay, path, session.configOf(path).profile);
  const sources = found.filter((source) => source.files.some((file) => isMarked(file.text)));
  const before = session.modules.of(path);
  for (const module of before) module.suspect = false;
  const now = sources.map((source) => adopt(session, source));
  for (const module of before) if (!now.includes(module)) retire(session, engine, module);
  if (now.length === 0) without.add(path);
}

/** Takes over a module that was found, and the texts that were read for it. */
export function adopt(session: Session, source: ModuleSource): ModuleState {
  const module = session.modules.add(source);
  if (module.stale) for (const { path, text } of source.files) session.texts.keep(path, text);
  return module;
}

/** Forgets a module and what was said about its files. */
export function retire(session: Session, engine: Engine, module: ModuleState): void {
  session.modules.remove(module);
  rest(session, engine, module);
  showResults(session, new Set(module.diagnostics.keys()));
  session.tellRetired(module);
}

/** Keeps of a module only what it says: its texts and trees are needed again when somebody opens a file of it. */
function rest(session: Session, engine: Engine, module: ModuleState): void {
  module.report = null;
  module.code = null;
  module.sound = null;
  for (const path of module.paths) {
    if (session.modules.of(path).some((other) => isActive(session, other))) continue;
    engine.forget(path);
    session.texts.drop(path);
  }
}

/** Marks everything that was read from the file as outdated. */
export function touched(session: Session, path: string): void {
  for (const module of session.modules.of(path)) module.stale = true;
}

/** True when a file of the module is open. */
export function isActive(session: Session, module: ModuleState): boolean {
  return module.paths.some((path) => session.texts.document(path) !== undefined);
}

/**
 * Checks a module that is stale and takes over what comes out. `use` is given the report, while the module's code and texts
 * are still at hand; with it, a module that rests is checked again as well.
 */
export async function checkModule(
  session: Session,
  module: ModuleState,
  use?: (report: Report, code: CModule, textOf: TextOf) => void,
): Promise<void> {
  const engine = await session.engine();
  const [textOf] = await Promise.all([session.texts.load(module.paths), engine.ready()]);
  if (!session.modules.has(module)) return;
  if (module.stale || (use !== undefined && module.report === null)) update(session, engine, module, textOf);
  if (module.report !== null && module.code !== null) use?.(module.report, module.code, textOf);
  if (isActive(session, module)) {
    module.symbols = null;
  } else {
    module.symbols = driversOf(module).flatMap((known) =>
      symbolsOf(known, textOf, session.texts.uriOf, session.client.t),
    );
    rest(session, engine, module);
  }
}

function update(session: Session, engine: Engine, module: ModuleState, textOf: TextOf): void {
  const { report, module: code } = runCheck(session, engine, module, textOf);
  module.code = code;
  module.report = report;
  if (isSound(report)) module.sound = { report, code };
  module.counts = countsOf(report);
  module.drivers = report.drivers.map(({ driver }) => ({
    name: report.drivers.length === 1 ? module.name : `${module.name}: ${driver.ops.name}`,
    location: locationOf(driver.ops.location, textOf, session.texts.uriOf),
    ops: driver.ops.name,
    flagSets: driver.flagSets.map(({ flags, when }) => ({ flags, when })),
    coverage: coverageOf(driver),
  }));
  tellNotDrivers(session, module, report, textOf);
  const files = new Set(module.diagnostics.keys());
  module.diagnostics = diagnosticsOf(session, module, report, textOf);
  for (const path of module.diagnostics.keys()) files.add(path);
  showResults(session, files);
  session.tellChecked(module, textOf);
}

/** Why a module with migration in it gives no driver goes to the log, once for each reason: it is no fault of the code. */
function tellNotDrivers(session: Session, module: ModuleState, report: Report, textOf: TextOf): void {
  const reasons = report.notDrivers.map(({ message, location }) => {
    const line = textOf(location.file)?.positionAt(location.span.start).line;
    return line === undefined ? `${location.file}: ${message}` : `${location.file}:${line + 1}: ${message}`;
  });
  for (const reason of reasons) if (!module.notDrivers.includes(reason)) session.log.info(reason);
  module.notDrivers = reasons;
}

function runCheck(session: Session, engine: Engine, module: ModuleState, textOf: TextOf): Checked {
  const files = module.paths.flatMap((path) => {
    const text = textOf(path)?.getText();
    return text === undefined || text.length > maxFileLength ? [] : [{ path, text }];
  });
  const started = session.platform.now();
  try {
    const config = session.configOf(module.paths[0] ?? '');
    const checked = engine.check({ name: module.name, profile: module.profile, files }, config);
    const { report, includes } = checked;
    const isDriver = files.some(({ text }) => isMarked(text));
    module.suspect = !isDriver || (module.includes !== null && module.includes !== includes);
    module.includes = includes;
    module.stale = false;
    session.log.trace(
      `checked ${module.name} in ${(session.platform.now() - started).toFixed(1)} ms`,
      `${files.length} files, ${report.drivers.length} drivers, profile ${module.profile.id}: ${module.profile.reason}`,
    );
    return checked;
  } catch (error) {
    for (const path of module.paths) engine.forget(path);
    throw error;
  }
}

function isSound({ drivers }: Report): boolean {
  return drivers.length > 0 && drivers.every(({ driver }) => driver.arcs.every(({ status }) => status !== 'undecided'));
}

function countsOf(report: Report): ModuleState['counts'] {
  return {
    drivers: report.drivers.length,
    missing: report.drivers.reduce((sum, { driver }) => sum + alwaysMissing(driver).length, 0),
    findings: findingsOf(report).length,
  };
}

function findingsOf(report: Report): readonly Finding[] {
  return [...report.drivers.flatMap((driver) => driver.findings), ...report.findings];
}

function diagnosticsOf(
  session: Session,
  module: ModuleState,
  report: Report,
  textOf: TextOf,
): ReadonlyMap<string, readonly Diagnostic[]> {
  const byPath = new Map<string, Diagnostic[]>();
  const add = (path: string, diagnostic: Diagnostic) => {
    const list = byPath.get(path);
    if (list === undefined) byPath.set(path, [diagnostic]);
    else list.push(diagnostic);
  };
  for (const path of module.paths) {
    const length = textOf(path)?.getText().length ?? 0;
    if (length > maxFileLength) add(path, tooLarge(length));
  }
  for (const finding of findingsOf(report)) {
    add(finding.location.file, diagnosticOf(finding, session.client.style, textOf, session.texts.uriOf));
  }
  return byPath;
}

function tooLarge(length: number): Diagnostic {
  const millions = (characters: number) => `${(characters / 1_000_000).toFixed(1)} million`;
  return {
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
    severity: DiagnosticSeverity.Information,
    source: diagnosticSource,
    code: 'file-too-large',
    message: `This file is not analysed: it has ${millions(length)} characters, the limit is ${millions(maxFileLength)}.`,
  };
}

/** Puts together what all modules say about the files, and tells what changed. */
function showResults(session: Session, paths: ReadonlySet<string>): void {
  const changed = [...paths].filter((path) => {
    const items = session.modules.of(path).flatMap((module) => module.diagnostics.get(path) ?? []);
    return session.results.set(path, saidOnce(items));
  });
  session.tell(changed);
}

/** What several modules find in a file that they share is said once, with what each has to show beside it. */
function saidOnce(items: readonly Diagnostic[]): readonly Diagnostic[] {
  const known = new Map<string, Diagnostic>();
  for (const item of items) {
    const { code, severity, range, message, relatedInformation = [] } = item;
    const key = JSON.stringify([code, severity, range, message]);
    const first = known.get(key);
    const places = [...(first?.relatedInformation ?? []), ...relatedInformation];
    const unique = new Map(places.map((place) => [JSON.stringify(place), place]));
    known.set(
      key,
      first === undefined || unique.size === 0 ? item : { ...first, relatedInformation: [...unique.values()] },
    );
  }
  return [...known.values()];
}
