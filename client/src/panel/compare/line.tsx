import type { JSX } from 'preact';
import { IconButton } from '../button';
import { Icon } from '../icon';
import type { Message } from '../message';
import type { Model, Run } from '../model';
import { count, t } from '../texts';
import { againstOf } from './against';

interface ComparisonProps {
  readonly model: Model;
  readonly run: Run;
  readonly send: (message: Message) => void;
}

/** In how much two runs differ, and the way from difference to difference. */
export function ComparisonLine({ model, run, send }: ComparisonProps): JSX.Element | null {
  const against = againstOf(model, run);
  const differences = model.comparison?.result?.differences ?? 0;
  if (model.comparison === null) return null;
  if (against === null) return <div class="comparison">{t('Comparing …')}</div>;
  return (
    <div class="comparison">
      <Icon name="diff" />
      <p>
        {differences === 0 ? t('No step differs.') : count(differences, t('{0} step differs.'), t('{0} steps differ.'))}{' '}
        <span class="comparison-names">
          <span class="side">a</span> {against.label} <span class="side">b</span> {run.label}
        </span>
      </p>
      {differences > 0 && (
        <>
          <IconButton
            icon="arrow-up"
            label={t('Previous difference')}
            onClick={() => send({ kind: 'goToDifference', direction: -1 })}
          />
          <IconButton
            icon="arrow-down"
            label={t('Next difference')}
            onClick={() => send({ kind: 'goToDifference', direction: 1 })}
          />
        </>
      )}
      <IconButton icon="close" label={t('Stop comparing')} onClick={() => send({ kind: 'compare', with: null })} />
    </div>
  );
}
