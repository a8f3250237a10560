import type { Capability, Context } from './context';

/** A capability with the text that a driver and its harness need for it. */
export interface DeviceCapability extends Capability {
  /** False when it lies in a member of the device. */
  readonly isSetting: boolean;
  readonly fields: readonly string[];
  /** Declarations before the device's struct is complete need none of it; these come after. */
  readonly declarations: readonly string[];
  /** Statements in init that fill in what `test` looks at. */
  readonly init: readonly string[];
  /** The harness: foreign functions, and statements that make a device that has it. */
  readonly foreign: readonly string[];
  readonly make: readonly string[];
}

/** One of the ways in which drivers tell what a device can do. `bit` is its bit of fuzz_capabilities. */
export function capability(context: Context, stem: string, bit: number): DeviceCapability {
  const { choices, prefix, struct } = context;
  const upper = prefix.toUpperCase();
  const none = { fields: [], declarations: [], init: [], foreign: [], make: [], option: null, isSetting: false };
  const has = `(fuzz_capabilities >> ${bit} & 1)`;
  switch (
    choices.pick('capability', [
      'field',
      'bit',
      'function',
      'macro',
      'foreign',
      'init',
      'predicate',
      'ifdef',
      'enabled',
      'nested',
    ])
  ) {
    case 'bit':
      return {
        ...none,
        test: choices.pick('capability.bit', [
          `(d->caps & BIT(${bit + 3}))`,
          `(d->caps & BIT(${bit + 3})) != 0`,
          `d->caps >> ${bit + 3} & 1`,
        ]),
        fields: ['u32 caps;'],
        make: [`d->caps |= ${has} << ${bit + 3};`],
      };
    case 'function':
      return {
        ...none,
        test: `${prefix}_has_${stem}(d)`,
        declarations: [
          `static bool ${prefix}_has_${stem}(struct ${struct} *d)\n{\n\treturn d->${stem}_version >= 2;\n}`,
        ],
        fields: [`int ${stem}_version;`],
        make: [`d->${stem}_version = ${has} ? 3 : 1;`],
      };
    case 'macro':
      return {
        ...none,
        test: `${upper}_HAS_${stem.toUpperCase()}(d)`,
        declarations: [`#define ${upper}_HAS_${stem.toUpperCase()}(x) ((x)->${stem}_ok && !(x)->${stem}_broken)`],
        fields: [`bool ${stem}_ok;`, `bool ${stem}_broken;`],
        make: [`d->${stem}_ok = ${has};`],
      };
    case 'foreign':
      return {
        ...none,
        isSetting: true,
        test: `${prefix}_hw_supports_${stem}(d)`,
        declarations: [`bool ${prefix}_hw_supports_${stem}(struct ${struct} *d);`],
        foreign: [`bool ${prefix}_hw_supports_${stem}(struct ${struct} *d) { return ${has}; }`],
      };
    case 'init':
      return {
        ...none,
        test: `d->use_${stem}`,
        fields: [`bool use_${stem};`],
        declarations: [`int ${prefix}_query_${stem}(struct ${struct} *d);`],
        init: [`d->use_${stem} = ${prefix}_query_${stem}(d) > 1;`],
        foreign: [`int ${prefix}_query_${stem}(struct ${struct} *d) { return ${has} ? 2 : 0; }`],
      };
    case 'predicate':
      return {
        ...none,
        test: `${prefix}_can_${stem}(d)`,
        fields: [`u64 feature_${stem};`],
        declarations: [
          `static inline int ${prefix}_can_${stem}(const struct ${struct} *d)\n{\n\tif (!d->feature_${stem})\n\t\treturn 0;\n\treturn 1;\n}`,
        ],
        make: [`d->feature_${stem} = ${has} * 4;`],
      };
    case 'ifdef':
      return {
        ...none,
        isSetting: true,
        test: `IS_ENABLED(CONFIG_${upper}_${stem.toUpperCase()})`,
        option: `CONFIG_${upper}_${stem.toUpperCase()}`,
        ifdef: choices.pick('capability.ifdef', [
          `#ifdef CONFIG_${upper}_${stem.toUpperCase()}`,
          `#ifdef CONFIG_${upper}_${stem.toUpperCase()}`,
          `#if defined(CONFIG_${upper}_${stem.toUpperCase()})`,
          `#if IS_ENABLED(CONFIG_${upper}_${stem.toUpperCase()})`,
          `#ifndef CONFIG_${upper}_${stem.toUpperCase()}\n#else`,
        ]),
      };
    case 'enabled':
      return { ...none, isSetting: true, test: `IS_ENABLED(CONFIG_${upper}_${stem.toUpperCase()})` };
    case 'nested':
      return {
        ...none,
        test: `d->${stem}_info.enabled`,
        fields: [`struct { int level; bool enabled; } ${stem}_info;`],
        make: [`d->${stem}_info.enabled = ${has};`],
      };
    default:
      return {
        ...none,
        test: choices.pick('capability.field', [`d->has_${stem}`, `d->has_${stem}`, `!d->no_${stem}`]),
        fields: [`bool has_${stem}, no_${stem};`],
        make: [`d->has_${stem} = ${has};`, `d->no_${stem} = !${has};`],
      };
  }
}
