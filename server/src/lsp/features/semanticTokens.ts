import type {
  CancellationToken,
  Connection,
  Range,
  SemanticTokens,
  SemanticTokensLegend,
  SemanticTokensParams,
  SemanticTokensRangeParams,
} from 'vscode-languageserver';
import { SemanticTokensBuilder, SemanticTokensRangeRequest, SemanticTokensRequest } from 'vscode-languageserver';
import { flags, states } from '../../uapi';
import { answering } from '../gate';
import { hereOf } from '../here';
import { hasDocument, hasDocumentRange } from '../params';
import type { Session } from '../session';
import { given } from '../shown';
import { wordsOf } from '../words';

/** The constants of states and flags: one type, always read-only. */
export const tokensLegend: SemanticTokensLegend = { tokenTypes: ['enumMember'], tokenModifiers: ['readonly'] };
const enumMember = 0;
const readonly = 1;

const constants: ReadonlySet<string> = new Set([...states, ...flags].map(({ constant }) => constant));

/**
 * Tokens for the constants of states and flags wherever they stand in a driver's code, parsed or not: the C language's own
 * server gives none for what the preprocessor leaves out.
 */
export function answerSemanticTokens(session: Session, connection: Connection): void {
  connection.onRequest(
    SemanticTokensRequest.type,
    answering<SemanticTokensParams, SemanticTokens | null>(
      session,
      'textDocument/semanticTokens/full',
      hasDocument,
      ({ textDocument }, token) => tokensIn(session, textDocument.uri, null, token),
    ),
  );
  connection.onRequest(
    SemanticTokensRangeRequest.type,
    answering<SemanticTokensRangeParams, SemanticTokens | null>(
      session,
      'textDocument/semanticTokens/range',
      hasDocumentRange,
      ({ textDocument, range }, token) => tokensIn(session, textDocument.uri, range, token),
    ),
  );
}

async function tokensIn(
  session: Session,
  uri: string,
  range: Range | null,
  token: CancellationToken,
): Promise<SemanticTokens | null> {
  await session.settingsRead;
  const here = session.settings.semanticTokens ? await hereOf(session, uri, token) : null;
  given(session, 'semanticTokens');
  if (here === null) return null;
  const { document } = here;
  const start = range === null ? 0 : document.offsetAt(range.start);
  const end = range === null ? Number.POSITIVE_INFINITY : document.offsetAt(range.end);
  const builder = new SemanticTokensBuilder();
  for (const { text, span } of wordsOf(document.getText())) {
    if (!constants.has(text) || span.start < start || span.start >= end) continue;
    const { line, character } = document.positionAt(span.start);
    builder.push(line, character, text.length, enumMember, readonly);
  }
  return builder.build();
}
