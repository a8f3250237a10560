import { element, escaped } from './xml';

interface Frame {
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  /** Pixels of a unit, where the reader has no other wish. */
  readonly scale: number;
  readonly ground: string;
}

/** A whole SVG document, on a ground of its own: what is light on dark stays legible on white paper. */
export function svgDocument(
  { title, description, width, height, scale, ground }: Frame,
  ...content: readonly string[]
): string {
  const svg = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width: width * scale,
      height: height * scale,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
    },
    element('title', {}, escaped(title)),
    element('desc', {}, escaped(description)),
    element('rect', { width, height, fill: ground }),
    ...content,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svg}\n`;
}
