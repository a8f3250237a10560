import type { Box, Point } from '../diagram/geometry';
import type { Shape } from '../diagram/layout';
import type { Group, Member } from './model';

/** Where the devices of a group stand, in units of a tenth of an em, as in the diagram. */
export interface GroupLayout {
  readonly width: number;
  readonly height: number;
  readonly members: readonly { readonly member: Member; readonly box: Box }[];
  /** The pipes, in the order of the group's streams; null where an end is not shown. */
  readonly pipes: readonly (Box | null)[];
  /** The arrows, in the order of the group's transfers; null where an end is not shown. */
  readonly arrows: readonly (Arrow | null)[];
}

export interface Arrow {
  readonly path: string;
  readonly head: Point & { readonly angle: number };
  readonly label: Point;
}

interface Measures {
  readonly member: { readonly width: number; readonly height: number };
  /** Between the hosts. */
  readonly gap: number;
  /** Between one row and the next. */
  readonly rowGap: number;
}

const measures: Readonly<Record<Shape, Measures>> = {
  wide: { member: { width: 176, height: 66 }, gap: 210, rowGap: 26 },
  narrow: { member: { width: 138, height: 66 }, gap: 12, rowGap: 62 },
};
const margin = 8;
const head = 18;
const pipeHeight = 20;

export function groupLayout({ sources, targets, streams, transfers }: Group, shape: Shape): GroupLayout {
  const { member, gap, rowGap } = measures[shape];
  const left = margin + (transfers.length === 0 ? 0 : outOf(transfers.length - 1) + arrowLabel);
  const place = (each: Member, column: number, row: number) => ({
    member: each,
    box: {
      x: left + column * (member.width + gap),
      y: margin + head + row * (member.height + rowGap),
      width: member.width,
      height: member.height,
    },
  });
  const members = [
    ...sources.map((each, row) => place(each, 0, row)),
    ...targets.map((each, row) => place(each, 1, row)),
  ];
  const boxOf = (name: string): Box | null => members.find((each) => each.member.name === name)?.box ?? null;
  const rows = Math.max(sources.length, targets.length, 1);
  const columns = targets.length > 0 ? 2 : 1;
  return {
    width: left + columns * member.width + (columns - 1) * gap + margin,
    height:
      margin * 2 +
      head +
      rows * member.height +
      (rows - 1) * rowGap +
      (shape === 'narrow' && streams.length > 0 ? rowGap : 0),
    members,
    pipes: streams.map(({ from, to }) => pipe(boxOf(from), boxOf(to), shape)),
    arrows: transfers.map(({ from, to }, index) => arrow(boxOf(from), boxOf(to), index)),
  };
}

/** Between the two in the wide picture, under them in the narrow one. */
function pipe(from: Box | null, to: Box | null, shape: Shape): Box | null {
  if (from === null || to === null) return null;
  if (shape === 'narrow') {
    return { x: from.x, y: from.y + from.height + 22, width: to.x + to.width - from.x - 12, height: pipeHeight };
  }
  const x = from.x + from.width + 14;
  return { x, y: from.y + from.height / 2 - pipeHeight / 2, width: to.x - 18 - x, height: pipeHeight };
}

/** Room for "64 KiB, 2 ms". */
const arrowLabel = 56;
const arrowTracks = 4;

function outOf(index: number): number {
  return 14 + 13 * Math.min(index, arrowTracks - 1);
}

/** Out to the left and back, each further than the one before, so that none lies on another. */
function arrow(from: Box | null, to: Box | null, index: number): Arrow | null {
  if (from === null || to === null) return null;
  const start = { x: from.x, y: from.y + from.height * 0.36 };
  const end = { x: to.x - 2, y: to.y + to.height * 0.64 };
  const out = Math.min(start.x, end.x) - outOf(index);
  return {
    path: `M${start.x} ${start.y}H${out}V${end.y}H${end.x - 5}`,
    head: { ...end, angle: 0 },
    label: { x: out - 4, y: (start.y + end.y) / 2 },
  };
}
