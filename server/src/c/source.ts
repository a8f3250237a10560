import type { Region } from './conditions';
import type { ConfigTest, Span } from './ir';
import type { Mask } from './mask';
import type { OffsetMap } from './offsets';
import type { SyntaxNode } from './syntax';

/** The text of one item as lowering sees it: expanded, with the way back to the source. */
export class Source {
  constructor(
    /** Expanded and not masked; offsets of nodes count in it. */
    readonly text: string,
    private readonly map: OffsetMap,
    readonly masks: ReadonlyMap<number, Mask>,
    /** Condition texts of macros with alternatives. */
    readonly choices: readonly string[],
    /** Regions inside the item, in source offsets relative to it, outer ones first. */
    readonly regions: readonly Region[],
    /** Where the text of this item starts in the expanded text that `map` knows. */
    private readonly shift: number,
    /** Brackets in the item do not match. */
    readonly damaged: boolean,
  ) {}

  /** The unmasked text of a node. */
  textOf(node: SyntaxNode): string {
    return this.text.slice(node.start, node.end);
  }

  /** The source span of a node, relative to the item. */
  span(node: SyntaxNode): Span {
    return this.range(node.start, node.end);
  }

  range(start: number, end: number): Span {
    // Brackets that were put behind a text to close it are at its end.
    const last = this.text.length;
    return this.map.span(Math.min(start, last) + this.shift, Math.min(end, last) + this.shift);
  }

  /** The innermost region that the node starts in, or -1. */
  regionOf(node: SyntaxNode): number {
    if (this.regions.length === 0) return -1;
    const offset = this.range(node.start, node.start + 1).start;
    let found = -1;
    this.regions.forEach((region, index) => {
      if (region.start <= offset && offset < region.end) found = index;
    });
    return found;
  }

  /** The tests between region `outer` and region `inner`, outermost first; empty when `inner` is not in `outer`. */
  testsBetween(outer: number, inner: number): readonly ConfigTest[] {
    if (inner === outer || inner < 0) return [];
    const tests: ConfigTest[] = [];
    let at = inner;
    while (at >= 0 && at !== outer) {
      const region = this.regions[at];
      if (region === undefined) break;
      tests.unshift(...region.tests);
      at = region.parent;
    }
    return at === outer ? tests : [];
  }

  /** How far the line of `offset` is indented, tabs as eight; for text with broken brackets only. */
  indentation(offset: number): number {
    const line = this.text.lastIndexOf('\n', offset - 1) + 1;
    let width = 0;
    for (let i = line; i < offset; i++) {
      const c = this.text.charCodeAt(i);
      if (c === 9) width += 8 - (width % 8);
      else if (c === 32) width++;
      else break;
    }
    return width;
  }
}
