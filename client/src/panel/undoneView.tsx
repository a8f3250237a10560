import type { JSX } from 'preact';
import { IconButton } from './button';
import { Icon } from './icon';
import { RunChoice } from './lanes/bar';
import type { Message } from './message';
import type { Model, Run } from './model';
import { wasGivenUp } from './model';
import { t } from './texts';
import { cancelledWords } from './words';

interface UndoneProps {
  readonly model: Model;
  readonly run: Run;
  readonly send: (message: Message) => void;
}

/** In place of a run that is not there: that it is not, and what can be done instead. */
export function Unopened({ model, run, send }: UndoneProps): JSX.Element {
  // A file that can not be read is no other when it is read again.
  const canBeAgain = wasGivenUp(run) || run.undone?.effect.kind === 'open';
  return (
    <main class="unopened">
      {model.runs.length > 1 && (
        <div class="log-bar">
          <RunChoice model={model} run={run} send={send} />
        </div>
      )}
      <div class="empty">
        <p>{wasGivenUp(run) ? cancelledWords(run) : t('Opening {0} failed.', run.label)}</p>
        {canBeAgain && (
          <button type="button" class="text-button" onClick={() => send({ kind: 'again' })}>
            {t('Open again')}
          </button>
        )}
        <button type="button" class="text-button" onClick={() => send({ kind: 'import' })}>
          {t('Open another file')}
        </button>
        <button type="button" class="text-button" onClick={() => send({ kind: 'pickMachine' })}>
          {t('Choose a driver or the protocol itself')}
        </button>
      </div>
    </main>
  );
}

/** On a run that is there: that the user ended what was to become of it. */
export function CancelledLine({ run, send }: Pick<UndoneProps, 'run' | 'send'>): JSX.Element | null {
  if (run.session === null || run.undone?.by !== 'user') return null;
  return (
    <div class="notice">
      <Icon name="circle-slash" />
      <p>{cancelledWords(run)}</p>
      <button type="button" class="text-button" onClick={() => send({ kind: 'again' })}>
        {t('Run again')}
      </button>
      <IconButton icon="close" label={t('Dismiss')} onClick={() => send({ kind: 'dismiss' })} />
    </div>
  );
}
