import type { JSX } from 'preact';
import { Icon } from './icon';
import type { Message } from './message';
import type { Run } from './model';
import { count, t } from './texts';
import { changeWords } from './words';

interface ChangeLineProps {
  readonly run: Run;
  readonly send: (message: Message) => void;
}

/** What the edit of the driver did to the run, and what a file could not tell. */
export function ChangeLine({ run, send }: ChangeLineProps): JSX.Element | null {
  const { changed, before, impossible, notes } = run;
  return (
    <>
      {impossible !== null && (
        <div class="notice">
          <Icon name="error" />
          <p>
            <strong>{t('Step {0} can not be made:', impossible.step + 1)}</strong> {impossible.why}
          </p>
          <button type="button" class="text-button" onClick={() => send({ kind: 'go', cursor: impossible.step + 1 })}>
            {t('Go to step {0}', impossible.step + 1)}
          </button>
        </div>
      )}
      {notes.length > 0 && (
        <details class="notice-list">
          <summary>{count(notes.length, t('{0} note on the file'), t('{0} notes on the file'))}</summary>
          <ul>
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
      {before !== null && (
        <div class="notice">
          <Icon name="edit" />
          <p>{changeWords(run)}</p>
          {changed.length > 0 && (
            <button type="button" class="text-button" onClick={() => send({ kind: 'compare', with: 'before-edit' })}>
              {t('Compare with before')}
            </button>
          )}
        </div>
      )}
    </>
  );
}
