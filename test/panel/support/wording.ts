import type { Page } from 'playwright-core';

/** Every text in the page, whether one sees it, hears it or points at it. */
export async function textsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(`(() => {
    const said = ['aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'title', 'placeholder', 'alt', 'label'];
    const texts = [];
    const walk = (node) => {
      if (node instanceof Text) texts.push(node.data);
      if (node instanceof Element) {
        if (node.matches('script, style')) return;
        for (const name of said) texts.push(node.getAttribute(name) ?? '');
        if (node.shadowRoot !== null) for (const child of node.shadowRoot.childNodes) walk(child);
      }
      for (const child of node.childNodes) walk(child);
    };
    walk(document.body);
    return texts;
  })()`);
}

/** Every string in a value, also the names of its members. */
export function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [key, ...stringsIn(part)]);
}
