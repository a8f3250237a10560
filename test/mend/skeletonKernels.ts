import type { ProfileId } from '../../server/src/uapi';
import type { KernelTree } from '../support/corpus';
import { newestTree } from '../support/corpus';

/** The kernels that skeletons of each generation are held to, as far as their trees are there. */
export function skeletonKernels(
  trees: readonly KernelTree[],
): readonly { readonly profile: ProfileId; readonly series: string; readonly tree: KernelTree }[] {
  const kernels: readonly (readonly [ProfileId, string])[] = [
    ['6.0', '6.1'],
    ['6.2', '6.12'],
    ['7.1', newestTree(trees).series],
  ];
  return kernels.flatMap(([profile, series]) => {
    const tree = trees.find((each) => each.series === series);
    return tree === undefined ? [] : [{ profile, series, tree }];
  });
}
