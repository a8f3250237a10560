import assert from 'node:assert/strict';
import type { CheckConfig, Report } from '../../server/src/check';
import { checkModule, defaultConfig, linesOf } from '../../server/src/check';
import { commentsOf } from '../../server/src/check/comments';
import { exampleDriver } from '../../server/src/rules/example';
import { moduleOf, newest } from '../support/analyse';

const arm = `	if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_RESUMING)
		return demo_open(demo, &demo_resume_fops, O_WRONLY);
`;

/** The report on the example driver with one superfluous arc, or on another text. */
async function check(text: string, config: CheckConfig = defaultConfig): Promise<Report> {
  return checkModule(await moduleOf({ '/example/driver.c': text }), newest, config);
}

const kept = (report: Report) =>
  [...report.drivers.flatMap((driver) => driver.findings), ...report.findings].map(({ rule }) => rule);
const allowed = (report: Report) => report.suppressed.map(({ finding, reason }) => `${finding.rule}: ${reason}`);

describe('a comment that allows a finding', () => {
  const counts: readonly (readonly [string, string])[] = [
    ['on the line above', exampleDriver({ arms: `\t/* vfio-arcs: allow superfluous-arc -- old tools */\n${arm}` })],
    ['as a line comment', exampleDriver({ arms: `\t// vfio-arcs: allow superfluous-arc -- old tools\n${arm}` })],
    [
      'on the line itself',
      exampleDriver({ arms: arm.replace('\n', ' /* vfio-arcs: allow superfluous-arc -- old tools */\n') }),
    ],
    [
      'over several lines',
      exampleDriver({ arms: `\t/*\n\t * vfio-arcs: allow superfluous-arc -- old\n\t * tools\n\t */\n${arm}` }),
    ],
    [
      'with several ids',
      exampleDriver({ arms: `\t/* vfio-arcs: allow superfluous-arc, superfluous-arc -- old tools */\n${arm}` }),
    ],
    [
      'above the function',
      exampleDriver({ arms: arm }).replace(
        'static struct file *demo_step(',
        '/* vfio-arcs: allow superfluous-arc -- old tools */\n\n/** Steps. */\nstatic struct file *demo_step(',
      ),
    ],
  ];
  for (const [where, text] of counts) {
    it(`counts ${where}`, async () => {
      const report = await check(text);
      assert.deepEqual(kept(report), []);
      assert.deepEqual(allowed(report), ['superfluous-arc: old tools']);
    });
  }

  it('does not count two lines above, nor for another function', async () => {
    const far = await check(exampleDriver({ arms: `\t/* vfio-arcs: allow superfluous-arc -- old tools */\n\n${arm}` }));
    assert.deepEqual(kept(far), ['superfluous-arc', 'unused-suppression']);
    const other = exampleDriver({ arms: arm }).replace(
      'static int demo_init',
      '/* vfio-arcs: allow superfluous-arc -- x */\nstatic int demo_init',
    );
    assert.deepEqual(kept(await check(other)), ['superfluous-arc', 'unused-suppression']);
  });

  it('is no comment inside a string', async () => {
    const text = exampleDriver({ arms: `\tpr_info("/* vfio-arcs: allow superfluous-arc -- old tools */");\n${arm}` });
    assert.deepEqual(kept(await check(text)), ['superfluous-arc']);
  });

  it('counts for nothing without a reason, and is reported where it stands', async () => {
    const text = exampleDriver({ arms: `\t/* vfio-arcs: allow superfluous-arc */\n${arm}` });
    const report = await check(text);
    assert.deepEqual(kept(report), ['superfluous-arc', 'reasonless-suppression']);
    const [finding] = report.findings;
    assert.ok(finding);
    const lines = linesOf({ text });
    assert.match(lines.line(lines.position(finding.location.span.start).line), /vfio-arcs: allow superfluous-arc \*\//);
  });

  it('is reported when it names no rule, or says something else', async () => {
    const unknown = await check(exampleDriver({ arms: '\t/* vfio-arcs: allow extra-arc -- why not */\n' }));
    assert.deepEqual(kept(unknown), ['unknown-suppression']);
    assert.match(unknown.findings[0]?.message ?? '', /There is no rule "extra-arc"/);
    for (const comment of ['vfio-arcs: ignore missing-arc -- x', 'vfio-arcs: allow', 'vfio-arcs: allow -- because']) {
      assert.deepEqual(
        kept(await check(exampleDriver({ arms: `\t/* ${comment} */\n` }))),
        ['unknown-suppression'],
        comment,
      );
    }
  });

  it('is reported once for a name that it has twice', async () => {
    const twice = '\t/* vfio-arcs: allow extra-arc, extra-arc -- old tools */\n';
    assert.deepEqual(kept(await check(exampleDriver({ arms: twice }))), ['unknown-suppression']);
  });

  it('is not judged when its rule is off', async () => {
    const text = exampleDriver({ arms: `\t/* vfio-arcs: allow superfluous-arc -- old tools */\n` });
    assert.deepEqual(kept(await check(text)), ['unused-suppression']);
    assert.deepEqual(kept(await check(text, { profile: null, rules: { 'superfluous-arc': 'off' } })), []);
    assert.deepEqual(kept(await check(text, { profile: null, rules: { 'unused-suppression': 'off' } })), []);
  });
});

describe('checkModule', () => {
  it('takes the severity that is configured', async () => {
    const report = await check(exampleDriver({ arms: arm }), { profile: null, rules: { 'superfluous-arc': 'error' } });
    assert.deepEqual(
      report.drivers[0]?.findings.map(({ severity }) => severity),
      ['error'],
    );
  });

  it('says what two drivers share only once', async () => {
    const second = exampleDriver({ arms: arm }).replace(
      'static int demo_init',
      `static const struct vfio_migration_ops other_migration_ops = {
	.migration_set_state = demo_set_state,
	.migration_get_state = demo_get_state,
	.migration_get_data_size = demo_get_data_size,
};

static int other_init(struct vfio_device *vdev)
{
	vdev->migration_flags = VFIO_MIGRATION_STOP_COPY;
	vdev->mig_ops = &other_migration_ops;
	return 0;
}

static int demo_init`,
    );
    const report = await check(second);
    assert.equal(report.drivers.length, 2);
    assert.deepEqual(kept(report), ['superfluous-arc']);
  });

  it('says nothing of text without a driver', async () => {
    for (const text of ['', 'int main(void) { return 0; }', '\u0000\u0001{{{', '/* vfio-arcs: ']) {
      assert.deepEqual(
        kept(await check(text)).filter((rule) => rule !== 'unknown-suppression'),
        [],
      );
    }
  });
});

describe('commentsOf', () => {
  const read = (text: string) => commentsOf(text).map(({ start, end }) => text.slice(start, end));

  it('finds both kinds, and none in strings, characters or other comments', () => {
    assert.deepEqual(read('a /* b // c */ "/* d */" // e "f\n\'"\' /* g */ "\\"/*h*/"'), [
      '/* b // c */',
      '// e "f',
      '/* g */',
    ]);
  });

  it('ends an open comment with the text, and an open string with its line', () => {
    assert.deepEqual(read('x /* y'), ['/* y']);
    assert.deepEqual(read('"open\n// c'), ['// c']);
    assert.deepEqual(read("#error don't\n/* c */"), ['/* c */']);
  });

  it('goes on with a line comment after a continued line', () => {
    assert.deepEqual(read('// a \\\n b\nc'), ['// a \\\n b']);
  });
});
