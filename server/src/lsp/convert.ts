import type { Diagnostic, DiagnosticRelatedInformation, Location as LspLocation, Range } from 'vscode-languageserver';
import { DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Location, Span } from '../c/ir';
import type { Finding, Severity } from '../rules/rule';

/** The one place where offsets, paths and findings become LSP's positions, URIs and diagnostics. */

/** Finds the text of a file for counting lines; undefined when it is not at hand. */
export type TextOf = (path: string) => TextDocument | undefined;

/** The name that diagnostics carry. */
export const diagnosticSource = 'vfio-arcs';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  hint: DiagnosticSeverity.Hint,
};

/**
 * The path that a document's URI names: absolute with `/`, `c:/x` on Windows. A URI of another scheme than `file`, or
 * one that is malformed, is its own path.
 */
export function pathOfUri(uri: string): string {
  const match = /^file:\/\/([^/?#]*)(\/[^?#]*)?$/i.exec(uri);
  if (match === null) return uri;
  const path = decoded(match[2] ?? '/');
  if (path === null) return uri;
  const host = match[1] ?? '';
  if (host !== '' && host.toLowerCase() !== 'localhost') return `//${host}${path}`;
  return /^\/[A-Za-z]:/.test(path) ? `${path.charAt(1).toLowerCase()}${path.slice(2)}` : path;
}

/** The URI of a path, percent-encoded the way editors do. */
export function uriOfPath(path: string): string {
  if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(path)) return path;
  const encoded = path.split('/').map(percentEncoded).join('/');
  if (path.startsWith('//')) return `file:${encoded}`;
  return path.startsWith('/') ? `file://${encoded}` : `file:///${encoded}`;
}

/** Text as a part of a URI; what is no character becomes U+FFFD. */
export function percentEncoded(text: string): string {
  const wellFormed = text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
  return encodeURIComponent(wellFormed).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** The range of a span; what lies outside of the text is taken as its nearest end. */
export function rangeOf(document: TextDocument, span: Span): Range {
  return { start: document.positionAt(span.start), end: document.positionAt(span.end) };
}

const fileStart: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** An LSP location; the file's start when its text is not at hand. */
export function locationOf(location: Location, textOf: TextOf, uriOf: (path: string) => string): LspLocation {
  const document = textOf(location.file);
  return { uri: uriOf(location.file), range: document === undefined ? fileStart : rangeOf(document, location.span) };
}

/** How a diagnostic may look for the client at hand. */
export interface DiagnosticStyle {
  readonly related: boolean;
  readonly tags: boolean;
}

/** A finding as LSP shows it. Its file is not part of a diagnostic: the caller knows it from `finding.location`. */
export function diagnosticOf(
  finding: Finding,
  style: DiagnosticStyle,
  textOf: TextOf,
  uriOf: (path: string) => string,
): Diagnostic {
  const diagnostic: Diagnostic = {
    range: locationOf(finding.location, textOf, uriOf).range,
    severity: severities[finding.severity],
    code: finding.rule,
    source: diagnosticSource,
    message: finding.message,
  };
  const related: DiagnosticRelatedInformation[] = finding.related.map(({ message, location }) => ({
    message,
    location: locationOf(location, textOf, uriOf),
  }));
  if (style.related && related.length > 0) diagnostic.relatedInformation = related;
  if (style.tags && finding.tags.includes('unnecessary')) diagnostic.tags = [DiagnosticTag.Unnecessary];
  return diagnostic;
}
