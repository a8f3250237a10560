import { arcDoc, documentedArcs } from './arcDocs';
import { arcText } from './arcs';
import type { Doc } from './doc';
import { flags } from './flags';
import { kernelNames } from './names';
import { profiles } from './profiles';
import { normalized, parseArc, parseFlag, parseState } from './spelling';
import { stateOf, states } from './states';
import { nearest } from './suggest';

/** Longer texts are no names; looking at them no further keeps the cost of a question bounded. */
const longestName = 120;

/**
 * What the uAPI says about a name: a state or flag (with or without its prefix), an arc (`RUNNING -> STOP`, `RUNNING:STOP`,
 * `RUNNING STOP`), an op, ioctl, device feature, struct, field (`data_fd`, `vfio_precopy_info.flags`), function, or the id of
 * a profile. Case does not matter, except that a name which is right in its own case is taken first.
 * STOP_COPY and PRE_COPY alone mean the states; the flags need their prefix then.
 * null for any other text, and for the bare name of a field that several structs have.
 */
export function explain(name: string): Doc | null {
  if (name.length > longestName) {
    return null;
  }
  const state = parseState(name);
  if (state !== null) {
    return stateOf(state)?.doc ?? null;
  }
  const flag = parseFlag(name);
  if (flag !== null) {
    return flags.find((each) => each.name === flag)?.doc ?? null;
  }
  const arc = parseArc(name);
  return arc !== null ? arcDoc(arc) : (docsByName.get(unwrapped(name)) ?? docsBySpelling.get(bare(name)) ?? null);
}

/**
 * The names that somebody may have meant who wrote one that `explain` does not know: nearest first, at most `limit`,
 * empty when nothing is near. Each is a text that `explain` knows.
 */
export function suggestionsFor(name: string, limit = 3): readonly string[] {
  if (name.length > longestName) {
    return [];
  }
  const arcParts = name.split('->');
  if (arcParts.length === 2) {
    const [from, to] = arcParts.map((part) => nearest(bare(part), stateSpellings, 1)[0]);
    const arc = from === undefined || to === undefined ? null : parseArc(`${from}->${to}`);
    return arc === null || limit < 1 ? [] : [arcText(arc)];
  }
  return nearest(bare(name), allSpellings, limit);
}

/** Everything that is documented by itself: states, flags, the arcs that drivers are asked for, kernel names, profiles. */
export function documentation(): readonly Doc[] {
  return [...states, ...flags, ...kernelNames, ...profiles].map((each) => each.doc).concat(documentedArcs.map(arcDoc));
}

/** A name without what people put around it: `struct`, `enum`, a call's parentheses, `->` and `::` for a field's dot. */
function unwrapped(name: string): string {
  return name
    .trim()
    .replace(/^(?:struct|enum)\s+/i, '')
    .replace(/\s*\(\s*\)$/, '')
    .replace(/\s*(?:->|::)\s*/, '.');
}

/** The same, ready to compare. */
function bare(name: string): string {
  return normalized(unwrapped(name));
}

const namedDocs: readonly (readonly [string, Doc])[] = [
  ...kernelNames.flatMap(({ name, aliases, doc }) => [name, ...aliases].map((each) => [each, doc] as const)),
  ...profiles.flatMap(({ id, title, doc }) => [id, title].map((each) => [each, doc] as const)),
];

/** As in C, where a feature and its struct may differ in nothing but case. */
const docsByName: ReadonlyMap<string, Doc> = new Map(namedDocs);

/** In any case. Of two names that are the same then, the first wins: the feature, not its struct. */
const docsBySpelling: ReadonlyMap<string, Doc> = new Map(
  [...namedDocs].reverse().map(([name, doc]) => [bare(name), doc]),
);

/** Comparable spelling -> the text to show. */
const stateSpellings: ReadonlyMap<string, string> = new Map(states.map(({ name }) => [name, name]));
const allSpellings: ReadonlyMap<string, string> = new Map([
  ...flags.flatMap(({ name, constant }): [string, string][] => [
    [name, constant],
    [constant, constant],
  ]),
  ...states.flatMap(({ name, constant }): [string, string][] => [
    [name, name],
    [constant, constant],
  ]),
  ...kernelNames.flatMap(({ name, aliases }) =>
    [name, ...aliases].map((each): [string, string] => [bare(each), aliases[0] ?? name]),
  ),
  ...profiles.map(({ id }): [string, string] => [bare(id), id]),
]);
