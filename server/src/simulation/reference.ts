import { recommendedTraits } from '../device';
import type { Arc, FlagSet, ProfileId } from '../uapi';
import { contractOf, flagSet, requiredArcs, sameArc, transitionsOf } from '../uapi';
import type { MachineArc, MachineDescription } from '../wire';

/** The machine that the protocol asks for with these flags: every required arc succeeds, no other is known. */
export function describeReference(flags: FlagSet, profile: ProfileId): MachineDescription {
  const declared = flagSet(flags);
  const required = requiredArcs(declared);
  return {
    ref: { kind: 'reference', flags: declared, profile },
    name: 'the protocol',
    flags: declared,
    when: null,
    profile,
    states: [...new Set(transitionsOf(declared).map(({ from }) => from))],
    arcs: transitionsOf(declared).map((arc) => referenceArc(arc, required)),
    traits: recommendedTraits,
    traitSources: [],
    setState: null,
  };
}

function referenceArc(arc: Arc, required: readonly Arc[]): MachineArc {
  const isRequired = required.some((each) => sameArc(each, arc));
  return {
    ...arc,
    verdict: isRequired ? 'handled' : 'not-required',
    outcome: isRequired ? { kind: 'success', file: 'as-due' } : { kind: 'missing', errno: 'EINVAL' },
    contract: contractOf(arc),
    handler: null,
    condition: null,
    story: [],
    faults: [],
  };
}
