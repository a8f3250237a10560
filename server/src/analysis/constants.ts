import { bitsOf, flags, states } from '../uapi';

/** errno numbers: include/uapi/asm-generic/errno-base.h and errno.h, include/linux/errno.h (same on every architecture that VFIO runs on). */
const errnoByName: Readonly<Record<string, number>> = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  E2BIG: 7,
  ENOEXEC: 8,
  EBADF: 9,
  ECHILD: 10,
  EAGAIN: 11,
  EWOULDBLOCK: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  ENOTBLK: 15,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENODEV: 19,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOTTY: 25,
  ETXTBSY: 26,
  EFBIG: 27,
  ENOSPC: 28,
  ESPIPE: 29,
  EROFS: 30,
  EMLINK: 31,
  EPIPE: 32,
  EDOM: 33,
  ERANGE: 34,
  EDEADLK: 35,
  ENAMETOOLONG: 36,
  ENOLCK: 37,
  ENOSYS: 38,
  ENOTEMPTY: 39,
  ELOOP: 40,
  ENOMSG: 42,
  EIDRM: 43,
  ENODATA: 61,
  ETIME: 62,
  EPROTO: 71,
  EBADMSG: 74,
  EOVERFLOW: 75,
  EILSEQ: 84,
  ENOTSOCK: 88,
  EMSGSIZE: 90,
  EPROTONOSUPPORT: 93,
  EOPNOTSUPP: 95,
  EADDRINUSE: 98,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  ECONNABORTED: 103,
  ECONNRESET: 104,
  ENOBUFS: 105,
  EISCONN: 106,
  ENOTCONN: 107,
  ESHUTDOWN: 108,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTDOWN: 112,
  EHOSTUNREACH: 113,
  EALREADY: 114,
  EINPROGRESS: 115,
  ESTALE: 116,
  EREMOTEIO: 121,
  EDQUOT: 122,
  ENOMEDIUM: 123,
  ECANCELED: 125,
  ENOKEY: 126,
  EOWNERDEAD: 130,
  ENOTRECOVERABLE: 131,
  ERESTARTSYS: 512,
  ENOIOCTLCMD: 515,
  EPROBE_DEFER: 517,
  ENOTSUPP: 524,
};

const nameByErrno = new Map<number, string>();
for (const [name, value] of Object.entries(errnoByName)) if (!nameByErrno.has(value)) nameByErrno.set(value, name);

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
  ...Object.entries(errnoByName).map(([name, value]): [string, bigint] => [name, BigInt(value)]),
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
