import { timeText } from '../../../../server/src/wire';
import { plotsOf } from '../lab/plots';
import { seriesOf } from '../lab/series';
import { downtimeLimitOf } from '../lab/sliders';
import { currentRun, type Model } from '../model';
import { t } from '../texts';
import { machineName } from '../words';
import type { PictureOf } from './take';

/** What is to be pictured of the run that is shown; null when it has nothing of that. */
export function pictureOf(model: Model, subject: PictureOf['subject']): PictureOf | null {
  const run = currentRun(model);
  const session = run?.session ?? null;
  if (run === null || session === null) return null;
  const shown = session.devices.find(({ name }) => name === model.device) ?? session.devices[0];
  if (shown === undefined) return null;
  if (subject === 'diagram') {
    const flags = shown.machine.flags.join(' | ');
    return { subject, title: `${machineName(shown.machine)}, ${flags}` };
  }
  const source = session.devices[0] ?? shown;
  const series = seriesOf(session.steps, source.name, session.link);
  if (series === null) return null;
  const limit = downtimeLimitOf(session.scenario?.parameters ?? null);
  const name = machineName(source.machine);
  const title = limit === null ? name : t('{0}, downtime limit {1}', name, timeText(limit));
  return { subject, title, plots: plotsOf(series, limit), phases: series.phases };
}
