import type { GlobalIR, InitializerEntry, Location } from '../c/ir';
import type { FunctionDecl } from '../c/module';
import { inGlobal } from './discover';
import { globalRoot } from './globals';
import type { Machine } from './machine';
import type { Value } from './value';
import { inside } from './value';

/** A table of operations of the module: what its members are, and where. */
export class OpsTable {
  constructor(
    private readonly machine: Machine,
    readonly global: GlobalIR,
  ) {}

  /** The tables of a kernel type that set the member. */
  static of(machine: Machine, type: string, member: string): OpsTable[] {
    return machine.module
      .globalMentions(member)
      .filter((global) => global.type.k === 'struct' && global.type.name === type && entry(global, member) !== null)
      .map((global) => new OpsTable(machine, global));
  }

  get name(): string {
    return this.global.name;
  }

  /** Of the variable's name. */
  get location(): Location {
    return inGlobal(this.global, this.global.nameSpan);
  }

  /** Where the member is set; the table when it is not. */
  locationOf(member: string): Location {
    const found = entry(this.global, member);
    return found === null ? this.location : inGlobal(this.global, found.span);
  }

  /** The member's value; 0 when the table does not set it. */
  value(member: string): Value {
    const { module } = this.machine;
    return this.machine.initial(inside(globalRoot(module, this.global.name, this.global.file), `.${member}`, null));
  }

  has(member: string): boolean {
    const value = this.value(member);
    return value.k !== 'int' || value.v !== 0n;
  }

  /** The function of the module that the member names; null for a foreign one and for none. */
  fn(member: string): FunctionDecl | null {
    const value = this.value(member);
    return value.k === 'function' ? (this.machine.module.functions(value.name, value.file)[0] ?? null) : null;
  }

  /** The name of the kernel's function that the member names; null otherwise. */
  foreign(member: string): string | null {
    const value = this.value(member);
    return value.k === 'symbol' && value.origin.k === 'foreign' ? value.origin.name : null;
  }
}

function entry({ initializer }: GlobalIR, member: string): InitializerEntry | null {
  if (initializer?.k !== 'list') return null;
  return initializer.entries.find(({ designators: [first] }) => first?.k === 'field' && first.name === member) ?? null;
}
