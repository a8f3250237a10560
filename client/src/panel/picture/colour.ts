/** A colour for any program that reads SVG: the alpha channel apart. */
export interface Colour {
  /** "#1f1f1f" */
  readonly hex: string;
  /** From 0 to 1. */
  readonly opacity: number;
}

/** Reads what a browser computes: "rgb(…)", "rgba(…)", "color(srgb …)", "#rrggbb"; null for "none" and for all else. */
export function colourOf(computed: string): Colour | null {
  const hex = /^#([0-9a-f]{6})$/i.exec(computed.trim());
  if (hex !== null) return { hex: computed.trim().toLowerCase(), opacity: 1 };
  const [, kind, inside] = /^(rgba?|color)\((.*)\)$/i.exec(computed.trim()) ?? [];
  if (kind === undefined || inside === undefined) return null;
  const isWide = kind.toLowerCase() === 'color';
  if (isWide && !inside.startsWith('srgb ')) return null;
  const parts = inside
    .replace(/^srgb /, '')
    .split(/[\s,/]+/)
    .filter((part) => part !== '');
  const [red, green, blue, alpha = 1] = parts.map(Number);
  if (
    red === undefined ||
    green === undefined ||
    blue === undefined ||
    parts.some((part) => Number.isNaN(Number(part)))
  ) {
    return null;
  }
  const scale = isWide ? 255 : 1;
  return { hex: `#${[red, green, blue].map((channel) => twoDigits(channel * scale)).join('')}`, opacity: alpha };
}

function twoDigits(channel: number): string {
  return Math.round(Math.min(255, Math.max(0, channel)))
    .toString(16)
    .padStart(2, '0');
}
