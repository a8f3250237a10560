/** Times that logs put before their lines. */

/** Seconds. Only the distance between two times counts, so every month may have 31 days. */
const day = 24 * 3600;
const isoTime = /(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d(?:[.,]\d+)?)(Z|[+-]\d\d:?\d\d)?/;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * The last time in a text, in microseconds of whatever clock it is: ISO 8601, "1700000000.123456" (seconds since the epoch or
 * since boot), "[  12.345]", "Nov 26 12:00:01", "12:00:01.5". Null when there is none.
 */
export function timeIn(text: string): number | null {
  const iso = isoTime.exec(text);
  if (iso !== null) {
    return ofIso(iso);
  }
  const [, month, date, hours, minutes, seconds] =
    /(?:([A-Za-z]{3}) +(\d{1,2}) +)?(\d\d):(\d\d):(\d\d(?:[.,]\d+)?)/.exec(text) ?? [];
  if (seconds !== undefined) {
    const known = months.indexOf(month?.toLowerCase() ?? '');
    const days = known < 0 ? 0 : known * 31 + Number(date);
    return micros(days * day + Number(hours) * 3600 + Number(minutes) * 60 + number(seconds));
  }
  const plain = /(?:^|[\s@[])(\d+\.\d+|\d{9,})(?=$|[\s\]:])/.exec(text)?.[1];
  return plain === undefined ? null : micros(number(plain));
}

function ofIso([, year, month, date, hours, minutes, seconds = '', zone = '']: RegExpExecArray): number | null {
  const days = 372 * (Number(year) - 2000) + 31 * Number(month) + Number(date);
  const [, sign, zoneHours, zoneMinutes] = /([+-])(\d\d):?(\d\d)/.exec(zone) ?? [];
  const east = (Number(zoneHours ?? 0) * 3600 + Number(zoneMinutes ?? 0) * 60) * (sign === '-' ? -1 : 1);
  return micros(days * day + Number(hours) * 3600 + Number(minutes) * 60 + number(seconds) - east);
}

const number = (text: string): number => Number(text.replace(',', '.'));

/** Null for what is too large to count with. */
function micros(seconds: number): number | null {
  const value = Math.round(seconds * 1_000_000);
  return Number.isSafeInteger(value) ? value : null;
}
