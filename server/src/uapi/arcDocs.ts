import type { Arc, Contract } from './arcs';
import { arcText, contractOf, endsSession, isBlocked, sameArc } from './arcs';
import { elementaryArcs } from './derive';
import type { Doc } from './doc';
import { stateMachineSource } from './doc';
import { flagSetText } from './flags';
import { pathOf } from './next';
import { newestProfile, validFlagSets } from './profiles';
import { requiredArcs } from './required';
import type { StateName } from './states';
import { stateOf } from './states';

/** What a driver has to do on one arc. */
interface ArcDuty extends Arc {
  readonly summary: string;
  readonly details: readonly string[];
}

const coreSource = 'drivers/vfio/vfio_main.c, vfio_mig_get_next_state()';

function duty(from: StateName, to: StateName, summary: string, ...details: readonly string[]): ArcDuty {
  return { from, to, summary, details };
}

const stopped =
  'On success the device does no DMA, raises no interrupt and does not change its state any more, but still answers accesses from outside, such as PCI config space and MSI-X.';
const quiesced = 'On success the device starts no new peer-to-peer DMA, and what was under way has ended.';
const saved =
  'The driver may turn on tracking of what changes in the device state. How the device runs does not change.';
const mustFail =
  'Data that are incomplete, inconsistent or invalid must make the arc fail; the device may go to ERROR then.';
const sessionEnds =
  'It ends the open data session: that fd must reach end of stream or an error, and the driver drops its reference.';
const precopyToo =
  'A comment in the kernel names this arc for drivers without P2P and pre-copy; a driver with PRE_COPY and without P2P needs it just as well.';

const duties: readonly ArcDuty[] = [
  duty(
    'STOP',
    'RUNNING',
    'The driver sets a stopped device fully to work again.',
    'Only a driver without P2P sees it; with P2P the way leads through RUNNING_P2P.',
    precopyToo,
  ),
  duty(
    'STOP',
    'STOP_COPY',
    'The driver opens a saving session on a stopped device and hands out the fd that streams its whole state.',
    'The device stays stopped.',
  ),
  duty(
    'STOP',
    'RESUMING',
    'The driver opens a resuming session and hands out the fd to which the saved state is written.',
    'It may reset or change the internal state of the device to make it ready for the data, which comes from one saving session of a compatible device.',
  ),
  duty('STOP', 'RUNNING_P2P', 'The driver sets a stopped device to work again, short of peer-to-peer DMA.', quiesced),
  duty(
    'RUNNING',
    'STOP',
    'The driver stops a running device.',
    stopped,
    'Only a driver without P2P sees it; with P2P the way leads through RUNNING_P2P.',
    precopyToo,
  ),
  duty('RUNNING', 'RUNNING_P2P', 'The driver keeps a running device from starting peer-to-peer DMA.', quiesced),
  duty('RUNNING', 'PRE_COPY', 'The driver opens a saving session while the device goes on running.', saved),
  duty(
    'STOP_COPY',
    'STOP',
    'The driver closes the saving session; the device stays stopped.',
    'It is the way out after a complete transfer as well as after an abandoned one.',
  ),
  duty(
    'RESUMING',
    'STOP',
    'The driver takes the written state over into the device, checks it and closes the resuming session.',
    mustFail,
    'To abandon a transfer the device is reset instead.',
  ),
  duty('RUNNING_P2P', 'STOP', 'The driver stops a device that does no peer-to-peer DMA any more.', stopped),
  duty(
    'RUNNING_P2P',
    'RUNNING',
    'The driver lets the device do peer-to-peer DMA again, so that it is fully operational.',
  ),
  duty(
    'RUNNING_P2P',
    'PRE_COPY_P2P',
    'The driver opens a saving session while the device stays quiesced for peer-to-peer DMA.',
    saved,
  ),
  duty(
    'PRE_COPY',
    'RUNNING',
    'The driver closes the saving session and the device goes on running: a migration was abandoned.',
  ),
  duty(
    'PRE_COPY',
    'STOP_COPY',
    'The driver stops the device and streams the rest of its state through the open saving fd.',
    stopped,
    'Only a driver with PRE_COPY and without P2P sees it; with P2P the way leads through PRE_COPY_P2P.',
  ),
  duty(
    'PRE_COPY',
    'PRE_COPY_P2P',
    'The driver keeps the device from starting peer-to-peer DMA while pre-copy goes on.',
    quiesced,
  ),
  duty(
    'PRE_COPY_P2P',
    'STOP_COPY',
    'The driver stops the device and streams the rest of its state through the open saving fd.',
    stopped,
    'End of stream on the fd then says that the whole state has been transferred.',
  ),
  duty(
    'PRE_COPY_P2P',
    'RUNNING_P2P',
    'The driver closes the saving session; the device stays quiesced for peer-to-peer DMA.',
  ),
  duty('PRE_COPY_P2P', 'PRE_COPY', 'The driver lets the device run fully again while pre-copy goes on.'),
];

/** What there is to say about the pair of states: an arc that drivers carry out, a combination of arcs, or no way at all. */
export function arcDoc(arc: Arc): Doc {
  const title = arcText(arc);
  if (arc.from === 'ERROR' || arc.to === 'ERROR') {
    return { title, ...errorText(arc), source: stateMachineSource };
  }
  if (isBlocked(arc)) {
    return {
      title,
      summary: 'The uAPI does not permit it: the core answers EINVAL and no driver is ever asked for it.',
      details: ['A future kernel may allow it and would announce that by a new migration flag.'],
      source: stateMachineSource,
    };
  }
  const known = duties.find((each) => sameArc(each, arc));
  if (known === undefined) {
    return {
      title,
      summary: 'A combination: one request, which the core breaks down into several arcs of the driver.',
      details: [
        ...waysText(arc),
        sessionText(arc),
        'The steps happen inside one request. If one fails, the device may be left in any state on the way.',
      ],
      source: coreSource,
    };
  }
  return {
    title,
    summary: known.summary,
    details: [...known.details, sessionText(arc), requiredText(arc)],
    source: elementaryArcs.some((each) => sameArc(each, arc)) ? stateMachineSource : coreSource,
  };
}

/** What a driver has to do to the device and to the data session on the arc, in sentences; empty for no arc of drivers. */
export function workOf(arc: Arc): readonly string[] {
  const known = duties.find((each) => sameArc(each, arc));
  if (known === undefined) return [];
  const work = known.details.filter((text) => [stopped, quiesced, mustFail].includes(text));
  return [known.summary, ...work, ...(endsSession(arc) ? [sessionEnds] : [])];
}

/** The documented arcs: all that any flag set requires. */
export const documentedArcs: readonly Arc[] = duties.map(({ from, to }) => ({ from, to }));

function errorText(arc: Arc): Pick<Doc, 'summary' | 'details'> {
  if (arc.from === 'ERROR') {
    return {
      summary: 'There is no arc out of ERROR: only VFIO_DEVICE_RESET helps, and it leads to RUNNING.',
      details: ['Any request in ERROR fails with EINVAL.'],
    };
  }
  return {
    summary: 'ERROR can not be requested; a driver falls into it when an arc fails and no valid state can be restored.',
    details: [
      'A failing arc returns an error pointer. Wherever a state on the way can be kept or restored, the device stays there.',
    ],
  };
}

/** What the arc does to the data session and what it returns: "It returns NULL: the open data session and its fd go on." */
export function sessionText(arc: Arc): string {
  const session = stateOf(arc.from)?.session;
  if (session !== 'none' && session === stateOf(arc.to)?.session) {
    return 'It returns NULL: the open data session and its fd go on.';
  }
  return `${endsSession(arc) ? `${sessionEnds} ` : ''}${returns[contractOf(arc)]}`;
}

const returns: Readonly<Record<Contract, string>> = {
  'new-read-fd': 'It returns a new data fd, for the user to read from.',
  'new-write-fd': 'It returns a new data fd, for the user to write to.',
  none: 'It returns NULL.',
};

function requiredText(arc: Arc): string {
  const all = validFlagSets(newestProfile.id);
  const sets = all.filter((set) => requiredArcs(set).some((each) => sameArc(each, arc)));
  return sets.length === all.length
    ? 'Required of every driver.'
    : `Required of drivers that declare ${sets.map(flagSetText).join(', or ')}.`;
}

/** The ways of a combination, one sentence for flag sets that share one. */
function waysText(arc: Arc): readonly string[] {
  const setsByWay = new Map<string, string[]>();
  for (const set of validFlagSets(newestProfile.id)) {
    const path = pathOf(set, arc.from, arc.to);
    if (path !== null) {
      const way = [arc.from, ...path].join(' -> ');
      setsByWay.set(way, [...(setsByWay.get(way) ?? []), flagSetText(set)]);
    }
  }
  return [...setsByWay].map(([way, sets]) => `With ${sets.join(', or ')}: ${way}.`);
}
