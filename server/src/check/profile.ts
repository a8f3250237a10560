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
  const tree = await treeAround(fs, path);
  return tree === null
    ? { id: newestProfile.id, reason: `no kernel tree around the file, so the newest: ${newestProfile.title}` }
    : fromTree(fs, tree);
}

/**
 * The members of `struct vfio_device_ops` in the kernel tree that a file or folder is in; null when there is no such tree, its
 * header is not there, or the driver is for another generation than the tree's.
 */
export async function deviceOpsFor(fs: FileSystem, path: string, id: ProfileId): Promise<ReadonlySet<string> | null> {
  const tree = await treeAround(fs, path);
  const core = tree === null ? null : await fs.readText(joinPath(tree.root, coreHeader));
  if (tree === null || core === null || profileFromHeader(tree.uapi, core)?.id !== id) return null;
  const body = /\bstruct\s+vfio_device_ops\s*\{([^{}]*)\}/.exec(core)?.[1];
  if (body === undefined) return null;
  return new Set(Array.from(body.matchAll(/\(\s*\*\s*(\w+)\s*\)/g), ([, member = '']) => member));
}

/** A kernel tree, and its uAPI header. */
interface Tree {
  readonly root: string;
  readonly uapi: string;
}

/** The innermost kernel tree that a file or folder is in. */
async function treeAround(fs: FileSystem, path: string): Promise<Tree | null> {
  for (let root: string | null = path; root !== null; root = folderOf(root)) {
    const uapi = await fs.readText(joinPath(root, uapiHeader));
    if (uapi !== null) return { root, uapi };
  }
  return null;
}

async function fromTree(fs: FileSystem, { root, uapi }: Tree): Promise<ProfileChoice> {
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
