import type { JSX } from 'preact';
import type { ArcVerdict, MachineArc } from '../../../../server/src/wire';
import { arcVerdicts } from '../../../../server/src/wire';
import { count, t } from '../texts';
import { appearances } from './appearance';
import { ArrowHead } from './arcLine';
import { Sign, type SignName } from './sign';

interface LegendProps {
  readonly arcs: readonly MachineArc[];
  readonly armed: number;
  readonly differs: boolean;
}

/** What the lines mean, of those that there are, and how many. */
export function Legend({ arcs, armed, differs }: LegendProps): JSX.Element {
  const number = (verdict: ArcVerdict): number => arcs.filter((arc) => arc.verdict === verdict).length;
  return (
    <ul class="legend" aria-label={t('Arcs by verdict')}>
      {arcVerdicts
        .filter((verdict) => number(verdict) > 0)
        .map((verdict) => (
          <li key={verdict} title={appearances[verdict].meaning}>
            <LineSample verdict={verdict} />
            {number(verdict)} {appearances[verdict].word}
          </li>
        ))}
      <li title={t('Whatever state a device is in, ERROR too: the reset makes it RUNNING.')}>
        <svg class="legend-sample reset" viewBox="0 0 36 12" aria-hidden="true">
          <path class="arc-line" d="M1 6H29" />
          <ArrowHead head="open" at={{ x: 35, y: 6, angle: 0 }} />
        </svg>
        {t('reset')}
      </li>
      {armed > 0 && (
        <li title={t('The next time that the driver carries out the arc, it fails.')}>
          <SignSample name="bolt" />
          {count(armed, t('{0} fault armed'), t('{0} faults armed'))}
        </li>
      )}
      {differs && (
        <li title={t('Where the two runs part.')}>
          <SignSample name="unequal" />
          {t('first difference')}
        </li>
      )}
    </ul>
  );
}

/** A line as the drawing has it for a verdict. */
export function LineSample({ verdict }: { readonly verdict: ArcVerdict }): JSX.Element {
  const { dashes, head, sign } = appearances[verdict];
  return (
    <svg class={`legend-sample arc-${verdict}`} viewBox="0 0 36 12" aria-hidden="true">
      <path class="arc-line" d="M1 6H29" stroke-dasharray={dashes.join(' ')} />
      <ArrowHead head={head} at={{ x: 35, y: 6, angle: 0 }} />
      {sign !== null && <Sign name={sign} at={{ x: 14, y: 6 }} />}
    </svg>
  );
}

function SignSample({ name }: { readonly name: SignName }): JSX.Element {
  return (
    <svg class="legend-sign" viewBox="-6 -6 12 12" aria-hidden="true">
      <Sign name={name} at={{ x: 0, y: 0 }} />
    </svg>
  );
}
