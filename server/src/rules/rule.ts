import type { DriverModel } from '../analysis/model';
import type { Location } from '../c/ir';
import type { CModule } from '../c/module';

export type Severity = 'error' | 'warning' | 'hint';

/** One fault of a driver, proved from its text. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** One or two sentences: what is wrong and what it breaks. No trailing newline, no markup. */
  readonly message: string;
  /** Where the mend belongs. */
  readonly location: Location;
  readonly related: readonly { readonly message: string; readonly location: Location }[];
  /** `unnecessary`: the editor may fade the text. */
  readonly tags: readonly 'unnecessary'[];
  /** What tells this finding from the others of its rule in the same driver, stable against edits elsewhere ("RUNNING->STOP"). */
  readonly key: string;
}

/** The fixed headings of a rule's documentation. */
export interface RuleDocs {
  readonly whatItFinds: string;
  readonly whyItMatters: string;
  /** A whole small driver part in C, that the rule reports; run as a test. */
  readonly example: string;
  /** The same, mended: the rule reports nothing; run as a test. */
  readonly fixed: string;
  readonly knownMisses: string;
  readonly references: readonly string[];
}

export interface RuleContext {
  readonly driver: DriverModel;
  readonly module: CModule;
}

export interface Rule {
  /** States the fault and reads well after "allow": `missing-arc`. */
  readonly id: string;
  readonly severity: Severity;
  /** One line for lists. */
  readonly summary: string;
  readonly docs: RuleDocs;
  check(context: RuleContext): readonly Finding[];
}
