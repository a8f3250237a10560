import type { Arc } from '../uapi';
import { sameArc } from '../uapi';
import { aheadWays, armWays } from './arms';
import type { Ways } from './edit';
import { ownArmWays } from './ownArm';
import { listedArcs, rowWays } from './rows';
import type { MendContext } from './site';

/**
 * Ways to write an arc into the driver: into what handles it where some condition holds, if it has that; as a row where tables have most of its arcs, as an arm where conditions do; at last ahead
 * of everything that turns it away.
 */
export function* writingWays(context: MendContext, arc: Arc): Ways {
  const handled = context.driver.arcs.filter(({ status }) => status === 'handled' || status === 'conditional');
  const isTable = listedArcs(context).size * 2 >= handled.length;
  if (handled.some((each) => sameArc(each, arc))) yield* ownArmWays(context, arc);
  if (isTable) yield* rowWays(context, arc);
  yield* armWays(context, arc);
  if (!isTable) yield* rowWays(context, arc);
  yield* aheadWays(context, arc);
}
