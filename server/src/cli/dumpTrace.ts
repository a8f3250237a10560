import type { ArcModel, DriverModel, Evidence, Outcome } from '../analysis/model';
import type { Location } from '../c/ir';
import type { CModule } from '../c/module';
import { arcText } from '../uapi';
import type { Style } from './display';
import { boundedSteps, count, placeIn, printable, shownPath } from './display';

/**
 * The story of one pair of states: what the driver's code assumed, called and returned, with lines. One way is told in
 * full, the one that decides the status; of the others only what comes out and where, unless `all` are asked for.
 */
export function traceText(
  driver: DriverModel,
  arc: ArcModel,
  module: CModule,
  cwd: string,
  style: Style,
  all = false,
): string {
  const where = (location: Location) => {
    const { file, start } = placeIn(module, location);
    return `${printable(shownPath(cwd, file))}:${start.line}:${start.column}`;
  };
  const required = arc.required ? 'required' : 'never asked for';
  const head = `${style.bold(arcText(arc))}: ${arc.status}, ${required}${arc.condition === null ? '' : `, if ${printable(arc.condition)}`}`;
  const step = ({ location, what }: Pick<Evidence, 'location' | 'what'>) =>
    `    ${style.dim(where(location))}  ${printable(what)}`;
  const told = (outcome: Outcome, title: string): string[] => {
    const { before, leftOut, after } = boundedSteps(outcome.trail);
    return [
      `  ${title}: ${outcomeText(outcome, driver)}`,
      ...before.map(step),
      ...(leftOut > 0 ? [`    ... ${count(leftOut, 'step')} left out`] : []),
      ...after.map(step),
      ...outcome.conditions.map((each) => step({ location: each.location, what: `assumed: ${each.text}` })),
      step({ location: outcome.at, what: outcome.kind === 'unknown' ? 'given up here' : 'comes out here' }),
      ...hidden(outcome, where),
    ];
  };
  const total = arc.outcomes.length;
  if (all) {
    const ways = arc.outcomes.flatMap((outcome, index) => told(outcome, `way ${index + 1} of ${total}`));
    return `${[head, ...ways].join('\n')}\n`;
  }
  const main = deciding(arc);
  if (main === undefined) return `${head}\n`;
  const others = arc.outcomes.filter((outcome) => outcome !== main);
  const short = new Set(
    others.map((outcome) => `    ${style.dim(where(outcome.at))}  ${outcomeText(outcome, driver)}`),
  );
  return `${[
    head,
    ...told(main, 'the way that decides'),
    ...(short.size > 0 ? [`  ${count(others.length, 'other way')}, told with --all`, ...short] : []),
  ].join('\n')}\n`;
}

/** The outcome that the status comes from. */
function deciding({ status, outcomes }: ArcModel): Outcome | undefined {
  const kind = status === 'rejected' ? 'error' : status === 'undecided' ? 'unknown' : 'success';
  const alike = outcomes.filter((outcome) => outcome.kind === kind);
  const updated = alike.find((outcome) => outcome.kind === 'success' && outcome.stateAfter === 'new');
  return updated ?? alike[0] ?? outcomes[0];
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
