import type { JSX } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { bytesText, timeText } from '../../../../server/src/wire';
import { ArrowHead } from '../diagram/arcLine';
import type { Box } from '../diagram/geometry';
import { Sign } from '../diagram/sign';
import { useShape } from '../diagram/useShape';
import type { Run } from '../model';
import { t } from '../texts';
import { type Arrow, groupLayout } from './layout';
import { groupOf, type Member, type Stream, type Transfer } from './model';
import { groupWords, progressWords } from './words';

interface GroupPaneProps {
  readonly run: Run;
  readonly device: string | null;
}

/** In em; the wide picture is then shrunk to four fifths. */
const narrowestWide = 48;

/** All devices side by side: the stream between source and target, DMA between peers, who waits for whom. */
export function GroupPane({ run, device }: GroupPaneProps): JSX.Element | null {
  const { session, cursor } = run;
  const frame = useRef<HTMLDivElement>(null);
  const shape = useShape(frame, narrowestWide);
  const group = useMemo(() => (session === null ? null : groupOf(session, cursor)), [session, cursor]);
  if (group === null) return null;
  const layout = groupLayout(group, shape);
  const words = groupWords(group);
  return (
    <div class="group" ref={frame}>
      <svg
        class="group-picture"
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        style={{ width: `${layout.width / 10}em` }}
        role="img"
        aria-label={t(
          '{0} devices and what is between them; the same in words below',
          group.sources.length + group.targets.length,
        )}
      >
        <Host
          title={group.targets.length > 0 ? t('Source host') : t('Host')}
          members={layout.members}
          of={group.sources}
        />
        <Host title={t('Target host')} members={layout.members} of={group.targets} />
        {group.streams.map((stream, index) => {
          const box = layout.pipes[index] ?? null;
          return box === null ? null : <Pipe key={`${stream.from} ${stream.to}`} stream={stream} box={box} />;
        })}
        {layout.members.map(({ member, box }) => (
          <MemberBox key={member.name} member={member} box={box} shown={member.name === device} />
        ))}
        {group.transfers.map((transfer, index) => {
          const arrow = layout.arrows[index] ?? null;
          return arrow === null ? null : <TransferArrow key={index} transfer={transfer} arrow={arrow} />;
        })}
      </svg>
      <ul class="group-words" aria-label={t('The devices in words')}>
        {words.map((sentence, index) => (
          <li key={index}>{sentence}</li>
        ))}
      </ul>
    </div>
  );
}

interface HostProps {
  readonly title: string;
  readonly members: readonly { readonly member: Member; readonly box: Box }[];
  readonly of: readonly Member[];
}

function Host({ title, members, of }: HostProps): JSX.Element | null {
  const boxes = members.filter(({ member }) => of.includes(member)).map(({ box }) => box);
  const [first] = boxes;
  if (first === undefined) return null;
  return (
    <text class="host-title" x={first.x} y={first.y - 7}>
      {title}
    </text>
  );
}

function MemberBox({
  member,
  box,
  shown,
}: {
  readonly member: Member;
  readonly box: Box;
  readonly shown: boolean;
}): JSX.Element {
  const { name, machine, state, open, session, fds, waited, violation, acts } = member;
  const classes = [
    'member',
    shown ? 'shown' : '',
    acts ? 'acts' : '',
    violation === null ? '' : 'violated',
    open ? '' : 'closed',
  ];
  const [x, right] = [box.x + 9, box.x + box.width - 9];
  return (
    <g class={classes.filter(Boolean).join(' ')}>
      <rect class="member-box" x={box.x} y={box.y} width={box.width} height={box.height} rx={6} />
      <text class="member-name" x={x} y={box.y + 15}>
        {name}
      </text>
      <text class="member-dim" x={right} y={box.y + 15} text-anchor="end">
        {shortened(machine, Math.floor((box.width - 30) / 4.6) - name.length)}
      </text>
      <text class="member-state" x={x} y={box.y + 32}>
        {open ? state : t('closed')}
      </text>
      <text class="member-dim" x={right} y={box.y + 32} text-anchor="end">
        {fds.map(({ fd, side, dead }) => fdWords(fd, dead, side)).join(', ')}
      </text>
      {session !== null && (
        <>
          <rect class="bar" x={x} y={box.y + 41} width={right - x} height={5} rx={2.5} />
          <rect
            class="bar-done"
            x={x}
            y={box.y + 41}
            width={((right - x) * session.done) / Math.max(1, session.whole)}
            height={5}
            rx={2.5}
          />
          <text class="member-dim" x={x} y={box.y + 58}>
            {progressWords(session)}
          </text>
        </>
      )}
      {waited !== null && (
        <text class="member-wait" x={right} y={box.y - 6} text-anchor="end">
          {t('waited {0} for DMA', timeText(waited))}
        </text>
      )}
      {violation !== null && <Sign name="cross" at={{ x: box.x + box.width, y: box.y }} />}
    </g>
  );
}

function Pipe({ stream, box }: { readonly stream: Stream; readonly box: Box }): JSX.Element {
  const { packets, sent, written } = stream;
  const flying = packets.reduce((sum, { length }) => sum + length, 0);
  const middle = box.y + box.height / 2;
  const room = box.width - 8;
  const width = Math.min(26, room / Math.max(1, packets.length) - 3);
  return (
    <g class={packets.length > 0 ? 'pipe flowing' : 'pipe'}>
      <rect class="pipe-wall" x={box.x} y={box.y} width={box.width} height={box.height} rx={box.height / 2} />
      {packets.map(({ offset }, index) => (
        <rect
          key={offset}
          class="packet"
          // The oldest is nearest to the target.
          x={box.x + box.width - 4 - (index + 1) * (width + 3)}
          y={middle - 5.5}
          width={Math.max(2, width)}
          height={11}
          rx={2}
        />
      ))}
      <ArrowHead head="full" at={{ x: box.x + box.width + 8, y: middle, angle: 0 }} />
      <text class="pipe-word" x={box.x + 4} y={box.y - 5}>
        {t('{0} sent', bytesText(sent))}
      </text>
      <text class="pipe-word" x={box.x + box.width - 4} y={box.y - 5} text-anchor="end">
        {t('{0} written', bytesText(written))}
      </text>
      <text class="pipe-word" x={box.x + box.width / 2} y={box.y + box.height + 11} text-anchor="middle">
        {packets.length === 0
          ? t('the wire is empty')
          : packets.length === 1
            ? t('{0} in 1 segment', bytesText(flying))
            : t('{0} in {1} segments', bytesText(flying), packets.length)}
      </text>
    </g>
  );
}

function TransferArrow({ transfer, arrow }: { readonly transfer: Transfer; readonly arrow: Arrow }): JSX.Element {
  const { status, bytes, left } = transfer;
  return (
    <g class={`transfer transfer-${status.replace(' ', '-')}`}>
      <path class="arc-line" d={arrow.path} />
      <ArrowHead head={status === 'arrived' ? 'full' : 'open'} at={arrow.head} />
      {status === 'violation' && <Sign name="cross" at={{ x: arrow.head.x - 12, y: arrow.head.y }} />}
      <text class="pipe-word" x={arrow.label.x} y={arrow.label.y + 3} text-anchor="end">
        {bytesText(bytes)}
        {status === 'under way' ? `, ${timeText(left)}` : ''}
      </text>
    </g>
  );
}

function fdWords(fd: number, dead: boolean, side: 'read' | 'write'): string {
  if (dead) return t('fd {0} dead', fd);
  return side === 'read' ? t('fd {0} read', fd) : t('fd {0} write', fd);
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}
