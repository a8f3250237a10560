import type { CheckConfig } from '../check';
import { defaultConfig, ruleInfos } from '../check';
import type { Severity } from '../rules/rule';
import type { ProfileId } from '../uapi';
import { isProfileId, profileIds } from '../uapi';

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

/** Reads the section's value as a client sent it; what is wrong is named and its default taken. */
export function readSettings(
  value: unknown,
  ruleIds: readonly string[] = ruleInfos.map((rule) => rule.id),
): SettingsReading {
  if (value === null || value === undefined) return { settings: defaultSettings, problems: [] };
  const section = recordOf(value);
  if (section === null) return { settings: defaultSettings, problems: [problem('', value, 'an object')] };
  const problems: string[] = [];
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
  return { settings, problems };
}

function readProfile(value: unknown, problems: string[]): ProfileId | null {
  if (value === undefined || value === null || value === 'auto') return null;
  if (typeof value === 'string' && isProfileId(value)) return value;
  problems.push(problem('profile', value, listed(['auto', ...profileIds])));
  return null;
}

function readRules(value: unknown, ruleIds: readonly string[], problems: string[]): Record<string, Severity | 'off'> {
  const result: Record<string, Severity | 'off'> = {};
  if (value === undefined || value === null) return result;
  const entries = recordOf(value);
  if (entries === null) {
    problems.push(problem('rules', value, 'an object from rule ids to severities'));
    return result;
  }
  for (const [id, wanted] of Object.entries(entries)) {
    const severity = severities.find((each) => each === wanted);
    if (!ruleIds.includes(id)) {
      problems.push(`vfioArcs.rules names the rule ${shown(id)}, which does not exist; allowed is ${listed(ruleIds)}.`);
    } else if (severity === undefined) {
      problems.push(problem(`rules.${id}`, wanted, listed(severities)));
    } else {
      result[id] = severity;
    }
  }
  return result;
}

function readSwitch(section: Readonly<Record<string, unknown>>, key: Switch, problems: string[]): boolean {
  const value = section[key];
  if (value === undefined || value === null) return defaultSettings[key];
  if (typeof value === 'boolean') return value;
  problems.push(problem(key, value, 'true or false'));
  return defaultSettings[key];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}

function problem(key: string, value: unknown, allowed: string): string {
  const name = key === '' ? settingsSection : `${settingsSection}.${key}`;
  return `${name} is ${shown(value)}, which is not ${allowed}; the default is used.`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : `one of ${names.join(', ')}`;
}
