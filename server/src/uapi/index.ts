/** The VFIO migration uAPI as data, and pure functions over it. Knows nothing of C text or of drivers; imports nothing. */
export { arcDoc, documentedArcs, sessionText, workOf } from './arcDocs';
export type { Arc, Contract } from './arcs';
export { arcText, contractOf, endsSession, isBlocked, sameArc } from './arcs';
export { deriveArcs, deriveNextState, deriveWays, elementaryArcs } from './derive';
export type { Doc } from './doc';
export type { Errno } from './errnos';
export { errnos, isErrno } from './errnos';
export { documentation, explain, suggestionsFor } from './explain';
export type { Flag, FlagName, FlagSet } from './flags';
export { bitsOf, flagNames, flagSet, flagSetText, flags, flagsOfBits } from './flags';
export { sharesWork } from './kin';
export type { KernelName, NameKind } from './names';
export { kernelNames } from './names';
export { nextState, pathOf } from './next';
export type { OpName, Profile, ProfileId } from './profiles';
export { isProfileId, newestProfile, profileIds, profileOf, profiles, validFlagSets } from './profiles';
export {
  arcsOf,
  breaksWithout,
  flagsRequiring,
  namedFlags,
  requiredArcs,
  stopsMigration,
  transitionsOf,
} from './required';
export { parseArc, parseFlag, parseState } from './spelling';
export type { Session, State, StateName } from './states';
export { constantName, isAllowed, stateByValue, stateNames, stateOf, states, statesFor, valueOfState } from './states';
export { editDistance } from './suggest';
export { nextStateTable } from './table';
