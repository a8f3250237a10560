import type { Arc, FlagName } from '../uapi';
import type { ArcTable, severityNames, WireLocation, WirePosition } from './arcTable';

/** Request: the arcs of the drivers that a document belongs to. Answers ArcTable; empty for what is no driver. */
export const arcTableMethod = 'vfio/arcTable';
export interface ArcTableParams {
  readonly textDocument: { readonly uri: string };
}
export type ArcTableResult = ArcTable;

/**
 * Request: the arcs that the references at a position of an open document are of, by driver. Answers ArcsAt; empty where it is
 * about none. From it a client finds what it shows of these arcs itself.
 */
export const arcsAtMethod = 'vfio/arcsAt';
export interface ArcsAtParams {
  readonly textDocument: { readonly uri: string };
  readonly position: WirePosition;
}
export interface ArcsAt {
  readonly drivers: readonly DriverArcs[];
}
export interface DriverArcs {
  /** As in the driver's DriverTable. */
  readonly name: string;
  /** The file with the driver's migration ops, and the variable that holds them. */
  readonly uri: string;
  readonly ops: string;
  readonly arcs: readonly Arc[];
}

/** Request without parameters: scans all workspace folders now, with progress. Answers WorkspaceSummary. */
export const checkWorkspaceMethod = 'vfio/checkWorkspace';
export interface WorkspaceSummary {
  /** C files looked at, which is not all of them when it was cancelled. */
  readonly files: number;
  /** What is known of the workspace now, also from before. */
  readonly modules: number;
  readonly drivers: number;
  /** As they are shown: what several modules find in a file of theirs is one. */
  readonly findings: number;
  /** True when the user cancelled. */
  readonly cancelled: boolean;
}

/** Notification from the server: what the language status item shows. Only for clients that say that they show it. */
export const statusMethod = 'vfio/status';
/** They set this to true in the experimental client capabilities. */
export const statusCapability = 'vfioStatus';
export interface ServerStatus {
  /** Drivers known in open files and workspace folders. */
  readonly drivers: number;
  /** Missing arcs in them. */
  readonly missing: number;
  /** True while the workspace is scanned. */
  readonly busy: boolean;
}

/** Request without parameters: the drivers known in open files and workspace folders, for a choice. Answers DriverList. */
export const driversMethod = 'vfio/drivers';
export interface DriverList {
  readonly drivers: readonly DriverEntry[];
}
export interface DriverEntry {
  readonly name: string;
  /** The variable that holds its migration ops. */
  readonly ops: string;
  /** The migration ops' definition; its file is a good parameter for `vfio/arcTable`. */
  readonly location: WireLocation;
  /** URIs of all files of its module. */
  readonly files: readonly string[];
  /** The richest set of flags that it declares; null when none is known. */
  readonly flags: readonly FlagName[] | null;
  /** How many of the arcs that these flags require it handles in every case; null with unknown flags. */
  readonly coverage: { readonly required: number; readonly handled: number; readonly undecided: number } | null;
}

/** Request without parameters: what rules there are, with their documentation. Answers RuleList. */
export const rulesMethod = 'vfio/rules';
export interface RuleList {
  /** In the order of reports. */
  readonly rules: readonly RuleDescription[];
}
export interface RuleDescription {
  readonly id: string;
  /** The severity that it has when nothing is set. */
  readonly severity: (typeof severityNames)[number];
  /** One line. */
  readonly summary: string;
  /** The whole documentation, with a heading of its own. */
  readonly markdown: string;
}

/** Request: the comment that allows the finding of a rule that begins at a position. Answers SuppressionResult. */
export const suppressionMethod = 'vfio/suppression';
export interface SuppressionParams {
  /** An open document. */
  readonly textDocument: { readonly uri: string };
  readonly position: WirePosition;
  readonly rule: string;
  readonly reason: string;
}
/** Text to insert, or a sentence that says why none can be. */
export type SuppressionResult =
  | { readonly kind: 'insert'; readonly position: WirePosition; readonly text: string }
  | { readonly kind: 'problem'; readonly message: string };

/** Request: the text of a new driver. Answers SkeletonResult. */
export const skeletonMethod = 'vfio/skeleton';
export interface SkeletonParams {
  /** With STOP_COPY. */
  readonly flags: readonly FlagName[];
  /** What all names of the driver begin with. */
  readonly name: string;
  /** A whole driver, or the migration alone for one that has the rest. */
  readonly scope: 'driver' | 'part';
  /**
   * The file or folder that it comes to, whose kernel tree decides what it is written for; with a position in an open document
   * where definitions can be put is looked for from there on.
   */
  readonly target?: { readonly uri: string; readonly position?: WirePosition };
}
/**
 * C text and, when the target has a position, where to insert it, with the #include lines that belong elsewhere in the document;
 * or a sentence that says why there is none.
 */
export type SkeletonResult =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly position?: WirePosition;
      readonly includes?: { readonly text: string; readonly position: WirePosition };
    }
  | { readonly kind: 'problem'; readonly message: string };

/** What a client may send as its initializationOptions. */
export interface ClientOptions {
  /** The settings, from clients that can not be asked for them. */
  readonly vfioArcs?: unknown;
  /** Ids of the commands below that the client runs itself; lenses and code actions name no others that need a client. */
  readonly commands?: readonly string[];
  /** Titles and messages in the user's language, by the English ones; those left out stay English. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** Which driver a command is about. */
export interface DriverArgument {
  /** A file of the driver; for the panel the one with its migration ops. */
  readonly uri: string;
  /** The variable that holds its migration ops. */
  readonly ops: string;
  /** For the panel: the arc to look at first, as a finding names it. */
  readonly arc?: Arc;
}

/** Command [DriverArgument, WirePosition?]: shows where the missing arcs fall through. The server runs it for clients that do not. */
export const showMissingArcsCommand = 'vfioArcs.showMissingArcs';
/** Command [DriverArgument] of the client: opens the arc table. */
export const showArcTableCommand = 'vfioArcs.showArcTable';
/** Command [rule id] of the client: shows the rule's documentation. */
export const explainRuleCommand = 'vfioArcs.explainRule';
/** Command [FindingArgument] of the client: asks for a reason and writes the comment that allows the finding. */
export const suppressCommand = 'vfioArcs.suppressWithReason';
/** Which finding a command is about. */
export interface FindingArgument {
  readonly uri: string;
  readonly rule: string;
  /** Where it begins. */
  readonly position: WirePosition;
}

/** Command of the client: asks for flags and a name, and writes a new driver. */
export const generateSkeletonCommand = 'vfioArcs.generateSkeleton';

/** Command [DriverArgument] of the client: opens the panel that runs the simulated device. */
export const simulateCommand = 'vfioArcs.simulate';
