/** Sizes, rates and times: exact numbers inside, short words outside. */

const kibi = 1024;
const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** "64 MiB", "1.5 KiB", "24 B" */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= kibi && unit < binary.length - 1) {
    value /= kibi;
    unit++;
  }
  return `${rounded(value)} ${binary[unit]}`;
}

/** "1.2 GB/s": rates of links are counted in powers of ten. */
export function rateText(bytesPerSecond: number): string {
  const units = ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s'] as const;
  let value = bytesPerSecond;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${rounded(value)} ${units[unit]}`;
}

/** "250 µs", "1.3 ms", "12 s" for microseconds. */
export function timeText(microseconds: number): string {
  if (microseconds < 1000) {
    return `${rounded(microseconds)} µs`;
  }
  return microseconds < 1_000_000 ? `${rounded(microseconds / 1000)} ms` : `${rounded(microseconds / 1_000_000)} s`;
}

/** At most one digit after the point, and none where it says nothing. */
function rounded(value: number): string {
  const text = value.toFixed(value < 100 ? 1 : 0);
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}

const sizes: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: kibi,
  kb: 1000,
  kib: kibi,
  m: kibi ** 2,
  mb: 1e6,
  mib: kibi ** 2,
  g: kibi ** 3,
  gb: 1e9,
  gib: kibi ** 3,
  t: kibi ** 4,
  tb: 1e12,
  tib: kibi ** 4,
};

const bits: Readonly<Record<string, number>> = {
  bit: 1 / 8,
  kbit: 1e3 / 8,
  mbit: 1e6 / 8,
  gbit: 1e9 / 8,
  tbit: 1e12 / 8,
};

const times: Readonly<Record<string, number>> = { '': 1, us: 1, µs: 1, ms: 1000, s: 1e6, min: 6e7 };

/** Reads "64MiB", "1500", "1.5 GB": bytes. Null when it is no size. */
export function parseBytes(text: string): number | null {
  return parse(text, sizes);
}

/** Reads "10Gbit/s", "20 MiB/s", "1e9": bytes a second. Null when it is no rate. */
export function parseRate(text: string): number | null {
  return parse(text.replace(/\/s$/i, '').replace(/([kmgt]?bit)ps$/i, '$1'), { ...sizes, ...bits });
}

/** Reads "300ms", "1.5 s", "250": microseconds. Null when it is no time. */
export function parseTime(text: string): number | null {
  return parse(text, times);
}

function parse(text: string, units: Readonly<Record<string, number>>): number | null {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?(?:e\d+)?)\s*([a-zµ]*)\s*$/i.exec(text) ?? [];
  const name = unit?.toLowerCase() ?? '';
  const factor = Object.hasOwn(units, name) ? units[name] : undefined;
  if (number === undefined || factor === undefined) {
    return null;
  }
  const value = Math.round(Number(number) * factor);
  return Number.isSafeInteger(value) ? value : null;
}
