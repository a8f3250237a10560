import type { FlagName } from '../../../server/src/uapi';
import type { DeviceCapability } from './capabilities';
import type { Context } from './context';
import { body, underCondition } from './context';

/** A flag that is declared always or only with a capability. */
export interface FlagChoice {
  readonly flag: FlagName;
  readonly when: DeviceCapability | null;
}

const constant = (flag: FlagName): string => `VFIO_MIGRATION_${flag}`;

/** Statements that leave the flags in `vdev->migration_flags`. */
export function declareFlags(context: Context, flags: readonly FlagChoice[]): string[] {
  const { choices, prefix, struct } = context;
  const helper = context.name('flags');
  const info = context.name('info');
  const always = flags.filter((f) => !f.when).map((f) => constant(f.flag));
  const sometimes = flags.filter((f) => f.when);
  const sum = choices.shuffled('flags.order', always).join(choices.pick('flags.or', [' | ', ' |\n\t\t']));
  const text = choices.chance('flags.parens', 15) ? `(${sum})` : sum;
  const target = 'vdev->migration_flags';
  const add = (to: string): string[] =>
    sometimes.flatMap(({ flag, when }) => {
      const line = choices.pick('flags.add', [`${to} |= ${constant(flag)};`, `${to} = ${to} | ${constant(flag)};`]);
      return when ? underCondition(when, [line]) : [line];
    });
  const [only] = sometimes;
  switch (
    choices.pick('flags.how', ['direct', 'local', 'helper', 'field', 'if else', 'ternary', 'struct', '#else', 'out'])
  ) {
    case 'local':
      return [`u32 flags = ${text};`, '', ...add('flags'), `${target} = flags;`];
    case 'helper':
      context.declare(
        `static u32 ${helper}(struct ${struct} *d)\n{\n\tu32 flags = ${text};\n\n\t${add('flags').join('\n\t').replace(/\t#/g, '#')}\n\treturn flags;\n}`,
      );
      return [`${target} = ${helper}(d);`];
    case 'field':
      return [`d->mig_flags = ${text};`, ...add('d->mig_flags'), `${target} = d->mig_flags;`];
    case 'if else':
      if (sometimes.length !== 1 || !only?.when || only.when.option) break;
      return [
        ...body(`if (${only.when.test})`, [`${target} = ${text} | ${constant(only.flag)};`], false),
        ...body('else', [`${target} = ${text};`], false),
      ];
    case '#else':
      if (sometimes.length !== 1 || !only?.when?.option) break;
      return [
        `#ifdef ${only.when.option}`,
        `${target} = ${text} | ${constant(only.flag)};`,
        '#else',
        `${target} = ${text};`,
        '#endif',
      ];
    case 'out':
      context.declare(
        `static void ${helper}(struct ${struct} *d, u32 *out)\n{\n\t*out = ${text};\n\t${add('*out').join('\n\t').replace(/\t#/g, '#')}\n}`,
      );
      return [`${helper}(d, &${target});`];
    case 'ternary':
      if (sometimes.length !== 1 || !only?.when || only.when.option) break;
      return [`${target} = ${text} | (${only.when.test} ? ${constant(only.flag)} : 0);`];
    case 'struct':
      if (sometimes.length > 0) break;
      context.declare(`static const struct { const char *name; u32 flags; } ${info} = { "${prefix}", ${text} };`);
      return [`${target} = ${info}.flags;`];
  }
  return [`${target} = ${text};`, ...add(target)];
}
