import type { StateName } from '../../../server/src/uapi';
import type { Choices } from '../choices';

/** One pair of states and what the driver does for it. */
export interface Item {
  readonly from: StateName;
  readonly to: StateName;
  readonly action: Action;
  /** The arc is there only under this condition. */
  readonly when: Capability | null;
}

/** What an arc does and gives, in the words of one driver. */
export interface Action {
  readonly id: string;
  /** A C expression of type `struct file *`; the device is called `d`. */
  readonly file: string;
  /** The errno that the action is, or null when it gives a file or NULL. */
  readonly errno: string | null;
  /** A function `struct file *NAME(struct T *d)` that does the same. */
  readonly fn: string;
  /** The same as statements. */
  readonly inline?: (exit: Exit) => string[];
}

/** Something that holds or not as long as the device lives. */
export interface Capability {
  /** A C expression about the device `d`, or the option's name when `option` is set. */
  readonly test: string;
  /** A preprocessor option to be tested with #ifdef or `ifdef`. */
  readonly option: string | null;
  /** The lines before text that the option has, when they are not `#ifdef OPTION`. */
  readonly ifdef?: string;
}

/** How the code at hand gives its result. */
export interface Exit {
  /** Statements that end with this file, NULL or ERR_PTR expression. */
  file(expr: string): string[];
  errno(name: string): string[];
}

/** What all parts of one driver's text share. */
export class Context {
  /** Text at file scope, before the functions that use it. */
  readonly top: string[] = [];
  /**
   * The errnos with which arcs and guards refuse. Where a member of the device decides, only those that say "not
   * supported": with any other the text can't tell a device that lacks something from one that has failed.
   */
  errnos: readonly string[] = ['EINVAL', 'EOPNOTSUPP', 'EBUSY', 'EPERM', 'EIO'];
  private readonly used = new Map<string, number>();
  private readonly declared = new Set<string>();

  constructor(
    readonly choices: Choices,
    /** What the driver's own names start with. */
    readonly prefix: string,
    /** The device's struct. */
    readonly struct: string,
  ) {}

  /** A name at file scope that nothing else has. */
  name(stem: string): string {
    const n = (this.used.get(stem) ?? 0) + 1;
    this.used.set(stem, n);
    return `${this.prefix}_${stem}${n === 1 ? '' : n}`;
  }

  /** Adds text at file scope, once. */
  declare(text: string): void {
    if (!this.declared.has(text)) this.top.push(text);
    this.declared.add(text);
  }

  isDeclared(text: string): boolean {
    return this.declared.has(text);
  }
}

/** Where code about the pair stands: how it reads both states and how it ends. */
export interface Place {
  readonly cur: string;
  readonly next: string;
  readonly exit: Exit;
}

export const indent = (lines: readonly string[]): string[] =>
  lines.map((l) => (l === '' || l.startsWith('#') ? l : `\t${l}`));

/** A body for `if` and the like. */
export function body(head: string, lines: readonly string[], braces: boolean): string[] {
  if (lines.length === 1 && !braces) return [head, ...indent(lines)];
  return [`${head} {`, ...indent(lines), '}'];
}

/** Statements under the condition of an item; what follows them is reached when it does not hold. */
export function underCondition(when: Capability | null, lines: readonly string[]): string[] {
  if (!when) return [...lines];
  if (when.option) return [when.ifdef ?? `#ifdef ${when.option}`, ...lines, '#endif'];
  return body(`if (${when.test})`, lines, true);
}

export function deliver(action: Action, exit: Exit): string[] {
  if (action.inline) return action.inline(exit);
  return action.errno ? exit.errno(action.errno) : exit.file(action.file);
}

/** Items in groups of equal keys, in order. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const k = key(item);
    groups.set(k, [...(groups.get(k) ?? []), item]);
  }
  return [...groups.values()];
}
