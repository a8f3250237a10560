import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ruleInfos } from '../../server/src/check';
import { rules } from '../../server/src/rules';
import { settings } from '../support/manifest';
import { filesUnder, readRepo, root } from '../support/repo';

describe('rule, docs, test and setting', () => {
  const severities = settings['vfioArcs.rules']?.properties ?? {};
  const infos = [...ruleInfos];

  it('every rule is a file of its own name', () => {
    assert.deepEqual(
      rules.map(({ id }) => `server/src/rules/${id}.ts`).filter((file) => !existsSync(join(root, file))),
      [],
    );
    const named = filesUnder(['server/src/rules'], '.ts').map((file) =>
      file.slice('server/src/rules/'.length, -'.ts'.length),
    );
    const listed: readonly string[] = rules.map(({ id }) => id);
    assert.deepEqual(
      named.filter((name) => name.includes('-') && !listed.includes(name)),
      [],
      'files of rules that the list leaves out',
    );
  });

  it('every rule has a setting with its own severity as default, and every setting a rule', () => {
    assert.deepEqual(
      Object.entries(severities).map(([id, setting]) => [id, setting.default]),
      infos.map(({ id, severity }) => [id, severity]),
    );
    for (const [id, setting] of Object.entries(severities)) {
      assert.deepEqual(setting.enum, ['error', 'warning', 'hint', 'off'], id);
      assert.ok(setting.description, id);
    }
  });

  it('every rule has each heading of its documentation', () => {
    for (const { id, docs, summary } of infos) {
      const texts = [summary, docs.whatItFinds, docs.whyItMatters, docs.example, docs.fixed, docs.knownMisses];
      assert.ok(texts.every((text) => text.trim() !== '') && docs.references.length > 0, id);
    }
  });

  it('every rule is named in a test', () => {
    const tests = ['test/rules', 'test/check']
      .flatMap((folder) => filesUnder([folder], '.test.ts'))
      .map(readRepo)
      .join('\n');
    assert.deepEqual(
      infos.map(({ id }) => id).filter((id) => !tests.includes(`'${id}'`)),
      [],
    );
  });
});
