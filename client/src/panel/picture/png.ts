import { t } from '../texts';

/** How many pixels a PNG has for each of the SVG's: sharp on screens with a high density, and in print. */
const density = 2;

/** An SVG as a PNG in base64. Rejects with a sentence when the browser can not draw it. */
export async function pngOf(svg: string): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  try {
    await image.decode();
  } catch {
    throw new Error(t('The picture can not be drawn as PNG here; SVG can be written all the same.'));
  }
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.naturalWidth * density);
  canvas.height = Math.round(image.naturalHeight * density);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/, '');
}
