import { bitsOf, errnos, flags, states } from '../uapi';

const nameByErrno = new Map<number, string>();
for (const [name, value] of Object.entries(errnos)) if (!nameByErrno.has(value)) nameByErrno.set(value, name);

/** "EINVAL" for 22 (the positive number); the number as text where it has no name here. */
export function errnoName(value: bigint): string {
  return nameByErrno.get(Number(value)) ?? `errno ${value}`;
}

const refusals = new Set(['EINVAL', 'EOPNOTSUPP', 'ENOTSUPP', 'ENOSYS', 'EPERM', 'ENOTTY']);

/** True for an errno that says "not that", as opposed to something that went wrong at run time. */
export const isRefusalName = (name: string): boolean => refusals.has(name);

/** The same for the (negative) number. */
export const isRefusal = (value: bigint): boolean => refusals.has(errnoName(-value));

const known = new Map<string, bigint>([
  ...Object.entries(errnos).map(([name, value]): [string, bigint] => [name, BigInt(value)]),
  ...states.map((s): [string, bigint] => [s.constant, BigInt(s.value)]),
  ...flags.map((f): [string, bigint] => [f.constant, bitsOf([f.name])]),
  // From 6.2 on; before, a driver that counts states does it with a constant of its own.
  ['VFIO_DEVICE_STATE_NR', BigInt(states.length)],
  ['NULL', 0n],
  ['true', 1n],
  ['false', 0n],
  ['MAX_ERRNO', 4095n],
  ['U8_MAX', 255n],
  ['U16_MAX', 65535n],
  ['U32_MAX', 4294967295n],
  ['INT_MAX', 2147483647n],
]);

/** The value of a constant that kernel headers define and a driver may use without defining it; undefined if unknown here. */
export function kernelConstant(name: string): bigint | undefined {
  return known.get(name);
}
