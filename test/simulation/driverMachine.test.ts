import assert from 'node:assert/strict';
import { analyse } from '../../server/src/analysis';
import { setState } from '../../server/src/device';
import { describeDriver } from '../../server/src/simulation';
import type { MachineArc, MachineDescription } from '../../server/src/wire';
import { moduleOf, newest } from '../support/analyse';
import { type DriverParts, driverText } from '../support/driverText';
import { arm, describedAs, deviceIn, setupOf } from './machines';

const S = 'VFIO_DEVICE_STATE_';
const precopy = 'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY';

/** The arcs of a driver that declares STOP_COPY, each with what it answers; null leaves the arc out. */
const plain: Readonly<Record<string, string | null>> = {
  'STOP RUNNING': 'NULL',
  'RUNNING STOP': 'NULL',
  'STOP STOP_COPY': 'open_save(d)',
  'STOP RESUMING': 'open_resume(d)',
  'STOP_COPY STOP': 'close_files(d), NULL',
  'RESUMING STOP': 'close_files(d), NULL',
};
const withPrecopy: Readonly<Record<string, string | null>> = {
  ...plain,
  'RUNNING PRE_COPY': 'open_save(d)',
  'PRE_COPY RUNNING': 'close_files(d), NULL',
  'PRE_COPY STOP_COPY': 'NULL',
};

function step(arcs: Readonly<Record<string, string | null>>, refusal = 'ERR_PTR(-EINVAL)'): string {
  const arms = Object.entries(arcs).flatMap(([arc, answer]) => {
    const [from, to] = arc.split(' ');
    return answer === null ? [] : [`\tif (cur == ${S}${from} && new == ${S}${to})\n\t\treturn ${answer};`];
  });
  return `static struct file *step(struct dev *d, u32 new)\n{\n\tu32 cur = d->state;\n\n${arms.join('\n')}\n\treturn ${refusal};\n}\n`;
}

async function machineOfText(text: string, flagSet = 0): Promise<MachineDescription> {
  const module = await moduleOf({ 'driver.c': text });
  const [driver] = analyse(module, { profile: newest }).drivers;
  assert.ok(driver);
  return describedAs(driver, module, flagSet);
}

const machine = (parts: Partial<DriverParts> & { readonly arcs?: Readonly<Record<string, string | null>> } = {}) =>
  machineOfText(driverText({ step: step(parts.arcs ?? plain), ...parts }));

function arc({ arcs }: MachineDescription, from: string, to: string): MachineArc {
  const found = arcs.find((each) => each.from === from && each.to === to);
  assert.ok(found);
  return found;
}

describe('the machine of a driver', () => {
  it('has every pair of the states that the flags allow, with handler and story', async () => {
    const described = await machine();
    assert.deepEqual(described.states, ['STOP', 'RUNNING', 'STOP_COPY', 'RESUMING']);
    assert.equal(described.arcs.length, 12);
    assert.deepEqual(described.ref, { kind: 'driver', uri: 'driver.c', ops: 'mig_ops', flagSet: 0 });
    const save = arc(described, 'STOP', 'STOP_COPY');
    const lines = driverText({ step: step(plain) }).split('\n');
    assert.match(lines[save.handler?.range.start.line ?? 0] ?? '', /cur == .*STOP && new == .*STOP_COPY/);
    assert.ok(save.story.some(({ what }) => what === 'calls open_save()'));
    assert.deepEqual([save.verdict, save.outcome], ['handled', { kind: 'success', file: 'as-due' }]);
  });

  it('has a switch for each call that fails and each refusal of its own, by name', async () => {
    const { faults } = arc(await machine(), 'STOP', 'STOP_COPY');
    assert.deepEqual(
      faults.map(({ id, errno, errnoKnown, call, leaves, text }) => ({ id, errno, errnoKnown, call, leaves, text })),
      [
        {
          id: 'STOP->STOP_COPY@open_save/-ENOMEM',
          errno: 'ENOMEM',
          errnoKnown: true,
          call: null,
          leaves: 'state',
          text: 'open_save() finds !f',
        },
        {
          id: 'STOP->STOP_COPY@open_save/anon_inode_getfile',
          errno: 'EIO',
          errnoKnown: false,
          call: 'anon_inode_getfile',
          leaves: 'state',
          text: 'anon_inode_getfile() fails',
        },
      ],
    );
  });

  it('keeps the names of switches when other functions change and lines move', async () => {
    const ids = (described: MachineDescription) => described.arcs.flatMap(({ faults }) => faults.map(({ id }) => id));
    const before = await machine();
    const after = await machine({ prelude: '/* one\n more\n line */\nstatic int helper(void) { return kick(); }\n' });
    assert.notDeepEqual(before.arcs, after.arcs);
    assert.deepEqual(ids(after), ids(before));
  });

  it('refuses with the errno that the driver gives', async () => {
    const described = await machineOfText(
      driverText({ step: step({ ...plain, 'STOP RESUMING': null }, 'ERR_PTR(-EOPNOTSUPP)') }),
    );
    const refused = arc(described, 'STOP', 'RESUMING');
    assert.deepEqual([refused.verdict, refused.outcome], ['missing', { kind: 'missing', errno: 'EOPNOTSUPP' }]);
    assert.deepEqual(refused.faults, []);
    const driven = deviceIn(setupOf(described), 'RUNNING');
    const reply = driven.feature(setState('A', 'RESUMING'));
    assert.deepEqual([reply.errno, reply.path], ['EOPNOTSUPP', ['RUNNING', 'STOP']]);
  });

  it('goes to ERROR where the driver does', async () => {
    const loop = driverText({ step: step({ ...plain, 'RUNNING STOP': 'ERR_PTR(halt(d))' }) }).replace(
      'if (IS_ERR(res))\n\t\t\tbreak;',
      `if (IS_ERR(res)) {\n\t\t\td->state = ${S}ERROR;\n\t\t\tbreak;\n\t\t}`,
    );
    const described = await machineOfText(loop);
    const [fault] = arc(described, 'RUNNING', 'STOP').faults;
    assert.equal(fault?.leaves, 'ERROR');
    assert.equal(described.traits.failedArcLeaves, 'ERROR');
    const driven = deviceIn(setupOf(described), 'RUNNING');
    arm(driven, { from: 'RUNNING', to: 'STOP' }, fault);
    assert.equal(driven.call(setState('A', 'STOP')), 'EIO');
    assert.equal(driven.state(), 'ERROR');
  });

  it('hands out what the driver does: NULL where a file is due, the file again, a file that nobody asked for', async () => {
    const described = await machine({
      flags: precopy,
      arcs: {
        ...withPrecopy,
        'STOP RESUMING': 'NULL',
        'PRE_COPY STOP_COPY': 'get_file(d->saving->filp)',
        'RUNNING STOP': 'open_save(d)',
      },
    });
    const file = (from: string, to: string) => {
      const { outcome } = arc(described, from, to);
      return outcome.kind === 'success' ? outcome.file : outcome.kind;
    };
    assert.deepEqual(
      [file('STOP', 'RESUMING'), file('PRE_COPY', 'STOP_COPY'), file('RUNNING', 'STOP')],
      ['null', 'session-file', 'new-file'],
    );
    const driven = deviceIn(setupOf(described), 'RUNNING');
    const first = driven.set('PRE_COPY');
    const again = driven.set('STOP_COPY');
    assert.notEqual(first, again);
    driven.call({ kind: 'read', fd: first, length: 1000 });
    assert.equal(driven.call({ kind: 'read', fd: again, length: 1000 }), 200, 'both fds share one stream');
    driven.set('STOP');
    assert.equal(driven.call({ kind: 'read', fd: again, length: 1000 }), 'ENODEV');
  });

  it('answers success without having moved where the driver drops an error', async () => {
    const text = driverText({ step: step({ ...plain, 'RUNNING STOP': null }) }).replace(
      'if (IS_ERR(res))\n\t\t\tbreak;',
      'if (IS_ERR(res)) {\n\t\t\tres = NULL;\n\t\t\tbreak;\n\t\t}',
    );
    const described = await machineOfText(text);
    assert.deepEqual(arc(described, 'RUNNING', 'STOP').outcome, { kind: 'success', file: 'as-due', leaves: 'state' });
    const driven = deviceIn(setupOf(described), 'RUNNING');
    const reply = driven.feature(setState('A', 'STOP_COPY'));
    assert.deepEqual([reply.errno, reply.struct?.dataFd, driven.state()], [null, -1, 'RUNNING']);
  });

  it('is another one under each flag set', async () => {
    const text = driverText({
      step: step({ ...plain, 'RUNNING PRE_COPY': 'd->has_precopy ? open_save(d) : ERR_PTR(-EPERM)' }),
      flags: `d->has_precopy = query_hw(d) > 1;\n\tvdev->migration_flags = d->has_precopy ? ${precopy} : VFIO_MIGRATION_STOP_COPY;`,
    });
    const rich = await machineOfText(text);
    const poor = await machineOfText(text, 1);
    assert.deepEqual([rich.flags, poor.flags], [['STOP_COPY', 'PRE_COPY'], ['STOP_COPY']]);
    assert.equal(arc(rich, 'RUNNING', 'PRE_COPY').verdict, 'handled');
    assert.equal(
      poor.arcs.some(({ to }) => to === 'PRE_COPY'),
      false,
    );
    const module = await moduleOf({ 'driver.c': text });
    const [driver] = analyse(module, { profile: newest }).drivers;
    assert.ok(driver);
    const at = () => ({ uri: '', range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } });
    assert.equal(describeDriver({ driver, module, flagSet: 2, name: 'x', at }), null);
  });

  it('tells under which condition an arc is handled, and can refuse it', async () => {
    const described = await machine({
      arcs: { ...plain, 'STOP RESUMING': 'IS_ENABLED(CONFIG_LOAD) ? open_resume(d) : ERR_PTR(-EPERM)' },
    });
    const conditional = arc(described, 'STOP', 'RESUMING');
    assert.deepEqual([conditional.verdict, conditional.outcome.kind], ['conditional', 'success']);
    assert.match(conditional.condition ?? '', /CONFIG_LOAD/);
    assert.ok(conditional.faults.some(({ errno }) => errno === 'EPERM'));
  });
});

describe('the traits of a driver', () => {
  const fops = (members: string) => `
static ssize_t save_read(struct file *filp, char __user *buf, size_t len, loff_t *pos)
{
	struct mig_file *f = filp->private_data;
	ssize_t done = 0;

	if (f->disabled)
		return -ENODEV;
	if (!f->left)
		return f->precopy ? -ENOMSG : 0;
	return done;
}
static const struct file_operations save_fops = {
	.read = save_read,
${members}};
`;
  const traitsOf = async (members: string, more = '') => {
    const text = `${fops(members)}${driverText({ step: step(withPrecopy), flags: precopy })}${more}`;
    const { traits, traitSources } = await machineOfText(text);
    const known = new Set(traitSources.map(({ trait }) => trait));
    return { traits, known };
  };

  it('follow the operations of the file that set_state makes', async () => {
    const bare = await traitsOf('');
    assert.deepEqual(
      [bare.traits.poll, bare.traits.seek, bare.traits.precopyInfo, bare.traits.temporaryEnd],
      ['none', 'refused', false, 'ENOMSG'],
    );
    const full = await traitsOf(
      '\t.poll = save_poll,\n\t.llseek = noop_llseek,\n\t.unlocked_ioctl = compat_ptr_ioctl,\n',
    );
    assert.deepEqual([full.traits.poll, full.traits.seek], ['by-data', 'ignored']);
    assert.equal(full.known.has('precopyInfo'), false, 'a foreign ioctl may answer anything');
  });

  it('say that a reset does not reset where nothing of the driver hears of it', async () => {
    const table = (members: string) => `
static void reset_done(struct pci_dev *pdev)
{
	struct dev *d = pci_get_drvdata(pdev);

	mutex_lock(&d->lock);
	d->state = ${S}RUNNING;
	mutex_unlock(&d->lock);
}
static const struct pci_error_handlers handlers = { .error_detected = detected, ${members} };
static int open_device(struct vfio_device *vdev)
{
	struct dev *d = container_of(vdev, struct dev, core.vdev);

	d->saving = NULL;
	return 0;
}
static const struct vfio_device_ops device_ops = {
	.init = init_dev, .open_device = open_device, .ioctl = vfio_pci_core_ioctl,
};
`;
    const deaf = await traitsOf('', table(''));
    assert.deepEqual([deaf.traits.resetResetsState, deaf.traits.closeResetsState], [false, false]);
    const hearing = await traitsOf('', table('.reset_done = reset_done'));
    assert.equal(hearing.traits.resetResetsState, true);
  });

  it('a device whose driver does not hear of a reset stays where it was', async () => {
    const described = await machine();
    const driven = deviceIn(setupOf(described, { ...described.traits, resetResetsState: false }), 'STOP');
    assert.equal(driven.call({ kind: 'reset', device: 'A' }), 0);
    assert.equal(driven.state(), 'STOP');
  });
});
