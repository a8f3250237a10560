import {
  bytesText,
  type MachineDescription,
  type StateName,
  timeText,
  type Verdict,
  type WireLocation,
  type WorldView,
} from '../../../server/src/wire';
import type { Run } from './model';
import { t } from './texts';

/** What the panel says, in one place. */

/** What the last step that has happened did, in one sentence for a screen reader. */
export function announcementOf({ session, cursor }: Run): string {
  const step = session?.steps[cursor - 1];
  if (session === null || step === undefined) return t('At the beginning.');
  const where = t('Step {0} of {1}', cursor, session.steps.length);
  const rows = step.rows.map(({ text }) => text).join('; ');
  const states = step.after.devices.map(({ name, state }) => t('{0} is {1}', name, state)).join(', ');
  return `${where}: ${rows}. ${states}.`;
}

/** What an edit of the driver did to a run, in one sentence. */
export function changeWords({ session, changed, problem }: Run): string {
  if (problem !== null) return `${problem}.`;
  const total = session?.steps.length ?? 0;
  return changed.length === 0
    ? t('The driver was edited: all {0} steps end as before.', total)
    : t('The driver was edited: {0} of {1} steps end otherwise now.', changed.length, total);
}

/** What the user has after they ended what the server did for a run, in a sentence. */
export function cancelledWords({ label, session }: Run): string {
  return session === null ? t('Opening {0} was cancelled.', label) : t('Cancelled: the run is as it was before.');
}

/** What plays a device: the name of its driver, or that it is the protocol itself. */
export function machineName({ name, ref }: MachineDescription): string {
  return ref.kind === 'reference' ? t('the protocol') : name;
}

/** Everything there is at the moment that is shown; null at the beginning. */
export function worldAt({ session, cursor }: Run): WorldView | null {
  return session?.steps[cursor - 1]?.after ?? null;
}

/** The state of a device at the moment that is shown; a device begins in RUNNING. */
export function stateAt(run: Run, device: string): StateName {
  return worldAt(run)?.devices.find(({ name }) => name === device)?.state ?? 'RUNNING';
}

/** What came of a run that is there now: its verdict, or where it stands. */
export function settledWords(run: Run): string {
  const verdict = run.session?.verdict ?? null;
  return verdict === null ? announcementOf(run) : `${outcomeWords[verdict.outcome]}: ${verdict.reason}.`;
}

const outcomeWords: Readonly<Record<Verdict['outcome'], string>> = {
  migrated: t('Migrated'),
  cancelled: t('Cancelled'),
  failed: t('Failed'),
  completed: t('Completed'),
  'never-converges': t('Never converges'),
};

/** "Migrated", with what decided it and what it cost. */
export function verdictWords({ outcome, reason, downtime, total, bytes }: Verdict): {
  readonly outcome: string;
  readonly reason: string;
  readonly figures: string;
} {
  const figures = [
    ...(downtime === null ? [] : [t('{0} downtime', timeText(downtime))]),
    t('{0} in all', timeText(total)),
    ...(bytes.precopy > 0 ? [t('{0} pre-copy', bytesText(bytes.precopy))] : []),
    ...(bytes.stopCopy > 0 ? [t('{0} stop-copy', bytesText(bytes.stopCopy))] : []),
  ];
  return { outcome: outcomeWords[outcome], reason, figures: figures.join(' · ') };
}

/** "main.c:280" */
export function placeText({ uri, range }: WireLocation): string {
  const name = uri.slice(uri.lastIndexOf('/') + 1);
  return `${decoded(name)}:${range.start.line + 1}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
