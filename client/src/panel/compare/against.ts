import type { Against } from '../lanes/rows';
import type { Model, Run } from '../model';
import { t } from '../texts';

/** The run that the shown one is held against, with the result; null while there is none. */
export function againstOf({ comparison, runs }: Model, run: Run): (Against & { readonly label: string }) | null {
  if (comparison === null || comparison.result === null) return null;
  const { pairs } = comparison.result;
  if (comparison.with === 'before-edit') {
    return run.before === null ? null : { steps: run.before, pairs, label: t('before the edit') };
  }
  const other = runs.find(({ key }) => key === comparison.with);
  return other?.session == null ? null : { steps: other.session.steps, pairs, label: other.label };
}
