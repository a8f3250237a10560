import { printable } from '../../analysis/printable';
import { flagSetText, profileOf } from '../../uapi';
import type { Trace, TraceDevice, Verdict, WireLocation } from '../../wire';
import { bytesText, rateText, timeText } from '../../wire';
import { scenarioNamed } from '../run';

/** What exports tell of: a saved trace or a session that goes on. */
export type Told = Pick<Trace, 'title' | 'devices' | 'link' | 'scenario' | 'steps' | 'verdict'>;

/** "main.c:123" */
export function placeText({ uri, range }: WireLocation): string {
  return line(`${uri.slice(uri.lastIndexOf('/') + 1)}:${range.start.line + 1}`);
}

/** What was simulated, as names and values: "source", "mlx5, STOP_COPY | P2P, Linux 7.1 and later". */
export function settingOf({ devices, link, scenario }: Told): readonly (readonly [name: string, value: string])[] {
  const about = scenario === null ? null : `${scenario.name}${changedParameters(scenario)}`;
  return [
    ...devices.map(({ name, machine }) => [line(name), machineText(machine)] as const),
    ...(devices.length > 1 ? [['link', `${rateText(link.bandwidth)}, ${timeText(link.latency)}`] as const] : []),
    ...(about === null ? [] : [['scenario', line(about)] as const]),
  ];
}

function machineText({ name, flags, when, profile, setState }: TraceDevice['machine']): string {
  const condition = when === null ? '' : ` if ${when}`;
  const place = setState === null ? '' : `, ${placeText(setState)}`;
  return line(`${name}, ${flagSetText(flags)}${condition}, ${profileOf(profile).title}${place}`);
}

/** Those that are not as the scenario has them by default. */
function changedParameters({ name, parameters }: NonNullable<Trace['scenario']>): string {
  const known = scenarioNamed(name)?.description.parameters ?? [];
  return Object.entries(parameters)
    .filter(([key, value]) => known.find((each) => each.name === key)?.default !== value)
    .map(([key, value]) => ` ${key}=${value}`)
    .join('');
}

/** How it ended, in one or two lines. */
export function endingOf({ outcome, reason, downtime, total, bytes, step }: Verdict): readonly string[] {
  const figures = [
    downtime === null ? null : `downtime ${timeText(downtime)}`,
    `${timeText(total)} in all`,
    `${bytesText(bytes.precopy)} in pre-copy`,
    `${bytesText(bytes.stopCopy)} in STOP_COPY`,
    step === null ? null : `decided in step ${step + 1}`,
  ];
  return [line(`${outcome}: ${reason}`), figures.filter((figure) => figure !== null).join(', ')];
}

/** One line that is harmless wherever it is shown. */
export function line(text: string): string {
  return printable(text.replaceAll('\t', ' '));
}
