/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A trace can not be read; `where` is the place in the document ("scenarios[3].steps[2].op"). */
export class TraceError extends Error {
  constructor(where: string, message: string) {
    super(where === '' ? message : `${where}: ${message}`);
  }
}

/** Throws TraceError when the text is not JSON: with line and column where the engine says at which character. */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const at = /at position (\d+)/.exec(message)?.[1];
    if (at === undefined) {
      throw new TraceError('', `not JSON: ${message}`);
    }
    const before = text.slice(0, Number(at)).split('\n');
    throw new TraceError(`line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`, 'not JSON');
  }
}

/** An object of the document together with its place in it: every access that fails says where. */
export class Node {
  readonly value: JsonObject;
  readonly where: string;

  constructor(value: Json | undefined, where: string) {
    if (!isObject(value)) {
      throw new TraceError(where, `expected an object, found ${describe(value)}`);
    }
    this.value = value;
    this.where = where;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.value, key);
  }

  /** The value; null when it is not there. */
  any(key: string): Json {
    return this.value[key] ?? null;
  }

  text(key: string): string {
    const value = this.value[key];
    return typeof value === 'string' ? value : this.wrong(key, 'a text');
  }

  /** A whole number that is not negative. */
  count(key: string): number {
    const value = this.value[key];
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
      ? value
      : this.wrong(key, 'a whole number, not negative');
  }

  flag(key: string): boolean {
    const value = this.value[key];
    return typeof value === 'boolean' ? value : this.wrong(key, 'true or false');
  }

  texts(key: string): readonly string[] {
    return this.list(key).map((value) => (typeof value === 'string' ? value : this.wrong(key, 'a list of texts')));
  }

  node(key: string): Node {
    return new Node(this.value[key], this.at(key));
  }

  nodes(key: string): readonly Node[] {
    return this.list(key).map((value, index) => new Node(value, `${this.at(key)}[${index}]`));
  }

  at(key: string): string {
    return this.where === '' ? key : `${this.where}.${key}`;
  }

  private list(key: string): readonly Json[] {
    const value = this.value[key];
    return Array.isArray(value) ? value : this.wrong(key, 'a list');
  }

  private wrong(key: string, expected: string): never {
    throw new TraceError(this.at(key), `expected ${expected}, found ${describe(this.value[key])}`);
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
}
