/** The error numbers that the simulated kernel answers, by name; the sign is left out. */
export type Errno =
  | 'EACCES'
  | 'EBADF'
  | 'EBUSY'
  | 'EFAULT'
  | 'EINVAL'
  | 'EIO'
  | 'EMFILE'
  | 'ENODEV'
  | 'ENOMEM'
  | 'ENOMSG'
  | 'ENOTTY'
  | 'ESPIPE';
