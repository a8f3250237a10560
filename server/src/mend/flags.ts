import { flags as allFlags, type FlagName } from '../uapi';
import type { Ways } from './edit';
import type { MendContext } from './site';

/** Ways to declare flags as well, where the driver names those that it declares already. They are not proved. */
export function* flagWays({ driver, module }: MendContext, flags: readonly FlagName[]): Ways {
  const added = allFlags.filter(({ name }) => flags.includes(name)).map(({ constant }) => constant);
  const places = [...(driver.flagSets[0]?.locations ?? [])].reverse();
  for (const { file, span } of places) {
    const text = module.file(file)?.text.slice(span.start, span.end) ?? '';
    const last = [...text.matchAll(/\bVFIO_MIGRATION_\w+/g)].at(-1);
    if (last === undefined) continue;
    const at = span.start + last.index + last[0].length;
    yield [{ file, start: at, end: at, text: added.map((flag) => ` | ${flag}`).join('') }];
  }
}
