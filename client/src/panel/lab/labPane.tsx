import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ScenarioRequest } from '../../../../server/src/wire';
import { Icon } from '../icon';
import type { Message } from '../message';
import { type Run, scenarioOf } from '../model';
import { t } from '../texts';
import { type Conclusion, conclude } from './conclusion';
import { Figures } from './figures';
import { plotsOf } from './plots';
import { PlotView } from './plotView';
import { seriesOf } from './series';
import { downtimeLimitOf, type LabField, labOf, parametersOf, requestFor, sliders, withValue } from './sliders';
import { SliderView } from './sliderView';
import { useTheme } from './theme';

interface LabPaneProps {
  readonly run: Run;
  readonly send: (message: Message) => void;
}

/** What decides whether pre-copy converges, as sliders; each change runs the migration again. */
export function LabPane({ run, send }: LabPaneProps): JSX.Element | null {
  const { session, busy, origin } = run;
  const ran = session?.scenario?.name === 'precopy' ? session.scenario.parameters : null;
  const [wanted, setWanted] = useState<ScenarioRequest | null>(null);
  const values = useMemo(() => labOf(wanted?.parameters ?? ran), [wanted, ran]);
  const theme = useTheme();
  const source = session?.devices[0];
  const limit = downtimeLimitOf(session?.scenario?.parameters ?? null);
  const series = useMemo(
    () => (session === null || source === undefined ? null : seriesOf(session.steps, source.name, session.link)),
    [session],
  );
  const plots = useMemo(() => (series === null ? [] : plotsOf(series, limit)), [series, limit]);

  // While one run is under way the sliders go on; the last position is run as soon as that is through.
  useEffect(() => {
    if (wanted === null || busy || session === null) return;
    send({ kind: 'runScenario', scenario: wanted });
    setWanted(null);
  }, [wanted, busy, session === null]);

  const set = (field: LabField, value: number): void => {
    const faults = scenarioOf(origin)?.faults ?? [];
    setWanted({ ...requestFor(withValue(values, field, value)), faults });
  };
  if (session === null || source === undefined) return null;
  const conclusion = ran === null ? null : conclude(session, series, parametersOf(labOf(ran)), source.machine);
  return (
    <div class="lab">
      <fieldset class="lab-sliders">
        <legend class="visually-hidden">{t('What decides pre-copy')}</legend>
        {sliders.map((slider) => (
          <SliderView key={slider.field} slider={slider} values={values} onSet={(value) => set(slider.field, value)} />
        ))}
      </fieldset>
      {conclusion === null ? (
        <p class="hint">{t('Move a slider to run a live migration with pre-copy.')}</p>
      ) : (
        <ConclusionView conclusion={conclusion} stale={busy || wanted !== null} />
      )}
      {series === null ? (
        <p class="hint">{t('Nothing was streamed, so there is nothing to plot.')}</p>
      ) : (
        <>
          <div class="plots">
            {plots.map((plot) => (
              <PlotView key={plot.id} plot={plot} phases={series.phases} theme={theme} />
            ))}
          </div>
          <Figures series={series} />
        </>
      )}
    </div>
  );
}

const icons = { good: 'pass', slow: 'warning', bad: 'error' } as const;

function ConclusionView({
  conclusion,
  stale,
}: {
  readonly conclusion: Conclusion;
  readonly stale: boolean;
}): JSX.Element {
  const { tone, headline, detail, formula } = conclusion;
  return (
    <div class={`conclusion conclusion-${tone}${stale ? ' stale' : ''}`} role="status">
      <p class="conclusion-headline">
        <Icon name={icons[tone]} /> {headline}
      </p>
      <p>{detail}</p>
      {formula !== null && <p class="conclusion-formula">{formula}</p>}
    </div>
  );
}
