import type { CheckConfig } from '../check';
import { defaultConfig, ruleInfos } from '../check';
import type { Severity } from '../rules/rule';
import type { ProfileId } from '../uapi';
import { isProfileId, profileIds } from '../uapi';
import type { Translate } from '../wire';
import { english } from '../wire';

/** The section of the client's configuration that is ours. */
export const settingsSection = 'vfioArcs';

/** What the user may set, valid. */
export interface Settings {
  readonly config: CheckConfig;
  /** Look for drivers in all workspace folders, not only around open files. */
  readonly workspaceScan: boolean;
  /** Lenses over ops, set_state and step function. */
  readonly codeLens: boolean;
  /** Name the arcs at the conditions that select them. */
  readonly inlayHints: boolean;
  /** Tokens for the constants of states and flags. */
  readonly semanticTokens: boolean;
}

export const defaultSettings: Settings = {
  config: defaultConfig,
  workspaceScan: true,
  codeLens: true,
  inlayHints: false,
  semanticTokens: true,
};

/** The settings that are on or off. */
type Switch = { [K in keyof Settings]: Settings[K] extends boolean ? K : never }[keyof Settings];

/** What was read, and one sentence for every value that could not be used. */
export interface SettingsReading {
  readonly settings: Settings;
  readonly problems: readonly string[];
}

const severities: readonly (Severity | 'off')[] = ['error', 'warning', 'hint', 'off'];

/** Reads the section's value as a client sent it; what is wrong is named, in its language, and its default taken. */
export function readSettings(
  value: unknown,
  t: Translate = english,
  ruleIds: readonly string[] = ruleInfos.map((rule) => rule.id),
): SettingsReading {
  if (value === null || value === undefined) return { settings: defaultSettings, problems: [] };
  const section = recordOf(value);
  const problems = new Problems(t);
  if (section === null) {
    problems.add('', value, t('an object'));
    return { settings: defaultSettings, problems: problems.all };
  }
  const settings = {
    config: {
      profile: readProfile(section['profile'], problems),
      rules: readRules(section['rules'], ruleIds, problems),
    },
    workspaceScan: readSwitch(section, 'workspaceScan', problems),
    codeLens: readSwitch(section, 'codeLens', problems),
    inlayHints: readSwitch(section, 'inlayHints', problems),
    semanticTokens: readSwitch(section, 'semanticTokens', problems),
  };
  return { settings, problems: problems.all };
}

function readProfile(value: unknown, problems: Problems): ProfileId | null {
  if (value === undefined || value === null || value === 'auto') return null;
  if (typeof value === 'string' && isProfileId(value)) return value;
  problems.add('profile', value, problems.oneOf(['auto', ...profileIds]));
  return null;
}

function readRules(value: unknown, ruleIds: readonly string[], problems: Problems): Record<string, Severity | 'off'> {
  const result: Record<string, Severity | 'off'> = {};
  if (value === undefined || value === null) return result;
  const entries = recordOf(value);
  if (entries === null) {
    problems.add('rules', value, problems.t('an object from rule ids to severities'));
    return result;
  }
  for (const [id, wanted] of Object.entries(entries)) {
    const severity = severities.find((each) => each === wanted);
    if (!ruleIds.includes(id)) {
      problems.addRule(id, ruleIds);
    } else if (severity === undefined) {
      problems.add(`rules.${id}`, wanted, problems.oneOf(severities));
    } else {
      result[id] = severity;
    }
  }
  return result;
}

function readSwitch(section: Readonly<Record<string, unknown>>, key: Switch, problems: Problems): boolean {
  const value = section[key];
  if (value === undefined || value === null) return defaultSettings[key];
  if (typeof value === 'boolean') return value;
  problems.add(key, value, problems.t('true or false'));
  return defaultSettings[key];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}

/** What is wrong with the settings, one sentence each. */
class Problems {
  readonly all: string[] = [];

  constructor(readonly t: Translate) {}

  /** A value that is not what is allowed there. */
  add(key: string, value: unknown, allowed: string): void {
    const name = key === '' ? settingsSection : `${settingsSection}.${key}`;
    this.all.push(this.t('{0} is {1}, which is not {2}; the default is used.', name, shown(value), allowed));
  }

  /** A rule that there is not. */
  addRule(id: string, ruleIds: readonly string[]): void {
    this.all.push(
      this.t(
        'vfioArcs.rules names the rule {0}, which does not exist; allowed is {1}.',
        shown(id),
        this.oneOf(ruleIds),
      ),
    );
  }

  oneOf(names: readonly string[]): string {
    return names.length === 0 ? this.t('none') : this.t('one of {0}', names.join(', '));
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
