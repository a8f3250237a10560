import assert from 'node:assert/strict';
import { setState } from '../../server/src/device';
import {
  defaultLink,
  exportName,
  type Ink,
  Recorder,
  scenarios,
  traceOf,
  traceText,
} from '../../server/src/simulation';
import { demoDriver, hostileTexts, scenarioTrace, withHostileNames, without } from '../support/scenarioTrace';

const small = { initial: 65_536, final: 4096, dirtyable: 8192, chunk: 4096, bandwidth: 1_000_000_000 };
const geometry = { initial: 4096, final: 1024, dirtyable: 2048 };

function rejected(): string {
  const machine = without(demoDriver(), 'RUNNING_P2P', 'STOP');
  const recorder = new Recorder({
    title: 'Stop',
    devices: [{ name: 'source', machine, geometry, layout: 'demo' }],
    link: defaultLink,
  });
  recorder.send(setState('source', 'STOP'));
  recorder.send({ kind: 'pass', time: 1500 });
  recorder.send(setState('source', 'RUNNING'));
  return traceText(traceOf(recorder, null, null), { width: 92 });
}

describe('a run as text', () => {
  it('is a log in swim lanes, with C lines at the right and marks where something failed', () => {
    assert.equal(
      rejected(),
      `Stop
source  demo, STOP_COPY | P2P | PRE_COPY, Linux 7.1 and later, main.c:100

  step    time  vmm    core   driver device
     1    0 µs  SET device_state STOP
                |      RUNNING to STOP: first to RUNNING_P2P
                |      |      RUNNING -> RUNNING_P2P: done                        main.c:110
                |      RUNNING_P2P to STOP is one arc
!               |      |      RUNNING_P2P -> STOP: -EINVAL, the driver has no such arc
                |      |                                                          main.c:125
!               |      -EINVAL
                |      |      |      the device is now in RUNNING_P2P
     2    0 µs  |      |      |      1.5 ms pass
     3  1.5 ms  SET device_state RUNNING
                |      RUNNING_P2P to RUNNING is one arc
                |      |      RUNNING_P2P -> RUNNING: done                        main.c:126
                |      0
`,
    );
  });

  it('names the device of each row when there are several, the setting at first and the verdict at last', () => {
    const text = traceText(scenarioTrace('precopy', { ...small, chunk: 8192 }), { width: 100 });
    assert.match(text, /^target {4}demo, STOP_COPY \| P2P \| PRE_COPY, Linux 7\.1 and later, main\.c:100$/m);
    assert.match(text, /^scenario {2}precopy initial=65536 .*chunk=8192$/m);
    assert.match(text, /^ +2 +0 µs {2}target {2}SET device_state RESUMING$/m);
    assert.match(text, /^migrated: the target runs/m);
    assert.match(text, /in pre-copy, .* in STOP_COPY$/m);
  });

  it('tells runs of reads together, or each step when asked to', () => {
    const trace = scenarioTrace('resume', small);
    assert.match(traceText(trace), /17 x read\(fd 3, 4 KiB\): 68 KiB/);
    const all = traceText(trace, { all: true });
    assert.equal(all.match(/read\(fd 3, 4 KiB\) = 4 KiB/g)?.length, 17);
    assert.match(all, new RegExp(`^ +${trace.steps.length} `, 'm'));
  });

  it('keeps to its width, and to characters that do no harm', () => {
    const traces = scenarios.map(({ description }) => scenarioTrace(description.name, small));
    const hostile = hostileTexts.map((text) => withHostileNames(scenarioTrace('recovery', small), text));
    for (const width of [72, 80, 132]) {
      for (const trace of [...traces, ...hostile]) {
        const lines = traceText(trace, { width }).split('\n');
        assert.deepEqual(
          lines.filter((line) => line.length > width),
          [],
        );
        assert.doesNotMatch(lines.join(''), /[\p{Cc}\p{Bidi_Control}]/u);
      }
    }
  });

  it('lets others give it colours, which change nothing but colours', () => {
    const trace = scenarioTrace('recovery', small);
    const inks = new Set<Ink>();
    const painted = traceText(trace, {
      paint: (ink, text) => {
        inks.add(ink);
        return `\u001b[1m${text}\u001b[0m`;
      },
    });
    assert.equal(painted.replaceAll('\u001b[1m', '').replaceAll('\u001b[0m', ''), traceText(trace));
    assert.deepEqual([...inks].sort(), ['failure', 'faint', 'name', 'place', 'title']);
  });
});

describe('the name of an exported file', () => {
  it('comes from the title and never from a folder', () => {
    assert.equal(
      exportName({ title: 'Live migration with pre-copy: mlx5' }, 'mermaid'),
      'live-migration-with-pre-copy-mlx5.mmd',
    );
    assert.equal(exportName({ title: '../../etc/passwd' }, 'json'), 'etc-passwd.vfio-trace.json');
    assert.equal(exportName({ title: '漢/..' }, 'c'), 'trace.c');
    assert.equal(exportName({ title: 'x'.repeat(500) }, 'text').length, 64);
  });
});
