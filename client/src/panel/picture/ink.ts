import type { PlotStyle } from '../lab/plots';

/** The colours of a picture, as "#rrggbb". */
export interface Ink extends Readonly<Record<PlotStyle, string>> {
  readonly ground: string;
  readonly text: string;
  readonly dim: string;
  readonly level: string;
}
