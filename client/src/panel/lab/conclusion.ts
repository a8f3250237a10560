import type { MachineDescription, SimulationSession } from '../../../../server/src/wire';
import { timeText } from '../../../../server/src/wire';
import { t } from '../texts';
import { forecast, type LabParameters } from './formula';
import type { Series } from './series';

/** What the lab concludes from a run. */
export interface Conclusion {
  readonly tone: 'good' | 'slow' | 'bad';
  /** "Converges in 64 ms" */
  readonly headline: string;
  readonly detail: string;
  /** What the closed form says of the same figures; null where it says nothing. */
  readonly formula: string | null;
}

/** Null for events by hand: there is no migration to judge. */
export function conclude(
  { verdict }: Pick<SimulationSession, 'verdict'>,
  series: Series | null,
  parameters: LabParameters,
  machine: MachineDescription,
): Conclusion | null {
  if (verdict === null) return null;
  const formula = formulaText(parameters, machine);
  const { outcome, reason, downtime } = verdict;
  if (outcome === 'never-converges') return { tone: 'bad', headline: t('Never converges'), detail: reason, formula };
  if (outcome !== 'migrated' || downtime === null) {
    return { tone: 'bad', headline: t('Does not get that far'), detail: reason, formula };
  }
  const limit = parameters.downtimeLimit;
  const cost = t('The guest stands still for {0} of {1} allowed.', timeText(downtime), timeText(limit));
  const tone = downtime > limit ? 'slow' : 'good';
  const [first] = series?.phases ?? [];
  return first?.state === 'PRE_COPY'
    ? { tone, headline: t('Converges in {0}', timeText(first.to - first.from)), detail: cost, formula }
    : { tone, headline: t('Stops at once: the device has no pre-copy'), detail: cost, formula };
}

function formulaText(parameters: LabParameters, machine: MachineDescription): string | null {
  const said = forecast(parameters, machine);
  if (said === null) return null;
  return said.converges
    ? t('By the closed form: in {0}, {1} downtime.', timeText(said.after), timeText(said.downtime))
    : t('By the closed form never: {0}.', said.why);
}
