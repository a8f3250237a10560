/** One object that the kernel's build makes of several source files, or of one. */
export interface BuildTarget {
  /** Without `.o`. */
  readonly name: string;
  /** The objects that are linked into it, relative to the Makefile's folder: `main.o`, `lib/x.o`. */
  readonly objects: readonly string[];
}

/** Lists of objects that are no target themselves: options for the compiler, files to clean, ... */
const notTargets =
  /^(?:subdir|(?:subdir-)?(?:cc|as|ld|rust)flags|always|extra|targets|hostprogs|userprogs|clean-files|header-test|no-header-test|KBUILD_.*|CFLAGS_.*)$/;
const linkedDirectly = /^(?:obj|lib)$/;

/**
 * Reads which objects belong together from a kernel Makefile or Kbuild file: `obj-$(CONFIG_X) += foo.o` and
 * `foo-y`, `foo-m`, `foo-objs`, `foo-$(CONFIG_Y)`, over continued lines and with lists named by variables. Conditional
 * parts (`ifeq`, `ifdef`) all count, because the text alone can not tell which hold.
 */
export function parseMakefile(text: string): readonly BuildTarget[] {
  const variables = new Map<string, string>();
  const parts = new Map<string, Set<string>>();
  for (const line of logicalLines(text)) {
    const assignment = /^\s*(?:export\s+|override\s+)*([^\s:+?=#]+)\s*(?::{0,3}|\+|\?)=\s*(.*)$/.exec(line);
    const left = assignment?.[1];
    if (left === undefined) {
      continue;
    }
    const right = assignment?.[2] ?? '';
    variables.set(left, `${variables.get(left) ?? ''} ${right}`);
    const target = /^(.+)-(?:y|m|objs|\$[({][^)}]*[)}])$/.exec(left)?.[1];
    if (target === undefined || notTargets.test(target)) {
      continue;
    }
    const objects = parts.get(target) ?? new Set();
    for (const object of objectsIn(expand(right, variables, 0))) {
      objects.add(object);
    }
    parts.set(target, objects);
  }
  return targetsOf(parts);
}

function targetsOf(parts: ReadonlyMap<string, ReadonlySet<string>>): readonly BuildTarget[] {
  const composites = [...parts.keys()].filter((name) => !linkedDirectly.test(name) && (parts.get(name)?.size ?? 0) > 0);
  const inner = new Set(composites.flatMap((name) => [...(parts.get(name) ?? [])]));
  const targets = composites
    .filter((name) => !inner.has(`${name}.o`))
    .map((name) => ({ name, objects: flatten(name, parts, new Set()) }));
  const direct = ['obj', 'lib'].flatMap((list) => [...(parts.get(list) ?? [])]);
  const single = direct
    .filter((object) => !composites.includes(withoutSuffix(object)) && !inner.has(object))
    .map((object) => ({ name: withoutSuffix(object), objects: [object] }));
  return [...targets, ...single];
}

/** The objects of a composite, with those that are composites themselves replaced by their parts. */
function flatten(name: string, parts: ReadonlyMap<string, ReadonlySet<string>>, seen: Set<string>): readonly string[] {
  if (seen.has(name)) {
    return [];
  }
  seen.add(name);
  const objects = [...(parts.get(name) ?? [])].flatMap((object) => {
    const part = withoutSuffix(object);
    return part !== name && parts.has(part) ? flatten(part, parts, seen) : [object];
  });
  return [...new Set(objects)];
}

function logicalLines(text: string): readonly string[] {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|[^\\])#.*$/, '$1'));
}

function objectsIn(list: string): readonly string[] {
  return list.split(/\s+/).filter((word) => /^[\w.+/-]+\.o$/.test(word));
}

/** Variables may name each other in a circle, so the depth is bounded. */
function expand(text: string, variables: ReadonlyMap<string, string>, depth: number): string {
  if (depth > 8 || !text.includes('$')) {
    return text;
  }
  return text.replace(/\$[({]([\w.-]+)[)}]/g, (_, name: string) =>
    expand(variables.get(name) ?? '', variables, depth + 1),
  );
}

function withoutSuffix(object: string): string {
  return object.replace(/\.o$/, '');
}
