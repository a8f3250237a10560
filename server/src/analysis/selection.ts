import type { Location } from '../c/ir';
import type { CModule, FunctionDecl } from '../c/module';
import type { Arc } from '../uapi';
import { constantName, sameArc } from '../uapi';
import type { ArcModel, DriverModel, Evidence } from './model';

/** Where a driver's text selects its arcs, found by comparing what the executions of all pairs of states went through. */
export interface Selections {
  /**
   * The condition or case label that the fewest other pairs of states go through on their way, together with the conditions
   * that are and-ed before it; null when no condition selects the arc, as with a table of functions, and for one that is
   * rejected.
   */
  of(arc: Arc): Location | null;
  /** The function in which most arcs are selected, the outermost of them; null when no condition of the driver selects any. */
  readonly step: FunctionDecl | null;
  /** The functions in which any arc is selected. */
  readonly functions: ReadonlySet<FunctionDecl>;
}

const known = new WeakMap<DriverModel, Selections>();

/** Worked out once for each model. `module` is the one that the model was made from. */
export function selectionsOf(driver: DriverModel, module: CModule): Selections {
  let selections = known.get(driver);
  if (selections === undefined) {
    selections = new SharedEvidence(driver, module);
    known.set(driver, selections);
  }
  return selections;
}

export function placeKey({ file, span }: Location): string {
  return `${file}:${span.start}-${span.end}`;
}

/** The source text of a place; empty when the module does not have the file. */
export function textAt(module: CModule, location: Location): string {
  return module.file(location.file)?.text.slice(location.span.start, location.span.end) ?? '';
}

/** The function whose definition a place is in. */
export function functionAt(module: CModule, { file, span }: Location): FunctionDecl | undefined {
  return module.file(file)?.functions.find((each) => each.span.start <= span.start && span.end <= each.span.end);
}

class SharedEvidence implements Selections {
  readonly step: FunctionDecl | null;
  readonly functions: ReadonlySet<FunctionDecl>;
  /** How many executions go through a place, and how many there are. */
  private readonly shares = new Map<string, number>();
  private readonly executions: number;
  private readonly places = new Map<ArcModel, Location | null>();

  constructor(
    private readonly driver: DriverModel,
    private readonly module: CModule,
  ) {
    const executions = [...driver.arcs.map((arc) => arc.evidence), ...driver.defaultPath.map(({ trail }) => trail)];
    this.executions = executions.length;
    for (const steps of executions) {
      for (const key of new Set(steps.map(({ location }) => placeKey(location)))) {
        this.shares.set(key, (this.shares.get(key) ?? 0) + 1);
      }
    }
    for (const arc of driver.arcs) if (arc.status !== 'rejected') this.places.set(arc, this.select(arc));
    const places = [...this.places.values()].flatMap((place) => (place === null ? [] : functionAt(module, place)));
    this.functions = new Set(places.filter((decl) => decl !== undefined));
    this.step = this.stepFunction();
  }

  of(arc: Arc): Location | null {
    const found = this.driver.arcs.find((each) => sameArc(each, arc));
    return (found && this.places.get(found)) ?? null;
  }

  private select(arc: ArcModel): Location | null {
    const index = this.telling(arc);
    const condition = arc.evidence[index];
    if (condition === undefined) return null;
    const { file, span } = condition.location;
    let { start } = span;
    for (const { location } of arc.evidence.slice(0, index).reverse()) {
      const between = { file, span: { start: location.span.end, end: start } };
      if (location.file !== file || location.span.end > start || !isAnd(textAt(this.module, between))) break;
      start = location.span.start;
    }
    return { file, span: { start, end: span.end } };
  }

  /** The index in the evidence of the condition that tells the arc from most others: one that names its states if any does. */
  private telling(arc: ArcModel): number {
    const conditions = arc.evidence.flatMap((evidence, index) =>
      evidence.kind === 'condition' && this.tells(evidence) ? [{ evidence, index }] : [],
    );
    const naming = conditions.filter(({ evidence }) => this.names(evidence, arc));
    const candidates = naming.length > 0 ? naming : conditions;
    const fewest = Math.min(...candidates.map(({ evidence }) => this.sharesOf(evidence)));
    return candidates.find(({ evidence }) => this.sharesOf(evidence) === fewest)?.index ?? -1;
  }

  /** False for what every execution goes through. */
  private tells(evidence: Evidence): boolean {
    return this.sharesOf(evidence) < this.executions;
  }

  private sharesOf({ location }: Evidence): number {
    return this.shares.get(placeKey(location)) ?? 0;
  }

  private names({ location }: Evidence, arc: Arc): boolean {
    const words: readonly string[] = textAt(this.module, location).match(/\w+/g) ?? [];
    return words.includes(constantName(arc.from)) || words.includes(constantName(arc.to));
  }

  private stepFunction(): FunctionDecl | null {
    const arcsIn = new Map<FunctionDecl, { arcs: number; depth: number }>();
    for (const arc of this.driver.arcs) {
      if (this.places.get(arc) == null) continue;
      const telling = arc.evidence.filter((evidence) => evidence.kind === 'condition' && this.tells(evidence));
      const depths = new Map<FunctionDecl, number>();
      for (const { location, depth } of telling) {
        const decl = functionAt(this.module, location);
        if (decl !== undefined) depths.set(decl, Math.min(depth, depths.get(decl) ?? depth));
      }
      for (const [decl, depth] of depths) {
        const before = arcsIn.get(decl);
        arcsIn.set(decl, { arcs: (before?.arcs ?? 0) + 1, depth: Math.min(depth, before?.depth ?? depth) });
      }
    }
    const [best] = [...arcsIn].sort(([, a], [, b]) => b.arcs - a.arcs || a.depth - b.depth);
    return best?.[0] ?? null;
  }
}

function isAnd(text: string): boolean {
  return /^[\s()]*&&[\s()]*$/.test(text);
}
