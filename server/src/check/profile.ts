import type { ProfileChoice } from '../analysis/model';
import type { ProfileId } from '../uapi';
import { newestProfile, profileOf } from '../uapi';
import { folderOf, joinPath } from './paths';
import type { FileSystem } from './report';

const uapiHeader = 'include/uapi/linux/vfio.h';
const coreHeader = 'include/linux/vfio.h';

/** What a kernel's headers say about its generation. */
export interface HeaderProfile {
  readonly id: ProfileId;
  /** What in the header decides, as the rest of a sentence: "has VFIO_DEVICE_STATE_PRE_COPY but no ...". */
  readonly because: string;
}

/**
 * The generation that a kernel's own `include/uapi/linux/vfio.h` belongs to; null for a header without the v2 protocol.
 * `core` is the text of `include/linux/vfio.h`, which alone tells where the ops live; null when it is not there.
 */
export function profileFromHeader(uapi: string, core: string | null = null): HeaderProfile | null {
  const has = (name: string) => new RegExp(`\\b${name}\\b`).test(uapi);
  if (!has('VFIO_DEVICE_STATE_STOP_COPY') || !has('VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE')) {
    return null;
  }
  const opsApart = core === null ? null : /\bstruct\s+vfio_migration_ops\s*\{/.test(core);
  if (has('VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2')) {
    return { id: '7.1', because: 'has VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2' };
  }
  if (has('VFIO_DEVICE_STATE_PRE_COPY')) {
    return opsApart === false
      ? { id: 'patch-v7', because: `has VFIO_DEVICE_STATE_PRE_COPY and ${coreHeader} has no struct vfio_migration_ops` }
      : { id: '6.2', because: 'has VFIO_DEVICE_STATE_PRE_COPY but no VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2' };
  }
  return opsApart === false
    ? { id: '5.18', because: `has no VFIO_DEVICE_STATE_PRE_COPY and ${coreHeader} has no struct vfio_migration_ops` }
    : { id: '6.0', because: 'has no VFIO_DEVICE_STATE_PRE_COPY' };
}

/**
 * The profile for a file or folder: the configured one, else that of the kernel tree it is in, else the newest.
 * `reason` is one sentence without a full stop, for reports.
 */
export async function profileFor(fs: FileSystem, path: string, configured: ProfileId | null): Promise<ProfileChoice> {
  if (configured !== null) {
    return { id: configured, reason: 'chosen by configuration' };
  }
  for (let folder: string | null = path; folder !== null; folder = folderOf(folder)) {
    const uapi = await fs.readText(joinPath(folder, uapiHeader));
    if (uapi !== null) {
      return fromTree(fs, folder, uapi);
    }
  }
  return { id: newestProfile.id, reason: `no kernel tree around the file, so the newest: ${newestProfile.title}` };
}

async function fromTree(fs: FileSystem, root: string, uapi: string): Promise<ProfileChoice> {
  const found = profileFromHeader(uapi, await fs.readText(joinPath(root, coreHeader)));
  if (found === null) {
    const reason = `${uapiHeader} of the kernel tree at ${root} does not have the v2 protocol, so the newest: ${newestProfile.title}`;
    return { id: newestProfile.id, reason };
  }
  const release = releaseOf((await fs.readText(joinPath(root, 'Makefile'))) ?? '');
  const tree = `${release ?? profileOf(found.id).title} tree at ${root}`;
  return { id: found.id, reason: `${tree}: ${uapiHeader} ${found.because}` };
}

/** "linux 6.12" from the head of a kernel's top Makefile. */
function releaseOf(makefile: string): string | null {
  const version = /^VERSION\s*=\s*(\d+)/m.exec(makefile)?.[1];
  const patchLevel = /^PATCHLEVEL\s*=\s*(\d+)/m.exec(makefile)?.[1];
  return version === undefined || patchLevel === undefined ? null : `linux ${version}.${patchLevel}`;
}
