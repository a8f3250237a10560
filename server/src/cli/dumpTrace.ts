import type { ArcModel, DriverModel, Evidence, Outcome } from '../analysis/model';
import type { Location } from '../c/ir';
import type { CModule } from '../c/module';
import { arcText } from '../uapi';
import type { Style } from './display';
import { boundedSteps, count, placeIn, printable, shownPath } from './display';

/** The story of one pair of states: each way through the driver's code, with what was assumed, called and returned. */
export function traceText(driver: DriverModel, arc: ArcModel, module: CModule, cwd: string, style: Style): string {
  const where = (location: Location) => {
    const { file, start } = placeIn(module, location);
    return `${printable(shownPath(cwd, file))}:${start.line}:${start.column}`;
  };
  const required = arc.required ? 'required' : 'never asked for';
  const head = `${style.bold(arcText(arc))}: ${arc.status}, ${required}${arc.condition === null ? '' : `, if ${printable(arc.condition)}`}`;
  const step = ({ location, what }: Evidence) => `    ${style.dim(where(location))}  ${printable(what)}`;
  const ways = arc.outcomes.flatMap((outcome, index) => {
    const { before, leftOut, after } = boundedSteps(outcome.trail);
    return [
      `  way ${index + 1} of ${arc.outcomes.length}: ${outcomeText(outcome, driver)}`,
      ...before.map(step),
      ...(leftOut > 0 ? [`    ... ${count(leftOut, 'step')} left out`] : []),
      ...after.map(step),
      ...outcome.conditions.map((each) => step({ location: each.location, what: `assumed: ${each.text}` })),
      step({ location: outcome.at, what: outcome.kind === 'unknown' ? 'given up here' : 'comes out here' }),
      ...hidden(outcome, where),
    ];
  });
  return `${[head, ...ways].join('\n')}\n`;
}

function outcomeText(outcome: Outcome, driver: DriverModel): string {
  const state = driver.stateLocation?.text ?? 'the current state';
  switch (outcome.kind) {
    case 'success':
      return `success, returns ${outcome.file}; ${printable(state)} is then ${outcome.stateAfter}`;
    case 'error': {
      const errno = outcome.errno === null ? 'an error that is not known' : `-${outcome.errno}`;
      const failed = outcome.failedCall === null ? '' : `, because ${printable(outcome.failedCall.name)}() failed`;
      return `error, ${errno}${failed}; ${printable(state)} is then ${outcome.stateAfter}`;
    }
    case 'unknown':
      return `not known: ${printable(outcome.reason)}`;
  }
}

function hidden(outcome: Outcome, where: (location: Location) => string): readonly string[] {
  return outcome.kind === 'success' && outcome.hiddenError !== null
    ? [`    ${where(outcome.hiddenError)}  an error is dropped here`]
    : [];
}
