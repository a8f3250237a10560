import { constants } from 'node:os';
import type { ForeignCall } from './closure';

/** What a member of a foreign struct is, as far as its uses tell: a number, an array of them, a struct, or a pointer to one. */
type MemberKind = 'number' | 'array' | 'struct' | 'pointer';

/** What the kernel's headers would declare, learnt from what gcc complains of. */
export class Declarations {
  private readonly calls: Map<string, ForeignCall>;
  private readonly types = new Map<string, 'number' | 'struct'>();
  private readonly structs = new Map<string, Map<string, MemberKind>>();
  private readonly unions = new Set<string>();
  private readonly constants = new Set<string>();
  private readonly variables = new Set<string>();

  /**
   * `enums` are the names of enums that the driver uses and does not define, `own` those of its structs, and `open` those of
   * the structs in stubs.h, which take in further members; `arrays` are names of members that are copied as memory.
   */
  constructor(
    calls: readonly ForeignCall[],
    private readonly enums: ReadonlySet<string>,
    private readonly own: ReadonlySet<string>,
    private readonly open: ReadonlySet<string>,
    private readonly arrays: ReadonlySet<string>,
  ) {
    this.calls = new Map(calls.map((call) => [call.name, call]));
    for (const name of open) this.structs.set(name, new Map());
  }

  /** A header with everything learnt so far. */
  text(): string {
    const made = [...this.structs].filter(([name]) => !this.open.has(name));
    const structs = made.map(
      ([name, members]) => `${this.tag(name)} ${name} {\n${this.members(members)}\tlong stub_rest[64];\n};`,
    );
    const more = [...this.open].map(
      (name) => `#define MORE_${name} ${this.members(this.structs.get(name)).replace(/\s+/g, ' ')}`,
    );
    return [
      '#pragma once',
      ...[...this.types].map(([name, kind]) =>
        kind === 'struct' ? `typedef struct { long stub[16]; } ${name};` : `typedef long ${name};`,
      ),
      ...[...this.enums].map((name) => `enum ${name} { STUB_${name} };`),
      ...this.inOrder(structs),
      ...more,
      ...[...this.constants].map((name, index) => `#define ${name} ${errnoText(name) ?? index + 1}`),
      ...[...this.variables].map((name) => `static long ${name}[512];`),
      ...[...this.calls.values()].map(macro),
      '',
    ].join('\n');
  }

  private tag(name: string): string {
    return this.unions.has(name) ? 'union' : 'struct';
  }

  /** Structs that are members come before those that have them. */
  private inOrder(structs: readonly string[]): string[] {
    return [...structs].sort((a, b) => depth(b) - depth(a));
  }

  private members(members: ReadonlyMap<string, MemberKind> = new Map()): string {
    return [...members]
      .map(([name, kind]) => {
        if (kind === 'number') return `\tlong ${name};\n`;
        if (kind === 'array') return `\tlong ${name}[16];\n`;
        return kind === 'struct' ? `\tstruct stub_${name} ${name};\n` : `\tstruct stub_${name} *${name};\n`;
      })
      .join('');
  }

  /** Takes in gcc's complaints; true when something new came out of them. */
  learn(complaints: string, sources: ReadonlyMap<string, readonly string[]>): boolean {
    const before = this.text();
    for (const [, file = '', line, column, message = ''] of complaints.matchAll(
      /^(\S+?):(\d+):(\d+): (?:fatal )?error: (.*)$/gm,
    )) {
      const lines = sources.get(file) ?? [];
      this.hear(message, lines[Number(line) - 1] ?? '', Number(column));
      if (/field name not in record/.test(message)) this.nest(lines, Number(line) - 1, Number(column) - 1);
    }
    return this.text() !== before;
  }

  private hear(message: string, line: string, column: number): void {
    const called = /implicit declaration of function '(\w+)'/.exec(message)?.[1];
    if (called) this.calls.set(called, { name: called, kind: 'INT', hasValues: true, args: [] });
    const undeclared = /'(\w+)' undeclared/.exec(message)?.[1];
    if (undeclared) (/^[A-Z0-9_]+$/.test(undeclared) ? this.constants : this.variables).add(undeclared);
    const type = /unknown type name '(\w+)'/.exec(message)?.[1];
    if (type) this.types.set(type, 'number');
    const [, tag = '', incomplete] =
      /(?:incomplete|undefined) type '(?:const )?(struct|union) (\w+)'/.exec(message) ?? [];
    if (incomplete) this.struct(incomplete, tag);
    const variable =
      /(?:field|size of|variable) '(\w+)' (?:has incomplete type|isn't known|has initializer but incomplete type)/.exec(
        message,
      )?.[1];
    const owner = variable && new RegExp(`(struct|union)\\s+(\\w+)\\s[^;]*?\\b${variable}\\b`).exec(line);
    if (owner) this.struct(owner[2] ?? '', owner[1]);
    const [, kind = '', struct, member] =
      /'(?:const )?(struct|union) (\w+)' has no member named '(\w+)'/.exec(message) ?? [];
    if (struct && member) this.addMember(struct, kind, member);
    if (/request for member '\w+' in something not a structure/.test(message))
      this.refine(line.slice(0, column - 1), 'struct');
    if (/invalid type argument of '(?:->|unary \*)'/.test(message)) this.refine(line.slice(0, column - 1), 'pointer');
    if (/subscripted value is neither array nor pointer/.test(message))
      this.refine(line.slice(0, column - 1), 'pointer');
  }

  private addMember(struct: string, tag: string, member: string): void {
    const members = this.struct(struct, tag);
    if (!members.has(member)) members.set(member, this.arrays.has(member) ? 'array' : 'number');
  }

  /** A member with a designated initialiser of its own is a struct. */
  private nest(lines: readonly string[], row: number, column: number): void {
    const before = `${lines.slice(Math.max(0, row - 40), row).join('\n')}\n${(lines[row] ?? '').slice(0, column)}`;
    let depth = 0;
    for (let at = before.length - 1; at >= 0; at--) {
      if (before[at] === '}') depth++;
      if (before[at] !== '{' || depth-- > 0) continue;
      this.refine(/\.(\w+)\s*=\s*$/.exec(before.slice(0, at))?.[1] ?? '', 'struct');
      return;
    }
  }

  private struct(name: string, tag = 'struct'): Map<string, MemberKind> {
    if (tag === 'union') this.unions.add(name);
    const known = this.structs.get(name);
    if (known) return known;
    const made = new Map<string, MemberKind>();
    if (!this.own.has(name)) this.structs.set(name, made);
    return made;
  }

  /** The member before the column is more than a number. */
  private refine(before: string, kind: MemberKind): void {
    const name = /(\w+)\s*$/.exec(before)?.[1];
    if (!name) return;
    for (const members of this.structs.values()) {
      if (members.get(name) !== 'number') continue;
      members.set(name, kind);
      this.struct(`stub_${name}`);
    }
  }
}

const errnos: ReadonlyMap<string, number> = new Map(Object.entries(constants.errno));

/** An errno as C that tells the harness where it was written; undefined for other names. */
function errnoText(name: string): string | undefined {
  const number = errnos.get(name);
  return number === undefined ? undefined : `stub_errno(${number}, __FILE__, __LINE__)`;
}

const depth = (struct: string): number =>
  /^struct stub_/.test(struct) ? (/\tstruct stub_\w+ \w+;/.test(struct) ? 1 : 2) : 0;

function macro({ name, kind, hasValues, args }: ForeignCall): string {
  const call = `stub_call("${name}", STUB_${kind}, __FILE__, __LINE__)`;
  if (!hasValues) return `#define ${name}(...) ${call}`;
  if (args.length === 0) return `#define ${name}(...) ({ (void)0, ##__VA_ARGS__; ${call}; })`;
  const values = args.map(
    (arg, index) => `${arg === 'value' ? '(void)' : arg === 'number' ? 'STUB_OUT' : 'STUB_FILL'}(a${index});`,
  );
  return `#define ${name}(${args.map((_, index) => `a${index}`).join(', ')}) ({ ${values.join(' ')} ${call}; })`;
}
