import type { CType } from '../c/ir';
import type { FunctionDecl } from '../c/module';
import type { Arc } from '../uapi';
import { arcText, contractOf, documentedArcs, endsSession, stateOf } from '../uapi';
import type { Edit } from './edit';
import { comment, indentUnit, lineStart } from './layout';
import { mark } from './mark';
import type { MendContext, Site } from './site';
import { wrapped } from './wrap';

/** A new function that opens a data file, for drivers that have none of the kind. */
export interface Opener {
  /** The C expression that opens the file. */
  readonly call: string;
  readonly edits: readonly Edit[];
}

/** What opens the file that the arc has to return, written before the function of the site; null for an arc that opens none. */
export function openerFor(context: MendContext, site: Pick<Site, 'decl' | 'text'>, arc: Arc): Opener | null {
  const contract = contractOf(arc);
  if (contract === 'none') return null;
  const kind = contract === 'new-read-fd' ? 'saving' : 'resuming';
  const prefix = prefixOf(context, site.decl);
  const device = deviceParameter(site.decl);
  const known = knownOpener(context, site, `${prefix}_open_${kind}`, device);
  if (known !== null) return { call: known, edits: [] };
  const stem = freeStem(context, prefix, kind);
  const name = `${prefix}_open_${stem}`;
  const names = { prefix, stem, device, allocated: allocation(context) };
  const definition = kind === 'saving' ? savingFile(names) : resumingFile(names);
  const at = definitionStart(site.text, site.decl.span.start);
  return {
    call: `${name}(${device?.name ?? ''})`,
    edits: [
      {
        file: site.decl.file,
        start: at,
        end: at,
        text: `${wrapped(definition.join('\n'), indentUnit(site.text))}\n\n`,
      },
      ...includes(site, ['anon_inodes', 'fs', 'mutex', 'slab']),
    ],
  };
}

/** The call of a function of that name before the site, such as an opener that was written before. */
function knownOpener(
  { module }: MendContext,
  { decl }: Pick<Site, 'decl'>,
  name: string,
  device: Device | null,
): string | null {
  const known = module
    .functions(name, decl.file)
    .find((each) => each.file === decl.file && each.span.end < decl.span.start);
  if (known === undefined) return null;
  const { params } = known.ir();
  const takes = deviceParameter(known);
  const fits = params.length === 0 ? device === null : params.length === 1 && takes?.struct === device?.struct;
  return fits ? `${name}(${device?.name ?? ''})` : null;
}

/** What the names of a new data file have in them: `saving`, or `saving2` where the module has such names already. */
function freeStem(context: MendContext, prefix: string, kind: 'saving' | 'resuming'): string {
  for (let n = 1; ; n++) {
    const stem = n === 1 ? kind : `${kind}${n}`;
    const names = ['file', 'fops', 'read', 'write', 'release'].map((part) => `${prefix}_${stem}_${part}`);
    if ([`${prefix}_open_${stem}`, ...names].every((name) => freeName(context, name) === name)) return stem;
  }
}

interface Device {
  readonly name: string;
  readonly struct: string;
}

/** The first parameter that points to a struct. */
export function deviceParameter(decl: FunctionDecl): Device | null {
  const ir = decl.ir();
  for (const id of ir.params) {
    const local = ir.locals.find((each) => each.id === id);
    const struct = local === undefined ? null : pointedStruct(local.type);
    if (local?.name != null && struct !== null) return { name: local.name, struct };
  }
  return null;
}

function pointedStruct(type: CType): string | null {
  return type.k === 'pointer' && type.to.k === 'struct' ? type.to.name : null;
}

/** What the driver's own names start with, told from its ops. */
export function prefixOf({ driver }: MendContext, decl: FunctionDecl): string {
  const names = [driver.ops.name, ...driver.ops.members.map(({ value }) => value.replace(/^&/, ''))];
  const parts = names.filter((name) => /^\w+$/.test(name)).map((name) => name.split('_'));
  const [first = []] = parts;
  let shared = 0;
  while (shared < first.length - 1 && parts.every((each) => each[shared] === first[shared])) shared++;
  const prefix = first.slice(0, shared).join('_');
  return prefix !== '' ? prefix : (decl.name.split('_')[0] ?? decl.name);
}

/** A name that the module does not have. */
export function freeName({ module }: MendContext, name: string): string {
  const isTaken = (candidate: string) =>
    module.files.some(({ text }) => new RegExp(`\\b${candidate}\\b`).test(text)) ||
    module.mentions(candidate).length > 0;
  let found = name;
  for (let n = 2; isTaken(found); n++) found = `${name}${n}`;
  return found;
}

/** The start of a definition with the comment that stands directly above it. */
export function definitionStart(text: string, start: number): number {
  const line = lineStart(text, start);
  const above = /(?:^|\n)((?:[ \t]*\/\*(?:(?!\*\/)[\s\S])*\*\/[ \t]*\n)+)$/.exec(text.slice(0, line))?.[1];
  return line - (above?.length ?? 0);
}

/** Includes of kernel headers that the file lacks; none in a file that includes no kernel header itself. */
export function includes({ text, decl }: Pick<Site, 'decl' | 'text'>, names: readonly string[]): readonly Edit[] {
  const known = [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]*<linux\/([\w/-]+)\.h>.*\n/gm)];
  const lacking = names.filter((name) => !known.some(([, other]) => other === name));
  return lacking.flatMap((name): readonly Edit[] => {
    const after = known.findLast(([, other]) => (other ?? '') < name) ?? null;
    const first = known[0];
    if (first === undefined) return [];
    const at = after === null ? first.index : after.index + after[0].length;
    return [{ file: decl.file, start: at, end: at, text: `#include <linux/${name}.h>\n` }];
  });
}

function parameters(device: Device | null): string {
  return device === null ? 'void' : `struct ${device.struct} *${device.name}`;
}

/** The arcs that end such a session. */
function enders(kind: 'saving' | 'resuming'): string {
  return documentedArcs
    .filter((arc) => endsSession(arc) && stateOf(arc.from)?.session === kind)
    .map(arcText)
    .join(', ');
}

/** What the text of a new data file is made with. */
interface Names {
  readonly prefix: string;
  readonly stem: string;
  readonly device: Device | null;
  /** The C expression that allocates `migf`. */
  readonly allocated: string;
}

/** In the newer way where the driver allocates so: older kernels do not have it. */
function allocation({ module }: MendContext): string {
  const isNewer = module.files.some(({ text }) => /\bkzalloc_obj\s*\(/.test(text));
  return isNewer ? 'kzalloc_obj(*migf, GFP_KERNEL)' : 'kzalloc(sizeof(*migf), GFP_KERNEL)';
}

function savingFile(names: Names): readonly string[] {
  const { prefix, stem } = names;
  return dataFile(names, {
    kind: 'saving',
    method: 'read',
    signature: `static ssize_t ${prefix}_${stem}_read(struct file *filp, char __user *buf, size_t len, loff_t *pos)`,
    work: `${mark} give out the device's state: data, then 0 once all of it was read in STOP_COPY, and -ENOMSG while there is none for the moment in PRE_COPY.`,
    mode: 'O_RDONLY',
  });
}

function resumingFile(names: Names): readonly string[] {
  const { prefix, stem } = names;
  return dataFile(names, {
    kind: 'resuming',
    method: 'write',
    signature: `static ssize_t ${prefix}_${stem}_write(struct file *filp, const char __user *buf, size_t len, loff_t *pos)`,
    work: `${mark} take over the state that is written; RESUMING -> STOP must fail when it is not whole.`,
    mode: 'O_WRONLY',
  });
}

interface Direction {
  readonly kind: 'saving' | 'resuming';
  readonly method: 'read' | 'write';
  readonly signature: string;
  readonly work: string;
  readonly mode: 'O_RDONLY' | 'O_WRONLY';
}

function dataFile({ prefix, stem, device, allocated }: Names, direction: Direction): readonly string[] {
  const { kind, method, signature, work, mode } = direction;
  const struct = `${prefix}_${stem}_file`;
  const keep = `${mark} keep the file with a reference of its own (get_file()); ${enders(kind)}, reset and close set disabled and drop it.`;
  return [
    ...comment(`The data file of one ${kind} session.`, ''),
    `struct ${struct} {`,
    '\tstruct file *filp;',
    '\tstruct mutex lock; /* disabled */',
    '\tbool disabled;',
    '};',
    '',
    signature,
    '{',
    `\tstruct ${struct} *migf = filp->private_data;`,
    '\tssize_t done;',
    '',
    '\tif (pos)',
    '\t\treturn -ESPIPE;',
    '',
    '\tmutex_lock(&migf->lock);',
    ...comment(work, '\t').map((line) => `\t${line}`),
    '\tdone = migf->disabled ? -ENODEV : -EOPNOTSUPP;',
    '\tmutex_unlock(&migf->lock);',
    '\treturn done;',
    '}',
    '',
    `static int ${prefix}_${stem}_release(struct inode *inode, struct file *filp)`,
    '{',
    '\tkfree(filp->private_data);',
    '\treturn 0;',
    '}',
    '',
    `static const struct file_operations ${prefix}_${stem}_fops = {`,
    '\t.owner = THIS_MODULE,',
    `\t.${method} = ${prefix}_${stem}_${method},`,
    `\t.release = ${prefix}_${stem}_release,`,
    '};',
    '',
    `static struct file *${prefix}_open_${stem}(${parameters(device)})`,
    '{',
    `\tstruct ${struct} *migf;`,
    '\tstruct file *filp;',
    '',
    `\tmigf = ${allocated};`,
    '\tif (!migf)',
    '\t\treturn ERR_PTR(-ENOMEM);',
    '',
    `\tfilp = anon_inode_getfile("${prefix}-${stem}", &${prefix}_${stem}_fops, migf, ${mode});`,
    '\tif (IS_ERR(filp)) {',
    '\t\tkfree(migf);',
    '\t\treturn filp;',
    '\t}',
    '\tstream_open(filp->f_inode, filp);',
    '\tmutex_init(&migf->lock);',
    '\tmigf->filp = filp;',
    ...comment(keep, '\t').map((line) => `\t${line}`),
    '\treturn filp;',
    '}',
  ];
}
