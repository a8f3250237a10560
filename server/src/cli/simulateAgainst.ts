import { compareTraces } from '../simulation';
import { flagSetText } from '../uapi';
import type { Trace, TraceStep } from '../wire';
import type { Style } from './display';
import { count, printable } from './display';

/** Steps shown of a comparison: the first ones explain the others. */
const mostShown = 20;

/** A run (a) beside another (b), for people: how many steps differ, and what in the first of them. */
export function comparisonText(a: Trace, b: Trace, style: Style): string {
  const { pairs, differences } = compareTraces(a, b);
  const head = [`a  ${runText(a)}`, `b  ${runText(b)}`, ''];
  if (differences === 0) {
    return [...head, `All ${count(pairs.length, 'step')} agree.`, ''].join('\n');
  }
  const differing = pairs.filter((pair) => pair.differences.length > 0);
  const lines = differing.slice(0, mostShown).flatMap((pair) => {
    const step = pair.a === null ? b.steps[pair.b ?? -1] : a.steps[pair.a];
    const number = pair.a === null ? `b ${(pair.b ?? 0) + 1}` : `${pair.a + 1}`;
    const said = pair.differences.map((difference) => `          ${style.yellow(printable(difference))}`);
    return [`${number.padStart(8)}  ${titleOf(step)}`, ...said];
  });
  const more = differences - mostShown;
  const rest = more > 0 ? [`          and ${more} more`] : [];
  return [...head, style.bold(`${differences} of ${pairs.length} steps differ:`), ...lines, ...rest, ''].join('\n');
}

/** "mlx5, STOP_COPY | P2P: failed" */
function runText({ devices, verdict }: Trace): string {
  const machine = devices[0]?.machine;
  const name = machine === undefined ? 'no device' : `${machine.name}, ${flagSetText(machine.flags)}`;
  return printable(`${name}: ${verdict?.outcome ?? 'no verdict'}`);
}

function titleOf(step: TraceStep | undefined): string {
  const [row] = step?.rows ?? [];
  return row === undefined ? '' : printable(`${row.device ?? ''} ${row.text}`.trim());
}
