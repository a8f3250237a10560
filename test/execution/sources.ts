import { basename } from 'node:path';
import { Types } from '../../server/src/analysis/types';
import type { CModule, CType, FunctionDecl, GlobalIR, ParsedFile } from '../../server/src/c';
import type { Closure } from './closure';

/** A text to be compiled, by its name in the build folder. */
export interface GeneratedFile {
  readonly name: string;
  readonly text: string;
}

/**
 * The module's files with everything blanked that is not executed, so that lines stay where they are. Functions in
 * `stubbed` keep their head and are one call of a stub.
 */
export function executedText(
  module: CModule,
  closure: Closure,
  stubbed: ReadonlyMap<string, unknown>,
): GeneratedFile[] {
  return module.files.map((file) => {
    let { text } = file;
    for (const global of file.globals) {
      if (!isKept(global, file, closure)) text = blankDeclaration(text, global);
    }
    for (const decl of [...file.functions].sort((a, b) => b.span.start - a.span.start)) {
      if (!closure.functions.has(decl)) text = blank(text, decl.span.start, decl.span.end);
      else if (stubbed.has(decl.name)) text = stubBody(text, decl);
    }
    text = blankLines(text, /^[ \t]*#[ \t]*include[ \t]*<.*$/gm);
    text = text.replace(/^[ \t]*#[ \t]*include[ \t]*"(.*)".*$/gm, (_line, name: string) =>
      module.files.some((f) => basename(f.path) === basename(name)) ? `#include "${basename(name)}"` : '',
    );
    // What stands at the top level as a macro alone: registrations, exports, the module's description.
    text = blankLines(
      text,
      /^(MODULE_|EXPORT_|module_|builtin_|DEFINE_FREE|DEFINE_SHOW|late_initcall|CREATE_TRACE)\w*\s*\([^;{]*?\);?[ \t]*$/gm,
    );
    return { name: basename(file.path), text };
  });
}

function blank(text: string, start: number, end: number): string {
  return text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end);
}

function blankLines(text: string, pattern: RegExp): string {
  return text.replace(pattern, (lines) => lines.replace(/[^\n]/g, ' '));
}

function stubBody(text: string, decl: FunctionDecl): string {
  const brace = text.indexOf('{', decl.nameSpan.end);
  const { returns } = decl.ir();
  const kind = returns.k === 'pointer' ? 'STUB_ERR_PTR' : 'STUB_INT';
  const body = returns.k === 'void' ? '{' : `{ return (void *)stub_call("${decl.name}", ${kind}, __FILE__, __LINE__);`;
  const rest = text.slice(brace + 1, decl.span.end - 1).replace(/[^\n]/g, '');
  return `${text.slice(0, brace)}${body}${rest}}${text.slice(decl.span.end)}`;
}

/** Variables and tables of values that the functions read; tables of functions are only handed on. */
function isKept(global: GlobalIR, file: ParsedFile, closure: Closure): boolean {
  if (!closure.globals.has(global.name)) return false;
  const type = global.type.k === 'array' ? global.type.of : global.type;
  if (type.k === 'struct' && global.initializer === null) return true;
  return type.k !== 'struct' || file.structs.some((s) => s.name === type.name);
}

function blankDeclaration(text: string, global: GlobalIR): string {
  const end = text.indexOf(';', global.end - 1);
  return blank(text, global.start, end < 0 ? global.end : end + 1);
}

/**
 * C that the harness needs in the file of set_state: its entries, and the device as probe() would leave it. `absent` names
 * members that this configuration has not.
 */
export function entryText(
  module: CModule,
  setState: FunctionDecl,
  absent: ReadonlySet<string>,
  compared: readonly bigint[],
): string {
  const device = deviceFields(module, absent);
  return `
void *stub_set_state(void *vdev, unsigned int state) { return ${setState.name}(vdev, state); }
void stub_reset_globals(void) { }
const long stub_constants[] = { ${[...compared, 0n].join(', ')} };
const unsigned long stub_constant_count = ${compared.length};
void stub_init_device(void *vdev)
{
${device.pointers.join('\n')}
}
const unsigned int stub_field_count = ${device.own.length + device.behind.length + device.foreign.length};
const unsigned int stub_first_behind = ${device.own.length};
const unsigned int stub_first_foreign = ${device.own.length + device.behind.length};
void stub_set_field(void *vdev, unsigned int field, long value)
{
	switch (field) {
${[...device.own, ...device.behind, ...device.foreign].map((assignment, index) => `\tcase ${index}: ${assignment} break;`).join('\n')}
	default: break;
	}
}
`;
}

export const getStateText = (getState: FunctionDecl): string => `
int stub_get_state(void *vdev, unsigned int *state) { return ${getState.name}(vdev, state); }
`;

/** What a new device has, and assignments of a `value` that other arcs, interrupts or hardware may have made. */
interface DeviceFields {
  /** Objects for pointers into other parts of the kernel. */
  readonly pointers: readonly string[];
  /** The device's own numbers. */
  readonly own: readonly string[];
  /** The driver's own objects behind it, which are there or not, and their numbers. */
  readonly behind: readonly string[];
  /** Members of the kernel's objects that tell devices apart. */
  readonly foreign: readonly string[];
}

function deviceFields(module: CModule, absent: ReadonlySet<string>): DeviceFields {
  const types = new Types(module);
  const pointers: string[] = [];
  const own: string[] = [];
  const behind: string[] = [];
  const foreign: string[] = [];
  for (const struct of module.files.flatMap((f) => f.structs)) {
    const anchor =
      types.deviceStruct({ k: 'struct', name: struct.name, union: false }) && anchorOf(struct.fields, types);
    if (!anchor) continue;
    if (anchor.endsWith('.vdev')) pointers.push('\t((struct vfio_pci_core_device *)vdev)->pdev = stub_object();');
    const at = `((struct ${struct.name} *)((char *)vdev - offsetof(struct ${struct.name}, ${anchor})))`;
    for (const { name, type } of struct.fields) {
      if (absent.has(name)) continue;
      const member = `${at}->${name}`;
      if (types.int(type)) own.push(`${member} = value;`);
      if (type.k !== 'pointer') continue;
      if (isForeign(module, type.to)) pointers.push(`\t${member} = stub_object();`);
      if (structName(type.to) === 'pci_dev') foreign.push(`if (${member}) ${member}->device = value;`);
      const object = module.struct(structName(type.to));
      if (object === undefined) continue;
      behind.push(`${member} = value ? stub_object() : 0;`);
      const numbers = object.fields.filter((f) => types.int(f.type));
      behind.push(...numbers.map((f) => `if (${member}) ${member}->${f.name} = value;`));
    }
  }
  return { pointers, own, behind, foreign };
}

function isForeign(module: CModule, type: CType): boolean {
  return type.k === 'void' || (type.k === 'struct' && module.struct(type.name) === undefined && type.name !== 'file');
}

const structName = (type: CType): string => (type.k === 'struct' ? type.name : '');

function anchorOf(fields: readonly { readonly name: string; readonly type: CType }[], types: Types): string | null {
  for (const field of fields) {
    const struct = types.strip(field.type);
    if (struct?.k !== 'struct') continue;
    if (struct.name === 'vfio_device') return field.name;
    if (struct.name === 'vfio_pci_core_device') return `${field.name}.vdev`;
  }
  return null;
}
