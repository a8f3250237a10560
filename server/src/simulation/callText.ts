import type { DataReply, Event, FeatureReply, Reply } from '../device';
import { featureNumbers } from '../device';
import { flagSetText, flagsOfBits, stateByValue } from '../uapi';
import { bytesText } from '../wire';

/** System calls and their answers in short, as one would write them into a mail. */

type Called = Exclude<
  Event,
  { kind: 'limitFds' | 'fault' | 'breakDown' | 'dirty' | 'workload' | 'reinit' | 'pass' | 'dma' }
>;

/** "SET device_state STOP_COPY", "read(fd 3, 1 MiB)" */
export function callText(event: Called): string {
  switch (event.kind) {
    case 'feature':
      return featureText(event);
    case 'reset':
      return 'VFIO_DEVICE_RESET';
    case 'openDevice':
      return 'open the device';
    case 'closeDevice':
      return 'close the device';
    case 'read':
      return `read(fd ${event.fd}, ${bytesText(event.length)})`;
    case 'send':
      return `read(fd ${event.fd}, ${bytesText(event.length)}) and send`;
    case 'write': {
      const length = event.data.reduce((sum, segment) => sum + segment.length, 0);
      return `write(fd ${event.fd}, ${bytesText(length)})`;
    }
    case 'precopyInfo':
      return `PRECOPY_INFO(fd ${event.fd})`;
    case 'otherIoctl':
      return `unknown ioctl(fd ${event.fd})`;
    case 'poll':
    case 'pread':
    case 'lseek':
    case 'mmap':
    case 'fcntl':
    case 'close':
      return `${event.kind}(fd ${event.fd})`;
  }
}

function featureText({ feature, ops, request }: Extract<Event, { kind: 'feature' }>): string {
  const entry = Object.entries(featureNumbers).find(([, number]) => number === feature);
  const op = ops.join('|') || 'no operation';
  if (feature === featureNumbers.MIG_DEVICE_STATE) {
    const state = ops.includes('SET') ? ` ${stateByValue(request) ?? `#${request}`}` : '';
    return `${op} device_state${state}`;
  }
  return `${op} ${entry?.[0] ?? `feature ${feature}`}`;
}

/** "0, data_fd 3", "-ENOMSG", "1 MiB" */
export function replyText(event: Called, reply: Reply): string {
  if (reply.errno !== null) {
    return `-${reply.errno}`;
  }
  switch (reply.kind) {
    case 'feature':
      return featureReplyText(event, reply);
    case 'device':
      return '0';
    case 'data':
      return dataReplyText(event, reply);
  }
}

function featureReplyText(event: Called, { struct, flags, stopCopyLength, ret }: FeatureReply): string {
  if (flags !== null) {
    return flagSetText(flagsOfBits(BigInt(flags)).flags);
  }
  if (stopCopyLength !== null) {
    return bytesText(stopCopyLength);
  }
  if (struct === null) {
    return `${ret}`;
  }
  const isGet = event.kind === 'feature' && event.ops.includes('GET');
  return isGet
    ? (stateByValue(struct.state) ?? `#${struct.state}`)
    : `0${struct.dataFd < 0 ? '' : `, data_fd ${struct.dataFd}`}`;
}

function dataReplyText(event: Called, { ret, info, revents, mode }: DataReply): string {
  if (info !== null) {
    const reinit = info.flags === 1 ? ', REINIT' : '';
    return `initial ${bytesText(info.initialBytes)}, dirty ${bytesText(info.dirtyBytes)}${reinit}`;
  }
  if (revents !== null) {
    return revents.length === 0 ? 'nothing' : revents.join('|');
  }
  if (mode !== null) {
    return mode.access;
  }
  const moved = event.kind === 'read' || event.kind === 'write' || event.kind === 'send';
  return moved ? (ret === 0 ? '0, end of stream' : bytesText(ret)) : `${ret}`;
}
