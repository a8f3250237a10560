import type { CModule, FunctionDecl } from '../c/module';
import type { Edit } from './edit';
import { nextLine } from './layout';
import { definitionStart } from './opener';

/**
 * Takes out the functions that nothing uses any more after edits, of which compilers warn: static ones that a module had a use
 * for, and that are not named anywhere else in it, be it in a declaration. Edits count in the text before, as the others do.
 */
export function unusedRemovals(before: CModule, after: CModule, edits: readonly Edit[]): readonly Edit[] {
  return before.files.flatMap(({ text, path, functions }) => {
    const unused = functions.filter((decl) => {
      const own = text.slice(decl.span.start, decl.span.end);
      const isTouched = edits.some(({ file, start, end }) => {
        return file === path && start < decl.span.end && decl.span.start < end + 1;
      });
      const isPlain = decl.isStatic && decl.when.length === 0 && !/\binline\b|__maybe_unused\b/.test(own);
      const uses = (module: CModule) => namings(module, decl) - count(own, decl.name);
      return isPlain && !isTouched && uses(before) > 0 && uses(after) === 0;
    });
    return unused.map(({ span }): Edit => {
      const start = definitionStart(text, span.start);
      const end = nextLine(text, span.end);
      const gap = /^(?:[ \t]*\r?\n)*/.exec(text.slice(end))?.[0].length ?? 0;
      return { file: path, start, end: end + gap, text: '' };
    });
  });
}

function namings({ files }: CModule, { name }: FunctionDecl): number {
  return files.reduce((sum, { text }) => sum + count(text, name), 0);
}

function count(text: string, name: string): number {
  return text.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0;
}
