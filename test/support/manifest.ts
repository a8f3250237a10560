import { readRepo } from './repo';

/** A setting as the manifest declares it, in English. */
export interface Setting {
  readonly type: string;
  readonly default: unknown;
  readonly enum?: readonly string[];
  readonly markdownDescription?: string;
  readonly markdownEnumDescriptions?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly properties?: Readonly<Record<string, { enum: readonly string[]; default: string; description: string }>>;
}

/** A group of settings, with its heading. */
export interface SettingsGroup {
  readonly title: string;
  readonly order: number;
  readonly properties: Readonly<Record<string, Setting>>;
}

/** A place for a command: in a menu, on a view's item. */
export interface MenuItem {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
  readonly group?: string;
}

/** As much of package.json as tests look at. */
export interface Manifest {
  readonly icon: string;
  readonly l10n: string;
  readonly capabilities: { readonly untrustedWorkspaces: { readonly supported: boolean } };
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly category: string;
      readonly title: string;
      readonly icon?: string;
      readonly enablement?: string;
    }[];
    readonly configuration: readonly SettingsGroup[];
    readonly grammars: readonly { readonly path: string }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly id: string;
        readonly description: string;
        readonly media: { readonly svg: string };
        readonly completionEvents: readonly string[];
      }[];
    }[];
    readonly menus?: Readonly<Record<string, readonly MenuItem[]>>;
  };
}

/** The manifest's strings by key. */
export const manifestTexts: Readonly<Record<string, string>> = JSON.parse(readRepo('client/l10n/package.nls.json'));

/** package.json as it is written, with `%key%` in place of texts. */
export const rawManifest: Manifest = JSON.parse(readRepo('package.json'));

/** package.json as an English VS Code reads it. */
export const manifest: Manifest = JSON.parse(readRepo('package.json'), (_, value: unknown) => {
  const key = typeof value === 'string' ? /^%(.+)%$/.exec(value)?.[1] : undefined;
  return key === undefined ? value : manifestTexts[key];
});

/** The settings of all groups. */
export const settings: Readonly<Record<string, Setting>> = Object.assign(
  {},
  ...manifest.contributes.configuration.map(({ properties }) => properties),
);
