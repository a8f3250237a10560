import type { Arc } from '../uapi';
import { aheadWays, armWays } from './arms';
import type { Ways } from './edit';
import { listedArcs, rowWays } from './rows';
import type { MendContext } from './site';

/**
 * Ways to write an arc into the driver: as a row where tables have most of its arcs, as an arm where conditions do; at last ahead
 * of everything that turns it away.
 */
export function* writingWays(context: MendContext, arc: Arc): Ways {
  const handled = context.driver.arcs.filter(({ status }) => status === 'handled' || status === 'conditional');
  const isTable = listedArcs(context).size * 2 >= handled.length;
  if (isTable) yield* rowWays(context, arc);
  yield* armWays(context, arc);
  if (!isTable) yield* rowWays(context, arc);
  yield* aheadWays(context, arc);
}
