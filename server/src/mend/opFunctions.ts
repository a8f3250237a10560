import type { CType } from '../c/ir';
import { IDENT, lex, tokenText } from '../c/lex';
import type { CModule, FunctionDecl } from '../c/module';
import type { MendContext } from './site';
import type { Position } from './spelling';

/** What the second parameter of an op points to (include/linux/vfio.h, struct vfio_migration_ops). */
const results: ReadonlyMap<string, (type: CType) => boolean> = new Map([
  ['migration_get_state', (type) => type.k === 'enum' && type.name === 'vfio_device_mig_state'],
  [
    'migration_get_data_size',
    (type) => type.k === 'int' && /^(?:unsigned long|long unsigned)(?: int)?$/.test(type.name),
  ],
]);

/** What a driver's name for an op ends in: `get_state`. */
export function suffixOf(op: string): string {
  return op.replace(/^migration_/, '');
}

/**
 * The module's functions that can become an op and are none yet: of its type, and declared where the ops stand. Those with its
 * name behind the driver's own come first, the usual one before them. Any other name does as well where there is only one such
 * function and nothing uses it: then it was written to be the op.
 */
export function fittingFunctions({ module }: MendContext, op: string, usual: string, ops: Position): readonly string[] {
  const [driver = ''] = usual.split('_');
  const isNamed = (name: string) => name.startsWith(`${driver}_`) && name.endsWith(`_${suffixOf(op)}`);
  const decls = module.files
    .flatMap(({ functions }) => functions)
    .filter((decl) => isOfType(decl, op) && module.functions(decl.name, ops.file).includes(decl))
    .filter(({ name }) => module.globalMentions(name).length === 0 && isDeclaredBefore(module, ops, name));
  const fitting = [...new Set(decls.map(({ name }) => name))];
  const named = fitting.filter(isNamed).sort((a, b) => Number(b === usual) - Number(a === usual));
  const idle = fitting.filter((name) => module.mentions(name).every((user) => user.name === name));
  return named.length > 0 ? named : idle.length === 1 ? idle : [];
}

function isOfType(decl: FunctionDecl, op: string): boolean {
  const { returns, params, locals } = decl.ir();
  const [device, result, ...others] = params.map((id) => pointedBy(locals.find((local) => local.id === id)?.type));
  return (
    returns.k === 'int' &&
    returns.name === 'int' &&
    device?.k === 'struct' &&
    device.name === 'vfio_device' &&
    result != null &&
    results.get(op)?.(result) === true &&
    others.length === 0
  );
}

function pointedBy(type: CType | undefined): CType | null {
  return type?.k === 'pointer' ? type.to : null;
}

/** True when the code before the position has the name, or a header of the module. */
function isDeclaredBefore({ files }: CModule, { file, offset }: Position, name: string): boolean {
  return files.some(({ path, text }) => {
    if (path !== file && !path.endsWith('.h')) return false;
    const { tokens } = lex(path === file ? text.slice(0, offset) : text);
    for (let at = 0; at < tokens.count; at++) {
      if (tokens.code[at] === IDENT && tokenText(tokens, at) === name) return true;
    }
    return false;
  });
}
