import { wantedIn } from '../analysis/asking';
import type { CType } from '../c/ir';
import { placesReadIn } from '../c/placesRead';
import type { Arc } from '../uapi';
import { constantName } from '../uapi';
import type { MendContext, Site } from './site';
import { isVisible } from './site';

/** The operands of one condition, which are and-ed. */
export type Operands = readonly string[];

/**
 * Conditions that may select the arc in the site's own names. A function that compares no state yet has variables that may hold
 * one: which of them do, the proof tells.
 */
export function conditions({ driver, module }: MendContext, site: Site, arc: Arc): readonly Operands[] {
  const { current, next } = site.names;
  if (next !== null && site.from === arc.from) return [[leads(next, arc)]];
  const kept = driver.stateLocation === null ? [] : [driver.stateLocation.text];
  const unsigned = (type: CType) => isState(type) || (type.k === 'int' && !type.signed);
  const currents =
    current === null
      ? [...variables(site, 'local', unsigned), ...kept, ...variables(site, 'parameter', unsigned)]
      : [current];
  const wanted = wantedIn(driver, module, site.decl);
  const nexts = next === null ? variables(site, 'parameter', unsigned).filter((name) => !wanted.has(name)) : [next];
  return pairs(currents, nexts, arc);
}

/**
 * Conditions that may select the arc at a place that has no other arcs near it: by everything there that can hold a state, the
 * likeliest first.
 */
export function conditionsAt(
  { driver, module }: MendContext,
  site: Site,
  offset: number,
  arc: Arc,
): readonly Operands[] {
  const [current, next] = [site.names.current, site.names.next].map((name) =>
    name !== null && isVisible(site, name, offset) ? name : null,
  );
  const kept = driver.stateLocation?.text ?? null;
  const holds = (type: CType) => isState(type) || type.k === 'int';
  const wanted = wantedIn(driver, module, site.decl);
  const read = placesReadIn(site.decl);
  const beside = current == null || current === kept ? [] : read.filter((name) => isBeside(name, current));
  const own = [...beside, ...variables(site, 'parameter', holds), ...read, ...variables(site, 'local', holds)].filter(
    (name) => !wanted.has(name) && isVisible(site, name, offset),
  );
  const currents = new Set([current, kept].flatMap((name) => name ?? []));
  return pairs(currents.size === 0 ? own : [...currents], next == null ? [...new Set(own)] : [next], arc);
}

/** True for two members of one struct: `now.from` and `now.to`. */
function isBeside(one: string, other: string): boolean {
  const owner = (name: string) => /^(.*)(?:\.|->)\w+$/.exec(name)?.[1];
  return owner(one) !== undefined && owner(one) === owner(other);
}

function leads(name: string, { to }: Arc): string {
  return `${name} == ${constantName(to)}`;
}

function pairs(currents: readonly string[], nexts: readonly string[], arc: Arc): readonly Operands[] {
  const all = currents.flatMap((one) => nexts.map((other) => [one, other] as const));
  return all
    .filter(([one, other]) => one !== other)
    .map(([one, other]) => [`${one} == ${constantName(arc.from)}`, leads(other, arc)]);
}

function isState(type: CType): boolean {
  return (type.k === 'enum' && type.name === 'vfio_device_mig_state') || type.k === 'named';
}

/** The site's variables of a type that may hold a state. */
function variables(
  { decl }: Site,
  kind: 'local' | 'parameter',
  holdsState: (type: CType) => boolean,
): readonly string[] {
  const { params, locals } = decl.ir();
  return locals.flatMap(({ id, name, type }) => {
    const isParameter = params.includes(id);
    return name !== null && holdsState(type) && isParameter === (kind === 'parameter') ? [name] : [];
  });
}
