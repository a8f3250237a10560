/** The VFIO migration uAPI as data, and the pure functions over it. Knows nothing of C text or drivers; imports nothing. */
export type { Arc, Contract } from './arcs';
export { arcText, contractOf, endsSession, isBlocked, sameArc } from './arcs';
export type { Doc } from './doc';
export { explain, suggestionsFor } from './explain';
export type { Flag, FlagName, FlagSet } from './flags';
export { bitsOf, flagNames, flagSet, flagSetText, flags, flagsOfBits } from './flags';
export { nextState, pathOf } from './next';
export type { OpName, Profile, ProfileId } from './profiles';
export { isProfileId, newestProfile, profileIds, profileOf, profiles, validFlagSets } from './profiles';
export { arcsOf, breaksWithout, flagsRequiring, requiredArcs, stopsMigration, transitionsOf } from './required';
export type { Session, State, StateName } from './states';
export { constantName, isAllowed, stateByValue, stateNames, stateOf, states, statesFor, valueOfState } from './states';
export { nextStateTable } from './table';
