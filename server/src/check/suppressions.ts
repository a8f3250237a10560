import type { Location, Span } from '../c/ir';
import type { CModule, ParsedFile } from '../c/module';
import { rules } from '../rules';
import type { Finding } from '../rules/rule';
import { commentsOf } from './comments';
import { linesOf } from './positions';
import { reasonlessSuppression, unknownSuppression, unusedSuppression } from './suppressionRules';

const marker = 'vfio-arcs:';

/** One rule id in a comment `vfio-arcs: allow <id> -- reason`. */
interface Suppression {
  readonly id: string;
  readonly reason: string;
  readonly location: Location;
  /** Absolute; findings that start in one of them are allowed. */
  readonly covers: readonly Span[];
  used: boolean;
}

/** Findings sorted by what the module's comments allow. */
export interface Suppressed {
  readonly kept: readonly Finding[];
  readonly allowed: readonly { readonly finding: Finding; readonly reason: string }[];
}

/** The comments of one module that allow findings. Made once per check; remembers which of them were of use. */
export class Suppressions {
  private readonly all: Suppression[] = [];
  private readonly faults: Finding[] = [];

  constructor(module: CModule) {
    for (const file of module.files) {
      if (file.text.includes(marker)) {
        this.read(file);
      }
    }
  }

  /** Splits findings into those to show and those that a comment allows. */
  apply(findings: readonly Finding[]): Suppressed {
    const kept: Finding[] = [];
    const allowed: { finding: Finding; reason: string }[] = [];
    for (const finding of findings) {
      const by = this.all.filter((each) => each.id === finding.rule && covers(each, finding.location));
      by.forEach((each) => {
        each.used = true;
      });
      const first = by[0];
      if (first === undefined) {
        kept.push(finding);
      } else {
        allowed.push({ finding, reason: first.reason });
      }
    }
    return { kept, allowed };
  }

  /**
   * What is wrong with the comments themselves; to be asked after every apply().
   * `isOff` tells the rules that were not run, whose comments can not be judged.
   */
  findings(isOff: (id: string) => boolean): readonly Finding[] {
    const unused = this.all
      .filter((each) => !each.used && !isOff(each.id))
      .map((each) =>
        fault(
          unusedSuppression,
          each.location,
          each.id,
          `Nothing here is reported as ${each.id}, so this comment allows nothing. Remove it.`,
        ),
      );
    return [...this.faults, ...unused].filter((finding) => !isOff(finding.rule));
  }

  private read(file: ParsedFile): void {
    for (const comment of commentsOf(file.text)) {
      const text = file.text.slice(comment.start, comment.end);
      const match = /vfio-arcs:\s*(allow\b)?([\s\S]*)/.exec(text.replace(/\*\/$/, ''));
      if (match === null) {
        continue;
      }
      const at = comment.start + match.index;
      const location = { file: file.path, span: { start: at, end: at + match[0].trimEnd().length } };
      this.readOne(file, comment, location, match[1] === undefined ? null : (match[2] ?? ''));
    }
  }

  private readOne(file: ParsedFile, comment: Span, location: Location, body: string | null): void {
    if (body === null) {
      const message = 'This comment is no instruction that vfio-arcs knows. Write "vfio-arcs: allow <id> -- reason".';
      this.faults.push(fault(unknownSuppression, location, 'syntax', message));
      return;
    }
    const [ids = '', ...rest] = body.split(/\s--\s|\s--$/);
    const reason = rest
      .join(' -- ')
      .replace(/\s*\n\s*\*?\s*/g, ' ')
      .trim();
    const names = new Set(ids.split(/[\s,]+/).filter((name) => name !== ''));
    if (names.size === 0) {
      this.faults.push(
        fault(
          unknownSuppression,
          location,
          'empty',
          'This comment allows no rule. Name one: "vfio-arcs: allow <id> -- reason".',
        ),
      );
    }
    for (const id of names) {
      if (!rules.some((rule) => rule.id === id)) {
        const message = `There is no rule "${id}", so this comment allows nothing. "vfio-arcs explain" lists the rules.`;
        this.faults.push(fault(unknownSuppression, location, id, message));
      } else if (reason === '') {
        const message = `This comment allows ${id} without a reason, so it counts for nothing. Write why: "vfio-arcs: allow ${id} -- reason".`;
        this.faults.push(fault(reasonlessSuppression, location, id, message));
      } else {
        this.all.push({ id, reason, location, covers: coveredBy(file, comment), used: false });
      }
    }
  }
}

/** The comment's own lines, the line after it, and the definition that follows it. */
function coveredBy(file: ParsedFile, comment: Span): readonly Span[] {
  const lines = linesOf(file);
  const first = lines.position(comment.start).line;
  const last = lines.position(comment.end).line;
  const end = lines.starts[last + 1] ?? file.text.length + 1;
  const covered: Span[] = [{ start: lines.starts[first - 1] ?? 0, end }];
  const definitions: readonly Span[] = [...file.functions.map((each) => each.span), ...file.globals];
  for (const { start, end } of definitions) {
    if (start >= comment.end && /^(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*\n)*$/.test(file.text.slice(comment.end, start))) {
      covered.push({ start, end });
    }
  }
  return covered;
}

function covers(suppression: Suppression, location: Location): boolean {
  const at = location.span.start;
  return (
    suppression.location.file === location.file && suppression.covers.some(({ start, end }) => start <= at && at < end)
  );
}

function fault(
  rule: { readonly id: string; readonly severity: Finding['severity'] },
  location: Location,
  key: string,
  message: string,
): Finding {
  return { rule: rule.id, severity: rule.severity, message, location, related: [], tags: [], key };
}
