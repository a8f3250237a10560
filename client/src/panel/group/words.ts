import { bytesText, timeText } from '../../../../server/src/wire';
import { t } from '../texts';
import type { Group, Member, Stream, Transfer } from './model';

/** The picture in sentences: for who can not see it, and under it for who can. */
export function groupWords({ sources, targets, streams, transfers }: Group): readonly string[] {
  return [...[...sources, ...targets].map(memberWords), ...streams.map(streamWords), ...transfers.map(transferWords)];
}

export function memberWords({ name, state, open, session, waited, violation }: Member): string {
  const parts = [
    open ? t('{0} is {1}', name, state) : t('{0} is closed', name),
    ...(session === null ? [] : [progressWords(session)]),
    ...(waited === null ? [] : [t('waited {0} for its DMA to end', timeText(waited))]),
    ...(violation === null ? [] : [violation]),
  ];
  return `${parts.join('; ')}.`;
}

export function progressWords({ side, done, whole }: NonNullable<Member['session']>): string {
  const [part, all] = [bytesText(done), bytesText(whole)];
  return side === 'read' ? t('{0} of {1} read', part, all) : t('{0} of {1} written', part, all);
}

export function streamWords({ from, to, sent, written, packets }: Stream): string {
  const wire = packets.reduce((sum, { length }) => sum + length, 0);
  const flying =
    packets.length === 0
      ? t('nothing is on the wire')
      : packets.length === 1
        ? t('{0} on the wire in 1 segment', bytesText(wire))
        : t('{0} on the wire in {1} segments', bytesText(wire), packets.length);
  return t('{0} to {1}: {2} sent, {3}, {4} written.', from, to, bytesText(sent), flying, bytesText(written));
}

export function transferWords({ from, to, bytes, status, left }: Transfer): string {
  const how = {
    'under way': t('under way for another {0}', timeText(left)),
    arrived: t('has arrived'),
    violation: t('must not have happened'),
  }[status];
  return t('DMA of {0} from {1} to {2} {3}.', bytesText(bytes), from, to, how);
}
