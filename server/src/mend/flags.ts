import { functionAt } from '../analysis/selection';
import type { CType, Location } from '../c/ir';
import { statementsAround } from '../c/outline';
import type { Arc, FlagName } from '../uapi';
import { flags as allFlags, sameArc } from '../uapi';
import type { Ways } from './edit';
import { indentAt, indentUnit, nextLine } from './layout';
import type { MendContext, Site } from './site';
import { isVisible, siteOf } from './site';

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

/**
 * Ways to declare a flag only under the condition under which an arc is handled, where the flags are set and the names of that
 * condition can be spelled. They are not proved.
 */
export function* flagUnderWays(context: MendContext, flag: FlagName, arc: Arc): Ways {
  const { driver, module } = context;
  const constant = `VFIO_MIGRATION_${flag}`;
  for (const { file, span } of driver.flagSets[0]?.locations ?? []) {
    const decl = functionAt(module, { file, span });
    const site = decl === undefined ? null : siteOf(context, decl);
    const [owner, statement] = site === null ? [] : statementsAround(site.body, span.start).slice(-2);
    if (site === null || owner?.kind !== 'block' || statement?.kind !== 'plain') continue;
    const { start, end } = statement.span;
    const whole = site.text.slice(start, end);
    const target = /^([\w.>-]+)\s*\|?=/.exec(whole)?.[1];
    const rest = whole.replace(new RegExp(`\\s*\\|\\s*${constant}\\b|\\b${constant}\\s*\\|\\s*`), '');
    const condition = spelledAt(context, site, start, arc);
    if (target === undefined || condition === null || !whole.includes(constant)) continue;
    const indent = indentAt(site.text, start);
    const declared = `${indent}if (${condition})\n${indent}${indentUnit(site.text)}${target} |= ${constant};\n`;
    const behind = nextLine(site.text, end);
    const isAlone = /^[^|]*\|=\s*\w+;$/.test(whole) || rest.replace(/\s+/g, ' ') === `${target} = ${target};`;
    if (isAlone) {
      yield [{ file, start, end, text: declared.trim() }];
    } else if (rest !== whole) {
      yield [
        { file, start, end, text: rest },
        { file, start: behind, end: behind, text: declared },
      ];
    }
  }
}

/** The condition of the arc with the names that what it speaks of has at a place; null where something has none. */
function spelledAt({ driver, module }: MendContext, site: Site, offset: number, arc: Arc): string | null {
  const model = driver.arcs.find((each) => sameArc(each, arc));
  if (model?.condition == null) return null;
  const places: readonly Location[] = model.evidence.map(({ location }) => location);
  const decls = new Set(places.flatMap((place) => functionAt(module, place) ?? []));
  const known = [...decls].flatMap((decl) => decl.ir().locals);
  let isWhole = true;
  const text = model.condition.replace(/(?<![\w.>])[A-Za-z_]\w*/g, (word: string) => {
    if (/^CONFIG_/.test(word)) return `IS_ENABLED(${word})`;
    const own = known.find(({ name }) => name === word);
    if (own === undefined) return word;
    const struct = structOf(own.type);
    const here = site.decl.ir().locals.filter(({ type }) => struct !== null && structOf(type) === struct);
    const name = here.find((each) => each.name !== null && isVisible(site, each.name, offset))?.name;
    isWhole = isWhole && name != null;
    return name ?? word;
  });
  return isWhole ? text : null;
}

/** The struct that a type points to. */
function structOf(type: CType): string | null {
  return type.k === 'pointer' && type.to.k === 'struct' ? type.to.name : null;
}
