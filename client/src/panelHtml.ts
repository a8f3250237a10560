/** Where the page's files are, as the webview sees them. */
export interface PanelResources {
  readonly script: string;
  readonly style: string;
  /** Who may serve styles, fonts and pictures: the webview's `cspSource`. */
  readonly source: string;
  /** For this one page: lets its script run and no other. */
  readonly nonce: string;
  /** Of VS Code: "en", "zh-cn". */
  readonly language: string;
  /** What the page's texts are in that language, by the English ones; those left out stay English. */
  readonly texts: Readonly<Record<string, string>>;
}

/**
 * The panel's page. Nothing runs but the one script, nothing is fetched from elsewhere; `data:` pictures are those that the
 * page draws itself when it writes a PNG.
 */
export function panelHtml({ script, style, source, nonce, language, texts }: PanelResources): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source}`,
    `font-src ${source}`,
    `img-src ${source} data:`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${attribute(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>VFIO migration</title>
<link rel="stylesheet" href="${style}">
</head>
<body data-texts="${attribute(JSON.stringify(texts))}">
<div id="panel"></div>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}

function attribute(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
