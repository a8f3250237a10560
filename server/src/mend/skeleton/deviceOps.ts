import type { ProfileId } from '../../uapi';
import { profileIds } from '../../uapi';
import { comment } from '../layout';
import { mark } from '../mark';

/** The members of a kernel's `struct vfio_device_ops`. */
export type DeviceOps = ReadonlySet<string>;

/** A member that every vfio-pci variant driver fills, in the order in which these do. */
interface DeviceOp {
  readonly member: string;
  /** What fills it: a function of the core, or a name of the driver's own behind its prefix. */
  readonly core?: string;
  readonly own?: string;
  /** The first release with the member; null where all that have struct vfio_migration_ops do. */
  readonly since: string | null;
}

/**
 * Where a member came with a later release than others, the core soon asked for it: since Linux 6.6 it does not register a
 * device without the four of iommufd (vfio_main.c, __vfio_register_dev()), and since 6.19 it refuses VFIO_DEVICE_GET_REGION_INFO
 * without get_region_info_caps (vfio_get_region_info()).
 */
const ops: readonly DeviceOp[] = [
  { member: 'init', own: 'init', since: null },
  { member: 'release', own: 'release', since: null },
  { member: 'open_device', own: 'open', since: null },
  { member: 'close_device', own: 'close', since: null },
  { member: 'ioctl', core: 'vfio_pci_core_ioctl', since: null },
  { member: 'get_region_info_caps', core: 'vfio_pci_ioctl_get_region_info', since: '6.19' },
  { member: 'device_feature', core: 'vfio_pci_core_ioctl_feature', since: null },
  { member: 'read', core: 'vfio_pci_core_read', since: null },
  { member: 'write', core: 'vfio_pci_core_write', since: null },
  { member: 'mmap', core: 'vfio_pci_core_mmap', since: null },
  { member: 'request', core: 'vfio_pci_core_request', since: null },
  { member: 'match', core: 'vfio_pci_core_match', since: null },
  { member: 'match_token_uuid', core: 'vfio_pci_core_match_token_uuid', since: '6.17' },
  { member: 'bind_iommufd', core: 'vfio_iommufd_physical_bind', since: '6.2' },
  { member: 'unbind_iommufd', core: 'vfio_iommufd_physical_unbind', since: '6.2' },
  { member: 'attach_ioas', core: 'vfio_iommufd_physical_attach_ioas', since: '6.2' },
  { member: 'detach_ioas', core: 'vfio_iommufd_physical_detach_ioas', since: '6.6' },
];

/** The release of a generation that a driver is for when no tree tells: the one with long-term support, else the first. */
const chosenRelease: Partial<Record<ProfileId, string>> = { '6.0': '6.1', '6.2': '6.12' };

/**
 * The initializers of a driver's ops, each on a line of its own. `there`: what the kernel has that the driver is for; null when
 * only its generation is known, and a comment then says which releases of it want other members.
 */
export function deviceOpsLines(p: string, profile: ProfileId, there: DeviceOps | null): readonly string[] {
  const chosen = chosenRelease[profile] ?? profile;
  const isThere = ({ member, since }: DeviceOp) =>
    since === null || (there === null ? !isBefore(chosen, since) : there.has(member));
  const lines = [`\t.name = "${p}-vfio-pci",`, ...ops.filter(isThere).map((op) => `\t${initializer(p, op)},`)];
  if (there !== null) return lines;
  const next = profileIds[profileIds.indexOf(profile) + 1];
  // A generation is named by its first release.
  const isNewWithin = (since: string) => isBefore(profile, since) && next !== undefined && isBefore(since, next);
  const changes = ops.flatMap((op) => (op.since !== null && isNewWithin(op.since) ? [{ ...op, since: op.since }] : []));
  const notes = changes
    .sort((a, b) => (isBefore(a.since, b.since) ? -1 : 1))
    .map((op) =>
      isThere(op)
        ? `Linux before ${op.since} has no .${op.member}.`
        : `From Linux ${op.since} on, ${initializer(p, op)} is due.`,
    );
  return notes.length === 0
    ? lines
    : [...comment(`${mark} ${notes.join(' ')}`, '\t').map((line) => `\t${line}`), ...lines];
}

function initializer(p: string, { member, core, own }: DeviceOp): string {
  return `.${member} = ${core ?? `${p}_${own}`}`;
}

/** True when release `a` is older than release `b`. */
function isBefore(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA === majorB ? minorA < minorB : majorA < majorB;
}
