import type { DriverModel, Evidence } from '../analysis';
import type { Selections } from '../analysis/selection';
import { selectionsOf } from '../analysis/selection';
import type { Location } from '../c/ir';
import type { CModule } from '../c/module';
import type { Arc, FlagSet } from '../uapi';
import { contractOf, requiredArcs, sameArc, transitionsOf } from '../uapi';
import type { ArcVerdict, MachineArc, MachineDescription, WireLocation } from '../wire';
import { faultsOf } from './faults';
import { chooseOutcome } from './outcome';
import { describeTraits } from './traits';

/** What a machine is made from. */
export interface DriverSource {
  readonly driver: DriverModel;
  /** The module that the model was made from. */
  readonly module: CModule;
  /** Which of the driver's flag sets, counted from the richest. */
  readonly flagSet: number;
  /** For titles. */
  readonly name: string;
  /** Turns the analysis' offsets into what editors show. */
  at(location: Location): WireLocation;
}

/** An arc's story has at most this many steps; deeper calls are left out first. */
const longestStory = 40;

/** The machine of a driver under one of its flag sets; null when it has no such set, as when its flags are not known. */
export function describeDriver(source: DriverSource): MachineDescription | null {
  const { driver, module, flagSet, name, at } = source;
  const declared = driver.flagSets[flagSet];
  if (declared === undefined) {
    return null;
  }
  const { flags, when } = declared;
  const selections = selectionsOf(driver, module);
  const arcs = transitionsOf(flags).flatMap((arc) => describeArc(source, arc, flags, selections) ?? []);
  return {
    ref: { kind: 'driver', uri: at(driver.ops.location).uri, ops: driver.ops.name, flagSet },
    name,
    flags,
    when,
    profile: driver.profile.id,
    states: [...new Set(arcs.map(({ from }) => from))],
    arcs,
    ...describeTraits(
      driver.traits,
      arcs.flatMap(({ faults }) => faults),
      at,
    ),
    setState: at(driver.setState.location),
  };
}

function describeArc(
  { driver, module, flagSet, at }: DriverSource,
  arc: Arc,
  flags: FlagSet,
  selections: Selections,
): MachineArc | null {
  const model = driver.arcs.find((each) => sameArc(each, arc));
  const answer = model?.perFlagSet[flagSet];
  if (model === undefined || answer === undefined) {
    return null;
  }
  const contract = contractOf(arc);
  const { outcome, basis } = chooseOutcome(answer, contract);
  const selected = answer.status === 'rejected' ? null : selections.of(arc);
  const handler = selected ?? basis?.at ?? null;
  return {
    ...arc,
    verdict: verdictOf(
      driver,
      arc,
      answer.status,
      requiredArcs(flags).some((each) => sameArc(each, arc)),
    ),
    outcome,
    contract,
    handler: handler && at(handler),
    condition: answer.condition,
    story: toldBriefly(basis?.trail ?? []).map(({ what, location }) => ({ what, location: at(location) })),
    faults: faultsOf(arc, answer, module, at),
  };
}

function verdictOf(
  driver: DriverModel,
  arc: Arc,
  status: 'handled' | 'conditional' | 'rejected' | 'undecided',
  required: boolean,
): ArcVerdict {
  if (!required) {
    return driver.superfluous.some((each) => sameArc(each, arc)) ? 'superfluous' : 'not-required';
  }
  return status === 'rejected' ? 'missing' : status;
}

/** The steps down to the depth of calls at which they are not too many. */
function toldBriefly(trail: readonly Evidence[]): readonly Evidence[] {
  for (let depth = Math.max(0, ...trail.map((step) => step.depth)); depth > 0; depth--) {
    const told = trail.filter((step) => step.depth <= depth);
    if (told.length <= longestStory) {
      return told;
    }
  }
  return trail.filter(({ depth }) => depth === 0).slice(0, longestStory);
}
