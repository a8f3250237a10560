import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createTwoFilesPatch } from 'diff';
import type { CheckedText, SourceFile } from '../check';
import { changesBetween, isBelow, mendAll } from '../check';
import { inEnglish } from '../mend';
import type { Finding } from '../rules/rule';
import type { CheckedModule, Trouble } from './collect';
import { printable, shownPath } from './display';
import type { Platform } from './platform';

/** Mends the files that the command line names, or shows what would be mended. */
export class Fixer {
  private mended = 0;
  /** The texts of the files that were, or would be, written: a file may belong to several modules. */
  private readonly texts = new Map<string, { readonly original: string; readonly now: string }>();
  private readonly named: readonly string[];

  constructor(
    paths: readonly string[],
    private readonly platform: Platform,
    private readonly trouble: Trouble,
    /** False: the differences go to standard output and nothing is written. */
    private readonly writes: boolean,
  ) {
    this.named = paths.map((each) => path.resolve(platform.cwd, each).split(path.sep).join('/'));
  }

  /** How many files were, or would be, written. */
  get changed(): number {
    return this.texts.size;
  }

  /** The module after what could be mended of the findings that are wanted. A file that is not named stays as it is. */
  async fix(
    { source, module, report, recheck }: CheckedModule,
    wanted: (finding: Finding) => boolean,
  ): Promise<CheckedText> {
    const files = source.files.map((file) => ({ ...file, text: this.texts.get(file.path)?.now ?? file.text }));
    const isAsRead = files.every(({ text }, index) => text === source.files[index]?.text);
    const before = isAsRead ? { files, module, report } : recheck(files);
    if (before === null) return { files: source.files, module, report };
    const { after, gone, failed } = mendAll(before, wanted, recheck);
    for (const { title, reason } of failed) this.say(`${source.name}: not mended: ${title}: ${inEnglish(reason)}`);
    const changes = changesBetween(before.files, after.files);
    const foreign = changes.find(([{ path: file }]) => !this.isNamed(file));
    if (foreign !== undefined) {
      const name = shownPath(this.platform.cwd, foreign[0].path);
      this.say(`${source.name}: not mended, since that would change ${name}, which the command line does not name`);
      return before;
    }
    for (const [old, now] of changes) {
      if (!(await this.take(old, now))) return before;
    }
    this.mended += gone;
    return after;
  }

  /** Shows the differences, when nothing was written, and says what was done. */
  end(): void {
    for (const [file, { original, now }] of this.writes ? [] : this.texts) {
      const name = shownPath(this.platform.cwd, file);
      const elsewhere = name.startsWith('../') || name.startsWith('/');
      this.platform.stdout.write(unifiedDiff(elsewhere ? file.slice(1) : name, original, now));
    }
    const what = this.writes ? 'mended' : 'to be mended';
    const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`;
    this.say(`${count(this.mended, 'finding')} ${what} in ${count(this.changed, 'file')}`);
  }

  private async take(old: SourceFile, now: SourceFile): Promise<boolean> {
    const name = shownPath(this.platform.cwd, old.path);
    const original = this.texts.get(old.path)?.original ?? old.text;
    const bytes = await readFile(old.path);
    const mark = bytes.subarray(0, 3).equals(byteOrderMark) ? '\ufeff' : '';
    if (!Buffer.from(mark + (this.writes ? old.text : original)).equals(bytes)) {
      this.say(`${name}: not mended: the file is no UTF-8, or it changed meanwhile`);
      this.trouble.happened = true;
      return false;
    }
    this.texts.set(old.path, { original, now: now.text });
    if (this.writes) await writeFile(old.path, mark + now.text);
    return true;
  }

  private isNamed(file: string): boolean {
    return this.named.some((each) => file === each || isBelow(file, each));
  }

  private say(message: string): void {
    this.platform.stderr.write(`vfio-arcs: ${printable(message)}\n`);
  }
}

const byteOrderMark = Buffer.from('\ufeff');

/** What `patch -p1` and `git apply` take. */
function unifiedDiff(name: string, before: string, after: string): string {
  const patch = createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, { context: 3 });
  return patch.replace(/^=+\n/, '');
}
