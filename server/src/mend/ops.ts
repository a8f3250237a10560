import { functionAt } from '../analysis/selection';
import { statementsAround } from '../c/outline';
import type { Edit, Ways } from './edit';
import { comment, indentAt, indentUnit, nextLine } from './layout';
import { mark } from './mark';
import { definitionStart, freeName, prefixOf } from './opener';
import { fittingFunctions, suffixOf } from './opFunctions';
import type { MendContext } from './site';
import { siteOf } from './site';
import { wrapped } from './wrap';

/** Ways to give the migration ops a callback that they lack. They are not proved. */
export function* opWays(context: MendContext, op: string): Ways {
  const { driver, module } = context;
  const { location, members } = driver.ops;
  const text = module.file(location.file)?.text;
  const global = module.globals(driver.ops.name, location.file).find(({ file }) => file === location.file);
  const setState = functionAt(module, driver.setState.location);
  if (text === undefined || global === undefined || setState === undefined) return;
  // Behind the last of the other migration ops, on a line of its own as they are.
  const last = members.filter((member) => member.name.startsWith('migration_')).at(-1);
  if (last === undefined || last.location.file !== location.file) return;
  const { file, span } = last.location;
  const value = valueEnd(text, span.end);
  const hasComma = text.slice(span.end, text.indexOf('\n', span.end)).includes(',');
  const comma: readonly Edit[] = hasComma ? [] : [{ file, start: value, end: value, text: ',' }];
  const at = nextLine(text, span.end);
  const member = (name: string): readonly Edit[] => [
    ...comma,
    { file, start: at, end: at, text: `${indentAt(text, span.start)}.${op} = ${name},\n` },
  ];
  const usual = `${prefixOf(context, setState)}_${suffixOf(op)}`;
  for (const name of fittingFunctions(context, op, usual, { file, offset: global.start })) yield member(name);
  const name = freeName(context, usual);
  const definition = definitionOf(context, op, name);
  if (definition === null) return;
  const before = definitionStart(text, global.start);
  const written = wrapped(definition.join('\n'), indentUnit(text));
  yield [{ file, start: before, end: before, text: `${written}\n\n` }, ...member(name)];
}

/** Behind the value of a member whose name or value ends at an offset. */
function valueEnd(text: string, from: number): number {
  return from + (/^[^,}\n]*/.exec(text.slice(from))?.[0].trimEnd().length ?? 0);
}

function definitionOf(context: MendContext, op: string, name: string): readonly string[] | null {
  if (op === 'migration_get_data_size') {
    const work = `${mark} about how many bytes a STOP_COPY right now would give to read.`;
    return [
      `static int ${name}(struct vfio_device *vdev, unsigned long *stop_copy_length)`,
      '{',
      ...comment(work, '\t').map((line) => `\t${line}`),
      '\t*stop_copy_length = 0;',
      '\treturn 0;',
      '}',
    ];
  }
  return op === 'migration_get_state' ? getState(context, name) : null;
}

/** Reads the state from where set_state does, through the same variable. */
function getState(context: MendContext, name: string): readonly string[] | null {
  const { driver, module } = context;
  const decl = functionAt(module, driver.setState.location);
  const site = decl === undefined ? null : siteOf(context, decl);
  const kept = driver.stateLocation?.text;
  if (site === null || kept === undefined) return null;
  const { params, locals } = site.decl.ir();
  const core = locals.find(({ id }) => id === params[0])?.name;
  const base = /^\w+/.exec(kept)?.[0];
  const device = locals.find((local) => local.name === base && !params.includes(local.id));
  if (core == null || device === undefined) return null;
  const offset = site.decl.span.start + device.span.start;
  const declaration = statementsAround(site.body, offset).at(-1);
  if (declaration?.kind !== 'plain') return null;
  const lines = site.text.slice(declaration.span.start, declaration.span.end);
  return [
    `static int ${name}(struct vfio_device *${core}, enum vfio_device_mig_state *current_state)`,
    '{',
    `\t${lines.replace(/\s*\n\s*/g, ' ')}`,
    '',
    ...comment(`${mark} take the lock that set_state takes.`, '\t').map((line) => `\t${line}`),
    `\t*current_state = ${kept};`,
    '\treturn 0;',
    '}',
  ];
}
