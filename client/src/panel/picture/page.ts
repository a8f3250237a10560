import { colourOf } from './colour';
import { svgDocument } from './document';
import type { Ink } from './ink';
import { inlined } from './inline';
import { element, escaped } from './xml';

/** Pictures of what the page shows, as SVG text. */

const titleHeight = 22;
const legendHeight = 16;
const letterWidth = 4.9;
const margin = 8;

/** The drawing of the state machine with its title and legend; null while it is not shown. */
export function diagramSvg(page: ParentNode, title: string): string | null {
  const picture = page.querySelector<SVGSVGElement>('.diagram-picture');
  if (picture === null) return null;
  const { x, y, width, height } = picture.viewBox.baseVal;
  const legend = legendOf(page, width - 2 * margin);
  const whole = height + titleHeight + legend.height + margin;
  const arcs = [...picture.querySelectorAll('.arc')].map((arc) => arc.getAttribute('aria-label') ?? '');
  const { ground, text } = inkOf(page);
  return svgDocument(
    { title, description: arcs.join('\n'), width, height: whole, scale: 1.5, ground },
    element(
      'text',
      { x: margin, y: 15, 'font-family': 'sans-serif', 'font-size': 10, 'font-weight': 'bold', fill: text },
      escaped(title),
    ),
    element('g', { transform: `translate(${-x} ${titleHeight - y})` }, inlined(picture)),
    element('g', { transform: `translate(${margin} ${titleHeight + height})`, 'font-size': 8.5 }, legend.svg),
  );
}

function legendOf(page: ParentNode, room: number): { readonly svg: string; readonly height: number } {
  const { dim } = inkOf(page);
  let [x, y] = [0, 0];
  const items = [...page.querySelectorAll('.diagram .legend li')].map((item) => {
    const sample = item.querySelector('svg');
    const words = item.textContent ?? '';
    const box = sample?.viewBox.baseVal;
    const width = (box?.width ?? 0) + 5 + words.length * letterWidth + 14;
    if (x > 0 && x + width > room) [x, y] = [0, y + legendHeight];
    const at = { x, y };
    x += width;
    return element(
      'g',
      { transform: `translate(${at.x} ${at.y})` },
      ...(sample === null || box === undefined
        ? []
        : [element('g', { transform: `translate(${-box.x} ${-box.y})` }, inlined(sample))]),
      element('text', { x: (box?.width ?? 0) + 5, y: 9, 'font-family': 'sans-serif', fill: dim }, escaped(words)),
    );
  });
  return { svg: items.join(''), height: items.length === 0 ? 0 : y + legendHeight };
}

/** The theme's colours, computed. */
export function inkOf(page: ParentNode): Ink {
  const probe = document.createElement('span');
  const root = page.querySelector('.app') ?? document.body;
  root.append(probe);
  const read = (name: string): string => {
    probe.style.color = `var(${name})`;
    return colourOf(getComputedStyle(probe).color)?.hex ?? '#808080';
  };
  const ink: Ink = {
    ground: read('--vscode-editor-background'),
    text: read('--vscode-editor-foreground'),
    dim: read('--dim'),
    first: read('--plot-first'),
    second: read('--plot-second'),
    third: read('--plot-third'),
    level: read('--plot-level'),
  };
  probe.remove();
  return ink;
}
