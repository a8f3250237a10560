// The floor: a language server that does nothing but answer. What it takes, no server on this foundation can save.
import { createConnection, ProposedFeatures, TextDocumentSyncKind } from 'vscode-languageserver/node';

const connection = createConnection(ProposedFeatures.all);
const answer = ({ uri, version }) => connection.sendDiagnostics({ uri, version, diagnostics: [] });
connection.onInitialize(() => ({ capabilities: { textDocumentSync: TextDocumentSyncKind.Incremental } }));
connection.onDidOpenTextDocument(({ textDocument }) => answer(textDocument));
connection.onDidChangeTextDocument(({ textDocument }) => answer(textDocument));
connection.listen();
