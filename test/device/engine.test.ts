import assert from 'node:assert/strict';
import type { ArcOutcome, Machine, Segment } from '../../server/src/device';
import {
  checksumOf,
  damage,
  featureNumbers,
  recommendedTraits,
  replyOf,
  setState,
  slice,
  wholeStream,
} from '../../server/src/device';
import type { Arc } from '../../server/src/uapi';
import { Driven, setup } from './worlds';

const poll = (driven: Driven, fd: number) => {
  const reply = replyOf(driven.send({ kind: 'poll', fd }));
  return reply?.kind === 'data' ? reply.revents : null;
};

describe('a saving session as the protocol recommends it', () => {
  it('reads initial data, then what was dirtied, with -ENOMSG in between and 0 for ever in STOP_COPY', () => {
    const driven = new Driven({});
    const fd = driven.set('PRE_COPY');
    const read = (length: number) => driven.call({ kind: 'read', fd, length });
    assert.deepEqual(driven.info(fd), [1000, 0, 0]);
    driven.send({ kind: 'dirty', device: 'A', bytes: 30 });
    assert.deepEqual(driven.info(fd), [1000, 30, 0]);
    assert.equal(read(600), 600);
    assert.deepEqual(driven.info(fd), [400, 30, 0]);
    assert.deepEqual([read(9999), read(1), read(0)], [430, 'ENOMSG', 0]);
    assert.deepEqual(poll(driven, fd), []);
    driven.send({ kind: 'dirty', device: 'A', bytes: 7 });
    assert.deepEqual(poll(driven, fd), ['POLLIN', 'POLLRDNORM']);
    assert.equal(driven.set('STOP_COPY'), -1);
    assert.equal(driven.info(fd), 'EINVAL');
    assert.deepEqual([read(9999), read(1), read(1)], [207, 0, 0]);
    assert.deepEqual(poll(driven, fd), ['POLLIN', 'POLLRDNORM']);
    driven.set('RUNNING');
    assert.equal(read(1), 'ENODEV');
    assert.deepEqual(poll(driven, fd), ['POLLIN', 'POLLRDNORM', 'POLLRDHUP']);
  });

  it('no more can be dirty than the guest can change', () => {
    const driven = new Driven({});
    const fd = driven.set('PRE_COPY');
    driven.send({ kind: 'dirty', device: 'A', bytes: 1e9 });
    assert.deepEqual(driven.info(fd), [1000, 500, 0]);
  });

  it('MIG_DATA_SIZE tells what is left to read if the device stopped now', () => {
    const driven = new Driven({});
    const { MIG_DATA_SIZE: feature } = featureNumbers;
    const size = () =>
      driven.feature({ kind: 'feature', device: 'A', feature, ops: ['GET'], argsz: 16, request: 0 }).stopCopyLength;
    assert.equal(size(), 1200);
    const fd = driven.set('PRE_COPY');
    driven.send({ kind: 'read', fd, length: 900 });
    driven.send({ kind: 'dirty', device: 'A', bytes: 5 });
    assert.equal(size(), 305);
    driven.set('STOP_COPY');
    assert.equal(size(), 305);
  });

  it('new initial data is announced to who has opted in, and is dirt to others', () => {
    for (const optIn of [true, false]) {
      const driven = new Driven({});
      const feature = featureNumbers.MIG_PRECOPY_INFOv2;
      if (optIn) {
        assert.equal(driven.call({ kind: 'feature', device: 'A', feature, ops: ['SET'], argsz: 8, request: 0 }), 0);
      }
      const fd = driven.set('PRE_COPY');
      driven.send({ kind: 'read', fd, length: 1000 });
      driven.send({ kind: 'dirty', device: 'A', bytes: 10 });
      driven.send({ kind: 'reinit', device: 'A', bytes: 100 });
      assert.deepEqual(driven.info(fd, 8), optIn ? [110, 0, 1] : [0, 110, 8]);
      driven.send({ kind: 'read', fd, length: 110 });
      assert.deepEqual(driven.info(fd, 8), [0, 0, optIn ? 0 : 8]);
    }
  });

  it('several fds of ended sessions stay open beside the living one', () => {
    const driven = new Driven({});
    const fds = ['PRE_COPY', 'STOP_COPY', 'RESUMING'] as const;
    const opened = fds.map((state) => {
      driven.set('RUNNING');
      return driven.set(state);
    });
    assert.deepEqual(opened, [3, 4, 5]);
    assert.equal(driven.call({ kind: 'read', fd: 3, length: 1 }), 'ENODEV');
    assert.equal(driven.call({ kind: 'close', fd: 3 }), 0);
    assert.equal(driven.call({ kind: 'read', fd: 3, length: 1 }), 'EBADF');
    assert.equal(driven.call({ kind: 'reset', device: 'A' }), 0);
    assert.equal(driven.set('STOP_COPY'), 3, 'the lowest free number');
  });

  it('out of fd numbers the state has moved although SET failed, and the session can go on without an fd', () => {
    const driven = new Driven({});
    driven.send({ kind: 'limitFds', free: 0 });
    const reply = driven.feature(setState('A', 'PRE_COPY'));
    assert.deepEqual([reply.ret, reply.errno, reply.struct], [-1, 'EMFILE', null]);
    assert.equal(driven.state(), 'PRE_COPY');
    assert.equal(driven.set('STOP_COPY'), -1);
  });

  it('a process that closes no fd gets 1021 data fds: 1024 less its terminal', () => {
    const driven = new Driven({});
    for (let count = 0; count < 1021; count++) {
      assert.equal(driven.set('STOP_COPY'), count + 3);
      driven.set('STOP');
    }
    assert.equal(driven.feature(setState('A', 'STOP_COPY')).errno, 'EMFILE');
    assert.equal(driven.call({ kind: 'close', fd: 500 }), 0);
    driven.set('STOP');
    assert.equal(driven.set('STOP_COPY'), 500);
  });
});

/** The reference machine but for the arcs into one state. */
function unlike({ to }: Pick<Arc, 'to'>, outcome: ArcOutcome): Machine {
  const { flags, outcomeOf } = setup.machine;
  return { flags, outcomeOf: (arc) => (arc.to === to ? outcome : outcomeOf(arc)) };
}

describe('arcs that do not succeed', () => {
  it('a missing arc is -EINVAL, and what was done before it stays done', () => {
    const driven = new Driven({ machine: unlike({ to: 'STOP' }, { kind: 'missing', errno: 'EINVAL' }) });
    const reply = driven.feature(setState('A', 'STOP_COPY'));
    assert.deepEqual([reply.errno, reply.path], ['EINVAL', ['RUNNING', 'RUNNING_P2P']]);
    assert.deepEqual(reply.failedArc, { from: 'RUNNING_P2P', to: 'STOP' });
    assert.equal(driven.state(), 'RUNNING_P2P');
  });

  it('the errno of a missing arc is the one that the driver answers', () => {
    const driven = new Driven({ machine: unlike({ to: 'STOP' }, { kind: 'missing', errno: 'EOPNOTSUPP' }) });
    assert.equal(driven.call(setState('A', 'STOP_COPY')), 'EOPNOTSUPP');
  });

  it('a failure after the driver moved its state leaves the device there', () => {
    const driven = new Driven({});
    const arc = { from: 'RUNNING_P2P', to: 'STOP' } as const;
    driven.send({ kind: 'fault', device: 'A', arc, errno: 'EIO', leaves: 'next' });
    const reply = driven.feature(setState('A', 'STOP_COPY'));
    assert.deepEqual([reply.errno, reply.path], ['EIO', ['RUNNING', 'RUNNING_P2P', 'STOP']]);
    assert.equal(driven.state(), 'STOP');
  });

  it('NULL where a new file is due: the state moves and there is nothing to read from', () => {
    const driven = new Driven({ machine: unlike({ to: 'STOP_COPY' }, { kind: 'success', file: 'null' }) });
    assert.equal(driven.set('STOP_COPY'), -1);
    assert.equal(driven.state(), 'STOP_COPY');
    assert.equal(driven.set('STOP'), -1);
  });

  it('a file in the middle of a combination transition is -EINVAL, at its end a second session', () => {
    const middle = new Driven({ machine: unlike({ to: 'RUNNING_P2P' }, { kind: 'success', file: 'new-file' }) });
    const reply = middle.feature(setState('A', 'STOP'));
    assert.deepEqual([reply.errno, reply.path], ['EINVAL', ['RUNNING', 'RUNNING_P2P']]);
    const end = new Driven({ machine: unlike({ to: 'PRE_COPY_P2P' }, { kind: 'success', file: 'new-file' }) });
    assert.equal(end.set('PRE_COPY'), 3);
    assert.equal(end.set('PRE_COPY_P2P'), 4);
    assert.equal(end.call({ kind: 'read', fd: 3, length: 1 }), 'ENODEV');
    assert.equal(end.call({ kind: 'read', fd: 4, length: 1 }), 1);
  });

  it('a failure that leaves ERROR ends the session; only reset leads out', () => {
    const driven = new Driven({ traits: { ...recommendedTraits, failedArcLeaves: 'ERROR' } });
    const fd = driven.set('PRE_COPY');
    const arc = { from: 'PRE_COPY', to: 'PRE_COPY_P2P' } as const;
    driven.send({ kind: 'fault', device: 'A', arc, errno: 'EIO', leaves: null });
    assert.equal(driven.call(setState('A', 'STOP_COPY')), 'EIO');
    assert.equal(driven.state(), 'ERROR');
    assert.equal(driven.call({ kind: 'read', fd, length: 1 }), 'ENODEV');
    assert.equal(driven.call(setState('A', 'RUNNING')), 'EINVAL');
    assert.equal(driven.call(setState('A', 'ERROR')), 0);
    driven.call({ kind: 'reset', device: 'A' });
    assert.equal(driven.state(), 'RUNNING');
    assert.equal(driven.set('STOP_COPY'), 4, 'an armed fault fires once');
  });
});

describe('resuming', () => {
  const stream = wholeStream('S#0', 'demo', 1200);
  const part = (from: number, length: number): Segment[] => {
    const found = slice(stream, from, length);
    return found === null ? [] : [found];
  };
  const cases: readonly (readonly [string, readonly Segment[], string | number])[] = [
    ['the whole stream', [stream], 0],
    ['the same in other cuts', [...part(0, 7), ...part(7, 1000), ...part(1007, 193)], 0],
    ['nothing', [], 'EINVAL'],
    ['a truncated stream', part(0, 1199), 'EINVAL'],
    ['a stream without its beginning', part(1, 1199), 'EINVAL'],
    ['a reordered stream', [...part(600, 600), ...part(0, 600)], 'EINVAL'],
    ['a part doubled', [...part(0, 600), ...part(0, 600), ...part(600, 600)], 'EINVAL'],
    ['a byte changed', [damage(stream, 900)], 'EINVAL'],
    ['another device’s stream', [{ ...stream, layout: 'other' }], 'EINVAL'],
    ['two streams', [stream, wholeStream('S#1', 'demo', 1200)], 'EINVAL'],
  ];
  for (const [what, data, expected] of cases) {
    it(`${what}: ${expected}`, () => {
      const driven = new Driven({});
      const fd = driven.set('RESUMING');
      driven.send({ kind: 'write', fd, data });
      assert.equal(driven.call(setState('A', 'STOP')), expected);
      assert.equal(driven.state(), expected === 0 ? 'STOP' : 'RESUMING');
    });
  }

  it('what was missing can still be supplied', () => {
    const driven = new Driven({});
    const fd = driven.set('RESUMING');
    driven.send({ kind: 'write', fd, data: part(0, 1199) });
    assert.equal(driven.call(setState('A', 'RUNNING')), 'EINVAL');
    driven.send({ kind: 'write', fd, data: part(1199, 1) });
    assert.equal(driven.call(setState('A', 'RUNNING')), 0);
  });

  it('a checksum is of the bytes, not of the cuts', () => {
    assert.equal(checksumOf([stream]), checksumOf([...part(0, 5), ...part(5, 1195)]));
    const others = [[damage(stream, 3)], part(0, 1199), [...part(600, 600), ...part(0, 600)]];
    assert.equal(new Set([stream, ...others].map((each) => checksumOf([each].flat()))).size, 4);
  });
});

describe('time', () => {
  it('dirties at the rate of the guest, exactly, however time is cut', () => {
    for (const cuts of [1, 7, 1000]) {
      const driven = new Driven({ geometry: { ...setup.geometry, dirtyable: 1e9 } });
      const fd = driven.set('PRE_COPY');
      driven.send({ kind: 'workload', device: 'A', bytesPerSecond: 1500 });
      for (let i = 0; i < cuts; i++) driven.send({ kind: 'pass', time: 7000 });
      assert.deepEqual(driven.info(fd), [1000, Math.floor((cuts * 7000 * 1500) / 1e6), 0]);
    }
  });

  it('a migration over a link takes bytes / bandwidth + latency, and the target runs what the source read', () => {
    const driven = new Driven({}, {});
    driven.world = { ...driven.world, link: { bandwidth: 1_000_000, latency: 50 } };
    const from = driven.set('STOP_COPY');
    const to = driven.set('RESUMING', 'B');
    assert.equal(driven.call({ kind: 'send', fd: from, length: 700, to }), 700);
    assert.equal(driven.call({ kind: 'send', fd: from, length: 700, to }), 500);
    assert.deepEqual(driven.send({ kind: 'pass', time: 749 }), []);
    assert.deepEqual(
      driven.send({ kind: 'pass', time: 1 }).map(({ kind }) => kind),
      ['delivered'],
    );
    assert.equal(driven.call(setState('B', 'STOP')), 'EINVAL');
    assert.equal(driven.send({ kind: 'pass', time: 500 }).length, 1);
    assert.equal(driven.call(setState('B', 'RUNNING')), 0);
    assert.deepEqual(driven.world.devices[1]?.loaded, [wholeStream('A#0', 'demo', 1200)]);
  });
});

describe('DMA between devices', () => {
  const dma = { kind: 'dma', from: 'A', to: 'B', bytes: 64, duration: 300 } as const;

  it('entering a P2P state waits for the DMA that the device has begun', () => {
    const driven = new Driven({}, {});
    driven.send(dma);
    assert.deepEqual(driven.send(setState('A', 'RUNNING_P2P')).slice(0, -1), [
      { kind: 'waited', device: 'A', time: 300 },
      { kind: 'dmaDone', from: 'A', to: 'B', bytes: 64 },
    ]);
    assert.equal(driven.world.now, 300);
  });

  it('is a violation when it reaches a device that has stopped, or begins in a P2P state', () => {
    const driven = new Driven({}, {});
    driven.send(dma);
    driven.set('STOP', 'B');
    assert.deepEqual(driven.send({ kind: 'pass', time: 300 }), [
      { kind: 'violation', device: 'B', state: 'STOP', message: 'DMA from A reached B' },
    ]);
    driven.set('RUNNING_P2P');
    assert.deepEqual(driven.send(dma), [
      { kind: 'violation', device: 'A', state: 'RUNNING_P2P', message: 'A began DMA to B' },
    ]);
  });

  it('a group that goes through its P2P states first has none', () => {
    const driven = new Driven({}, {});
    driven.send(dma);
    driven.send({ ...dma, from: 'B', to: 'A' });
    const effects = (['RUNNING_P2P', 'STOP'] as const).flatMap((state) =>
      ['A', 'B'].flatMap((device) => driven.send(setState(device, state))),
    );
    assert.deepEqual(
      effects.filter(({ kind }) => kind === 'violation'),
      [],
    );
    assert.equal(effects.filter(({ kind }) => kind === 'dmaDone').length, 2);
  });
});

describe('generations of the kernel', () => {
  const errnos = (profile: '5.18' | '6.2' | '7.1') => {
    const driven = new Driven({ profile });
    const { MIG_DATA_SIZE, MIG_PRECOPY_INFOv2 } = featureNumbers;
    const probe = (feature: number) =>
      driven.call({ kind: 'feature', device: 'A', feature, ops: ['PROBE'], argsz: 8, request: 0 });
    return [probe(MIG_DATA_SIZE), probe(MIG_PRECOPY_INFOv2)];
  };

  it('have only the features of their time', () => {
    assert.deepEqual(errnos('5.18'), ['ENOTTY', 'ENOTTY']);
    assert.deepEqual(errnos('6.2'), [0, 'ENOTTY']);
    assert.deepEqual(errnos('7.1'), [0, 0]);
  });

  it('PRECOPY_INFO is valid in PRE_COPY_P2P too, but not as patch v7 had it', () => {
    for (const profile of ['patch-v7', '6.2'] as const) {
      const driven = new Driven({ profile });
      const fd = driven.set('PRE_COPY_P2P');
      assert.deepEqual(driven.info(fd), profile === 'patch-v7' ? 'EINVAL' : [1000, 0, 0]);
    }
  });
});

describe('closing and opening', () => {
  it('one user at a time; a closed device answers -EBADF; a device opened again is RUNNING', () => {
    const driven = new Driven({});
    const fd = driven.set('PRE_COPY');
    assert.equal(driven.call({ kind: 'openDevice', device: 'A' }), 'EBUSY');
    assert.equal(driven.call({ kind: 'closeDevice', device: 'A' }), 0);
    assert.equal(driven.call({ kind: 'closeDevice', device: 'A' }), 'EBADF');
    assert.equal(driven.call({ kind: 'reset', device: 'A' }), 'EBADF');
    assert.equal(driven.call(setState('A', 'STOP')), 'EBADF');
    assert.equal(driven.call({ kind: 'read', fd, length: 1 }), 'ENODEV');
    assert.equal(driven.call({ kind: 'openDevice', device: 'A' }), 0);
    assert.equal(driven.state(), 'RUNNING');
    assert.equal(driven.call({ kind: 'openDevice', device: 'Z' }), 'ENODEV');
  });
});
