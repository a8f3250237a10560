import { flagUnderWays, worded } from '../mend';
import type { Finding } from '../rules/rule';
import type { Arc, FlagSet } from '../uapi';
import { parseArc, requiredArcs, sameArc } from '../uapi';
import type { CheckedText, DriverId, Mending, Recheck, Search } from './mending';
import { driverIdOf, driverIn, firstProved, searchMend, statusOf } from './mending';

/** What can be done about a finding: what is to be preferred, if there is such, and what only its author can choose. */
export interface Choice {
  readonly preferred: Mending | null;
  readonly others: readonly Mending[];
}

/** All that mends a finding, step by step. */
export function* searchMends(before: CheckedText, finding: Finding, recheck: Recheck): Search<Choice> {
  const mending = yield* searchMend(before, finding, recheck);
  const report = before.report.drivers.find(({ findings }) => findings.includes(finding));
  const arc = parseArc(finding.key);
  if (finding.rule !== 'conditional-arc' || mending === null || report === undefined || arc === null)
    return { preferred: mending, others: [] };
  const preferred = yield* declareUnder(before, driverIdOf(report.driver), arc, recheck);
  return { preferred, others: [mending] };
}

/**
 * Declares a flag only under the condition under which the driver handles an arc that nobody asks for without the flag; null
 * when there is no such flag.
 */
function* declareUnder(before: CheckedText, id: DriverId, arc: Arc, recheck: Recheck): Search<Mending | null> {
  const driver = driverIn(before, id);
  const flags = driver?.flagSets[0]?.flags ?? [];
  const condition = driver?.arcs.find((each) => sameArc(each, arc))?.condition ?? null;
  if (condition === null) return null;
  let last: Mending | null = null;
  for (const flag of ['PRE_COPY', 'P2P'] as const) {
    const without = flags.filter((each) => each !== flag);
    if (!flags.includes(flag) || requiredArcs(without).some((each) => sameArc(each, arc))) continue;
    const wording = worded('Declare {0} only if {1}', `VFIO_MIGRATION_${flag}`, condition);
    last = yield* firstProved(before, id, wording, recheck, {
      arcs: [arc],
      ways: (old) => flagUnderWays({ driver: old, module: before.module }, flag, arc),
      judge: (old, now) => {
        const isGone = now.missing.every((each) => !sameArc(each, arc)) && statusOf(now, arc) === 'handled';
        const isDeclared = (set: FlagSet) => now.flagSets.some((each) => each.flags.join() === set.join());
        const stays = old.arcs.every(({ from, to, status }) => {
          const then = statusOf(now, { from, to });
          return then === status || (status === 'conditional' && then === 'handled');
        });
        return isGone && stays && isDeclared(flags) && isDeclared(without) ? 'mended' : 'other';
      },
      none: worded('the condition can not be spelled where the flags are set'),
    });
    if (last.proved) return last;
  }
  return last;
}
