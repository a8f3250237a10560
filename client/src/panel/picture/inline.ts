import { colourOf } from './colour';
import { type Attributes, element, escaped } from './xml';

/**
 * An SVG of the page as text that needs nothing of the page: colours, widths and fonts are those computed, written at each
 * element. Only shapes and text are taken, so nothing that could be run or fetched.
 */
export function inlined(picture: SVGSVGElement): string {
  return [...picture.children].map(written).join('');
}

const geometry: Readonly<Record<string, readonly string[]>> = {
  g: ['transform'],
  path: ['d', 'transform', 'pathLength'],
  rect: ['x', 'y', 'width', 'height', 'rx'],
  circle: ['cx', 'cy', 'r'],
  text: ['x', 'y'],
};

function written(node: Element): string {
  const names = geometry[node.localName];
  if (names === undefined) return '';
  const place = Object.fromEntries(names.map((name) => [name, node.getAttribute(name)]));
  if (node.localName === 'g') {
    const content = [...node.children].map(written).join('');
    return content === '' ? '' : element('g', place, content);
  }
  const style = getComputedStyle(node);
  if (isInvisible(style)) return '';
  const attributes = { ...place, ...paint(style), ...lines(style) };
  return node.localName === 'text'
    ? element('text', { ...attributes, ...letters(style) }, escaped(node.textContent?.trim() ?? ''))
    : element(node.localName, attributes);
}

/** What is only there to be pointed at. */
function isInvisible(style: CSSStyleDeclaration): boolean {
  return [style.fill, style.stroke].every((value) => (colourOf(value)?.opacity ?? 0) === 0);
}

function paint(style: CSSStyleDeclaration): Attributes {
  const [fill, stroke] = [colourOf(style.fill), colourOf(style.stroke)];
  const whole = Number(style.opacity);
  const opacity = (value: number): number | null => (value * whole === 1 ? null : value * whole);
  return {
    fill: fill?.hex ?? 'none',
    'fill-opacity': fill === null ? null : opacity(fill.opacity),
    stroke: stroke?.hex ?? null,
    'stroke-opacity': stroke === null ? null : opacity(stroke.opacity),
  };
}

function lines(style: CSSStyleDeclaration): Attributes {
  if (colourOf(style.stroke) === null) return {};
  return {
    'stroke-width': Number.parseFloat(style.strokeWidth),
    'stroke-dasharray': style.strokeDasharray === 'none' ? null : style.strokeDasharray.replaceAll('px', ''),
    'stroke-linecap': style.strokeLinecap === 'butt' ? null : style.strokeLinecap,
    'stroke-linejoin': style.strokeLinejoin === 'miter' ? null : style.strokeLinejoin,
  };
}

function letters(style: CSSStyleDeclaration): Attributes {
  return {
    'font-family': genericFont(style.fontFamily),
    'font-size': Number.parseFloat(style.fontSize),
    'font-weight': Number(style.fontWeight) >= 600 ? 'bold' : null,
    'text-anchor': style.textAnchor === 'start' ? null : style.textAnchor,
  };
}

/** The reader's machine has other fonts than the editor's. */
export function genericFont(family: string): 'monospace' | 'sans-serif' {
  return /mono|consol|courier|menlo|code/i.test(family) ? 'monospace' : 'sans-serif';
}
