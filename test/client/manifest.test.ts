import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ruleInfos } from '../../server/src/check';
import { profiles } from '../../server/src/uapi';

const root = join(__dirname, '../../..');

interface Setting {
  readonly type: string;
  readonly default: unknown;
  readonly enum?: readonly string[];
  readonly markdownDescription?: string;
  readonly markdownEnumDescriptions?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly properties?: Readonly<Record<string, { enum: readonly string[]; default: string; description: string }>>;
}

interface Manifest {
  readonly icon: string;
  readonly capabilities: { readonly untrustedWorkspaces: { readonly supported: boolean } };
  readonly contributes: {
    readonly commands: readonly { command: string; category: string; title: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly grammars: readonly { path: string }[];
  };
}

const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const settings = manifest.contributes.configuration.properties;

describe('the extension manifest', () => {
  it('has a setting for every rule, with the rule’s own severity and words', () => {
    const expected = ruleInfos.map(({ id, severity, summary }) => [
      id,
      { type: 'string', enum: ['error', 'warning', 'hint', 'off'], default: severity, description: summary },
    ]);
    assert.deepEqual(settings['vfioArcs.rules']?.properties, Object.fromEntries(expected));
  });

  it('offers every profile, each explained', () => {
    const setting = settings['vfioArcs.profile'];
    assert.deepEqual(setting?.enum, ['auto', ...profiles.map(({ id }) => id)]);
    const [, ...explained] = setting?.markdownEnumDescriptions ?? [];
    assert.deepEqual(
      explained,
      profiles.map(({ title, doc }) => `${title}. ${doc.summary}`),
    );
  });

  it('describes every setting and every value that can be chosen', () => {
    for (const [key, setting] of Object.entries(settings)) {
      assert.match(setting.markdownDescription ?? '', /\.$/, key);
      assert.notEqual(setting.default, undefined, key);
      const explained = setting.markdownEnumDescriptions ?? setting.enumDescriptions ?? [];
      assert.equal(explained.length, setting.enum?.length ?? 0, key);
    }
  });

  it('names its commands as the README does', () => {
    const titles = manifest.contributes.commands.map(({ category, title }) => `${category}: ${title}`);
    assert.deepEqual(titles, [
      'VFIO: Check Workspace',
      'VFIO: Show Arc Table',
      'VFIO: Restart Language Server',
      'VFIO: Show Log',
    ]);
  });

  it('works in untrusted workspaces, and its files exist', () => {
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, true);
    const files = [manifest.icon, ...manifest.contributes.grammars.map(({ path }) => path)];
    for (const file of files) assert.ok(existsSync(join(root, file)), file);
  });
});
