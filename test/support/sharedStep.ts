import type { ExampleParts } from '../../server/src/rules/example';
import { exampleDriver } from '../../server/src/rules/example';

/** The files of two drivers, one.ko and two.ko, that share the one with their step function, by name. */
export function sharedStep(parts: ExampleParts = {}): Readonly<Record<string, string>> {
  const whole = exampleDriver(parts);
  const cut = whole.indexOf('static int demo_get_state');
  const own = (name: string): string => whole.slice(cut).replaceAll('demo_migration_ops', `${name}_migration_ops`);
  return {
    Makefile: 'obj-m := one.o two.o\none-y := one_main.o shared.o\ntwo-y := two_main.o shared.o\n',
    'shared.c': whole.slice(0, cut).replace('static struct file *demo_set_state', 'struct file *demo_set_state'),
    'one_main.c': own('one'),
    'two_main.c': own('two'),
  };
}
