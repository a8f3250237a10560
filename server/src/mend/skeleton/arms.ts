import type { Arc, FlagSet } from '../../uapi';
import { constantName, contractOf, endsSession, requiredArcs, stateOf } from '../../uapi';
import { comment, ifHead } from '../layout';

/** What a driver does on an arc; arcs with the same work share an arm. */
const works = [
  'pause',
  'resume',
  'stop',
  'start',
  'openSaving',
  'finishSaving',
  'closeSaving',
  'openResuming',
  'finishResuming',
] as const;
type Work = (typeof works)[number];

/** The arms of the step function for the arcs that the flags require. */
export function armsFor(flags: FlagSet, prefix: string, precopy: boolean): readonly string[] {
  const arcs = requiredArcs(flags);
  return works.flatMap((work) => {
    const own = arcs.filter((arc) => workOn(arc) === work);
    if (own.length === 0) return [];
    const about = comment(abouts[work], '\t').map((line) => `\t${line}`);
    return [
      ...about,
      ...condition(own),
      ...bodies[work](prefix, precopy).map((line) => (line === '' ? '' : `\t\t${line}`)),
      '\t}',
      '',
    ];
  });
}

function condition(arcs: readonly Arc[]): readonly string[] {
  const tests = arcs.map(({ from, to }) => `cur == ${constantName(from)} && new == ${constantName(to)}`);
  const [only, ...more] = tests;
  if (only !== undefined && more.length === 0)
    return ifHead(only.split(' && '), { indent: '\t', opens: true }).map((line) => `\t${line}`);
  return tests.map((test, index) => {
    const head = index === 0 ? '\tif (' : '\t    ';
    return `${head}(${test})${index === tests.length - 1 ? ') {' : ' ||'}`;
  });
}

function workOn(arc: Arc): Work {
  const { from, to } = arc;
  if (contractOf(arc) === 'new-read-fd') return 'openSaving';
  if (contractOf(arc) === 'new-write-fd') return 'openResuming';
  if (endsSession(arc)) return stateOf(from)?.session === 'saving' ? 'closeSaving' : 'finishResuming';
  if (to === 'STOP_COPY') return 'finishSaving';
  if (to === 'STOP') return 'stop';
  if (from === 'STOP') return 'start';
  return to === 'RUNNING_P2P' || to === 'PRE_COPY_P2P' ? 'pause' : 'resume';
}

/** What holds for all arcs of a work: arms are shared, so that one arc's documentation would not do. */
const abouts: Readonly<Record<Work, string>> = {
  pause: 'The device goes on running, but starts no peer-to-peer DMA.',
  resume: 'Peer-to-peer DMA may begin again.',
  stop: 'The device stops: no DMA, no interrupts, no change of its state.',
  start: 'The stopped device works again.',
  openSaving: 'A saving session begins; user space gets the file to read from.',
  finishSaving: 'The device stops, and what it is now goes into the open session.',
  closeSaving: 'The saving session ends; the device stays as it is.',
  openResuming: 'A resuming session begins; user space gets the file to write to.',
  finishResuming: 'The device takes over what was written, which ends the session.',
};

const handedOn = ['if (ret)', '\treturn ERR_PTR(ret);', 'return NULL;'];

const bodies: Readonly<Record<Work, (prefix: string, precopy: boolean) => readonly string[]>> = {
  pause: (p) => [`ret = ${p}_hw_pause(dev);`, ...handedOn],
  resume: (p) => [`ret = ${p}_hw_resume(dev);`, ...handedOn],
  stop: (p) => [`ret = ${p}_hw_stop(dev);`, ...handedOn],
  start: (p) => [`ret = ${p}_hw_start(dev);`, ...handedOn],
  openSaving: (p, precopy) => [
    `migf = ${p}_open_saving(dev${precopy ? ', new == VFIO_DEVICE_STATE_STOP_COPY' : ''});`,
    'if (IS_ERR(migf))',
    '\treturn ERR_CAST(migf);',
    'get_file(migf->filp);',
    'dev->saving = migf;',
    'return migf->filp;',
  ],
  finishSaving: (p) => [
    `ret = ${p}_hw_stop(dev);`,
    'if (ret)',
    '\treturn ERR_PTR(ret);',
    `ret = ${p}_finish_saving(dev);`,
    'if (ret) {',
    '\t/* The device is in neither state if it can not go on. */',
    `\tif (${p}_hw_start(dev)) {`,
    `\t\t${p}_close_files(dev);`,
    '\t\tdev->state = VFIO_DEVICE_STATE_ERROR;',
    '\t}',
    '\treturn ERR_PTR(ret);',
    '}',
    'return NULL;',
  ],
  closeSaving: (p) => [`${p}_close_files(dev);`, 'return NULL;'],
  openResuming: (p) => [
    `migf = ${p}_open_resuming(dev);`,
    'if (IS_ERR(migf))',
    '\treturn ERR_CAST(migf);',
    'get_file(migf->filp);',
    'dev->resuming = migf;',
    'return migf->filp;',
  ],
  finishResuming: (p) => [
    `ret = ${p}_finish_resuming(dev);`,
    'if (ret)',
    '\treturn ERR_PTR(ret);',
    `${p}_close_files(dev);`,
    'return NULL;',
  ],
};
