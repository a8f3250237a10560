import type { Trace, TraceStep } from '../../wire';
import { isTraceHead, isTraceStep, traceHeadMismatch, traceSchema, traceStepMismatch, traceVersion } from '../../wire';
import type { Work } from '../work';
import type { ImportProblem } from './problem';
import { mismatchIn, wrongAt } from './readJson';

/** The trace, of any version up to ours, that the value of a text is. */
export function* traceIn(text: string, value: unknown): Work<Trace | ImportProblem> {
  const newer = versionOf(value) > traceVersion;
  if (newer) {
    return wrongAt(text, ['version'], `version ${versionOf(value)} of ${traceSchema} is newer than this program`);
  }
  if (!isTraceHead(value)) {
    const mismatch = traceHeadMismatch(value);
    return mismatch === null ? { problem: 'no trace', line: null } : mismatchIn(text, mismatch);
  }
  const steps: TraceStep[] = [];
  for (const [index, step] of value.steps.entries()) {
    yield { done: index, of: value.steps.length };
    if (!isTraceStep(step)) {
      const mismatch = traceStepMismatch(step, index);
      return mismatch === null ? { problem: 'no trace', line: null } : mismatchIn(text, mismatch);
    }
    steps.push(step);
  }
  const names = value.devices.map(({ name }) => name);
  const again = names.findIndex((name, index) => names.indexOf(name) < index);
  if (names.length === 0 || names.length > mostDevices) {
    return wrongAt(text, ['devices'], `expected 1 to ${mostDevices} devices`);
  }
  return again < 0 ? { ...value, steps } : wrongAt(text, ['devices', again, 'name'], 'another device has this name');
}

/** A scene has no more devices than a group of sources with their targets. */
export const mostDevices = 32;

function versionOf(value: unknown): number {
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : null;
  return typeof version === 'number' ? version : 0;
}
