import { contractOf, requiredArcs, statesFor } from '../../server/src/uapi';
import type { ArcRow, DriverTable, WireLocation } from '../../server/src/wire';

/** The flags of the driver below. */
export const flags = ['STOP_COPY', 'P2P', 'PRE_COPY'] as const;

/** A place in a line (from 1) of a file. */
export function place(file: string, line: number): WireLocation {
  const start = { line: line - 1, character: 8 };
  return { uri: `file:///k/${file}`, range: { start, end: { line: line - 1, character: 12 } } };
}

/** A driver with all flags that handles every arc, with some rows changed. */
export function driver(change: Partial<DriverTable> = {}, arc: (row: ArcRow) => ArcRow = (row) => row): DriverTable {
  const states = statesFor(flags).filter((state) => state !== 'ERROR');
  const required = requiredArcs(flags);
  const arcs = states.flatMap((from) =>
    states
      .filter((to) => to !== from)
      .map((to): ArcRow => {
        const asked = required.some((each) => each.from === from && each.to === to);
        const returns: ArcRow['returns'] = asked ? ['null', 'error'] : ['error'];
        return arc({
          from,
          to,
          status: asked ? 'handled' : 'rejected',
          required: asked,
          returns,
          due: contractOf({ from, to }) === 'none' ? 'null' : 'new-file',
          condition: null,
          place: place('main.c', asked ? 40 : 60),
        });
      }),
  );
  return {
    name: 'stratus',
    ops: { name: 'stratus_mig_ops', location: place('main.c', 90) },
    setState: { name: 'stratus_set_state', location: place('main.c', 70) },
    profile: { id: '7.1', title: 'Linux 7.1 and later', reason: 'the newest' },
    states,
    flagSets: [{ flags, when: null, declaredAt: place('main.c', 80) }],
    arcs,
    missing: [],
    superfluous: [],
    findings: [],
    ...change,
  };
}
