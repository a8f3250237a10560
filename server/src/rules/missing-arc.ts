import type { DriverModel, MissingArc } from '../analysis/model';
import { arcText, flagSetText, namedFlags, sameArc } from '../uapi';
import { exampleDriver } from './example';
import { arcKey, arcList, declarations, finding, flagList } from './finding';
import type { Rule } from './rule';
import { endlessArcs } from './state-out-of-step';

/** A required arc that the driver rejects. */
export const missingArc: Rule = {
  id: 'missing-arc',
  severity: 'error',
  summary: 'a required arc is rejected',
  docs: {
    whatItFinds:
      'An arc that vfio_mig_get_next_state() asks the driver for, given the flags it declares, and that the driver answers with an error whatever else holds. One finding per arc; it names the flags that require the arc, the user-visible transitions that fail without it, and whether a live migration can still be done.',
    whyItMatters:
      'The core takes the flags as a promise. User space sees the states that they allow, asks for one, and gets an errno in the middle of a migration, often from an arc that a test of the plain way never walks.',
    example: exampleDriver({ saving: '' }),
    fixed: exampleDriver(),
    knownMisses:
      'Arcs that the analysis could not decide (undecided-arc), arcs rejected only under a condition (conditional-arc), and drivers whose migration_flags are not set in the module.',
    references: [
      'include/uapi/linux/vfio.h, enum vfio_device_mig_state: "The FSM takes actions on the arcs between FSM states. The driver implements the following behavior for the FSM arcs"',
      'drivers/vfio/vfio_main.c, vfio_mig_get_next_state(): "The coding in this table requires the driver to implement the following FSM arcs"',
    ],
  },
  check(context) {
    const { driver } = context;
    const endless = endlessArcs(driver);
    return driver.missing
      .filter((arc) => arc.always && !endless.some((each) => sameArc(each, arc)))
      .map((arc) => {
        const name = arcText(arc);
        return finding(missingArc, {
          message: `${name} is not handled, but ${demand(driver, arc)}. ${impactOf(arc)}`,
          location: arc.rejectedAt,
          key: arcKey(arc),
          related: arc.flagSets
            .slice(0, 1)
            .flatMap((index) => declarations(context, index, namedFlags(arc.requiredBy))),
        });
      });
  },
};

/** "VFIO_MIGRATION_P2P requires it", with the flag sets it is missing under where those are not all. */
function demand(driver: DriverModel, arc: MissingArc): string {
  const flags = namedFlags(arc.requiredBy);
  const verb = flags.length > 1 ? 'together require it' : 'requires it';
  const by = flags.length > 0 ? `${flagList(flags)} ${verb}` : 'the declared flags require it';
  if (arc.flagSets.length === driver.flagSets.length) {
    return by;
  }
  const sets = arc.flagSets.flatMap((index) => driver.flagSets[index] ?? []);
  const texts = sets.map((set) => flagSetText(set.flags) + (set.when === null ? '' : ` (${set.when})`));
  return `${by} when the driver declares ${texts.join(' or ')}`;
}

/** What no longer works, in one sentence: "Breaks A -> B; no live migration is possible." */
export function impactOf(arc: MissingArc): string {
  const breaks = [...arc.breaks].sort((a, b) => Number(sameArc(b, arc)) - Number(sameArc(a, arc)));
  const broken = breaks.length === 0 ? '' : `Breaks ${arcList(breaks)}; `;
  const migration = arc.stopsMigration
    ? 'no live migration is possible'
    : losesPrecopy(arc)
      ? 'live migration can still be done, but without pre-copy'
      : 'live migration can still be done';
  const sentence = `${broken}${migration}.`;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** True when the way in or out of PRE_COPY that a migration takes is broken. */
function losesPrecopy(arc: MissingArc): boolean {
  return arc.breaks.some(
    ({ from, to }) => (from === 'RUNNING' && to === 'PRE_COPY') || (from === 'PRE_COPY' && to === 'STOP_COPY'),
  );
}
