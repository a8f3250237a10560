import { diffArrays } from 'diff';
import type { Effect, Event } from '../device';
import { replyOf } from '../device';
import { arcText, stateByValue } from '../uapi';
import type { ComparedStep, Trace, TraceComparison, TraceStep } from '../wire';

type Steps = readonly TraceStep[];

/** Runs that need more edits than this to become each other are only compared up to where they part for the first time. */
const mostEdits = 3000;

/**
 * Two runs side by side. Steps belong together when they are the same event in the same order; fds are told apart by whose
 * they are, not by their number. Says what the devices answered differently and what state that left them in; a difference of
 * state that lasts is said once. `differences` counts pairs. Exchanging the runs exchanges a and b and nothing else.
 */
export function compareTraces(a: Pick<Trace, 'steps'>, b: Pick<Trace, 'steps'>): TraceComparison {
  const standing = new Map<string, string>();
  const pairs = align(a.steps, b.steps).map(([indexA, indexB]): ComparedStep => {
    const stepA = indexA === null ? undefined : a.steps[indexA];
    const stepB = indexB === null ? undefined : b.steps[indexB];
    const differences =
      stepA !== undefined && stepB !== undefined
        ? [...compareFacts(answerFacts(stepA), answerFacts(stepB)), ...newlyDifferent(stepA, stepB, standing)]
        : [stepA === undefined ? `only in b: ${told(stepB)}` : `only in a: ${told(stepA)}`];
    return { a: indexA, b: indexB, differences };
  });
  const differing = pairs.flatMap(({ differences }, index) => (differences.length === 0 ? [] : [index]));
  return { pairs, first: differing[0] ?? null, differences: differing.length };
}

type Pair = readonly [a: number | null, b: number | null];

function align(a: Steps, b: Steps): readonly Pair[] {
  const keysA = keysOf(a);
  const keysB = keysOf(b);
  // Of several longest common subsequences the same one, whichever of the two is named first.
  return JSON.stringify(keysA) <= JSON.stringify(keysB)
    ? alignKeys(keysA, keysB)
    : alignKeys(keysB, keysA).map(([first, second]) => [second, first]);
}

function alignKeys(a: readonly string[], b: readonly string[]): readonly Pair[] {
  const changes = diffArrays([...a], [...b], { maxEditLength: mostEdits }) ?? parted(a, b);
  const pairs: Pair[] = [];
  let nextA = 0;
  let nextB = 0;
  for (const { count, added, removed } of changes) {
    for (let index = 0; index < count; index++) {
      pairs.push([added ? null : nextA++, removed ? null : nextB++]);
    }
  }
  return pairs;
}

/** What the runs have in common at their beginning, then all the rest of both. */
function parted(a: readonly string[], b: readonly string[]) {
  const common = a.findIndex((key, index) => key !== b[index]);
  const same = { count: common, added: false, removed: false };
  return [
    same,
    { count: a.length - common, added: false, removed: true },
    { count: b.length - common, added: true, removed: false },
  ];
}

/** What makes an event the same as one of another run. How much time passes follows from the rest. */
function keysOf(steps: Steps): readonly string[] {
  return steps.map(({ event }, index) => {
    const fds = steps[index - 1]?.after.fds ?? [];
    const named = (fd: number): string => {
      const view = fds.find((each) => each.fd === fd);
      return view === undefined ? 'no fd' : `${view.device} ${view.side}${view.dead ? ' dead' : ''}`;
    };
    return JSON.stringify(event, (key, value) =>
      (key === 'fd' || key === 'to') && typeof value === 'number' ? named(value) : key === 'time' ? 0 : value,
    );
  });
}

/** What is said of a step, by what it is about. */
type Facts = ReadonlyMap<string, string>;

function answerFacts({ event, effects }: TraceStep): Facts {
  const reply = replyOf(effects);
  const facts = new Map<string, string>();
  if (reply !== null) {
    facts.set('errno', reply.errno ?? 'none');
  }
  if (reply?.kind === 'feature') {
    facts.set('way', reply.path.join(' -> ') || 'none');
    facts.set('refused arc', reply.failedArc === null ? 'none' : arcText(reply.failedArc));
    facts.set('data_fd', reply.struct === null || reply.struct.dataFd < 0 ? 'none' : 'a new one');
    facts.set('device_state', reply.struct === null ? 'none' : (stateByValue(reply.struct.state) ?? 'no state'));
    facts.set('flags', `${reply.flags ?? 'none'}`);
    facts.set('stop_copy_length', `${reply.stopCopyLength ?? 'none'}`);
  }
  if (reply?.kind === 'data') {
    facts.set('returned', movesData(event) ? `${reply.ret} bytes` : `${reply.ret}`);
    facts.set('initial_bytes', `${reply.info?.initialBytes ?? 'none'}`);
    facts.set('dirty_bytes', `${reply.info?.dirtyBytes ?? 'none'}`);
    facts.set('output flags', `${reply.info?.flags ?? 'none'}`);
    facts.set('revents', reply.revents?.join('|') ?? 'none');
    facts.set('mode', JSON.stringify(reply.mode));
    facts.set(
      'data',
      reply.data === null ? 'none' : `from offset ${reply.data.offset}${reply.data.end ? ' to the end' : ''}`,
    );
  }
  for (const kind of ['waited', 'delivered', 'dmaDone', 'violation'] as const) {
    facts.set(
      kindTexts[kind],
      effects
        .filter((effect) => effect.kind === kind)
        .map(consequenceText)
        .join(', ') || 'none',
    );
  }
  return facts;
}

const movesData = ({ kind }: Event): boolean => kind === 'read' || kind === 'write' || kind === 'send';
const kindTexts = {
  waited: 'wait for DMA',
  delivered: 'arrived data',
  dmaDone: 'finished DMA',
  violation: 'violation',
};

function consequenceText(effect: Effect): string {
  switch (effect.kind) {
    case 'waited':
      return `${effect.time} µs`;
    case 'delivered':
      return effect.errno === null ? `${effect.ret} bytes` : `${effect.data.length} bytes refused with ${effect.errno}`;
    case 'dmaDone':
      return `${effect.bytes} bytes from ${effect.from} to ${effect.to}`;
    case 'violation':
      return effect.message;
    default:
      return '';
  }
}

function stateFacts({ after }: TraceStep): Facts {
  const facts = new Map<string, string>();
  for (const { name, open, state, session, loaded } of after.devices) {
    facts.set(name, open ? state : `${state}, closed`);
    facts.set(`${name}'s session`, session === null ? 'none' : session.side === 'read' ? 'saving' : 'resuming');
    facts.set(`${name}'s stream`, session === null ? 'none' : sessionText(session));
    facts.set(`${name} loaded`, loaded === null ? 'nothing' : 'a stream');
  }
  facts.set('open data fds', `${after.fds.length}`);
  return facts;
}

function sessionText(session: NonNullable<TraceStep['after']['devices'][number]['session']>): string {
  return session.side === 'write'
    ? `${session.written} bytes written`
    : `${session.read} bytes read, ${session.remaining} remaining`;
}

/** "errno: EINVAL in a, none in b", one for each fact that both have. */
function compareFacts(a: Facts, b: Facts): readonly string[] {
  return [...a].flatMap(([about, inA]) => {
    const inB = b.get(about);
    return inB === undefined || inA === inB ? [] : [`${about}: ${inA} in a, ${inB} in b`];
  });
}

function newlyDifferent(a: TraceStep, b: TraceStep, standing: Map<string, string>): readonly string[] {
  const [factsA, factsB] = [stateFacts(a), stateFacts(b)];
  const found = [...factsA].flatMap(([about, inA]) => {
    const inB = factsB.get(about) ?? inA;
    const difference = `${inA} in a, ${inB} in b`;
    const news = inA !== inB && standing.get(about) !== difference;
    standing.set(about, inA === inB ? '' : difference);
    return news ? [`${about}: ${difference}`] : [];
  });
  return found;
}

function told(step: TraceStep | undefined): string {
  return step?.rows[0]?.text ?? step?.event.kind ?? 'nothing';
}
