import type { ParameterDescription } from '../../wire';

/** Parameters that several scenarios have; each scenario lists those it uses. */

const mebi = 1024 * 1024;
const second = 1_000_000;

/** The device's size and the link: every scenario has these. */
export const sceneParameters: readonly ParameterDescription[] = [
  bytes('initial', 'Initial data', 'What can be streamed as soon as pre-copy begins.', 64 * mebi),
  bytes('final', 'Final data', 'What can only be streamed once the device has stopped.', 4 * mebi, 1),
  bytes('dirtyable', 'Working set', 'The most that can be dirty at once: what the guest can change.', 32 * mebi),
  rate('bandwidth', 'Bandwidth', 'What the link between the hosts carries.', 1_250_000_000),
  time('latency', 'Latency', 'How long data is under way.', 100),
];

export const dirtyRate = rate(
  'dirtyRate',
  'Dirty rate',
  'How fast the guest changes the state of the device.',
  20 * mebi,
);

export const chunk = bytes('chunk', 'Read size', 'The most that one read() asks for.', mebi, 1);

export const downtimeLimit = time('downtimeLimit', 'Downtime limit', 'How long the guest may stand still.', 300_000);

export const patience = time(
  'patience',
  'Patience',
  'How long pre-copy may take before the VMM gives up.',
  60 * second,
);

export const switchoverAck: ParameterDescription = {
  name: 'switchoverAck',
  title: 'Switch-over ack',
  summary: 'Whether the source waits until the target has all initial data.',
  kind: 'flag',
  default: 1,
  min: 0,
  max: 1,
};

/** For scenarios that leave something to chance. */
export const seed = count('seed', 'Seed', 'What is left to chance follows from this number.', 1, 0, 2 ** 32 - 1);

/** Everything that a migration with pre-copy goes by. */
export const precopyParameters: readonly ParameterDescription[] = [
  ...sceneParameters,
  dirtyRate,
  downtimeLimit,
  chunk,
  switchoverAck,
  patience,
];

/** The same parameters with other defaults. */
export function withDefaults(
  parameters: readonly ParameterDescription[],
  defaults: Readonly<Record<string, number>>,
): readonly ParameterDescription[] {
  return parameters.map((each) => ({ ...each, default: defaults[each.name] ?? each.default }));
}

export function bytes(name: string, title: string, summary: string, value: number, min = 0): ParameterDescription {
  return { name, title, summary, kind: 'bytes', default: value, min, max: 2 ** 40 };
}

export function rate(name: string, title: string, summary: string, value: number): ParameterDescription {
  return { name, title, summary, kind: 'rate', default: value, min: name === 'bandwidth' ? 1 : 0, max: 1e12 };
}

export function time(name: string, title: string, summary: string, value: number): ParameterDescription {
  return { name, title, summary, kind: 'time', default: value, min: 0, max: 3_600 * second };
}

export function count(
  name: string,
  title: string,
  summary: string,
  value: number,
  min: number,
  max: number,
): ParameterDescription {
  return { name, title, summary, kind: 'count', default: value, min, max };
}

export function choice(
  name: string,
  title: string,
  summary: string,
  choices: readonly string[],
  value: string,
): ParameterDescription {
  return { name, title, summary, kind: 'choice', default: value, choices };
}
