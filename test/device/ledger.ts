import assert from 'node:assert/strict';
import type { Effect, Event, Segment, World } from '../../server/src/device';
import { append, checksumOf, fileOf, lengthOf } from '../../server/src/device';

/**
 * Book-keeping beside the device: what came out of each stream, what was put on the link and what arrived. Throws when a
 * byte was lost, doubled or reordered.
 */
export class Ledger {
  private readonly read = new Map<string, number>();
  private readonly onLink: Segment[] = [];
  private readonly taken = new Map<number, readonly Segment[]>();
  bytesRead = 0;
  bytesWritten = 0;

  /** Notes what an event did between two worlds. */
  note(before: World, event: Event, effects: readonly Effect[], after: World): void {
    for (const effect of effects) {
      if (effect.kind === 'delivered') {
        assert.deepEqual(effect.data, this.onLink.shift(), 'the link delivers in the order of sending');
        this.receive(before, effect.to, [effect.data], effect.ret, effect.errno);
      } else if (effect.kind === 'data' && effect.data !== null) {
        this.take(effect.data, effect.ret);
        if (event.kind === 'send') this.onLink.push(effect.data);
      } else if (effect.kind === 'data' && event.kind === 'write') {
        this.receive(before, event.fd, event.data, effect.ret, effect.errno);
      }
    }
    this.compare(after);
  }

  private take({ stream, offset, length, damaged }: Segment, ret: number): void {
    assert.equal(length, ret);
    assert.equal(offset, this.read.get(stream) ?? 0, `${stream} goes on where it was left`);
    assert.deepEqual(damaged, []);
    this.read.set(stream, offset + length);
    this.bytesRead += length;
  }

  /** -EFAULT for a bad header has taken the bytes all the same; for a bad pointer it has not, and then says nothing. */
  private receive(before: World, fd: number, data: readonly Segment[], ret: number, errno: string | null): void {
    const file = fileOf(before, fd);
    if (file === null || errno !== null) return;
    assert.equal(ret, lengthOf(data));
    this.taken.set(file.id, data.reduce(append, this.taken.get(file.id) ?? []));
    this.bytesWritten += ret;
  }

  /** What a resuming file holds is what was written to it, in order. */
  private compare(after: World): void {
    for (const file of after.files) {
      if (file.side !== 'write') continue;
      assert.equal(file.length, lengthOf(file.received));
      const checksOnWrite = after.devices.some(
        ({ setup: { name, traits } }) => name === file.device && traits.checkedOnWrite > 0,
      );
      if (!checksOnWrite) assert.equal(checksumOf(file.received), checksumOf(this.taken.get(file.id) ?? []));
    }
  }
}
