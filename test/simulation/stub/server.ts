import { createServer, type Server, type Socket } from 'node:net';
import type { DataReply, Event, FeatureOp, FeatureReply, Reply } from '../../../server/src/device';
import { replyOf } from '../../../server/src/device';
import { Recorder, type Scene } from '../../../server/src/simulation';
import { errnos } from '../../../server/src/uapi';
import { StreamBytes } from './streamBytes';

/** The simulated devices behind `vfio.c`: takes calls as lines, runs them on the engine and answers. */
export class StubServer {
  readonly recorder: Recorder;
  private readonly server: Server;
  private readonly bytes = new StreamBytes();
  private readonly opened = new Set<string>();

  private constructor(scene: Scene) {
    this.recorder = new Recorder(scene);
    this.server = createServer((socket) => this.serve(socket));
  }

  static async listen(scene: Scene, path: string): Promise<StubServer> {
    const stub = new StubServer(scene);
    await new Promise<void>((resolve) => stub.server.listen(path, resolve));
    return stub;
  }

  close(): void {
    this.server.close();
  }

  private serve(socket: Socket): void {
    let waiting = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      waiting = Buffer.concat([waiting, data]);
      for (;;) {
        const end = waiting.indexOf('\n');
        if (end < 0) return;
        const [name = '', ...words] = waiting.subarray(0, end).toString().split(' ');
        const numbers = words.map(Number);
        const size = name === 'write' ? (numbers[1] ?? 0) : 0;
        if (waiting.length < end + 1 + size) return;
        const payload = waiting.subarray(end + 1, end + 1 + size);
        const answer = this.answer(name, numbers, payload);
        waiting = waiting.subarray(end + 1 + size);
        socket.write(answer);
      }
    });
  }

  private answer(name: string, numbers: readonly number[], payload: Buffer): Buffer {
    const [first = 0, second = 0, third = 0, fourth = 0] = numbers;
    const device = this.recorder.scene.devices[first]?.name ?? '';
    switch (name) {
      case 'open':
        if (!this.opened.has(device)) {
          this.opened.add(device);
          return line(0);
        }
        return this.plain({ kind: 'openDevice', device });
      case 'closeDevice':
      case 'reset':
        return this.plain({ kind: name, device });
      case 'limit':
        this.recorder.send({ kind: 'limitFds', free: first < 0 ? null : first });
        return line(0);
      case 'pass':
        this.recorder.send({ kind: 'pass', time: first });
        return line(0);
      case 'feature':
        return this.feature(device, second, third, fourth);
      case 'read': {
        const reply = this.data({ kind: 'read', fd: first, length: second, badPointer: third === 1 });
        const bytes = reply.data === null ? Buffer.alloc(0) : this.bytes.of(reply.data);
        return Buffer.concat([line(number(reply), reply.ret), bytes]);
      }
      case 'write': {
        const data = third === 1 ? [] : this.bytes.segments(first, payload);
        const reply = this.data({ kind: 'write', fd: first, data, badPointer: third === 1 });
        return line(number(reply), reply.ret);
      }
      case 'info': {
        const reply = this.data({
          kind: 'precopyInfo',
          fd: first,
          argsz: second,
          flags: third,
          badPointer: fourth === 1,
        });
        const { info } = reply;
        return line(number(reply), info?.flags ?? 0, info?.initialBytes ?? 0, info?.dirtyBytes ?? 0);
      }
      case 'poll': {
        const reply = this.data({ kind: 'poll', fd: first });
        const flags = { POLLIN: 1, POLLOUT: 4, POLLNVAL: 32, POLLRDNORM: 64, POLLWRNORM: 256, POLLRDHUP: 8192 };
        return line(
          0,
          (reply.revents ?? []).reduce((sum, flag) => sum + flags[flag], 0),
        );
      }
      case 'pread':
      case 'lseek':
      case 'mmap':
      case 'otherIoctl':
      case 'close':
        return this.plain({ kind: name, fd: first });
      default:
        throw new Error(`the stub does not know ${name}`);
    }
  }

  private feature(device: string, argsz: number, flags: number, request: number): Buffer {
    const ops: FeatureOp[] = [];
    if (flags & (1 << 16)) ops.push('GET');
    if (flags & (1 << 17)) ops.push('SET');
    if (flags & (1 << 18)) ops.push('PROBE');
    if (flags >>> 19) ops.push('UNKNOWN');
    const reply = this.reply({ kind: 'feature', device, feature: flags & 0xffff, ops, argsz, request });
    const { struct, flags: found, stopCopyLength } = reply as FeatureReply;
    return line(number(reply), struct?.state ?? -1, struct?.dataFd ?? -1, found ?? stopCopyLength ?? -1);
  }

  private plain(event: Event): Buffer {
    return line(number(this.reply(event)));
  }

  private data(event: Event): DataReply {
    const reply = this.reply(event);
    if (reply.kind !== 'data') throw new Error('a data fd answers with data');
    return reply;
  }

  private reply(event: Event): Reply {
    const reply = replyOf(this.recorder.send(event));
    if (reply === null) throw new Error('a system call has an answer');
    return reply;
  }
}

function number({ errno }: Reply): number {
  return errno === null ? 0 : errnos[errno];
}

function line(...numbers: readonly number[]): Buffer {
  return Buffer.from(`${numbers.join(' ')}\n`);
}
