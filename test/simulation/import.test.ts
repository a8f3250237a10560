import assert from 'node:assert/strict';
import { replyOf } from '../../server/src/device';
import type { Imported } from '../../server/src/simulation';
import { describeReference, importText, scenarios } from '../../server/src/simulation';
import { placeInJson } from '../../server/src/simulation/import/jsonPlace';
import { stateByValue } from '../../server/src/uapi';
import type { MachineDescription, Trace } from '../../server/src/wire';
import { Random } from '../support/random';
import { demoDriver, scenarioTrace, without } from '../support/scenarioTrace';
import { seedFrom } from '../support/seed';

const protocol = describeReference(['STOP_COPY', 'P2P', 'PRE_COPY'], '7.1');
const small = { initial: 65_536, final: 4096, dirtyable: 8192, chunk: 16_384, bandwidth: 1_000_000_000 };

/** What was imported; fails when it is a problem. */
function read(text: string, machine: MachineDescription = protocol, inPlace = false): Imported {
  const imported = importText(text, { name: 'a file', machine, inPlace });
  assert.ok(!('problem' in imported), 'problem' in imported ? `${imported.line}: ${imported.problem}` : '');
  return imported;
}

/** "12: what is wrong", or "read". */
function problemOf(text: string): string {
  const imported = importText(text, { name: 'a file', machine: protocol });
  return 'problem' in imported ? `${imported.line ?? 'file'}: ${imported.problem}` : 'read';
}

/** The states that a device was in, one after the other. */
function states({ recorder }: Imported, device = 0): readonly string[] {
  const all = recorder.steps.map(({ after }) => after.devices[device]?.state ?? 'none');
  return ['RUNNING', ...all].filter((state, index, list) => state !== list[index - 1]);
}

describe('import of saved traces', () => {
  it('every scenario comes back as it was saved', () => {
    for (const { description } of scenarios) {
      const given = Object.fromEntries(
        Object.entries(small).filter(([name]) => description.parameters.some((each) => each.name === name)),
      );
      const trace = scenarioTrace(description.name, given);
      const imported = read(JSON.stringify(trace, null, 1));
      assert.deepEqual(imported.recorder.steps, trace.steps, description.name);
      assert.deepEqual(imported.recorder.scene.devices, trace.devices);
      assert.deepEqual(
        [imported.impossible, imported.scenario, imported.verdict],
        [null, trace.scenario, trace.verdict],
      );
    }
  });

  it('on a driver without one of its arcs, the first step that it can not make is told', () => {
    const trace = scenarioTrace('precopy', small);
    const driver = without(demoDriver(), 'PRE_COPY_P2P', 'STOP_COPY');
    const imported = read(JSON.stringify(trace), driver, true);
    const step = trace.steps.findIndex(({ rows }) =>
      rows.some(({ text }) => text.startsWith('PRE_COPY_P2P -> STOP_COPY')),
    );
    assert.deepEqual(imported.impossible, {
      step,
      why: 'in the file it succeeds; here PRE_COPY_P2P -> STOP_COPY: -EINVAL, the driver has no such arc',
    });
    assert.equal(imported.verdict, null, 'what was said of the run before does not hold');
  });

  it('a trace that was changed by hand does not pass as one that the machine made', () => {
    const trace = scenarioTrace('stop-copy', small);
    const at = trace.steps.findIndex(({ effects }) => effects.some((effect) => effect.kind === 'feature'));
    const changed = structuredClone(trace);
    Object.assign(changed.steps[at]?.effects.at(-1) ?? {}, { errno: 'EBUSY' });
    assert.deepEqual(read(JSON.stringify(changed)).impossible, {
      step: at,
      why: 'in the file it fails with -EBUSY; here it succeeds',
    });
    const moved = structuredClone(trace);
    Object.assign(moved.steps[at]?.after.devices[0] ?? {}, { state: 'ERROR' });
    assert.match(read(JSON.stringify(moved)).impossible?.why ?? '', /^in the file source is then in ERROR; here in /);
  });

  it('what can not be read is told with its line', () => {
    const lines = (trace: object) => JSON.stringify(trace, null, 1);
    const good = scenarioTrace('stop-copy', small);
    const change = (edit: (trace: { [key: string]: unknown } & Trace) => void): string => {
      const copy = structuredClone({ ...good } as { [key: string]: unknown } & Trace);
      edit(copy);
      return lines(copy);
    };
    const text = lines(good);
    const lineWith = (needle: string, from = text) => from.slice(0, from.indexOf(needle)).split('\n').length;
    const cases: readonly (readonly [string, RegExp])[] = [
      ['{', /^1: not JSON: expected a name or text in "; the file ends$/],
      ['{\n"a": [1,\n 2 3]}', /^3: not JSON: expected a comma or \]; there is "3\]\}"$/],
      ['{"schema": "other/1"}', /^1: schema: expected "vfio-arcs\/trace" or "vfio-arcs\/scenario"$/],
      [change((trace) => Object.assign(trace, { version: 2 })), /^3: version: version 2 of vfio-arcs\/trace is newer/],
      [change((trace) => Object.assign(trace, { version: 0 })), /^3: version: expected version 1$/],
      [change((trace) => Object.assign(trace, { devices: [] })), /^5: devices: expected 1 to 32 devices$/],
      [
        change((trace) => Object.assign(trace.devices[1] ?? {}, { name: 'source' })),
        /^\d+: devices\[1\]\.name: another device has this name$/,
      ],
      [
        change((trace) => Object.assign(trace.devices[0]?.machine.traits ?? {}, { poll: 'maybe' })),
        /^\d+: devices\[0\]\.machine\.traits: expected all traits of a device$/,
      ],
      [
        change((trace) => Object.assign(trace.devices[0]?.machine.arcs[2]?.outcome ?? {}, { kind: 'magic' })),
        /^\d+: devices\[0\]\.machine\.arcs\[2\]: expected an arc with outcome/,
      ],
      [change((trace) => Object.assign(trace.link, { bandwidth: 0 })), /^\d+: link: expected a bandwidth/],
      [
        change((trace) => Object.assign(trace.steps[2]?.event ?? {}, { kind: 'explode' })),
        /^\d+: steps\[2\]\.event: expected an event of the simulated device/,
      ],
    ];
    for (const [broken, expected] of cases) {
      assert.match(problemOf(broken), expected);
    }
    const third = change((trace) => Object.assign(trace.steps[2] ?? {}, { at: -1 }));
    assert.equal(problemOf(third), `${lineWith('"at": -1', third)}: steps[2].at: expected a time in µs`);
  });
});

describe("scenarios of one's own", () => {
  const head = { schema: 'vfio-arcs/scenario', version: 1 };
  const run = (more: object, machine?: MachineDescription) =>
    read(JSON.stringify({ ...head, ...more }, null, 1), machine);

  it('a migration written by hand, with units, without fds and names where there is one of each', () => {
    const imported = run({
      title: 'by hand',
      devices: [
        { name: 'a', initial: '64KiB', final: 4096, dirtyable: '64KiB' },
        { name: 'b', initial: '64KiB', final: 4096 },
      ],
      link: { bandwidth: '1GB/s', latency: '50us' },
      events: [
        { kind: 'set', device: 'b', state: 'RESUMING', expect: 'ok' },
        { kind: 'set', state: 'PRE_COPY', expect: 'ok' },
        { kind: 'send', length: '64KiB', to: 'b' },
        { kind: 'dirty', bytes: '8KiB' },
        { kind: 'precopyInfo', argsz: 24, flags: 0 },
        { kind: 'read', length: 0 },
        { kind: 'set', state: 'stop_copy', expect: 'ok' },
        { kind: 'send', length: '1MiB', to: 'b' },
        { kind: 'pass', time: '10ms' },
        { kind: 'get', device: 'b' },
        { kind: 'set', device: 'b', state: 'RUNNING', expect: 'ok' },
        { kind: 'set', state: 'STOP', expect: 'ok' },
      ],
    });
    assert.deepEqual(
      [imported.format, imported.impossible, imported.recorder.scene.title],
      ['scenario', null, 'by hand'],
    );
    assert.deepEqual(states(imported, 1), ['RUNNING', 'RESUMING', 'RUNNING']);
    const loaded = imported.recorder.steps.at(-1)?.after.devices[1]?.loaded;
    assert.equal(typeof loaded, 'number', 'the target has what the source sent');
  });

  it('a stream is written piece by piece; what is expected and does not happen is told', () => {
    const events = (end: boolean) => [
      { kind: 'set', state: 'RESUMING' },
      { kind: 'write', length: 4096 },
      { kind: 'write', length: '4KiB', end },
      { kind: 'set', state: 'STOP', expect: 'ok' },
    ];
    assert.equal(run({ events: events(true) }).impossible, null);
    assert.match(
      run({ events: events(false) }).impossible?.why ?? '',
      /^in the file it succeeds; here RESUMING -> STOP: -EINVAL/,
    );
    const fault = [
      { kind: 'fault', arc: 'RUNNING:PRE_COPY', errno: 'ENOMEM' },
      { kind: 'set', state: 'PRE_COPY', expect: 'ENOMEM' },
      { kind: 'set', state: 'PRE_COPY', expect: 'EBUSY' },
    ];
    assert.deepEqual(run({ events: fault }).impossible, {
      step: 2,
      why: 'in the file it fails with -EBUSY; here it succeeds',
    });
  });

  it('what can not be meant is told with its line', () => {
    const one = (event: unknown) => problemOf(JSON.stringify({ ...head, events: [event] }, null, 1));
    const cases: readonly (readonly [string, RegExp])[] = [
      [problemOf('{"schema": "vfio-arcs/x"}'), /^1: schema: expected "vfio-arcs\/trace" or "vfio-arcs\/scenario"$/],
      [problemOf('{}'), /^1: schema: expected/],
      [problemOf(JSON.stringify({ ...head, version: 2 })), /^1: version: expected version 1$/],
      [problemOf(JSON.stringify(head)), /^1: events: expected a list$/],
      [problemOf(JSON.stringify({ ...head, devices: [], events: [] })), /devices: expected 1 to 32 devices/],
      [
        problemOf(JSON.stringify({ ...head, devices: [{ name: 'a', final: '1 parsec' }], events: [] })),
        /devices\[0\]\.final: expected a size/,
      ],
      [
        problemOf(JSON.stringify({ ...head, link: { bandwidth: 0, latency: 0 }, events: [] })),
        /link\.bandwidth: a link that/,
      ],
      [one(7), /^5: events\[0\]: expected an object$/],
      [
        one({ kind: 'sett', state: 'STOP' }),
        /^6: events\[0\]\.kind: expected a kind of event \(set, get, .*\) - did you mean "set"\?$/,
      ],
      [one({ kind: 'set', state: 'STOPPED' }), /^7: events\[0\]\.state: expected a device state \(/],
      [
        one({ kind: 'set', state: 'STOP', device: 'x' }),
        /events\[0\]\.device: expected the name of a device \("device"\)/,
      ],
      [one({ kind: 'set', state: 'STOP', expect: 'fine' }), /events\[0\]\.expect: expected "ok" or an errno/],
      [one({ kind: 'read' }), /events\[0\]: expected what "read" takes: fd, length/],
      [one({ kind: 'read', length: '1 mile' }), /events\[0\]\.length: expected a size such as "64KiB"/],
      [one({ kind: 'write' }), /events\[0\]\.length: expected a size/],
      [one({ kind: 'fault', arc: 'STOP' }), /events\[0\]: expected what "fault" takes: device, arc, errno, leaves/],
    ];
    for (const [problem, expected] of cases) {
      assert.match(problem, expected);
    }
  });
});

describe('import of debugfs samples', () => {
  it('a source is followed through its migration, with the times of the samples', () => {
    const imported = read(
      [
        '# while true; do echo "$(date +%s.%N) $(cat migration/state)"; done',
        '1700000000.000000000 RUNNING',
        '1700000000.250000000 PRE_COPY',
        '',
        '1700000001.000000000 PRE_COPY',
        '1700000001.500000000 STOP_COPY',
        '1700000002.000000000 STOP',
      ].join('\r\n'),
    );
    assert.equal(imported.format, 'debugfs');
    assert.deepEqual(states(imported), ['RUNNING', 'PRE_COPY', 'STOP_COPY', 'STOP']);
    const sets = imported.recorder.steps.filter(({ event }) => event.kind === 'feature');
    assert.deepEqual(
      sets.map(({ at }) => at),
      [250_000, 1_500_000, 2_000_000],
    );
    assert.equal(imported.impossible, null);
  });

  it('a target is given a whole stream, so that it can leave RESUMING', () => {
    const imported = read('RUNNING\nRESUMING\nRUNNING_P2P\nRUNNING\n');
    assert.deepEqual(states(imported), ['RUNNING', 'RESUMING', 'RUNNING_P2P', 'RUNNING']);
    assert.equal(imported.impossible, null);
  });

  it('a device that broke down and was reset', () => {
    const imported = read('RUNNING\nSTOP\nERROR\nRUNNING\nSTOP\n');
    assert.deepEqual(states(imported), ['RUNNING', 'STOP', 'ERROR', 'RUNNING', 'STOP']);
    assert.deepEqual(
      imported.recorder.steps.filter(({ event }) => event.kind !== 'feature').map(({ event }) => event.kind),
      ['breakDown', 'reset'],
    );
  });

  it('several devices, told apart by the name of the file before the state', () => {
    const file = (device: string, state: string) => `/sys/kernel/debug/vfio/${device}/migration/state:${state}`;
    const imported = read(
      [file('0000:3b:02.1', 'STOP'), file('0000:3b:02.2', 'RUNNING'), file('0000:3b:02.2', 'RUNNING_P2P')].join('\n'),
    );
    assert.deepEqual(
      imported.recorder.scene.devices.map(({ name }) => name),
      ['0000:3b:02.1', '0000:3b:02.2'],
    );
    assert.deepEqual(states(imported, 1), ['RUNNING', 'RUNNING_P2P']);
  });

  it('times in the forms that tools write', () => {
    for (const [first, second] of [
      ['2026-11-26T12:00:01.25Z', '2026-11-26T12:00:03.75Z'],
      ['2026-11-26 14:00:01,250+0200', '2026-11-26 12:00:03,75Z'],
      ['[   12.500000]', '[   15.000000]'],
      ['Nov 30 23:59:59', 'Nov 31 00:00:01.5'],
      ['12:00:01.25', '12:00:03.75'],
      ['1700000001', '1700000003.5'],
    ]) {
      const { recorder } = read(`${first} RUNNING\n${second} STOP\n`);
      assert.equal(recorder.steps.find(({ event }) => event.kind === 'feature')?.at, 2_500_000, first);
    }
  });

  it('the first state that the protocol or the driver does not come to', () => {
    const plain = read('RUNNING\nPRE_COPY\n', describeReference(['STOP_COPY'], '7.1'));
    assert.deepEqual(plain.impossible, {
      step: 0,
      why: 'in the file it succeeds; here no way from RUNNING to PRE_COPY',
    });
    const driver = read('RUNNING\nPRE_COPY\nSTOP_COPY\nSTOP\n', without(demoDriver(), 'PRE_COPY_P2P', 'STOP_COPY'));
    assert.deepEqual(driver.impossible, {
      step: 1,
      why: 'in the file it succeeds; here PRE_COPY_P2P -> STOP_COPY: -EINVAL, the driver has no such arc',
    });
    assert.match(read('RUNNING\nInvalid\n').impossible?.why ?? '', /^in line 2 the kernel printed "Invalid"/);
  });

  it('what is no sample is told with its line', () => {
    assert.equal(problemOf('RUNNING\nSTOPP\n'), '2: "STOPP" does not end with a device state - did you mean STOP?');
    assert.match(
      problemOf('RUNNING\n\u001b[31m\n'),
      /^2: "\\u001b\[31m" does not end with a device state \(ERROR, STOP, /,
    );
    assert.equal(problemOf('# nothing\n\n'), 'file: there is no device state in it');
    assert.equal(problemOf('cat: migration/state: Invalid argument\n'), 'file: there is no device state in it');
    assert.equal(problemOf(''), 'file: there is no device state in it');
  });
});

describe('import of logs of QEMU', () => {
  const device = '(0000:3b:02.1)';
  const log = (...lines: readonly string[]) => lines.map((line) => line.replace(' @', ` ${device}`)).join('\n');
  /** The calls and what came of them: "SET PRE_COPY", "read 512", "SET STOP -EIO". */
  function calls({ recorder }: Imported): readonly string[] {
    return recorder.steps.flatMap(({ event, effects }) => {
      const reply = replyOf(effects);
      const end = reply?.errno ? ` -${reply.errno}` : '';
      switch (event.kind) {
        case 'feature':
          return event.ops.includes('SET') ? [`SET ${stateByValue(event.request)}${end}`] : [`sizes${end}`];
        case 'read':
          return [`read ${reply?.ret}${end}`];
        case 'write':
          return [`write ${reply?.ret}${end}`];
        case 'pass':
        case 'dirty':
          return [];
        default:
          return [`${event.kind}${end}`];
      }
    });
  }

  /** A migration as the source's QEMU logs it since 9.1, under -trace "vfio_*" with -msg timestamp=on. */
  const source = [
    '2026-11-26T12:00:00.000000Z vfio_intx_enable  @',
    '2026-11-26T12:00:00.000100Z vfio_region_write  (0000:3b:02.1:region0+0x0, 0x1, 4)',
    '2026-11-26T12:00:01.000000Z vfio_migration_state_notifier  @ state 0',
    '2026-11-26T12:00:01.000100Z vfio_migration_set_state  @ new state PRE_COPY, recover state RUNNING',
    '2026-11-26T12:00:01.000200Z vfio_migration_set_device_state  @ state PRE_COPY',
    '2026-11-26T12:00:01.000300Z vfio_save_setup  @ data buffer size 1048576',
    '2026-11-26T12:00:01.100000Z vfio_state_pending_estimate  @ precopy 3072 postcopy 0 precopy initial size 2048 precopy dirty size 0',
    '2026-11-26T12:00:01.200000Z vfio_save_block  @ data_size 1024',
    '2026-11-26T12:00:01.300000Z vfio_save_block  @ data_size 1024',
    '2026-11-26T12:00:01.400000Z vfio_save_block  @ data_size 512',
    '2026-11-26T12:00:01.500000Z vfio_save_block_precopy_empty_hit  @',
    '2026-11-26T12:00:01.600000Z vfio_state_pending_exact  @ precopy 4096 postcopy 0 stopcopy size 4096 precopy initial size 0 precopy dirty size 0',
    '2026-11-26T12:00:02.000000Z vfio_migration_set_state  @ new state PRE_COPY_P2P, recover state ERROR',
    '2026-11-26T12:00:02.000100Z vfio_migration_set_device_state  @ state PRE_COPY_P2P',
    '2026-11-26T12:00:02.000200Z vfio_vmstate_change_prepare  @ running 0 reason finish-migrate device state PRE_COPY_P2P',
    '2026-11-26T12:00:02.001000Z vfio_migration_set_state  @ new state STOP_COPY, recover state ERROR',
    '2026-11-26T12:00:02.001100Z vfio_migration_set_device_state  @ state STOP_COPY',
    '2026-11-26T12:00:02.001200Z vfio_vmstate_change  @ running 0 reason finish-migrate device state STOP_COPY',
    '2026-11-26T12:00:02.002000Z vfio_save_complete_precopy_start  @',
    '2026-11-26T12:00:02.002100Z vfio_migration_set_state  @ new state STOP_COPY, recover state STOP',
    '2026-11-26T12:00:02.003000Z vfio_save_block  @ data_size 4096',
    '2026-11-26T12:00:02.004000Z vfio_save_complete_precopy  @ ret 0',
    '2026-11-26T12:00:02.005000Z vfio_save_device_config_state  @',
    '2026-11-26T12:00:03.000000Z vfio_migration_set_state  @ new state STOP, recover state ERROR',
    '2026-11-26T12:00:03.000100Z vfio_migration_set_device_state  @ state STOP',
    '2026-11-26T12:00:03.000200Z vfio_save_cleanup  @',
  ];

  it('the source of a migration, call by call, with the bytes and times of the log', () => {
    const imported = read(log(...source));
    assert.equal(imported.format, 'qemu-log');
    assert.deepEqual(calls(imported), [
      'SET PRE_COPY',
      'read 1024',
      'read 1024',
      'read 512',
      'read -1 -ENOMSG',
      'sizes',
      'precopyInfo',
      'SET PRE_COPY_P2P',
      'SET STOP_COPY',
      'read 4096',
      'read 0',
      'SET STOP',
      'close',
    ]);
    const set = imported.recorder.steps.filter(({ event }) => event.kind === 'feature').map(({ at }) => at);
    assert.equal((set[3] ?? 0) - (set[0] ?? 0), 1_000_900, 'SET STOP_COPY comes 1.0009 s after SET PRE_COPY');
    assert.deepEqual(
      imported.recorder.scene.devices.map(({ name }) => name),
      ['0000:3b:02.1'],
    );
    assert.deepEqual([imported.impossible, imported.notes], [null, ['6 lines tell of no call']]);
  });

  it('initial data of which a part was read before QEMU tells what is left', () => {
    const { recorder } = read(
      log(
        'vfio_migration_set_state  @ state PRE_COPY',
        'vfio_save_block  @ data_size 1024',
        'vfio_save_iterate  @ precopy initial size 0x200 precopy dirty size 0x0',
        'vfio_save_block  @ data_size 512',
        'vfio_save_iterate  @ precopy initial size 0 precopy dirty size 64',
        'vfio_save_block  @ data_size 64',
      ),
    );
    assert.equal(recorder.scene.devices[0]?.geometry.initial, 1536);
    const dirt = recorder.steps.flatMap(({ event }) => (event.kind === 'dirty' ? [event.bytes] : []));
    assert.deepEqual(dirt, [64]);
  });

  it('on a driver without an arc, the first call that it can not make', () => {
    const { impossible, recorder } = read(log(...source), without(demoDriver(), 'PRE_COPY_P2P', 'STOP_COPY'));
    assert.equal(
      impossible?.why,
      'in the file it succeeds; here PRE_COPY_P2P -> STOP_COPY: -EINVAL, the driver has no such arc',
    );
    assert.deepEqual(recorder.steps[impossible?.step ?? -1]?.event.kind, 'feature');
    const plain = read(log(...source), describeReference(['STOP_COPY'], '7.1'));
    assert.equal(plain.impossible?.why, 'in the file it succeeds; here no way from RUNNING to PRE_COPY');
  });

  it('the target of a migration, as versions before 9.1 log it, with thread and time before the line', () => {
    const imported = read(
      log(
        '4711@1700000000.000000:vfio_migration_probe  @',
        '4711@1700000000.100000:vfio_migration_set_state  @ state RESUMING',
        '4711@1700000000.200000:vfio_load_state  @ data 0xffffffffef100004',
        '4711@1700000000.300000:vfio_load_state_device_data  @ size 0x1000 ret 0',
        '4711@1700000000.400000:vfio_load_state_device_data  @ size 0x200 ret 0',
        '4711@1700000000.500000:vfio_load_device_config_state  @',
        '4711@1700000000.600000:vfio_load_cleanup  @',
        '4711@1700000000.700000:vfio_migration_set_state  @ state RUNNING_P2P',
        '4711@1700000000.750000:vfio_vmstate_change_prepare  @ running 1 reason running device state RUNNING_P2P',
        '4711@1700000000.800000:vfio_migration_set_state  @ state RUNNING',
        '4711@1700000000.900000:vfio_vmstate_change  @ running 1 reason running device state RUNNING',
      ),
    );
    assert.deepEqual(calls(imported), [
      'SET RESUMING',
      'write 4096',
      'write 512',
      'close',
      'SET RUNNING_P2P',
      'SET RUNNING',
    ]);
    assert.equal(imported.impossible, null);
    assert.notEqual(imported.recorder.steps.at(-1)?.after.devices[0]?.loaded, null);
  });

  it('a SET that failed fails again, with the error of the message, and QEMU recovers as it did', () => {
    const before91 = read(
      log(
        'vfio_migration_set_state  @ state PRE_COPY',
        'qemu-system-x86_64: 0000:3b:02.1: Failed setting device state to STOP_COPY, err: Device or resource busy. Setting device in recover state STOP',
        'qemu-system-x86_64: 0000:3b:02.1: Failed setting device in recover state, err: Input/output error. Resetting device',
      ),
    );
    assert.deepEqual(calls(before91), [
      'SET PRE_COPY',
      'fault',
      'SET STOP_COPY -EBUSY',
      'fault',
      'SET STOP -EIO',
      'close',
      'reset',
    ]);
    const since91 = read(
      log(
        'vfio_migration_set_state  @ new state PRE_COPY, recover state RUNNING',
        'vfio_migration_set_device_state  @ state RUNNING',
        '2026-11-26T12:00:03.000200Z qemu-kvm: 0000:3b:02.1: Failed setting device state to PRE_COPY. Setting device in recover state RUNNING: Operation not supported',
        'vfio_migration_set_state  @ new state STOP, recover state ERROR',
        'vfio_migration_set_device_state  @ state RUNNING',
      ),
    );
    assert.deepEqual(calls(since91), [
      'fault',
      'SET PRE_COPY -EOPNOTSUPP',
      'SET RUNNING',
      'fault',
      'SET STOP -EIO',
      'reset',
    ]);
    assert.deepEqual([before91.impossible, since91.impossible], [null, null]);
  });

  it('a driver that fails by itself needs no fault to do so', () => {
    const machine = without(demoDriver(), 'RUNNING', 'PRE_COPY');
    const lines = log(
      'vfio_migration_set_state  @ new state PRE_COPY, recover state RUNNING',
      'vfio_migration_set_device_state  @ state RUNNING',
    );
    const imported = read(lines, machine);
    assert.deepEqual(calls(imported), ['SET PRE_COPY -EINVAL', 'SET RUNNING']);
    assert.equal(imported.impossible, null);
  });

  it('resets, several devices, a log that begins in the middle and ends in it', () => {
    const imported = read(
      log(
        'qemu[7]: vfio_migration_set_device_state  (VFIO user </run/vfu.sock>) state STOP',
        'vfio_pci_reset_flr 0000:3b:02.1 FLR/VFIO_DEVICE_RESET',
        'vfio_migration_set_state  @ new state STOP_COPY, recover state STOP',
      ),
    );
    assert.deepEqual(calls(imported), ['SET STOP', 'reset', 'SET STOP_COPY']);
    assert.deepEqual(
      imported.recorder.scene.devices.map(({ name }) => name),
      ['VFIO user </run/vfu.sock>', '0000:3b:02.1'],
    );
    assert.equal(imported.impossible, null, 'how the last SET ended is not told');
  });

  it('when only changes of the VM were traced, they tell the states', () => {
    const imported = read(
      log(
        'vfio_vmstate_change_prepare  @ running 0 reason paused device state RUNNING_P2P',
        'vfio_vmstate_change  @ running 0 reason paused device state STOP',
        'vfio_vmstate_change  @ running 1 reason running device state RUNNING',
      ),
    );
    assert.deepEqual(calls(imported), ['SET RUNNING_P2P', 'SET STOP', 'SET RUNNING']);
  });

  it('what is no such log is told with its line; bad lines among good ones are counted', () => {
    assert.equal(
      problemOf(log('vfio_intx_enable  @', 'vfio_migration_set_state  @ state 3')),
      '2: states of the first migration protocol (QEMU before 8.0), which has others than VFIO has now',
    );
    assert.equal(
      problemOf(log('vfio_intx_enable  @')),
      'file: no state of a device in it; let QEMU trace with -trace "vfio_*"',
    );
    assert.match(
      problemOf(log('', 'vfio_migration_set_state  @ new state RUNING, recover state STOP')),
      /^2: this line is about/,
    );
    const { notes } = read(
      log('vfio_migration_set_state  @ state STOP', 'vfio_migration_set_state @ state', 'guest: hello'),
    );
    assert.deepEqual(notes, [
      '1 line about migration does not read as QEMU writes it: line 2',
      '1 line tells of no call',
    ]);
  });

  it('names are shown without control characters', () => {
    const { recorder } = read('vfio_migration_set_state  (\u001b[31mred\u202e) state STOP');
    assert.deepEqual(
      recorder.scene.devices.map(({ name }) => name),
      ['\\u001b[31mred\\u202e'],
    );
  });
});

describe('import of anything', () => {
  const seed = seedFrom('IMPORT_SEED');
  const random = new Random(seed);
  /** A few places of the text changed, as bad disks, editors and adversaries do it. */
  function mutated(text: string): string {
    let changed = text;
    for (let count = 1 + random.below(3); count > 0; count--) {
      const at = random.below(changed.length + 1);
      const length = random.below(12);
      const piece = random.pick([
        '',
        '"',
        '{',
        ']',
        ',',
        '\n',
        '\u0000',
        '-1',
        '1e999',
        'null',
        '9007199254740993',
        '\\u00',
        '__proto__',
        'STOP',
        ' ',
      ]);
      changed = changed.slice(0, at) + piece + changed.slice(at + length);
    }
    return changed;
  }
  /** The trace with one of its values replaced: still JSON, so that the guards have to see it. */
  function withOtherValue(text: string): string {
    const target = random.below(4000);
    let seen = 0;
    const other = random.pick([null, -1, 0, 1.5, 2 ** 60, '', 'STOP', [], {}, true, 'ENOMSG', { kind: 'read' }]);
    return JSON.stringify(JSON.parse(text, (_key, value) => (seen++ === target ? other : value)));
  }

  it(`random changes of files are read or refused, never thrown (IMPORT_SEED=${seed})`, function () {
    this.timeout(120_000);
    const samples = '1.000000 RUNNING\n2.000000 PRE_COPY\n3.5 STOP_COPY\n4.5 STOP\n5.5 ERROR\n6.5 RUNNING\n';
    const traces = ['precopy', 'p2p-group', 'resume'].map((name) =>
      JSON.stringify(scenarioTrace(name, { ...sizes(name) }), null, 1),
    );
    const qemu = [
      '4711@1.000000:vfio_migration_set_state  (a) new state PRE_COPY, recover state RUNNING',
      '4711@1.100000:vfio_migration_set_device_state  (a) state PRE_COPY',
      '4711@1.200000:vfio_save_block  (a) data_size 4096',
      'qemu: a: Failed setting device state to STOP_COPY, err: Invalid argument. Recover state is ERROR. Resetting device',
      '4711@1.300000:vfio_migration_set_state  (b) state RESUMING',
      '4711@1.400000:vfio_load_state_device_data  (b) size 0x100 ret 0',
      '4711@1.500000:vfio_vmstate_change  (b) running 1 reason running device state RUNNING',
    ].join('\n');
    const own = JSON.stringify({
      schema: 'vfio-arcs/scenario',
      version: 1,
      devices: [{ name: 'a', initial: '1KiB' }],
      events: [
        { kind: 'set', state: 'PRE_COPY', expect: 'ok' },
        { kind: 'read', length: 64 },
        { kind: 'write', length: 9 },
      ],
    });
    let readable = 0;
    const tries = 300;
    for (let count = 0; count < tries; count++) {
      const trace = traces[count % traces.length] ?? '';
      const texts = [mutated(samples), mutated(qemu), mutated(own), mutated(trace), withOtherValue(trace)];
      for (const text of texts) {
        const imported = importText(text, { name: 'x', machine: protocol });
        if ('problem' in imported) {
          assert.ok(imported.line === null || (imported.line >= 1 && imported.line <= text.split('\n').length));
          assert.doesNotMatch(imported.problem, /\p{Cc}/u);
        } else {
          readable++;
        }
      }
    }
    console.log(`      ${5 * tries} changed files, ${readable} of them still readable`);
    assert.ok(readable > tries / 10);
  });

  it('what JSON.parse refuses has a place, and nothing else has', () => {
    const text = JSON.stringify({ a: [1, -2.5e3, true, null, 'x\\y"\u0007ü'], b: { c: {}, d: [] }, '': 0 }, null, 1);
    for (let count = 0; count < 20_000; count++) {
      const changed = mutated(text);
      const isJson = (() => {
        try {
          JSON.parse(changed);
          return true;
        } catch {
          return false;
        }
      })();
      assert.equal(placeInJson(changed, []).kind === 'value', isJson, JSON.stringify(changed));
    }
  });

  it('a nest that is too deep is refused, not followed', () => {
    assert.match(problemOf('{"a":'.repeat(1_000_000)), /^1: not JSON: expected less than 500 levels; /);
  });
});

/** Parameters that keep a scenario short. */
function sizes(name: string): Readonly<Record<string, number>> {
  const { description } = scenarios.find((each) => each.description.name === name) ?? assert.fail(name);
  return Object.fromEntries(
    Object.entries({ ...small, chunk: 65_536 }).filter(([key]) =>
      description.parameters.some((each) => each.name === key),
    ),
  );
}
