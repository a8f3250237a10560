import { diffLines } from 'diff';
import type { Edit } from '../mend';
import { applied } from '../mend';
import type { SourceFile } from './report';

/** The edits that lead from one text of a file to another, as whole lines. */
export function editsBetween(before: SourceFile, after: SourceFile): readonly Edit[] {
  const edits: Edit[] = [];
  let at = 0;
  for (const { value, added, removed } of diffLines(before.text, after.text)) {
    const last = edits.at(-1);
    if (!added && !removed) {
      at += value.length;
    } else if (removed) {
      edits.push({ file: before.path, start: at, end: at + value.length, text: '' });
      at += value.length;
    } else if (last !== undefined && last.end === at && last.text === '') {
      edits[edits.length - 1] = { ...last, text: value };
    } else {
      edits.push({ file: before.path, start: at, end: at, text: value });
    }
  }
  return edits;
}

/** The files whose text differs, with the edits that lead there. */
export function changesBetween(
  before: readonly SourceFile[],
  after: readonly SourceFile[],
): readonly (readonly [SourceFile, SourceFile])[] {
  return before.flatMap((file, index) => {
    const now = after[index];
    return now === undefined || now.text === file.text ? [] : [[file, now] as const];
  });
}

/** The files after edits of some of them. */
export function edited(files: readonly SourceFile[], edits: readonly Edit[]): readonly SourceFile[] {
  return files.map((file) => {
    const own = edits.filter((edit) => edit.file === file.path);
    return own.length === 0 ? file : { path: file.path, text: applied(file.text, own) };
  });
}
