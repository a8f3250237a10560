import type { ExampleParts } from '../../server/src/rules/example';
import { exampleDriver } from '../../server/src/rules/example';

const makefile = 'obj-m := one.o two.o\none-y := one_main.o shared.o\ntwo-y := two_main.o shared.o\n';

/** The files of two drivers, one.ko and two.ko, that share the one with their step function, by name. */
export function sharedStep(parts: ExampleParts = {}): Readonly<Record<string, string>> {
  const whole = exampleDriver(parts);
  const cut = whole.indexOf('static int demo_get_state');
  const own = (name: string): string => whole.slice(cut).replaceAll('demo_migration_ops', `${name}_migration_ops`);
  return {
    Makefile: makefile,
    'shared.c': whole.slice(0, cut).replace('static struct file *demo_set_state', 'struct file *demo_set_state'),
    'one_main.c': own('one'),
    'two_main.c': own('two'),
  };
}

/** The files of two drivers, one.ko and two.ko, that share a file with the step functions of both, by name. */
export function sharedFile(one: ExampleParts, two: ExampleParts): Readonly<Record<string, string>> {
  const [first, second] = [halves('one', one), halves('two', two)];
  return {
    Makefile: makefile,
    'shared.c': first.shared + second.shared,
    'one_main.c': first.main,
    'two_main.c': second.main,
  };
}

function halves(name: string, parts: ExampleParts): { readonly shared: string; readonly main: string } {
  const whole = exampleDriver(parts).replaceAll('demo', name);
  const cut = whole.indexOf(`static int ${name}_get_state`);
  const shared = whole.slice(0, cut).replace(`static struct file *${name}_set_state`, `struct file *${name}_set_state`);
  return { shared, main: whole.slice(cut) };
}
