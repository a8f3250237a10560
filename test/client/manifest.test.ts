import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ruleInfos } from '../../server/src/check';
import { profiles } from '../../server/src/uapi';
import { manifest, manifestTexts, rawManifest, settings } from '../support/manifest';
import { readRepo, root } from '../support/repo';

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

  it('has every command in the category VFIO, sorted by id', () => {
    const { commands } = manifest.contributes;
    const ids = commands.map(({ command }) => command);
    assert.deepEqual(ids, [...ids].sort());
    assert.deepEqual(
      commands.filter(({ command, category }) => category !== 'VFIO' || !command.startsWith('vfioArcs.')),
      [],
    );
  });

  it('names only commands that exist in menus, welcome texts and walkthrough, and in the links of their texts', () => {
    const own = new Set(manifest.contributes.commands.map(({ command }) => command));
    const linked = Object.values(manifestTexts).flatMap((text) =>
      [...text.matchAll(/\(command:(vfioArcs\.\w+)/g)].map(([, id]) => id),
    );
    const placed = Object.values(manifest.contributes.menus ?? {}).flatMap((items) =>
      items.flatMap(({ command }) => command ?? []),
    );
    const events = manifest.contributes.walkthroughs.flatMap(({ steps }) =>
      steps.flatMap(({ completionEvents }) => completionEvents.map((event) => event.replace('onCommand:', ''))),
    );
    assert.ok(linked.length > 5 && placed.length > 5 && events.length > 5);
    assert.deepEqual(
      [...linked, ...placed, ...events].filter((command) => command === undefined || !own.has(command)),
      [],
    );
  });

  it('ends each step of the walkthrough by a command that the step offers', () => {
    for (const { id, description, completionEvents } of manifest.contributes.walkthroughs.flatMap(
      ({ steps }) => steps,
    )) {
      const offered = completionEvents.some((event) => description.includes(event.replace('onCommand:', '(command:')));
      assert.ok(offered, id);
    }
  });

  it('is described in the README by the names of its commands', () => {
    const readme = readRepo('README.md').replace(/\s+/g, ' ');
    const titles = manifest.contributes.commands.map(({ title }) => title);
    assert.deepEqual(
      titles.filter((title) => !readme.includes(`*${title}*`) && !readme.includes(`*VFIO: ${title}*`)),
      [],
    );
  });

  it('groups its settings, each group and each setting in it sorted', () => {
    const groups = manifest.contributes.configuration;
    assert.deepEqual(
      groups.map(({ order }) => order),
      groups.map(({ order }) => order).sort((a, b) => a - b),
    );
    for (const { title, properties } of groups) {
      assert.deepEqual(Object.keys(properties), Object.keys(properties).sort(), title);
    }
  });

  it('works in untrusted workspaces, and its files exist', () => {
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, true);
    const pictures = manifest.contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.svg));
    const files = [manifest.icon, ...pictures, ...manifest.contributes.grammars.map(({ path }) => path)];
    for (const file of files) assert.ok(existsSync(join(root, file)), file);
  });
});

describe('the texts of the manifest', () => {
  /** Everything that VS Code shows of a manifest is under one of these keys. */
  const shown = /^(?:title|description|markdownDescription|label|contents|name|tooltip|altText|displayName)$/;
  /** Names that are the same in every language. */
  const names = ['VFIO Arcs', 'vfio-arcs', 'VFIO'];

  const literals = (value: unknown, path: string): readonly string[] => {
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, child]: [string, unknown]) => {
      const isText = typeof child === 'string' && (shown.test(key) || /[eE]numDescriptions\.$/.test(path));
      if (isText && !/^%.+%$/.test(child) && !names.includes(child)) return [`${path}${key}: ${child}`];
      return literals(child, `${path}${key}.`);
    });
  };

  it('are all in package.nls.json, so that they can be translated', () => {
    assert.deepEqual(literals(rawManifest, ''), []);
  });

  it('are there under every key that is used, used under every key that is there, and sorted', () => {
    const used = [...readRepo('package.json').matchAll(/"%(.+?)%"/g)].map((match) => match[1]);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(manifestTexts));
  });
});
