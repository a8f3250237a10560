/**
 * What a comment begins with that leaves work to the driver's author, as kernel code has it. In parts, because in this
 * project's own sources such a word would be a note of ours.
 */
export const mark = `${'TO'}${'DO'}:`;
