import type { Finding } from '../rules/rule';
import type { CheckedText, Mending, Recheck, Search } from './mending';
import { finish, keyOf, mendableRules, searchMend } from './mending';

/** What came of mending several findings, one after the other on the text that the one before left. */
export interface MendedText {
  readonly after: CheckedText;
  /** Titles, in the order in which it was done. */
  readonly done: readonly string[];
  /** How many of the wanted findings are gone: one mend can be that of several. */
  readonly gone: number;
  readonly failed: readonly (Mending & { readonly proved: false })[];
}

/**
 * Mends every finding that `wanted` takes, and those that only then come to light. What fails is tried again after others were
 * mended, since what they wrote may show how.
 */
export function mendAll(before: CheckedText, wanted: (finding: Finding) => boolean, recheck: Recheck): MendedText {
  return finish(searchMendAll(before, wanted, recheck));
}

/** The same, step by step. */
export function* searchMendAll(
  before: CheckedText,
  wanted: (finding: Finding) => boolean,
  recheck: Recheck,
): Search<MendedText> {
  let now = before;
  const done: string[] = [];
  let gone = 0;
  const failed = new Map<string, MendedText['failed'][number]>();
  for (let progress = true; progress; ) {
    progress = false;
    failed.clear();
    const tried = new Set<string>();
    for (let next = nextMendable(now, wanted, tried); next !== null; next = nextMendable(now, wanted, tried)) {
      tried.add(next.key);
      const mending = yield* searchMend(now, next.finding, recheck);
      if (mending?.proved === true) {
        const left = new Set(keyed(mending.after).map(({ key }) => key));
        gone += keyed(now).filter(({ finding, key }) => wanted(finding) && !left.has(key)).length;
        now = mending.after;
        done.push(mending.title);
        progress = true;
      } else if (mending !== null) {
        failed.set(next.key, mending);
      }
    }
    if (failed.size === 0) break;
  }
  return { after: now, done, gone, failed: [...failed.values()] };
}

/** The first finding that can be mended and was not tried, in the order of the rules. */
function nextMendable(
  text: CheckedText,
  wanted: (finding: Finding) => boolean,
  tried: ReadonlySet<string>,
): KeyedFinding | null {
  const all = keyed(text);
  for (const rule of mendableRules) {
    const next = all.find(({ finding, key }) => finding.rule === rule && wanted(finding) && !tried.has(key));
    if (next !== undefined) return next;
  }
  return null;
}

/** A finding, and what it is known by from one text of its module to the next. */
interface KeyedFinding {
  readonly finding: Finding;
  readonly key: string;
}

function keyed({ report }: CheckedText): readonly KeyedFinding[] {
  return report.drivers.flatMap(({ driver, findings }) =>
    findings.map((finding) => ({ finding, key: `${driver.ops.location.file} ${driver.ops.name} ${keyOf(finding)}` })),
  );
}
