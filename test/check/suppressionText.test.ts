import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../server/src/check';
import { checkModule, isAllowable, reasonFault, ruleInfos, suppressionAt } from '../../server/src/check';
import type { Finding } from '../../server/src/rules/rule';
import { moduleOf, newest } from '../support/analyse';
import { root } from '../support/repo';

const path = '/example/driver.c';
const reason = 'the firmware does it';

async function check(text: string): Promise<Report> {
  return checkModule(await moduleOf({ [path]: text }), newest);
}

function findingsOf(report: Report): readonly Finding[] {
  return [...report.drivers.flatMap(({ findings }) => findings), ...report.findings];
}

function withComment(text: string, finding: Finding): string {
  const { offset, text: comment } = suppressionAt(text, finding.location.span.start, finding.rule, reason);
  return text.slice(0, offset) + comment + text.slice(offset);
}

const keysOf = (findings: readonly Finding[]) => findings.map(({ rule, key }) => `${rule} ${key}`);

/** Allows every finding of a text, one after the other; each comment has to count, and nothing else may change. */
async function allowAll(original: string): Promise<string> {
  let text = original;
  let left: readonly Finding[] = findingsOf(await check(text)).filter(({ rule }) => isAllowable(rule));
  const wanted = new Set(keysOf(left));
  for (let round = 0; left.length > 0; round++) {
    assert.ok(round <= wanted.size, 'each comment allows at least one finding');
    const [first] = left;
    assert.ok(first);
    text = withComment(text, first);
    const report = await check(text);
    const now = findingsOf(report);
    assert.ok(now.length < left.length, `${first.rule} is allowed:\n${text}`);
    assert.deepEqual(
      keysOf(now).filter((key) => !wanted.has(key)),
      [],
      text,
    );
    assert.ok(report.suppressed.some((each) => each.finding.rule === first.rule && each.reason === reason));
    left = now;
  }
  return text;
}

describe('the comment that allows a finding', () => {
  for (const { id, docs } of ruleInfos.filter((rule) => isAllowable(rule.id))) {
    it(`counts for ${id}, wherever it was found`, async () => {
      await allowAll(docs.example);
      await allowAll(docs.example.replaceAll('\n', '\r\n'));
    });
  }

  it('stands above its line, indented as that', async () => {
    const text = readFileSync(join(root, 'test/samples/stratus/main.c'), 'utf8');
    const done = await allowAll(text);
    assert.ok(
      done.includes(
        '\tdefault:\n\t\t/* vfio-arcs: allow missing-arc -- the firmware does it */\n\t\treturn ERR_PTR(-EINVAL);',
      ),
    );
    const removed = done.split('\n').filter((line) => !line.includes('vfio-arcs: allow'));
    assert.equal(removed.join('\n'), text, 'nothing else changed');
  });

  it('keeps the line ends of the file', () => {
    const { text } = suppressionAt('a;\r\n\tb;\r\n', 5, 'missing-arc', reason);
    assert.equal(text, '\t/* vfio-arcs: allow missing-arc -- the firmware does it */\r\n');
  });

  it('goes behind a comment above that allows another rule', () => {
    const before = '\t/* vfio-arcs: allow blocked-arc -- x */\n\tf();\n';
    const { offset, text } = suppressionAt(before, before.indexOf('f()'), 'missing-arc', reason);
    assert.equal(offset, before.indexOf('\n'));
    assert.equal(text, ' /* vfio-arcs: allow missing-arc -- the firmware does it */');
  });

  it('goes before the place itself where no line can be put in between', () => {
    for (const before of ['#define STEP(x) \\\n\tif (x) \\\n\t\tf();\n', '/* a\n * comment */ f();\n']) {
      const at = before.indexOf('f()');
      const { offset, text } = suppressionAt(before, at, 'missing-arc', reason);
      assert.deepEqual([offset, text], [at, '/* vfio-arcs: allow missing-arc -- the firmware does it */ ']);
    }
  });

  it('refuses reasons that are none or would end the comment', () => {
    assert.equal(reasonFault('the firmware does it'), null);
    for (const bad of ['', '  ', 'a\nb', 'x */ return 0; /*', 'a\rb']) assert.notEqual(reasonFault(bad), null, bad);
  });
});
