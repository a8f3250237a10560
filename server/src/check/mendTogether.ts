import type { Finding } from '../rules/rule';
import { searchMendAll } from './mendAll';
import type { CheckedText, Recheck, Search } from './mending';
import type { SourceFile } from './report';
import { changesBetween } from './textEdits';

/** A module that can be mended: its present text, and how others are checked in its place. */
export interface Mendable {
  readonly before: CheckedText;
  readonly recheck: Recheck;
}

/** A module of which every text is checked in the others as well, as far as they have its files. */
export function beside({ before, recheck }: Mendable, others: readonly Mendable[]): Mendable {
  return {
    before: { ...before, beside: others.map((other) => other.before.report) },
    recheck(files) {
      const own = recheck(files);
      if (own === null) return null;
      const reports = others.map((other) => withFiles(other, files)?.before.report ?? null);
      return reports.includes(null) ? null : { ...own, beside: reports.flatMap((report) => report ?? []) };
    },
  };
}

/** The module with what these files now say; null when there is no more time to check it. */
function withFiles(module: Mendable, files: readonly SourceFile[]): Mendable | null {
  const { before, recheck } = module;
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const now = before.files.map((file) => ({ path: file.path, text: texts.get(file.path) ?? file.text }));
  if (now.every(({ text }, index) => text === before.files[index]?.text)) return module;
  const after = recheck(now);
  return after === null ? null : { before: after, recheck };
}

/**
 * Mends what modules that share files find, one module after the other on the text that the one before left: what two of them
 * find is mended once. Gives the files that changed, as they were and as they are then.
 */
export function* searchMendTogether(
  modules: readonly Mendable[],
  wanted: (finding: Finding) => boolean,
): Search<readonly (readonly [SourceFile, SourceFile])[]> {
  let now = modules;
  for (const index of modules.keys()) {
    const own = now[index];
    if (own === undefined) continue;
    const others = now.filter((each) => each !== own);
    const { before, recheck } = beside(own, others);
    const { after, done } = yield* searchMendAll(before, wanted, recheck);
    if (done.length === 0) continue;
    const next = now.map((each) => withFiles(each, after.files));
    // Out of time: what was mended before is proved all the same.
    if (next.includes(null)) break;
    now = next.flatMap((each) => each ?? []);
  }
  const changes = modules.flatMap(({ before }, index) => changesBetween(before.files, now[index]?.before.files ?? []));
  return [...new Map(changes.map((change) => [change[0].path, change])).values()];
}
