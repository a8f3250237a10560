import type { Action, Context, Exit } from './context';
import { body, indent } from './context';

/** The things that arcs of one driver do; declares the functions behind them. Foreign functions go to `foreign`. */
export function actions(context: Context, foreign: string[]): Record<string, Action> {
  const { choices, struct, prefix } = context;
  const define = (id: string, file: string, errno: string | null, fn: string, lines: readonly string[]): Action => {
    context.declare(
      `static struct file *${fn}(struct ${struct} *d)\n{\n${lines.map((l) => (l === '' ? '' : `\t${l}`)).join('\n')}\n}`,
    );
    return { id, file, errno, fn };
  };
  const hw = (what: string): string => {
    const name = `${prefix}_hw_${what}`;
    context.declare(`int ${name}(struct ${struct} *d);`);
    foreign.push(`int ${name}(struct ${struct} *d) { return fuzz_result("${name}"); }`);
    return name;
  };
  const found: Record<string, Action> = {};
  found['null'] = define(
    'null',
    choices.pick('action.null', ['NULL', 'NULL', '0', '(struct file *)NULL']),
    null,
    `${prefix}_quiet`,
    ['dev_dbg(d->regs, "quiet");', 'return NULL;'],
  );
  const stop = hw('stop');
  found['stop'] = define(
    'stop',
    choices.pick('action.stop', [`${prefix}_stop(d)`, `${stop}(d) ? ERR_PTR(-EIO) : NULL`, `ERR_PTR(${stop}(d))`]),
    null,
    `${prefix}_stop`,
    stopping(context, stop, hw),
  );
  context.declare(`static void ${prefix}_close(struct ${struct} *d)
{
	if (d->saving) {
		fput(d->saving->filp);
		d->saving = NULL;
	}
	if (d->resuming) {
		fput(d->resuming->filp);
		d->resuming = NULL;
	}
}`);
  found['close'] = define('close', `${prefix}_end(d)`, null, `${prefix}_end`, [
    `${prefix}_close(d);`,
    `return ERR_PTR(${hw('reset')}(d));`,
  ]);
  context.declare(`static const struct file_operations ${prefix}_fops;`);
  found['save'] = define(
    'save',
    `${prefix}_open_save(d)`,
    null,
    `${prefix}_open_save`,
    opener(context, 'saving', 'O_RDONLY'),
  );
  found['resume'] = define(
    'resume',
    `${prefix}_open_resume(d)`,
    null,
    `${prefix}_open_resume`,
    opener(context, 'resuming', 'O_WRONLY'),
  );
  for (const [id, member, mode] of [
    ['save', 'saving', 'O_RDONLY'],
    ['resume', 'resuming', 'O_WRONLY'],
  ] as const) {
    const action = found[id];
    if (action && choices.chance('action.inline', 15))
      found[id] = { ...action, inline: inlineFile(context, member, mode) };
  }
  byArgument(context, found);
  byCallback(context, found);
  const session = choices.pick('action.session', [
    'd->saving->filp',
    'get_file(d->saving->filp)',
    `${prefix}_session(d)`,
  ]);
  found['session'] = define('session', session, null, `${prefix}_session`, [
    `struct ${prefix}_file *f = d->saving;`,
    '',
    'get_file(f->filp);',
    'return f->filp;',
  ]);
  for (const errno of ['EOPNOTSUPP', 'EIO', 'EBUSY', 'EPERM']) {
    found[errno] = define(errno, `ERR_PTR(-${errno})`, errno, `${prefix}_fail_${errno.toLowerCase()}`, [
      `return ERR_PTR(-${errno});`,
    ]);
  }
  return found;
}

/** The device is stopped by one call or several, whose errors end up as the arc's in one of many ways. */
function stopping({ choices }: Context, stop: string, hw: (what: string) => string): string[] {
  switch (choices.pick('stop.how', ['one', 'two', 'undo', 'else', 'own', 'elvis', 'negative', 'in test', 'ignored'])) {
    case 'two':
      return [
        'int ret;',
        '',
        `ret = ${stop}(d);`,
        'if (ret)',
        '\tgoto err;',
        `ret = ${hw('drain')}(d);`,
        'if (ret)',
        '\tgoto err;',
        'return NULL;',
        'err:',
        'dev_dbg(d->regs, "%d", ret);',
        'return ERR_PTR(ret);',
      ];
    case 'undo':
      return [
        `int ret = ${stop}(d);`,
        '',
        'if (ret)',
        '\treturn ERR_PTR(ret);',
        `ret = ${hw('drain')}(d);`,
        'if (ret) {',
        `\t${hw('restart')}(d);`,
        '\treturn ERR_PTR(ret);',
        '}',
        'return NULL;',
      ];
    case 'else':
      return [
        `int ret = ${stop}(d);`,
        '',
        'if (!ret)',
        `\tret = ${hw('drain')}(d);`,
        'if (!ret)',
        `\tret = ${hw('quiesce')}(d);`,
        'return ERR_PTR(ret);',
      ];
    case 'own':
      return [
        `if (${stop}(d))`,
        '\treturn ERR_PTR(-EIO);',
        `if (${hw('drain')}(d) < 0)`,
        '\treturn ERR_PTR(-EBUSY);',
        'return NULL;',
      ];
    case 'elvis':
      return [`int ret = ${stop}(d) ?: ${hw('drain')}(d);`, '', 'return ret ? ERR_PTR(ret) : NULL;'];
    case 'negative':
      return [`const int ret = ${stop}(d);`, '', 'if (ret < 0)', '\treturn ERR_PTR(ret);', 'return 0;'];
    case 'in test':
      return ['int ret;', '', `if ((ret = ${stop}(d)) != 0)`, '\treturn ERR_PTR(ret);', 'return NULL;'];
    case 'ignored':
      return [
        'int ret;',
        '',
        `${hw('drain')}(d);`,
        `ret = ${stop}(d);`,
        'if (ret)',
        '\treturn ERR_PTR(ret);',
        `(void)${hw('quiesce')}(d);`,
        'return NULL;',
      ];
    default:
      return [`int ret = ${stop}(d);`, '', 'if (ret)', '\treturn ERR_PTR(ret);', 'return NULL;'];
  }
}

/** One helper that gives either file or none, as its arguments say. */
function byArgument(context: Context, found: Record<string, Action>): void {
  const { choices, prefix, struct } = context;
  if (!choices.chance('action.byArgument', 20)) return;
  const name = `${prefix}_data_file`;
  context.declare(`static struct file *${name}(struct ${struct} *d, enum vfio_device_mig_state wants, bool open)
{
	if (!open)
		return NULL;
	switch (wants) {
	case VFIO_DEVICE_STATE_STOP_COPY:
	case VFIO_DEVICE_STATE_PRE_COPY:
		return ${prefix}_open_save(d);
	case VFIO_DEVICE_STATE_RESUMING:
		return ${prefix}_open_resume(d);
	default:
		return ERR_PTR(-EINVAL);
	}
}`);
  const give = (id: string, args: string): void => {
    const action = found[id];
    if (action) found[id] = { ...action, file: `${name}(d, ${args})` };
  };
  give('null', 'VFIO_DEVICE_STATE_RESUMING, false');
  give('save', 'VFIO_DEVICE_STATE_STOP_COPY, true');
  give('resume', 'VFIO_DEVICE_STATE_RESUMING, 1');
}

/** An arc's work handed to a function that runs it. */
function byCallback(context: Context, found: Record<string, Action>): void {
  const { choices, prefix, struct } = context;
  if (!choices.chance('action.byCallback', 15)) return;
  const name = `${prefix}_with_lock`;
  context.declare(`static struct file *${name}(struct ${struct} *d, struct file *(*work)(struct ${struct} *d))
{
	struct file *filp;

	lockdep_assert_held(&d->lock);
	filp = work(d);
	return filp;
}`);
  for (const id of ['stop', 'close', 'resume']) {
    const action = found[id];
    if (action) found[id] = { ...action, file: `${name}(d, ${action.fn})` };
  }
}

/** The statements of an arc that makes its file itself. */
function inlineFile({ prefix }: Context, member: string, mode: string): (exit: Exit) => string[] {
  return (exit) => [
    '{',
    ...indent([
      `struct ${prefix}_file *f = kzalloc(sizeof(*f), GFP_KERNEL);`,
      '',
      ...body('if (!f)', exit.errno('ENOMEM'), false),
      `f->filp = anon_inode_getfile("${prefix}", &${prefix}_fops, f, ${mode});`,
      ...body('if (IS_ERR(f->filp))', exit.file('ERR_CAST(f->filp)'), true),
      `d->${member} = f;`,
      ...exit.file('f->filp'),
    ]),
    '}',
  ];
}

function opener(context: Context, member: string, mode: string): string[] {
  const { choices, prefix } = context;
  const get = (f: string): string => `anon_inode_getfile("${prefix}-${member}", &${prefix}_fops, ${f}, ${mode})`;
  switch (choices.pick('opener', ['local', 'member', 'cleanup', 'goto', 'shared', 'cleanup file', 'handed out'])) {
    case 'member':
      return [
        `d->${member} = kzalloc(sizeof(*d->${member}), GFP_KERNEL);`,
        `if (!d->${member})`,
        '\treturn ERR_PTR(-ENOMEM);',
        `d->${member}->filp = ${get(`d->${member}`)};`,
        `if (IS_ERR(d->${member}->filp))`,
        `\treturn ERR_CAST(d->${member}->filp);`,
        `stream_open(NULL, d->${member}->filp);`,
        `return d->${member}->filp;`,
      ];
    case 'cleanup':
      return [
        `struct ${prefix}_file *f __free(kfree) = kzalloc(sizeof(*f), GFP_KERNEL);`,
        '',
        'if (!f)',
        '\treturn ERR_PTR(-ENOMEM);',
        `f->filp = ${get('f')};`,
        'if (IS_ERR(f->filp))',
        '\treturn f->filp;',
        `d->${member} = no_free_ptr(f);`,
        `return d->${member}->filp;`,
      ];
    case 'cleanup file':
      return [
        `struct file *filp __free(fput) = NULL;`,
        `struct ${prefix}_file *f;`,
        '',
        'f = kzalloc(sizeof(*f), GFP_KERNEL);',
        'if (!f)',
        '\treturn ERR_PTR(-ENOMEM);',
        `filp = ${get('f')};`,
        'if (IS_ERR(filp))',
        '\treturn no_free_ptr(filp);',
        'f->filp = filp;',
        `d->${member} = f;`,
        'return_ptr(filp);',
      ];
    case 'handed out':
      context.declare(`static bool ${prefix}_try_file(struct ${prefix}_file **f, int mode, int *error)
{
	*error = -ENOMEM;
	*f = kzalloc(sizeof(**f), GFP_KERNEL);
	if (!*f)
		return false;
	(*f)->filp = anon_inode_getfile("${prefix}", &${prefix}_fops, *f, mode);
	if (!IS_ERR((*f)->filp))
		return true;
	*error = PTR_ERR((*f)->filp);
	return false;
}`);
      return [
        'int error;',
        '',
        `if (!${prefix}_try_file(&d->${member}, ${mode}, &error))`,
        '\treturn ERR_PTR(error);',
        `return d->${member}->filp;`,
      ];
    case 'goto':
      return [
        `struct ${prefix}_file *f;`,
        'int ret;',
        '',
        'f = kzalloc(sizeof(*f), GFP_KERNEL);',
        'if (!f)',
        '\treturn ERR_PTR(-ENOMEM);',
        `f->filp = ${get('f')};`,
        'if (IS_ERR(f->filp)) {',
        '\tret = PTR_ERR(f->filp);',
        '\tgoto err_free;',
        '}',
        `d->${member} = f;`,
        'return f->filp;',
        'err_free:',
        'kfree(f);',
        'return ERR_PTR(ret);',
      ];
    case 'shared':
      context.declare(`static int ${prefix}_make_file(struct ${prefix}_file **out, int mode)
{
	struct ${prefix}_file *f = kzalloc(sizeof(*f), GFP_KERNEL);
	int ret = 0;

	if (!f)
		return -ENOMEM;
	f->filp = anon_inode_getfile("${prefix}", &${prefix}_fops, f, mode);
	ret = PTR_ERR_OR_ZERO(f->filp);
	if (ret)
		kfree(f);
	else
		*out = f;
	return ret;
}`);
      return [
        `int ret = ${prefix}_make_file(&d->${member}, ${mode});`,
        '',
        `return ret ? ERR_PTR(ret) : d->${member}->filp;`,
      ];
    default:
      return [
        `struct ${prefix}_file *f = kzalloc(sizeof(*f), GFP_KERNEL);`,
        '',
        'if (!f)',
        '\treturn ERR_PTR(-ENOMEM);',
        `f->filp = ${get('f')};`,
        'if (IS_ERR_OR_NULL(f->filp)) {',
        '\tint err = PTR_ERR(f->filp);',
        '',
        '\tkfree(f);',
        '\treturn ERR_PTR(err);',
        '}',
        'mutex_init(&f->lock);',
        `d->${member} = f;`,
        'return f->filp;',
      ];
  }
}
