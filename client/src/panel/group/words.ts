import { bytesText, timeText } from '../../../../server/src/wire';
import type { Group, Member, Stream, Transfer } from './model';

/** The picture in sentences: for who can not see it, and under it for who can. */
export function groupWords({ sources, targets, streams, transfers }: Group): readonly string[] {
  return [...[...sources, ...targets].map(memberWords), ...streams.map(streamWords), ...transfers.map(transferWords)];
}

export function memberWords({ name, state, open, session, waited, violation }: Member): string {
  const parts = [
    `${name} is ${open ? state : 'closed'}`,
    ...(session === null ? [] : [progressWords(session)]),
    ...(waited === null ? [] : [`waited ${timeText(waited)} for its DMA to end`]),
    ...(violation === null ? [] : [violation]),
  ];
  return `${parts.join('; ')}.`;
}

export function progressWords({ side, done, whole }: NonNullable<Member['session']>): string {
  return `${bytesText(done)} of ${bytesText(whole)} ${side === 'read' ? 'read' : 'written'}`;
}

export function streamWords({ from, to, sent, written, packets }: Stream): string {
  const wire = packets.reduce((sum, { length }) => sum + length, 0);
  const flying =
    packets.length === 0
      ? 'nothing is on the wire'
      : `${bytesText(wire)} on the wire in ${packets.length} segment${packets.length === 1 ? '' : 's'}`;
  return `${from} to ${to}: ${bytesText(sent)} sent, ${flying}, ${bytesText(written)} written.`;
}

export function transferWords({ from, to, bytes, status, left }: Transfer): string {
  const how = {
    'under way': `under way for another ${timeText(left)}`,
    arrived: 'has arrived',
    violation: 'must not have happened',
  }[status];
  return `DMA of ${bytesText(bytes)} from ${from} to ${to} ${how}.`;
}
