import type { Context } from './context';
import { indent } from './context';
import type { Device } from './device';
import type { Step } from './step';

/** The definitions of set_state and get_state around a step. */
export function setState(context: Context, device: Device, step: Step, name: string): string {
  const { choices, struct } = context;
  const type = choices.pick('next.type', [
    'enum vfio_device_mig_state',
    'enum vfio_device_mig_state',
    'u32',
    'unsigned int',
  ]);
  const read = device.read(choices);
  const loop = choices.pick('setState', [
    'while',
    'while',
    'for',
    'do',
    'no core',
    'by value',
    'more conditions',
    'early returns',
    'hides errors',
  ]);
  const locking = choices.pick('setState.lock', ['calls', 'guard', 'none', 'scoped']);
  const asked = choices.pick('setState.asked', ['new_state', 'target', 'state']);
  // A type of the driver's own for the next state needs a cast, as the core's parameter is an enum.
  const next = type.startsWith('enum') ? '&next' : '(enum vfio_device_mig_state *)&next';
  const checkMode = choices.pick('setState.check', ['IS_ERR', 'IS_ERR', 'ternary']);
  const label = step.label ? [`${step.label}:`] : [];
  const after = (): string[] => [...label, 'if (IS_ERR(res))', '\tbreak;', device.write(choices, 'next')];
  const ask = (current: string): string[] => [
    `ret = vfio_mig_get_next_state(vdev, ${current}, ${asked}, ${next});`,
    'if (ret) {',
    '\tres = ERR_PTR(ret);',
    '\tbreak;',
    '}',
  ];
  const warn = choices.chance('setState.warn', 40)
    ? [
        `if (WARN_ON(res && ${asked} != ${device.state})) {`,
        '\tfput(res);',
        '\tres = ERR_PTR(-EINVAL);',
        '\tbreak;',
        '}',
      ]
    : [];
  const round = [...ask(read), ...step.call(read, 'next', asked), ...after(), ...warn];
  let lines: string[];
  switch (loop) {
    case 'for':
      lines = ['for (;;) {', `\tif (${device.state} == ${asked})`, '\t\tbreak;', ...indent(round), '}'];
      break;
    case 'do':
      lines = [
        `if (${asked} == ${device.state})`,
        '\tgoto unlock;',
        'do {',
        ...indent(round),
        `} while (${device.state} != ${asked});`,
        'unlock:',
        ';',
      ];
      break;
    case 'no core':
      lines = [
        `next = ${asked};`,
        ...step.call(read, 'next', asked),
        ...label,
        ...(choices.chance('setState.stale', 15) ? [] : ['if (!IS_ERR(res))', `\t${device.write(choices, 'next')}`]),
      ];
      break;
    case 'by value': {
      // A helper that answers the next state, or ERROR when there is no way.
      const helper = `${name}_next`;
      context.declare(`static u32 ${helper}(struct vfio_device *vdev, u32 cur, u32 target)
{
	enum vfio_device_mig_state next;

	if (vfio_mig_get_next_state(vdev, cur, target, &next))
		return VFIO_DEVICE_STATE_ERROR;
	return next;
}`);
      lines = [
        `while (${device.state} != ${asked}) {`,
        `\tnext = ${helper}(vdev, ${read}, ${asked});`,
        '\tif (next == VFIO_DEVICE_STATE_ERROR) {',
        '\t\tres = ERR_PTR(-EINVAL);',
        '\t\tbreak;',
        '\t}',
        ...indent([...step.call(read, 'next', asked), ...after(), ...warn]),
        '}',
      ];
      break;
    }
    case 'more conditions':
      lines = [
        `while (!IS_ERR(res) && ${device.state} != ${asked} && ${device.state} != VFIO_DEVICE_STATE_ERROR) {`,
        ...indent(round),
        '}',
      ];
      break;
    case 'early returns': {
      const leave = locking === 'calls' ? '\tgoto unlock;' : '\treturn res;';
      lines = [
        `while (${asked} != ${read}) {`,
        ...indent([
          ...ask(read),
          ...step.call(read, 'next', asked),
          ...label,
          'if (IS_ERR(res))',
          leave,
          device.write(choices, 'next'),
          ...warn,
        ]),
        '}',
        ...(locking === 'calls' ? ['unlock:', ';'] : []),
      ];
      break;
    }
    case 'hides errors':
      lines = [
        `while (${asked} != ${read}) {`,
        ...indent(round),
        '}',
        ...(choices.chance('setState.hides', 40) ? ['if (IS_ERR(res))', '\tres = NULL;'] : []),
      ];
      break;
    default:
      lines = [
        choices.pick('setState.while', [`while (${asked} != ${read}) {`, `while (${read} != ${asked}) {`]),
        ...indent(round),
        '}',
      ];
  }
  if (locking === 'calls') lines = [`mutex_lock(&${device.lock});`, ...lines, `mutex_unlock(&${device.lock});`];
  if (locking === 'scoped') lines = [`scoped_guard(mutex, &${device.lock}) {`, ...indent(lines), '}'];
  const head = [
    `struct ${struct} *d = ${device.fromCore};`,
    `${type} next;`,
    'struct file *res = NULL;',
    'int ret;',
    '',
    ...(locking === 'guard' ? [`guard(mutex)(&${device.lock});`] : []),
    ...(choices.chance('setState.errorGuard', 12)
      ? [`if (${device.state} == VFIO_DEVICE_STATE_ERROR)`, '\treturn ERR_PTR(-EIO);']
      : []),
    ...(choices.chance('setState.final', 10)
      ? [`if (${asked} == VFIO_DEVICE_STATE_RUNNING)`, '\tdev_dbg(d->regs, "running soon");']
      : []),
    ...(choices.chance('setState.sentinel', 8) ? [`if (${device.state} == 0xff)`, '\treturn ERR_PTR(-ENODEV);'] : []),
  ];
  const result = checkMode === 'ternary' ? 'return IS_ERR(res) ? ERR_CAST(res) : res;' : 'return res;';
  const ops = [...head, ...lines, result];
  const getName = `${name.replace('set', 'get')}`;
  const get = choices.pick('getState', [
    `*cur = ${device.state};`,
    `mutex_lock(&${device.lock});\n\t*cur = ${device.state};\n\tmutex_unlock(&${device.lock});`,
    `*cur = ${device.read(choices)};`,
  ]);
  const locked = choices.chance('setState.thin', 12) ? `${name}_locked` : name;
  const thin =
    locked === name
      ? ''
      : `

static struct file *${name}(struct vfio_device *vdev, enum vfio_device_mig_state ${asked})
{
	struct file *filp = ${locked}(vdev, ${asked});

	if (IS_ERR(filp))
		pr_debug("%ld", PTR_ERR(filp));
	return filp;
}`;
  return `static struct file *${locked}(struct vfio_device *vdev, enum vfio_device_mig_state ${asked})
{
${indent(ops).join('\n')}
}${thin}

static int ${getName}(struct vfio_device *vdev, enum vfio_device_mig_state *cur)
{
	struct ${struct} *d = ${device.fromCore};

	${get}
	return 0;
}`;
}
