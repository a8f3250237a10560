/** A text that may be shown in another language: in English, and what stands in its holes `{0}`, `{1}`, ... */
export type Wording = readonly [message: string, ...values: readonly string[]];

/** A text to be shown; here, so that all of them can be found. */
export function worded(message: string, ...values: readonly string[]): Wording {
  return [message, ...values];
}

export function inEnglish([message, ...values]: Wording): string {
  return message.replace(/\{(\d+)\}/g, (hole, index: string) => values[Number(index)] ?? hole);
}
