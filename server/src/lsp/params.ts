import type { ProgressToken } from 'vscode-languageserver';

/** The shapes of the parameters that the server reads, tested before they are used. */

type Test = (value: unknown) => boolean;

function fields(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}

const shape =
  (tests: Readonly<Record<string, Test>>): Test =>
  (value) => {
    const found = fields(value);
    return found !== null && Object.entries(tests).every(([key, test]) => test(found[key]));
  };
const listOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
const optional =
  (test: Test): Test =>
  (value) =>
    value === undefined || value === null || test(value);

const isString: Test = (value) => typeof value === 'string';
const isNumber: Test = (value) => typeof value === 'number' && Number.isFinite(value);
const isCount: Test = (value) => Number.isInteger(value) && Number(value) >= 0;
const isPosition = shape({ line: isCount, character: isCount });
const isRange = shape({ start: isPosition, end: isPosition });
const isDiagnostic = shape({ range: isRange, message: isString });
const isFolder = shape({ uri: isString });

export const isAnything: Test = () => true;
export const isInitializeParams = shape({
  capabilities: (value) => fields(value) !== null,
  workspaceFolders: optional(listOf(isFolder)),
  rootUri: optional(isString),
  rootPath: optional(isString),
});
export const isCancelParams = shape({ id: (value) => isString(value) || isNumber(value) });
export const hasWorkDoneToken = shape({
  workDoneToken: (value) => value === undefined || isString(value) || Number.isInteger(value),
});
/** The token under which a client wants to hear of progress; undefined when it gave none that could be one. */
export function workDoneTokenIn(params: unknown): ProgressToken | undefined {
  const token = fields(params)?.['workDoneToken'];
  return typeof token === 'string' || (typeof token === 'number' && Number.isInteger(token)) ? token : undefined;
}
/** What an event is, is looked at when it is its turn: there may be many. */
export const isEventsToSend = shape({ id: isString, at: isCount, events: Array.isArray });
export const hasDocument = shape({ textDocument: shape({ uri: isString }) });
export const hasDocumentPosition: Test = (value) => hasDocument(value) && shape({ position: isPosition })(value);
export const hasDocumentRange: Test = (value) => hasDocument(value) && shape({ range: isRange })(value);
export const isCodeActionParams: Test = (value) =>
  hasDocumentRange(value) &&
  shape({ context: shape({ diagnostics: listOf(isDiagnostic), only: optional(listOf(isString)) }) })(value);
export const isCodeAction = shape({ title: isString });
export const isExecuteCommand = shape({ command: isString, arguments: optional(listOf(() => true)) });
export const isQuery = shape({ query: isString });
export const isDidOpen = shape({ textDocument: shape({ uri: isString, version: isNumber, text: isString }) });
export const isDidChange = shape({
  textDocument: shape({ uri: isString, version: isNumber }),
  contentChanges: listOf(shape({ text: isString, range: optional(isRange) })),
});
export const isDiagnosticParams: Test = (value) =>
  hasDocument(value) && shape({ previousResultId: optional(isString) })(value);
export const isWorkspaceDiagnosticParams = shape({
  previousResultIds: listOf(shape({ uri: isString, value: isString })),
});
export const isWatchedFiles = shape({ changes: listOf(shape({ uri: isString, type: isNumber })) });
export const isFilesRenamed = shape({ files: listOf(shape({ oldUri: isString, newUri: isString })) });
export const isFilesDeleted = shape({ files: listOf(shape({ uri: isString })) });
export const isFoldersChanged = shape({ event: shape({ added: listOf(isFolder), removed: listOf(isFolder) }) });
