/**
 * Text from files and file names made harmless for a terminal: control characters (but the tab) and those that turn the
 * direction of writing are shown as their code.
 */
export function printable(text: string): string {
  return text.replace(/(?!\t)[\p{Cc}\p{Bidi_Control}]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
