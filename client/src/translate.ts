/**
 * Puts a message into the language of VS Code, with `{0}`, `{1}`, ... replaced. Given to what is tested without VS Code; there
 * it is `vscode.l10n.t`, which looks the English text up in l10n/bundle.l10n.*.json.
 */
export type Translate = (message: string, ...values: readonly (string | number)[]) => string;
