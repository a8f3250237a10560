import type { FileToSave } from '../contract';
import type { Plot } from '../lab/plots';
import type { Phase } from '../lab/series';
import { t } from '../texts';
import { diagramSvg, inkOf } from './page';
import { plotsSvg } from './plotsSvg';
import { pngOf } from './png';

export const pictureFormats = ['svg', 'png'] as const;
export type PictureFormat = (typeof pictureFormats)[number];

/** What is to be in a picture. */
export type PictureOf =
  | { readonly subject: 'diagram'; readonly title: string }
  | {
      readonly subject: 'plots';
      readonly title: string;
      readonly plots: readonly Plot[];
      readonly phases: readonly Phase[];
    };

/** The picture as a file. Rejects with a sentence when there is nothing to be pictured. */
export async function takePicture(picture: PictureOf, format: PictureFormat): Promise<FileToSave> {
  const svg =
    picture.subject === 'diagram'
      ? await shownDiagram(picture.title)
      : plotsSvg(picture.plots, picture.phases, picture.title, inkOf(document));
  const name = `${fileStem(`${picture.title} ${picture.subject}`)}.${format}`;
  return { name, content: format === 'svg' ? { text: svg } : { base64: await pngOf(svg) } };
}

/** The view may have been chosen just now; it is drawn within two frames. */
async function shownDiagram(title: string): Promise<string> {
  for (let frames = 0; frames < 5; frames++) {
    const svg = diagramSvg(document, title);
    if (svg !== null) return svg;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  throw new Error(t('There is no diagram to be pictured.'));
}

/** "mlx5-vfio-pci-diagram" */
export function fileStem(text: string): string {
  const stem = text.replace(/[^\p{L}\p{N}.]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '');
  return stem.slice(0, 120) || 'picture';
}
