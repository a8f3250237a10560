import type { Arc, FlagSet } from '../../uapi';
import { constantName, contractOf, endsSession, requiredArcs, stateOf, workOf } from '../../uapi';
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
export function armsFor(flags: FlagSet, prefix: string): readonly string[] {
  const arcs = requiredArcs(flags);
  return works.flatMap((work) => {
    const own = arcs.filter((arc) => workOn(arc) === work);
    const [first] = own;
    if (first === undefined) return [];
    const about = comment(workOf(first)[0] ?? '', '\t').map((line) => `\t${line}`);
    return [
      ...about,
      ...condition(own),
      ...bodies[work](prefix).map((line) => (line === '' ? '' : `\t\t${line}`)),
      '\t}',
      '',
    ];
  });
}

/** True when the flags require an arc with that work. */
export function hasWork(flags: FlagSet, work: Work): boolean {
  return requiredArcs(flags).some((arc) => workOn(arc) === work);
}

function condition(arcs: readonly Arc[]): readonly string[] {
  const tests = arcs.map(({ from, to }) => `cur == ${constantName(from)} && new == ${constantName(to)}`);
  const [only, ...more] = tests;
  if (only !== undefined && more.length === 0) return ifHead(only.split(' && '), '\t', true).map((line) => `\t${line}`);
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

const handedOn = ['if (ret)', '\treturn ERR_PTR(ret);', 'return NULL;'];

const bodies: Readonly<Record<Work, (prefix: string) => readonly string[]>> = {
  pause: (p) => [`ret = ${p}_hw_pause(dev);`, ...handedOn],
  resume: (p) => [`ret = ${p}_hw_resume(dev);`, ...handedOn],
  stop: (p) => [`ret = ${p}_hw_stop(dev);`, ...handedOn],
  start: (p) => [`ret = ${p}_hw_start(dev);`, ...handedOn],
  openSaving: (p) => [
    `migf = ${p}_open_saving(dev, new == VFIO_DEVICE_STATE_STOP_COPY);`,
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
    `\t${p}_hw_start(dev);`,
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
