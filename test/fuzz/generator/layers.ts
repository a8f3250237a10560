import type { Context } from './context';
import { indent } from './context';

/** A function and the functions around it that hand its arguments on; the outermost has the name that callers use. */
export interface Layers {
  /** What the innermost is called. */
  readonly innermost: string;
  /** Declarations and definitions that stand after the innermost. */
  readonly around: readonly string[];
}

/** Up to two layers around a step function; `returns` and `params` are those of all of them. */
export function layers(context: Context, name: string, returns: string, params: readonly string[]): Layers {
  const { choices } = context;
  const count = choices.pick('layers', [0, 0, 0, 0, 1, 2]);
  const names = [name, ...Array.from({ length: count }, (_, i) => `${name}_${['unlocked', 'checked'][i] ?? i}`)];
  const args = params.map((p) => /\w+$/.exec(p)?.[0] ?? '').join(', ');
  const around = names.slice(0, -1).map((outer, i) => {
    const call = `${names[i + 1]}(${args})`;
    const lines =
      returns === 'int '
        ? layerOfInt(choices.pick('layer.int', ['tail', 'local', 'negative']), call)
        : layerOfFile(choices.pick('layer.file', ['tail', 'local', 'cast', 'guard']), call);
    return `static ${returns}${outer}(${params.join(', ')})\n{\n${indent(lines).join('\n')}\n}`;
  });
  return { innermost: names.at(-1) ?? name, around: around.reverse() };
}

function layerOfFile(how: string, call: string): string[] {
  switch (how) {
    case 'local':
      return [
        `struct file *made = ${call};`,
        '',
        'if (IS_ERR(made))',
        '\tdev_dbg(d->regs, "%ld", PTR_ERR(made));',
        'return made;',
      ];
    case 'cast':
      return [`struct file *made = ${call};`, '', 'if (!IS_ERR(made))', '\treturn made;', 'return ERR_CAST(made);'];
    case 'guard':
      return ['if (!d)', '\treturn ERR_PTR(-ENODEV);', `return ${call};`];
    default:
      return [`return ${call};`];
  }
}

function layerOfInt(how: string, call: string): string[] {
  switch (how) {
    case 'local':
      return ['int ret;', '', `ret = ${call};`, 'if (ret)', '\tdev_dbg(d->regs, "%d", ret);', 'return ret;'];
    case 'negative':
      return [`const int ret = ${call};`, '', 'return ret < 0 ? ret : 0;'];
    default:
      return [`return ${call};`];
  }
}
