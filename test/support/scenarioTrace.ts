import assert from 'node:assert/strict';
import {
  describeReference,
  fillParameters,
  Recorder,
  runScenario,
  scenarioNamed,
  sceneOf,
  traceOf,
} from '../../server/src/simulation';
import type { MachineDescription, MachineRef, ParameterValues, Trace, WireLocation } from '../../server/src/wire';

/** A line of an invented driver. */
export function placeAt(line: number, uri = 'file:///linux/drivers/vfio/pci/demo/main.c'): WireLocation {
  const character = 1;
  return { uri, range: { start: { line: line - 1, character }, end: { line: line - 1, character } } };
}

/** The reference with all flags, with C lines as if it had been extracted from a driver: set_state in line 100. */
export function demoDriver(): MachineDescription {
  const reference = describeReference(['STOP_COPY', 'P2P', 'PRE_COPY'], '7.1');
  const arcs = reference.arcs.map((arc, index) => ({ ...arc, handler: placeAt(101 + index) }));
  const ref: MachineRef = { kind: 'driver', uri: placeAt(1).uri, ops: 'demo_ops' };
  return { ...reference, ref, name: 'demo', setState: placeAt(100), arcs };
}

/** The machine with one arc rejected. */
export function without(machine: MachineDescription, from: string, to: string): MachineDescription {
  const arcs = machine.arcs.map((arc) =>
    arc.from === from && arc.to === to
      ? ({ ...arc, verdict: 'missing', outcome: { kind: 'missing', errno: 'EINVAL' } } as const)
      : arc,
  );
  return { ...machine, arcs };
}

/** A scenario run to its end. Parameters that are not given have their defaults. */
export function scenarioTrace(
  name: string,
  given: ParameterValues = {},
  machine: MachineDescription = demoDriver(),
): Trace {
  const scenario = scenarioNamed(name);
  assert.ok(scenario, name);
  const parameters = fillParameters(scenario.description, given);
  const recorder = new Recorder(sceneOf(scenario, parameters, { source: machine }));
  const verdict = runScenario(scenario, parameters, recorder);
  return traceOf(recorder, { name, parameters }, verdict);
}

/** Names and texts that try to break out of whatever they are written into. */
export const hostileTexts = [
  'a*/ int main(void){return 1;} /*',
  '"); system("id"); ("',
  '<img src=x onerror=alert(1)>&amp;<script>1</script>',
  'end\n@enduml\n!include /etc/passwd\n@startuml',
  '%%{init: {"securityLevel": "loose"}}%% ; participant x',
  "'// -- ** __ ~~ %n $x #1; [[http://x]] {{y}} \\",
  '\u001b[31mred\u202egnp.c ??/ \u2028 ä 漢',
  '- > a: b #35; \t %date() <U+003C> ok # SKIP Bail out!',
] as const;

/** The trace as it would be if all of its names were the text: titles, devices, machines, conditions, files, faults. */
export function withHostileNames(trace: Trace, text: string): Trace {
  const names = new Set(trace.devices.map(({ name }) => name));
  const json = JSON.stringify(trace, (key, value) => {
    if (typeof value !== 'string') return value;
    if (names.has(value)) return `${value} ${text}`;
    if (key === 'uri') return `file:///linux/${text}.c`;
    return ['title', 'text', 'when', 'condition', 'reason', 'call', 'layout'].includes(key) ? text : value;
  });
  return JSON.parse(json);
}
