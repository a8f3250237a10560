import type { Context } from './context';
import type { Device } from './device';

/** Code around states that is no arc. */
export function decoys(context: Context, device: Device): string[] {
  const { choices, prefix, struct } = context;
  const all: Readonly<Record<string, string>> = {
    names: `static const char *${prefix}_state_name(u32 state)
{
	switch (state) {
	case VFIO_DEVICE_STATE_STOP:
		return "STOP";
	case VFIO_DEVICE_STATE_RUNNING:
		return "RUNNING";
	case VFIO_DEVICE_STATE_PRE_COPY ... VFIO_DEVICE_STATE_PRE_COPY_P2P:
		return "PRE_COPY";
	default:
		return "?";
	}
}`,
    debugfs: `static int ${prefix}_state_show(struct seq_file *seq, void *data)
{
	struct ${struct} *d = seq->private;

	if (${device.state} == VFIO_DEVICE_STATE_RUNNING)
		seq_puts(seq, "running\\n");
	else if (${device.state} == VFIO_DEVICE_STATE_STOP_COPY)
		seq_puts(seq, "saving\\n");
	seq_printf(seq, "%u\\n", (unsigned int)${device.state});
	return 0;
}`,
    precopy: `static long ${prefix}_precopy_ioctl(struct ${struct} *d, unsigned int cmd)
{
	if (${device.state} != VFIO_DEVICE_STATE_PRE_COPY &&
	    ${device.state} != VFIO_DEVICE_STATE_PRE_COPY_P2P)
		return -EINVAL;
	return 0;
}`,
    flags: `static bool ${prefix}_wants_precopy(struct vfio_device *vdev)
{
	return vdev->migration_flags & VFIO_MIGRATION_PRE_COPY && vdev->migration_flags != VFIO_MIGRATION_P2P;
}`,
    private: `enum ${prefix}_phase { ${prefix.toUpperCase()}_IDLE = 0xff, ${prefix.toUpperCase()}_BUSY };
static bool ${prefix}_is_idle(struct ${struct} *d)
{
	return ${device.state} == ${prefix.toUpperCase()}_IDLE;
}`,
    reset: `static void ${prefix}_reset_done(struct ${struct} *d)
{
	${device.assign('VFIO_DEVICE_STATE_RUNNING')}
	${prefix}_close(d);
}`,
  };
  return Object.keys(all).flatMap((name) => (choices.chance(`decoy.${name}`, 18) ? [all[name] ?? ''] : []));
}
