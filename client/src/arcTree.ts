import type {
  Arc,
  ArcRow,
  DriverEntry,
  DriverTable,
  FindingRow,
  MissingRow,
  Translate,
  WireLocation,
} from '../../server/src/wire';
import { arcName, returnsText } from './arcWords';

/** What a row of the tree is, which decides on its commands. */
export type ArcTreeKind = 'driver' | 'flags' | 'group' | 'arc' | 'finding';

/** What a row of the tree looks like; the view knows the icons. */
export type ArcTreeLook =
  | 'driver'
  | 'flags'
  | 'missing'
  | 'conditional'
  | 'undecided'
  | 'handled'
  | 'superfluous'
  | 'findings'
  | FindingRow['severity'];

/** A row of the Arc Table view. All texts are plain: nothing in them is markup. */
export interface ArcTreeNode {
  /** The same for the same thing after an edit, so that what is unfolded stays so. */
  readonly id: string;
  readonly kind: ArcTreeKind;
  readonly look: ArcTreeLook;
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** What the row opens. */
  readonly place: WireLocation | null;
  /** The arc that a row is about. */
  readonly arc: Arc | null;
  /** The rule that a finding is of. */
  readonly rule: string | null;
  /** Whether a row with children is unfolded at first. */
  readonly unfolded: boolean;
  readonly children: readonly ArcTreeNode[];
}

/** Where a driver is: as much of it as tells it from others, which may be nothing, and the whole. */
export interface DriverWhere {
  readonly label: string;
  readonly path: string;
}

/** A driver's own row, without its children: they are asked for when it is unfolded. */
export function driverNode(driver: DriverEntry, where: DriverWhere, unfolded: boolean, t: Translate): ArcTreeNode {
  const { name, ops, location, flags, coverage } = driver;
  const counts =
    coverage === null
      ? t('which arcs it owes is not known')
      : coverage.undecided > 0
        ? t('{0} of {1} arcs, {2} undecided', coverage.handled, coverage.required, coverage.undecided)
        : t('{0} of {1} arcs', coverage.handled, coverage.required);
  return {
    ...plain,
    id: driverId(driver),
    kind: 'driver',
    look: 'driver',
    label: name,
    description: [where.label, counts].filter((each) => each !== '').join(' • '),
    tooltip: [`${name}: ${ops}`, where.path, counts, flags?.join(' | ') ?? ''].filter((line) => line !== '').join('\n'),
    place: location,
    unfolded,
  };
}

/** Tells drivers apart, also two of one file. */
export function driverId({ location, ops }: Pick<DriverEntry, 'location' | 'ops'>): string {
  return `${location.uri} ${ops}`;
}

/** The rows below a driver: its flags, its arcs by what becomes of them (what is to do first), and its findings. */
export function driverChildren(id: string, driver: DriverTable, t: Translate): readonly ArcTreeNode[] {
  const groups = groupsOf(driver, t).flatMap(({ look, title, nodes, unfolded }): ArcTreeNode[] => {
    const own = `${id} ${look}`;
    const children = nodes.map((node) => ({ ...node, id: `${own} ${node.id}` }));
    if (children.length === 0) return [];
    const description = String(children.length);
    return [{ ...plain, id: own, kind: 'group', look, label: title, description, tooltip: title, unfolded, children }];
  });
  return [...flagNodes(id, driver, t), ...groups];
}

const plain = { place: null, arc: null, rule: null, unfolded: false, children: [] } as const;

function flagNodes(id: string, { flagSets }: DriverTable, t: Translate): readonly ArcTreeNode[] {
  const shown = { ...plain, kind: 'flags', look: 'flags' } as const;
  if (flagSets.length === 0) {
    const why = t('Nothing assigns migration_flags, so that it is not known which arcs are required.');
    return [{ ...shown, id: `${id} flags`, label: t('No flags found'), description: '', tooltip: why }];
  }
  return flagSets.map(({ flags, when, declaredAt }, index) => {
    const label = flags.length === 0 ? t('No flags') : flags.join(' | ');
    const description = when === null ? '' : t('when {0}', when);
    const tooltip = description === '' ? t('Declared flags: {0}', label) : `${label}\n${description}`;
    return { ...shown, id: `${id} flags ${index}`, label, description, tooltip, place: declaredAt };
  });
}

interface Group {
  readonly look: ArcTreeLook;
  readonly title: string;
  readonly nodes: readonly ArcTreeNode[];
  readonly unfolded: boolean;
}

function groupsOf(driver: DriverTable, t: Translate): readonly Group[] {
  const arcs = (look: ArcTreeLook) =>
    driver.arcs.flatMap((arc) => (lookOf(driver, arc) === look ? [arcNode(driver, arc, look, t)] : []));
  const arcGroup = (look: ArcTreeLook, title: string, unfolded: boolean): Group => ({
    look,
    title,
    nodes: arcs(look),
    unfolded,
  });
  return [
    arcGroup('missing', t('Missing'), true),
    arcGroup('conditional', t('Handled only under a condition'), true),
    arcGroup('undecided', t('Not decided'), true),
    { look: 'findings', title: t('Findings'), nodes: driver.findings.map(findingNode), unfolded: true },
    arcGroup('handled', t('Handled'), false),
    arcGroup('superfluous', t('Handled, though never asked for'), false),
  ];
}

/** null for a pair of states that nobody asks for and the driver does not handle. */
function lookOf(driver: DriverTable, arc: ArcRow): ArcTreeLook | null {
  const lacking = lackingOf(driver, arc);
  if (lacking?.always === true) return 'missing';
  if (lacking !== undefined) return 'conditional';
  switch (arc.status) {
    case 'handled':
      return arc.required ? 'handled' : 'superfluous';
    case 'conditional':
      return arc.required ? 'conditional' : 'superfluous';
    case 'undecided':
      return arc.required ? 'undecided' : null;
    case 'rejected':
      return null;
  }
}

function lackingOf({ missing }: DriverTable, { from, to }: ArcRow): MissingRow | undefined {
  return missing.find((each) => each.from === from && each.to === to);
}

function arcNode(driver: DriverTable, arc: ArcRow, look: ArcTreeLook, t: Translate): ArcTreeNode {
  const lacking = lackingOf(driver, arc);
  const label = arcName(arc);
  return {
    ...plain,
    id: label,
    kind: 'arc',
    look,
    label,
    description: arcDescription(arc, lacking, look, t),
    tooltip: [label, ...arcDetails(arc, lacking, t)].join('\n'),
    arc: { from: arc.from, to: arc.to },
    place: look === 'missing' && lacking !== undefined ? lacking.rejectedAt : arc.place,
  };
}

function arcDescription(arc: ArcRow, lacking: MissingRow | undefined, look: ArcTreeLook, t: Translate): string {
  if (look === 'missing' && lacking !== undefined) return requirement(lacking, t);
  if (look === 'conditional') {
    return arc.condition === null ? t('only under a condition') : t('only when {0}', arc.condition);
  }
  return look === 'undecided' ? t('could not be decided') : t('returns {0}', successText(arc));
}

/** That a handled arc can fail goes without saying. */
function successText({ returns }: ArcRow): string {
  return returnsText({ returns: returns.filter((result) => result !== 'error') });
}

function requirement({ requiredBy }: MissingRow, t: Translate): string {
  return requiredBy.length === 0
    ? t('required by the declared flags')
    : t('required by {0}', requiredBy.join(t(' and ')));
}

function arcDetails(arc: ArcRow, lacking: MissingRow | undefined, t: Translate): readonly string[] {
  const details = arc.condition === null ? [] : [t('Handled only when {0}', arc.condition)];
  if (lacking === undefined) return details;
  const broken = lacking.breaks.map(arcName);
  return [
    ...details,
    requirement(lacking, t),
    ...(broken.length === 0 ? [] : [t('Breaks {0}', broken.join(', '))]),
    lacking.stopsMigration
      ? t('No migration can be done any more.')
      : t('A migration can still be done, in another way.'),
  ];
}

/** Findings of one rule at one place are one. */
function findingNode({ rule, severity, message, location }: FindingRow): ArcTreeNode {
  const { line, character } = location.range.start;
  return {
    ...plain,
    id: `${rule} ${location.uri} ${line} ${character} ${message}`,
    kind: 'finding',
    look: severity,
    label: rule,
    description: message,
    tooltip: `${rule}: ${message}`,
    place: location,
    rule,
  };
}
