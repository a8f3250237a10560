import { selectionsOf } from '../analysis/selection';
import type { Arc } from '../uapi';
import { armWays } from './arms';
import type { Ways } from './edit';
import { rowWays } from './rows';
import type { MendContext } from './site';

/** Ways to write an arc into the driver: as a row where tables decide on its arcs, as an arm where conditions do. */
export function* writingWays(context: MendContext, arc: Arc): Ways {
  const { driver, module } = context;
  const selections = selectionsOf(driver, module);
  const handled = driver.arcs.filter(({ status }) => status === 'handled' || status === 'conditional');
  const byCondition = handled.filter((each) => selections.of(each) !== null).length;
  const isTable = byCondition * 2 < handled.length;
  if (isTable) yield* rowWays(context, arc);
  yield* armWays(context, arc);
  if (!isTable) yield* rowWays(context, arc);
}
