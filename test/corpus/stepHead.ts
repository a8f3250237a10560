import assert from 'node:assert/strict';

/** Where statements of a step function begin, and what it calls the two states. */
export interface StepHead {
  /** Offset of the first line after the declarations. */
  readonly at: number;
  readonly cur: string;
  readonly next: string;
}

/**
 * Reads the head of a kernel step function: `... (struct x *dev, <type> <next>) { <type> <cur> = dev->...; ...` with an
 * empty line after the declarations. Throws when it is written otherwise: then the mutation needs another place.
 */
export function stepHead(text: string, name: string): StepHead {
  const head = new RegExp(
    `\\b${name}\\(struct \\w+ \\*\\w+,\\s*(?:u32|enum vfio_device_mig_state) (\\w+)\\)\\s*\\{\\n`,
  ).exec(text);
  assert.ok(head?.[1], `${name}() is not defined with the device and the next state as parameters`);
  const body = head.index + head[0].length;
  const end = text.indexOf('\n\n', body);
  const declarations = text.slice(body, end);
  const cur = /^\t(?:u32|enum vfio_device_mig_state) (\w+) = \w+->\w+;$/m.exec(declarations)?.[1];
  assert.ok(cur, `${name}() does not begin with the declaration of the current state:\n${declarations}`);
  return { at: end + 2, cur, next: head[1] };
}
