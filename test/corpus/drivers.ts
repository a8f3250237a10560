import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compareSeries, type KernelTree } from '../support/corpus';
import { type DriverTruth, truth } from './truth';

/** A driver that is really there, and what is known of it. */
export interface CorpusDriver {
  readonly tree: KernelTree;
  readonly truth: DriverTruth;
  /** For titles: `7.3 mlx5-vfio-pci`. */
  readonly name: string;
}

/**
 * The drivers of the trees. A tree of a series that nobody has read is compared with the newest facts that are not newer
 * than it: drivers that it has not (or no longer) are left out, while in a tree of a known series every driver must be.
 */
export function corpusDrivers(trees: readonly KernelTree[]): readonly CorpusDriver[] {
  return trees.flatMap((tree) => {
    const series = factsFor(tree.series);
    return truth
      .filter((facts) => facts.series === series)
      .filter((facts) => tree.series === series || existsSync(join(tree.path, facts.step.file)))
      .map((facts) => ({ tree, truth: facts, name: `${tree.series} ${facts.driver}` }));
  });
}

function factsFor(series: string): string | undefined {
  const known = [...new Set(truth.map((facts) => facts.series))].sort(compareSeries);
  return known.filter((other) => compareSeries(other, series) <= 0).at(-1);
}
