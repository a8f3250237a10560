import type { SimulationSession, StateName, TraceStep, WorldView } from '../../../../server/src/wire';
import { machineName } from '../words';

/** Several devices at one moment: where each is, what is on the wire between them, who waits for whom. */
export interface Group {
  /** Those that are left, or that only have peers; in the order of the lanes. */
  readonly sources: readonly Member[];
  readonly targets: readonly Member[];
  readonly streams: readonly Stream[];
  readonly transfers: readonly Transfer[];
}

export interface Member {
  readonly name: string;
  readonly machine: string;
  readonly state: StateName;
  readonly open: boolean;
  readonly session: Progress | null;
  readonly fds: readonly { readonly fd: number; readonly side: 'read' | 'write'; readonly dead: boolean }[];
  /** Microseconds that it waited in this step for its DMA to end, before it was quiesced; null when it did not. */
  readonly waited: number | null;
  /** What it did in this step that must never happen; null normally. */
  readonly violation: string | null;
  /** Whether the step was about it. */
  readonly acts: boolean;
}

/** How far a session is. `whole`: what there is as far as one knows; it grows while the guest dirties. */
export interface Progress {
  readonly side: 'read' | 'write';
  readonly done: number;
  readonly whole: number;
}

/** Data of one device on its way to another. */
export interface Stream {
  readonly from: string;
  readonly to: string;
  /** Bytes read from the source's fd so far. */
  readonly sent: number;
  /** Bytes that the target has taken. */
  readonly written: number;
  readonly packets: readonly Packet[];
}

/** A read's data on the wire. */
export interface Packet {
  /** Bytes from the beginning of the stream. */
  readonly offset: number;
  readonly length: number;
}

/** DMA between two devices. `violation`: it reached a device that could not take it, or began where none may begin. */
export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly bytes: number;
  readonly status: 'under way' | 'arrived' | 'violation';
  /** Microseconds until it is through; 0 when it is. */
  readonly left: number;
}

/** The devices of a run after its first `cursor` steps. */
export function groupOf(session: SimulationSession, cursor: number): Group {
  const happened = session.steps.slice(0, cursor);
  const step = happened.at(-1);
  const wires = wiresOf(happened);
  const members = session.devices.map(({ name, machine, geometry }) =>
    memberOf(name, machineName(machine), geometry.initial + geometry.final, step),
  );
  const isTarget = ({ name }: Member): boolean => wires.some(({ to }) => to === name) || name.startsWith('target');
  return {
    sources: members.filter((member) => !isTarget(member)),
    targets: members.filter(isTarget),
    streams: wires.map((wire) => ({ ...wire, written: writtenBy(wire, happened) })),
    transfers: transfersOf(happened),
  };
}

function memberOf(name: string, machine: string, size: number, step: TraceStep | undefined): Member {
  const view = step?.after.devices.find((device) => device.name === name);
  const session = view?.session ?? null;
  const waited = step?.effects.find((effect) => effect.kind === 'waited' && effect.device === name);
  const violation = step?.effects.find((effect) => effect.kind === 'violation' && effect.device === name);
  return {
    name,
    machine,
    state: view?.state ?? 'RUNNING',
    open: view?.open ?? true,
    session:
      session === null
        ? null
        : session.side === 'read'
          ? { side: 'read', done: session.read, whole: session.read + session.remaining }
          : { side: 'write', done: session.written, whole: Math.max(size, session.written) },
    fds: (step?.after.fds ?? [])
      .filter(({ device }) => device === name)
      .map(({ fd, side, dead }) => ({ fd, side, dead })),
    waited: waited?.kind === 'waited' ? waited.time : null,
    violation: violation?.kind === 'violation' ? violation.message : null,
    acts: step?.rows.some(({ device }) => device === name) ?? false,
  };
}

interface Wire extends Omit<Stream, 'written'> {
  readonly fd: number;
}

/** Follows every send to the fd that it goes to, and takes it off the wire when it is delivered. */
function wiresOf(steps: readonly TraceStep[]): readonly Wire[] {
  const wires = new Map<string, Wire & { packets: Packet[]; sent: number }>();
  let before: WorldView | null = null;
  for (const { event, effects, after } of steps) {
    if (event.kind === 'send') {
      const from = ownerOf(event.fd, before, after);
      const to = ownerOf(event.to, before, after);
      const reply = effects.at(-1);
      if (from !== null && to !== null && reply?.kind === 'data' && reply.data !== null) {
        const key = `${from}\n${to}`;
        const wire = wires.get(key) ?? { from, to, fd: event.to, sent: 0, packets: [] };
        const { offset, length } = reply.data;
        // A new session begins a new stream.
        const fresh = offset === 0;
        wires.set(key, {
          ...wire,
          fd: event.to,
          sent: (fresh ? 0 : wire.sent) + length,
          packets: [...wire.packets, { offset, length }],
        });
      }
    }
    for (const effect of effects) {
      if (effect.kind === 'delivered') {
        const wire = [...wires.values()].find(({ fd }) => fd === effect.to);
        wire?.packets.shift();
      }
    }
    before = after;
  }
  return [...wires.values()];
}

function ownerOf(fd: number, before: WorldView | null, after: WorldView): string | null {
  const found = after.fds.find((each) => each.fd === fd) ?? before?.fds.find((each) => each.fd === fd);
  return found?.device ?? null;
}

/** What the target took, also after its session has ended. */
function writtenBy({ to, sent, packets }: Wire, steps: readonly TraceStep[]): number {
  const view = steps.at(-1)?.after.devices.find(({ name }) => name === to);
  return view?.session?.side === 'write'
    ? view.session.written
    : sent - packets.reduce((sum, { length }) => sum + length, 0);
}

function transfersOf(steps: readonly TraceStep[]): readonly Transfer[] {
  const step = steps.at(-1);
  if (step === undefined) return [];
  const { event, effects, after } = step;
  const begun: readonly Transfer[] = after.dmas.map(({ from, to, bytes, due }) => ({
    from,
    to,
    bytes,
    status: 'under way',
    left: Math.max(0, due - after.now),
  }));
  const refused: readonly Transfer[] =
    event.kind === 'dma' && effects.some(({ kind }) => kind === 'violation')
      ? [{ from: event.from, to: event.to, bytes: event.bytes, status: 'violation', left: 0 }]
      : [];
  // What was under way and is no more has arrived: where it is not said to be done, it should not have.
  const done = effects.flatMap((effect) => (effect.kind === 'dmaDone' ? [effect] : []));
  const before = (steps.at(-2)?.after.dmas ?? []).filter(
    (dma) => !after.dmas.some((other) => other.from === dma.from && other.to === dma.to && other.due === dma.due),
  );
  const ended = before.map(({ from, to, bytes }): Transfer => {
    const index = done.findIndex((each) => each.from === from && each.to === to);
    if (index >= 0) done.splice(index, 1);
    return { from, to, bytes, status: index >= 0 ? 'arrived' : 'violation', left: 0 };
  });
  return [...begun, ...refused, ...ended];
}
