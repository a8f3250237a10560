/**
 * Decisions of a generator, by name. Each one depends on the seed and its own name alone, so a failing case is shrunk by
 * making decisions plain one after another: the others stay as they were.
 */
export class Choices {
  private readonly counts = new Map<string, number>();
  /** Names of the decisions that were not plain. */
  readonly fancy = new Set<string>();

  /** `plain` names the decisions that take their first option. */
  constructor(
    readonly seed: number,
    private readonly plain: ReadonlySet<string> = new Set(),
  ) {}

  /** One of the options; the first is the plain one. */
  pick<T>(name: string, options: readonly T[]): T {
    const index = Math.floor(this.number(name) * options.length);
    return options[index] as T;
  }

  /** True with the given percentage; false is plain. */
  chance(name: string, percent: number): boolean {
    const key = this.key(name);
    const yes = !this.plain.has(key) && random(this.seed, key) * 100 < percent;
    if (yes) this.fancy.add(key);
    return yes;
  }

  /** A whole number; the lowest is plain. */
  int(name: string, low: number, high: number): number {
    return low + Math.floor(this.number(name) * (high - low + 1));
  }

  /** The items in a random order; the given one is plain. */
  shuffled<T>(name: string, items: readonly T[]): T[] {
    const key = this.key(name);
    if (this.plain.has(key)) return [...items];
    this.fancy.add(key);
    return items
      .map((item, i) => ({ item, at: random(this.seed, `${key}/${i}`) }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  }

  private number(name: string): number {
    const key = this.key(name);
    if (this.plain.has(key)) return 0;
    this.fancy.add(key);
    return random(this.seed, key);
  }

  private key(name: string): string {
    const n = this.counts.get(name) ?? 0;
    this.counts.set(name, n + 1);
    return n === 0 ? name : `${name}#${n}`;
  }
}

/** A number in [0, 1) that depends on the seed and the name: FNV-1a, then the finisher of MurmurHash3. */
function random(seed: number, name: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0) / 2 ** 32;
}
