import type { CModule, FunctionDecl } from '../c/module';
import type { Fact } from './facts';
import { findAssigners, flagAssigners, reaches } from './flags';
import type { Value } from './value';

/**
 * Members of the device that only set-up code writes, or nobody in the module: they say what the device can do, while
 * other members may say how it is just now.
 */
export class FixedMembers {
  private readonly known = new Map<string, boolean>();
  private setUp: readonly FunctionDecl[] | null = null;

  constructor(private readonly module: CModule) {}

  /** True when all that the fact is about are such members. */
  has(fact: Fact): boolean {
    return this.isFixed(fact.of);
  }

  private isFixed(value: Value): boolean {
    if (value.k !== 'symbol') return value.k === 'int';
    const { origin } = value;
    if (origin.k === 'term') return origin.args.every((arg) => this.isFixed(arg));
    if (origin.k !== 'memory') return false;
    // Only the device's own struct: what lies behind its pointers belongs to a session or to the hardware.
    if (!/^device:[^[\]{}]*$/.test(origin.loc.key) || !origin.loc.last?.startsWith('.')) return false;
    return this.isFixedMember(origin.loc.last.slice(1));
  }

  /** True for a member of this name, in whatever struct. */
  isFixedMember(member: string): boolean {
    const known = this.known.get(member);
    if (known !== undefined) return known;
    const { module } = this;
    this.setUp ??= flagAssigners(module).map((a) => a.decl);
    const roots = this.setUp;
    const fixed = findAssigners(module, member).every(({ decl }) =>
      roots.some((root) => root === decl || reaches(module, root, decl) || reaches(module, decl, root)),
    );
    this.known.set(member, fixed);
    return fixed;
  }
}
