import assert from 'node:assert/strict';
import type { CheckedText, Mending, Recheck } from '../../server/src/check';
import { editsBetween, finish, mend, mendAll, mendableRules, searchMends } from '../../server/src/check';
import { mark } from '../../server/src/mend/mark';
import { ruleOf } from '../../server/src/rules';
import { exampleDriver } from '../../server/src/rules/example';
import type { RuleDocs } from '../../server/src/rules/rule';
import { frontEnd } from '../support/analyse';
import { sample } from '../support/driverClient';
import { driverText } from '../support/driverText';
import { patientOf } from './subjects';

const nimbus = Object.fromEntries(
  ['main.c', 'stream.c', 'hw.c', 'nimbus.h'].map((name) => [name, sample(`nimbus/${name}`)]),
);

/** What the first mend of a text is called and which lines it brings; nothing is found afterwards. */
async function mended(
  text: string,
): Promise<{ readonly titles: readonly string[]; readonly lines: readonly string[] }> {
  const { text: before, recheck } = patientOf(await frontEnd(), { 'demo.c': text });
  const { after, done, failed } = mendAll(before, () => true, recheck);
  assert.deepEqual(failed, []);
  assert.deepEqual([...after.report.drivers.flatMap(({ findings }) => findings), ...after.report.findings], []);
  const [old, now] = [before.files[0], after.files[0]];
  assert.ok(old && now);
  const lines = editsBetween(old, now).flatMap((edit) => edit.text.split('\n').filter((line) => line !== ''));
  return { titles: done, lines };
}

const docsOf = (id: string): RuleDocs => {
  const rule = ruleOf(id);
  assert.ok(rule);
  return rule.docs;
};

describe('mends of rules', function () {
  this.timeout(30_000);

  for (const rule of mendableRules) {
    it(`${rule}: the example in its documentation`, async () => {
      const { titles } = await mended(docsOf(rule).example);
      assert.ok(titles.length > 0);
    });
  }

  describe('conditional-arc: is written where the condition does not hold, and stays as it is where it does', () => {
    const saves = 'cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_STOP_COPY';
    const open = 'demo_open(demo, &demo_save_fops, O_RDONLY)';
    const driverWith = (saving: string, arms = '') => exampleDriver({ members: '\tbool can_save;\n', saving, arms });
    const marked = new RegExp(`/\\*\\s*\\*? ${mark}[\\s\\S]*?\\*/`);
    const turnsAway = 'return ERR_PTR(-EOPNOTSUPP);';
    const forms: readonly (readonly [name: string, before: string, after: string])[] = [
      [
        'behind an arm with a condition of its own',
        `\tif (${saves} && demo->can_save)\n\t\treturn ${open};\n`,
        `\tif (${saves} && demo->can_save)\n\t\treturn ${open};\n\tif (${saves}) {\n\t\tNOTE\n\t\treturn ${open};\n\t}\n`,
      ],
      [
        'behind an arm that the preprocessor leaves out',
        `#ifdef CONFIG_DEMO\n\tif (${saves})\n\t\treturn ${open};\n#endif\n`,
        `#ifdef CONFIG_DEMO\n\tif (${saves})\n\t\treturn ${open};\n#endif\n\tif (${saves}) {\n\t\tNOTE\n\t\treturn ${open};\n\t}\n`,
      ],
      [
        'at the end of its arm',
        `\tif (${saves}) {\n\t\tif (demo->can_save)\n\t\t\treturn ${open};\n\t}\n`,
        `\tif (${saves}) {\n\t\tif (demo->can_save)\n\t\t\treturn ${open};\n\t\tNOTE\n\t\treturn ${open};\n\t}\n`,
      ],
      [
        'instead of the last return of its arm',
        `\tif (${saves}) {\n\t\tif (demo->can_save)\n\t\t\treturn ${open};\n\t\t${turnsAway}\n\t}\n`,
        `\tif (${saves}) {\n\t\tif (demo->can_save)\n\t\t\treturn ${open};\n\t\tNOTE\n\t\treturn ${open};\n\t}\n`,
      ],
      [
        'instead of an else',
        `\tif (${saves}) {\n\t\tif (demo->can_save)\n\t\t\treturn ${open};\n\t\telse\n\t\t\t${turnsAway}\n\t}\n`,
        `\tif (${saves}) {\n\t\tif (demo->can_save)\n\t\t\treturn ${open};\n\t\tNOTE\n\t\treturn ${open};\n\t}\n`,
      ],
      [
        'instead of what a guard returns',
        `\tif (${saves}) {\n\t\tif (!demo->can_save)\n\t\t\t${turnsAway}\n\t\treturn ${open};\n\t}\n`,
        `\tif (${saves}) {\n\t\tif (!demo->can_save) {\n\t\t\tNOTE\n\t\t\treturn ${open};\n\t\t}\n\t\treturn ${open};\n\t}\n`,
      ],
    ];
    const mendOf = (text: CheckedText, recheck: Recheck): Mending => {
      const findings = text.report.drivers.flatMap((driver) => driver.findings);
      const finding = findings.find(({ rule, key }) => rule === 'conditional-arc' && key === 'STOP->STOP_COPY');
      const mending = finding === undefined ? null : mend(text, finding, recheck);
      assert.ok(mending);
      return mending;
    };

    it('is left to its author when everything is mended', async () => {
      const { text, recheck } = patientOf(await frontEnd(), { 'demo.c': docsOf('conditional-arc').example });
      assert.ok(mendOf(text, recheck).proved);
      assert.equal(mendAll(text, () => true, recheck).after, text);
    });

    for (const [where, before, after] of forms) {
      it(where, async () => {
        const { text, recheck } = patientOf(await frontEnd(), { 'demo.c': driverWith(before) });
        const mending = mendOf(text, recheck);
        assert.ok(mending.proved);
        assert.equal(mending.title, 'Write STOP -> STOP_COPY where it is turned away');
        const written = mending.after.files[0]?.text ?? '';
        assert.deepEqual(mending.after.report.drivers[0]?.findings, []);
        const condition = before.startsWith('#') ? 'CONFIG_DEMO' : 'demo->can_save';
        const note = `${mark} STOP -> STOP_COPY unless ${condition}: The driver`;
        assert.ok(written.replace(/\s+\* /g, ' ').includes(note));
        assert.equal(written.replace(marked, 'NOTE'), driverWith(after));
      });
    }

    const unclear: readonly (readonly [name: string, text: string])[] = [
      [
        'a guard turns other arcs away, too',
        driverWith(
          `\tif (${saves})\n\t\treturn ${open};\n`,
          `\tif (!demo->can_save && (cur == VFIO_DEVICE_STATE_STOP_COPY || new == VFIO_DEVICE_STATE_STOP_COPY))\n\t\t${turnsAway}\n`,
        ),
      ],
      [
        'one expression decides',
        driverWith(`\tif (${saves})\n\t\treturn demo->can_save ? ${open} : ERR_PTR(-EOPNOTSUPP);\n`),
      ],
    ];
    for (const [why, driver] of unclear) {
      it(`is left alone with a reason when ${why}`, async () => {
        const { text, recheck } = patientOf(await frontEnd(), { 'demo.c': driver });
        const mending = mendOf(text, recheck);
        assert.ok(!mending.proved && mending.reason[0].length > 20);
      });
    }
  });

  describe('conditional-arc: its flag is declared under the condition, where that can be spelled', () => {
    const arms = (
      condition: string,
    ) => `	if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_PRE_COPY${condition})
		return demo_open(demo, &demo_save_fops, O_RDONLY);
	if (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_RUNNING) {
		demo_close_file(demo);
		return NULL;
	}
	if (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_STOP_COPY)
		return demo_stop(demo) ? ERR_PTR(-EIO) : NULL;
`;
    const both = '\tvdev->migration_flags = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY;\n';
    const head = 'static int demo_init(struct vfio_device *vdev)\n{\n';
    const device = '\tstruct demo *priv = container_of(vdev, struct demo, vdev);\n\n';
    const driverWith = (declaring: string, own: string, variable = device) =>
      exampleDriver({ members: '\tbool can_precopy;\n', arms: own })
        .replace(head, head + variable)
        .replace('\tvdev->migration_flags = VFIO_MIGRATION_STOP_COPY;\n', declaring);
    const base = '\tvdev->migration_flags = VFIO_MIGRATION_STOP_COPY;\n';
    const under = (condition: string) =>
      `${base}\tif (${condition})\n\t\tvdev->migration_flags |= VFIO_MIGRATION_PRE_COPY;\n`;
    const choiceOf = async (driver: string) => {
      const { text, recheck } = patientOf(await frontEnd(), { 'demo.c': driver });
      const finding = text.report.drivers[0]?.findings.find(({ rule }) => rule === 'conditional-arc');
      assert.ok(finding);
      return finish(searchMends(text, finding, recheck));
    };

    const capability = arms(' && demo->can_precopy');
    const guard = `	if (!demo->can_precopy && (cur == VFIO_DEVICE_STATE_PRE_COPY || new == VFIO_DEVICE_STATE_PRE_COPY))
		return ERR_PTR(-EOPNOTSUPP);
${arms('')}`;
    const configured = `#ifdef CONFIG_DEMO\n${arms('')}#endif\n`;
    const forms: readonly (readonly [name: string, before: string, own: string, after: string])[] = [
      ['in a list of flags', both, capability, under('priv->can_precopy')],
      ['in a list of two lines', both.replace('| ', '|\n\t\t\t\t'), capability, under('priv->can_precopy')],
      [
        'in a statement of its own',
        `${base}\tvdev->migration_flags |= VFIO_MIGRATION_PRE_COPY;\n`,
        capability,
        under('priv->can_precopy'),
      ],
      [
        'in a sum with the flags before',
        `${base}\tvdev->migration_flags = vdev->migration_flags | VFIO_MIGRATION_PRE_COPY;\n`,
        capability,
        under('priv->can_precopy'),
      ],
      ['for several arcs that a guard turns away', both, guard, under('priv->can_precopy')],
      ['for what the preprocessor leaves out', both, configured, under('IS_ENABLED(CONFIG_DEMO)')],
    ];
    for (const [where, before, own, after] of forms) {
      it(where, async () => {
        const { preferred } = await choiceOf(driverWith(before, own));
        assert.ok(preferred?.proved);
        assert.match(preferred.title, /^Declare VFIO_MIGRATION_PRE_COPY only if (?:demo->can_precopy|CONFIG_DEMO)$/);
        assert.equal(preferred.after.files[0]?.text, driverWith(after, own));
        assert.deepEqual(preferred.after.report.drivers[0]?.findings, []);
      });
    }

    it('and not where no variable there leads to the device, nor for an arc of STOP_COPY', async () => {
      const { preferred, others } = await choiceOf(driverWith(both, capability, ''));
      assert.ok(preferred?.proved === false && preferred.reason[0].length > 20);
      assert.deepEqual(
        others.map(({ proved }) => proved),
        [true],
      );
      assert.equal((await choiceOf(docsOf('conditional-arc').example)).preferred, null);
    });
  });

  it('missing-migration-op: adds the ops behind those that are there', async () => {
    const bare = exampleDriver({ ops: '\t.migration_set_state = demo_set_state\n' });
    const without = bare.replace(/static int demo_get_state[\s\S]*?\n}\n\n/, '');
    const { titles, lines } = await mended(without);
    assert.deepEqual(titles, ['Add .migration_get_state', 'Add .migration_get_data_size']);
    assert.ok(lines.includes('\tstruct demo *demo = container_of(vdev, struct demo, vdev);'));
    assert.ok(lines.includes('\t*current_state = demo->state;'));
    assert.ok(lines.includes('\t.migration_get_state = demo_get_state,'));
    assert.ok(lines.includes('\t.migration_get_data_size = demo_get_data_size,'));
  });

  describe('missing-migration-op: a function that the module has for the op already', () => {
    const main = nimbus['main.c'] ?? '';
    const state = main.match(/^static int nimbus_get_state\([\s\S]*?^}\n\n/m)?.[0] ?? '';
    const size = main.match(/^static int nimbus_get_data_size\([\s\S]*?^}\n\n/m)?.[0] ?? '';
    const withoutOps = main.replace(/\t\.migration_get_state.*\n\t\.migration_get_data_size.*\n/, '');
    const ops = 'static const struct vfio_migration_ops';
    /** main.c after everything found in the driver was mended. */
    const mendedMain = async (text: string, others: Readonly<Record<string, string>> = {}) => {
      const { text: before, recheck } = patientOf(await frontEnd(), { ...nimbus, ...others, 'main.c': text });
      const { after: now, failed } = mendAll(before, () => true, recheck);
      assert.deepEqual(failed, []);
      return now.files.find(({ path }) => path === 'main.c')?.text ?? '';
    };

    it('becomes the op, and nothing else is written', async () => {
      assert.ok(state !== '' && size !== '' && withoutOps !== main);
      assert.equal(await mendedMain(withoutOps), main);
    });

    it('may be in another file, when a header declares it', async () => {
      const moved = (header: string, linkage = '') =>
        mendedMain(withoutOps.replace(size, ''), {
          'stream.c': `${nimbus['stream.c']}\n${linkage}${size.replace('static ', '')}`,
          'nimbus.h': `${nimbus['nimbus.h']}${header}`,
        });
      const declaration = 'int nimbus_get_data_size(struct vfio_device *vdev, unsigned long *length);\n';
      assert.equal(await moved(declaration), main.replace(size, ''));
      const another = /\.migration_get_data_size = nimbus_get_data_size2,/;
      assert.match(await moved(`/* ${declaration.trim()} */\n`), another);
      assert.match(await moved(declaration, 'static '), another);
    });

    it('may have any name when it is the only one of its type that nothing uses', async () => {
      const renamed = (text: string) =>
        text.replaceAll('nimbus_get_state', 'nb_device_state').replaceAll('nimbus_get_data_size', 'nimbus_length');
      assert.equal(await mendedMain(renamed(withoutOps)), renamed(main));
    });

    const other = (name: string) =>
      `static int ${name}(struct vfio_device *vdev, unsigned long *length)\n{\n\t*length = 1;\n\treturn 0;\n}\n\n`;

    it('is the one that has its name when there are several', async () => {
      const several = (text: string) => text.replace(size, other('nimbus_count') + size + other('other_get_data_size'));
      assert.equal(await mendedMain(several(withoutOps)), several(main));
    });

    const unfit: readonly (readonly [string, string])[] = [
      ['of other parameters', withoutOps.replace(size, size.replace('unsigned long *', 'u64 *'))],
      ['of another result', withoutOps.replace(size, size.replace('static int', 'static long'))],
      ['of two that have other names', withoutOps.replace(size, other('nimbus_count') + other('nimbus_length'))],
      [
        'that something uses and that has another name',
        withoutOps.replace(
          size,
          `${other('nimbus_count')}unsigned long nimbus_total(struct vfio_device *vdev)\n{\n\tunsigned long n;\n\n\treturn nimbus_count(vdev, &n) ? 0 : n;\n}\n\n`,
        ),
      ],
      ['that stands behind the ops', `${withoutOps.replace(size, '')}\n${size}`],
      [
        'that is another op already',
        withoutOps.replace(ops, `static const struct nimbus_hooks hooks = { .size = nimbus_get_data_size };\n\n${ops}`),
      ],
    ];
    for (const [which, text] of unfit) {
      it(`is left alone when it is one ${which}`, async () => {
        assert.notEqual(text, withoutOps);
        const now = await mendedMain(text);
        const [, written] =
          /\.migration_get_state = nimbus_get_state,\n\t\.migration_get_data_size = (\w+),/.exec(now) ?? [];
        assert.match(written ?? '', /^nimbus_get_data_size2?$/);
        assert.match(
          now,
          new RegExp(`int ${written}\\(struct vfio_device \\*vdev,\\s+unsigned long \\*stop_copy_length\\)`),
        );
        assert.ok(!text.includes('*stop_copy_length = 0;') && now.includes('*stop_copy_length = 0;'));
      });
    }
  });

  it('wrong-data-fd: returns NULL where the session goes on', async () => {
    const arms = `	if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_PRE_COPY)
		return demo_open(demo, &demo_save_fops, O_RDONLY);
	if (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_RUNNING) {
		demo_close_file(demo);
		return NULL;
	}
	if (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_STOP_COPY)
		return demo->filp;
`;
    const flags = 'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY';
    const { titles, lines } = await mended(exampleDriver({ arms, flags }));
    assert.deepEqual(titles, ['Return NULL on PRE_COPY -> STOP_COPY']);
    assert.deepEqual(lines, ['\t\treturn NULL;']);
  });

  it('wrong-data-fd: takes no reference that nobody gets', async () => {
    const driverWith = (goesOn: string) =>
      exampleDriver({
        flags: 'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY',
        arms: `	if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_PRE_COPY)
		return demo_open(demo, &demo_save_fops, O_RDONLY);
	if (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_RUNNING) {
		demo_close_file(demo);
		return NULL;
	}
	if (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_STOP_COPY) {
${goesOn}	}
`,
      });
    const shared = '\t\tdemo_stop(demo);\n\t\tget_file(demo->filp);\n\t\treturn demo->filp;\n';
    const { text, recheck } = patientOf(await frontEnd(), { 'demo.c': driverWith(shared) });
    const { after, done } = mendAll(text, () => true, recheck);
    assert.deepEqual(done, ['Return NULL on PRE_COPY -> STOP_COPY']);
    assert.equal(after.files[0]?.text, driverWith('\t\tdemo_stop(demo);\n\t\treturn NULL;\n'));
  });

  it('wrong-data-fd: mends the arcs that share a return together, with the file that they opened', async () => {
    const whole = nimbus['main.c'] ?? '';
    const broken = whole.replace('return stream->filp;', 'return NULL;');
    const { text, recheck } = patientOf(await frontEnd(), { ...nimbus, 'main.c': broken });
    const findings = text.report.drivers.flatMap((driver) => driver.findings);
    assert.deepEqual(new Set(findings.map(({ rule }) => rule)), new Set(['wrong-data-fd']));
    assert.equal(findings.length, 3);
    const title = 'Return a new data file on STOP -> STOP_COPY, RUNNING -> PRE_COPY, RUNNING_P2P -> PRE_COPY_P2P';
    assert.deepEqual(
      findings.map((finding) => mend(text, finding, recheck)?.title),
      [title, title, title],
    );
    const { after, done, gone, failed } = mendAll(text, () => true, recheck);
    assert.deepEqual({ done, gone, failed }, { done: [title], gone: 3, failed: [] });
    assert.equal(after.files.find(({ path }) => path === 'main.c')?.text, whole);
  });

  describe('wrong-data-fd: leaves ahead of a return that others share which are due what it gives', () => {
    const both = `	if ((cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_PRE_COPY) ||
	    (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_STOP_COPY))`;
    const back = `	if (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_RUNNING) {
		demo_close_file(demo);
		return NULL;
	}
`;
    const open = 'return demo_open(demo, &demo_save_fops, O_RDONLY);';
    const driverWith = (arm: string) =>
      exampleDriver({ arms: `${both}${arm}${back}`, flags: 'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY' });
    const opens = `		if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_PRE_COPY) {
			/*
			 * ${mark} as on STOP -> STOP_COPY; check that RUNNING ->
			 * PRE_COPY needs no more. The driver opens a saving
			 * session while the device goes on running.
			 */
			${open}
		}
`;
    const goesOn = `		if (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_STOP_COPY)
			return NULL;
`;
    const forms: readonly (readonly [name: string, title: string, before: string, after: string])[] = [
      [
        'with a new file',
        'Return a new data file on RUNNING -> PRE_COPY',
        ' {\n\t\tdemo_prepare(demo);\n\t\treturn NULL;\n\t}\n',
        ` {\n\t\tdemo_prepare(demo);\n${opens}\t\treturn NULL;\n\t}\n`,
      ],
      [
        'with a new file, in braces of its own',
        'Return a new data file on RUNNING -> PRE_COPY',
        '\n\t\treturn NULL;\n',
        ` {\n${opens}\t\treturn NULL;\n\t}\n`,
      ],
      ['with NULL', 'Return NULL on PRE_COPY -> STOP_COPY', `\n\t\t${open}\n`, ` {\n${goesOn}\t\t${open}\n\t}\n`],
    ];
    for (const [how, title, before, after] of forms) {
      it(how, async () => {
        const { text, recheck } = patientOf(await frontEnd(), { 'demo.c': driverWith(before) });
        const { after: now, done, failed } = mendAll(text, () => true, recheck);
        assert.deepEqual([done, failed], [[title], []]);
        assert.equal(now.files[0]?.text, driverWith(after));
      });
    }
  });

  it('superfluous-arc: takes a row out of a table, and nothing else', async () => {
    const row = '\t{ VFIO_DEVICE_STATE_RUNNING, VFIO_DEVICE_STATE_RESUMING, open_resume },\n';
    const table = (extra: string) =>
      driverText({
        prelude: `static struct file *quiet(struct dev *d)
{
	return NULL;
}
static const struct arc { u32 from, to; struct file *(*fn)(struct dev *d); } arcs[] = {
	{ VFIO_DEVICE_STATE_RUNNING, VFIO_DEVICE_STATE_STOP, quiet },
${extra}	{ VFIO_DEVICE_STATE_STOP, VFIO_DEVICE_STATE_RUNNING, quiet },
	{ VFIO_DEVICE_STATE_STOP, VFIO_DEVICE_STATE_STOP_COPY, open_save },
	{ VFIO_DEVICE_STATE_STOP, VFIO_DEVICE_STATE_RESUMING, open_resume },
	{ VFIO_DEVICE_STATE_STOP_COPY, VFIO_DEVICE_STATE_STOP, quiet },
	{ VFIO_DEVICE_STATE_RESUMING, VFIO_DEVICE_STATE_STOP, quiet },
};
`,
        step: `static struct file *step(struct dev *d, u32 new)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(arcs); i++)
		if (arcs[i].from == d->state && arcs[i].to == new)
			return arcs[i].fn(d);
	return ERR_PTR(-EINVAL);
}`,
      });
    const { text, recheck } = patientOf(await frontEnd(), { 'demo.c': table(row) });
    const { after, done } = mendAll(text, () => true, recheck);
    assert.deepEqual(done, ['Remove RUNNING -> RESUMING']);
    assert.equal(after.files[0]?.text, table(''));
  });

  it('superfluous-arc: takes a link out of a chain, wherever it stands', async () => {
    const S = 'VFIO_DEVICE_STATE_';
    const link = (from: string, to: string, value: string) => `if (cur == ${S}${from} && new == ${S}${to}) {
		res = ${value};
	} else `;
    const links = [
      link('RUNNING', 'STOP', 'NULL'),
      link('STOP', 'RUNNING', 'NULL'),
      link('STOP', 'STOP_COPY', 'open_save(d)'),
      link('STOP', 'RESUMING', 'open_resume(d)'),
      link('STOP_COPY', 'STOP', 'NULL'),
      link('RESUMING', 'STOP', 'NULL'),
    ];
    const chain = (all: readonly string[], end: string) =>
      driverText({
        step: `static struct file *step(struct dev *d, u32 new)
{
	struct file *res = ERR_PTR(-EINVAL);
	u32 cur = d->state;

	${all.join('')}${end}
	return res;
}`,
      });
    const superfluous = link('RUNNING', 'RESUMING', 'open_resume(d)');
    const ends = ['{\n\t\tres = ERR_PTR(-EIO);\n\t}', 'if (!d)\n\t\tres = NULL;'];
    for (const end of ends) {
      for (const at of [0, 2, links.length]) {
        const { text, recheck } = patientOf(await frontEnd(), {
          'demo.c': chain(links.toSpliced(at, 0, superfluous), end),
        });
        const { after, done } = mendAll(text, () => true, recheck);
        assert.deepEqual(done, ['Remove RUNNING -> RESUMING']);
        assert.equal(after.files[0]?.text, chain(links, end));
      }
    }
  });

  it('superfluous-arc: takes out the functions that nothing uses any more, and what only they use', async () => {
    const open = `/* Opens what nobody asks for. */
static struct file *demo_hasty(struct demo *demo)
{
	return demo_open(demo, &demo_resume_fops, O_WRONLY);
}

static struct file *demo_hastily(struct demo *demo)
{
	return demo_hasty(demo);
}

`;
    const arm = `	if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_RESUMING)
		return demo_hastily(demo);
`;
    const step = 'static struct file *demo_step(';
    const plain = exampleDriver();
    const mendedOf = async (driver: string) => {
      const { text, recheck } = patientOf(await frontEnd(), { 'demo.c': driver });
      const { after, done } = mendAll(text, () => true, recheck);
      assert.deepEqual(done, ['Remove RUNNING -> RESUMING']);
      return after.files[0]?.text;
    };
    const used = exampleDriver({ arms: arm }).replace(step, open + step);
    assert.equal(await mendedOf(used), plain);
    const declared = 'static struct file *demo_hastily(struct demo *demo);\n\n';
    assert.equal(await mendedOf(declared + used), declared + plain.replace(step, open + step));
  });

  it('superfluous-arc: leaves no parentheses around the one condition that remains', async () => {
    const arms = (targets: string) => `	if (cur == VFIO_DEVICE_STATE_RUNNING && ${targets})
		return NULL;
`;
    const stop = 'new == VFIO_DEVICE_STATE_STOP';
    const both = exampleDriver({ arms: arms(`(${stop} || new == VFIO_DEVICE_STATE_RESUMING)`) });
    const { text, recheck } = patientOf(await frontEnd(), { 'demo.c': both });
    const { after, done } = mendAll(text, ({ rule }) => rule === 'superfluous-arc', recheck);
    assert.deepEqual(done, ['Remove RUNNING -> RESUMING']);
    assert.equal(after.files[0]?.text, exampleDriver({ arms: arms(stop) }));
  });

  it('find their driver among others of the same name in files beside it', async () => {
    const texts = new Map([
      ['fine.c', exampleDriver()],
      ['missing.c', exampleDriver({ saving: '' })],
      ['undeclared.c', docsOf('undeclared-flag').example],
      ['superfluous.c', docsOf('superfluous-arc').example],
    ]);
    const { text, recheck } = patientOf(await frontEnd(), Object.fromEntries(texts));
    for (const { driver, findings } of text.report.drivers)
      assert.ok(findings.every(({ location }) => location.file === driver.ops.location.file));
    const { after, done, failed } = mendAll(text, () => true, recheck);
    assert.deepEqual(failed, []);
    assert.deepEqual(done, [
      'Write STOP -> STOP_COPY',
      'Declare VFIO_MIGRATION_PRE_COPY',
      'Remove RUNNING -> RESUMING',
    ]);
    const now = new Map(after.files.map((file) => [file.path, file.text]));
    assert.equal(now.get('fine.c'), texts.get('fine.c'));
    assert.match(now.get('missing.c') ?? '', /new == VFIO_DEVICE_STATE_STOP_COPY\) \{/);
    assert.equal(now.get('undeclared.c'), docsOf('undeclared-flag').fixed);
    assert.equal(now.get('superfluous.c'), exampleDriver());
  });

  it('give a reason where nothing can be proved', async () => {
    const everything = exampleDriver({ otherwise: '\treturn demo_other(demo, cur, new);\n', saving: '' });
    const { text, recheck } = patientOf(await frontEnd(), { 'demo.c': everything });
    for (const finding of text.report.drivers.flatMap(({ findings }) => findings)) {
      const mending = mend(text, finding, recheck);
      assert.ok(mending === null || mending.proved || mending.reason[0].length > 20);
    }
  });
});
