import type { Choices } from '../choices';
import type { Context } from './context';

/** The device's struct and how its parts are reached. */
export interface Device {
  readonly struct: string;
  /** From `vdev` to the device. */
  readonly fromCore: string;
  /** The struct's text and what belongs to it. */
  readonly declarations: string;
  /** The current state, of the device `d`: how it is written in C, read and assigned. */
  readonly state: string;
  readonly stateType: string;
  read(choices: Choices): string;
  write(choices: Choices, value: string): string;
  /** The plainest assignment. */
  assign(value: string): string;
  /** False when the state is no plain integer that can be pointed to. */
  readonly plain: boolean;
  /** Statements of the harness that make the parts of a new device. */
  readonly make: readonly string[];
  readonly core: string;
  readonly lock: string;
}

export const types = [
  'u32',
  'enum vfio_device_mig_state',
  'u8',
  'int',
  'u16',
  'unsigned long',
  'unsigned int',
] as const;

export function device(context: Context, capabilityFields: readonly string[]): Device {
  const { choices, prefix, struct } = context;
  const core = choices.pick('device.core', ['core.vdev', 'vdev', 'pci.core.vdev']);
  const coreField: Record<string, string> = {
    'core.vdev': 'struct vfio_pci_core_device core;',
    vdev: 'struct vfio_device vdev;',
    'pci.core.vdev': `struct ${prefix}_pci { int bars; struct vfio_pci_core_device core; } pci;`,
  };
  const stateType = choices.pick('device.stateType', types);
  const where = choices.pick('device.state', [
    'field',
    'field',
    'nested',
    'named nested',
    'pointer',
    'atomic',
    'other name',
    'bit field',
  ]);
  const place: Record<string, { field: string; at: string; before?: string; make?: string }> = {
    field: { field: `${stateType} state;`, at: 'd->state' },
    'other name': { field: `${stateType} mig_cur;`, at: 'd->mig_cur' },
    nested: { field: `struct { ${stateType} now; bool busy; } mig;`, at: 'd->mig.now' },
    'named nested': {
      before: `struct ${prefix}_mig { bool busy; ${stateType} device_state; };\n`,
      field: `struct ${prefix}_mig mig;`,
      at: 'd->mig.device_state',
    },
    pointer: {
      before: `struct ${prefix}_mig { bool busy; ${stateType} device_state; };\n`,
      field: `struct ${prefix}_mig *mig;`,
      at: 'd->mig->device_state',
      make: 'd->mig = fuzz_zeroed(sizeof(*d->mig));',
    },
    atomic: { field: 'atomic_t state;', at: 'd->state' },
    'bit field': { field: 'u32 busy:3, state:4;', at: 'd->state' },
  };
  const chosen = place[where] ?? { field: '', at: '' };
  const atomic = where === 'atomic';
  const bitField = where === 'bit field';
  const fields = choices.shuffled('device.fields', [
    coreField[core] ?? '',
    chosen.field,
    'struct mutex lock;',
    `struct ${prefix}_file *saving, *resuming;`,
    'void __iomem *regs;',
    ...capabilityFields,
  ]);
  const plainReads = [chosen.at, chosen.at, `${prefix.toUpperCase()}_CUR(d)`, `${prefix}_cur(d)`];
  const reads = atomic
    ? [`atomic_read(&${chosen.at})`]
    : bitField
      ? plainReads
      : [...plainReads, `READ_ONCE(${chosen.at})`, `*(&${chosen.at})`, `({ u32 at = ${chosen.at}; at; })`];
  const value = atomic ? `atomic_read(&d->state)` : chosen.at;
  const declarations = `struct ${prefix}_file { struct file *filp; struct mutex lock; bool disabled; u64 size; };
${chosen.before ?? ''}struct ${struct} {
${fields.map((f) => `\t${f}`).join('\n')}
};
#define ${prefix.toUpperCase()}_CUR(x) ${atomic ? 'atomic_read(&(x)->state)' : chosen.at.replace('d->', '((x)->').replace(/$/, ')')}
static inline u32 ${prefix}_cur(const struct ${struct} *d)
{
	return ${value};
}`;
  return {
    struct,
    fromCore: fromCore(context, core, coreField[core] ?? ''),
    declarations,
    state: value,
    stateType: atomic ? 'int' : bitField ? 'u32' : stateType,
    read: (c) => c.pick('state.read', reads),
    write: (c, v) =>
      atomic
        ? `atomic_set(&${chosen.at}, ${v});`
        : c.pick('state.write', [
            `${chosen.at} = ${v};`,
            `${chosen.at} = ${v};`,
            ...(bitField ? [] : [`WRITE_ONCE(${chosen.at}, ${v});`]),
          ]),
    plain: !atomic && !bitField,
    assign: (v) => (atomic ? `atomic_set(&${chosen.at}, ${v});` : `${chosen.at} = ${v};`),
    make: chosen.make ? [chosen.make] : [],
    core,
    lock: 'd->lock',
  };
}

function fromCore(context: Context, core: string, field: string): string {
  const { choices, struct, prefix } = context;
  const direct = `container_of(vdev, struct ${struct}, ${core})`;
  switch (choices.pick('device.fromCore', ['direct', 'function', 'macro', 'twice'])) {
    case 'function':
      context.declare(
        `static struct ${struct} *${prefix}_from_core(struct vfio_device *vdev)\n{\n\treturn ${direct};\n}`,
      );
      return `${prefix}_from_core(vdev)`;
    case 'macro':
      context.declare(`#define to_${prefix}(x) container_of(x, struct ${struct}, ${core})`);
      return `to_${prefix}(vdev)`;
    case 'twice':
      if (core !== 'core.vdev' || field === '') return direct;
      return `container_of(container_of(vdev, struct vfio_pci_core_device, vdev), struct ${struct}, core)`;
    default:
      return direct;
  }
}
