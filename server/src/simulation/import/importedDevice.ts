import type { Effect, Event, FeatureReply } from '../../device';
import { deviceNamed, fileOf, replyOf, setState, wholeStream } from '../../device';
import type { Errno, StateName } from '../../uapi';
import type { Claim, ClaimedState, Replayer } from './replayer';

/** A device of a file that tells of states, as the program that was recorded held it. */
export class ImportedDevice {
  readonly name: string;
  /** The data fd; null when there is none. */
  fd: number | null = null;
  private readonly replayer: Replayer;

  constructor(name: string, replayer: Replayer) {
    this.name = name;
    this.replayer = replayer;
  }

  /** The state that the simulated device is in. */
  get state(): StateName {
    return deviceNamed(this.replayer.recorder.world, this.name)?.state ?? 'RUNNING';
  }

  /**
   * SET. A device that leaves RESUMING is given a whole stream first, when the file told of no data: that the arc succeeded
   * means that there was one. Null when the reply is none of a feature call.
   */
  set(state: StateName, claim: Claim): FeatureReply | null {
    if (this.state === 'RESUMING' && state !== 'RESUMING') {
      this.writeAll();
    }
    return this.take(this.send(setState(this.name, state), claim));
  }

  /** A SET that failed in the file. */
  setFailing(state: StateName, errno: Errno): FeatureReply | null {
    return this.take(this.replayer.sendFailing(this.name, state, errno));
  }

  private take(effects: readonly Effect[]): FeatureReply | null {
    const reply = replyOf(effects);
    if (reply?.kind !== 'feature') {
      return null;
    }
    const given = reply.struct?.dataFd ?? -1;
    if (given >= 0 || this.isDead()) {
      this.close();
    }
    if (given >= 0) {
      this.fd = given;
    }
    return reply;
  }

  /** VFIO_DEVICE_RESET. */
  reset(claim: Claim = {}): void {
    this.send({ kind: 'reset', device: this.name }, claim);
    this.close();
  }

  close(): void {
    if (this.fd !== null) {
      this.send({ kind: 'close', fd: this.fd });
      this.fd = null;
    }
  }

  send(event: Event, claim: Claim = {}) {
    return this.replayer.send(event, claim);
  }

  /** The states that the file has after a step of this device. */
  in(state: StateName): readonly ClaimedState[] {
    return [{ device: this.name, state }];
  }

  private writeAll(): void {
    const { world } = this.replayer.recorder;
    const device = deviceNamed(world, this.name);
    const file = this.fd === null ? null : fileOf(world, this.fd);
    if (device === null || this.fd === null || file?.side !== 'write' || file.length > 0) {
      return;
    }
    const { geometry, layout } = device.setup;
    const length = Math.max(1, geometry.initial + geometry.final);
    this.send({ kind: 'write', fd: this.fd, data: [wholeStream(`${this.name}, imported`, layout, length)] });
  }

  private isDead(): boolean {
    return this.fd !== null && fileOf(this.replayer.recorder.world, this.fd)?.dead === true;
  }
}
