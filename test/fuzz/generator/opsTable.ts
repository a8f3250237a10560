import type { Context } from './context';

/** A driver's ops and how set-up code hands them to the core. */
export interface OpsText {
  readonly definition: string;
  /** The statement of set-up code. */
  readonly register: string;
}

/** The ops with these functions, in one of the ways in which drivers write them. */
export function opsTable(context: Context, name: string, setState: string, getState: string): OpsText {
  const { choices } = context;
  const qualifier = choices.chance('ops.writable', 20) ? '' : 'const ';
  const members = choices.shuffled('ops.members', [
    `\t.migration_set_state = ${choices.chance('ops.address', 10) ? '&' : ''}${setState},`,
    `\t.migration_get_state = ${getState},`,
  ]);
  const table = `static ${qualifier}struct vfio_migration_ops ${name} = {\n${members.join('\n')}\n};`;
  switch (choices.pick('ops.register', ['direct', 'direct', 'direct', 'parameter', 'local', 'member'])) {
    case 'parameter': {
      const helper = context.name('register');
      return {
        definition: `${table}\n\nstatic void ${helper}(struct vfio_device *vdev, const struct vfio_migration_ops *ops)\n{\n\tvdev->mig_ops = ops;\n}`,
        register: `${helper}(vdev, &${name});`,
      };
    }
    case 'local':
      return {
        definition: table,
        register: `{ const struct vfio_migration_ops *ops = &${name}; vdev->mig_ops = ops; }`,
      };
    case 'member':
      return { definition: table, register: `*(&vdev->mig_ops) = &${name};` };
    default:
      return { definition: table, register: `vdev->mig_ops = &${name};` };
  }
}
