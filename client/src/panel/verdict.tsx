import type { JSX } from 'preact';
import { IconButton } from './button';
import { Icon } from './icon';
import type { Message } from './message';
import type { Run } from './model';
import { decisiveRow } from './runs';
import { t } from './texts';
import { verdictWords } from './words';

interface VerdictProps {
  readonly run: Run;
  readonly send: (message: Message) => void;
}

const icons = {
  migrated: 'pass',
  completed: 'pass',
  cancelled: 'circle-slash',
  failed: 'error',
  'never-converges': 'warning',
} as const;

/** How the scenario ended, in words; a failure leads to the step that decided it. */
export function VerdictLine({ run, send }: VerdictProps): JSX.Element | null {
  const verdict = run.session?.verdict ?? null;
  if (verdict === null) return null;
  const { outcome, reason, figures } = verdictWords(verdict);
  const { step } = verdict;
  return (
    <div class={`verdict verdict-${verdict.outcome}`}>
      <Icon name={icons[verdict.outcome]} />
      <p>
        <strong>{outcome}</strong> <span class="verdict-reason">{reason}</span>
        <span class="verdict-figures">{figures}</span>
      </p>
      {step !== null && (
        <button
          type="button"
          class="text-button"
          onClick={() => send({ kind: 'goToRow', place: decisiveRow(run) ?? { step, row: 0 } })}
        >
          {t('Go to step {0}', step + 1)}
        </button>
      )}
    </div>
  );
}

interface TroubleProps {
  readonly text: string | null;
  readonly onDismiss: () => void;
}

/** What went wrong, in a sentence. */
export function Trouble({ text, onDismiss }: TroubleProps): JSX.Element | null {
  if (text === null) return null;
  return (
    <div class="trouble" role="alert">
      <Icon name="warning" />
      <p>{text}</p>
      <IconButton icon="close" label={t('Dismiss')} onClick={onDismiss} />
    </div>
  );
}
