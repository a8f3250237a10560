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
    vdpa: `struct ${prefix}_vdpa { u32 migration_flags; };
static void ${prefix}_vdpa_setup(struct ${prefix}_vdpa *vdpa)
{
	vdpa->migration_flags = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P | 0x100;
}`,
    v1: `#define ${prefix.toUpperCase()}_V1_RUNNING VFIO_DEVICE_STATE_V1_RUNNING
#define ${prefix.toUpperCase()}_V1_SAVING VFIO_DEVICE_STATE_V1_SAVING
static int ${prefix}_v1_set_state(struct ${struct} *d, u32 wanted)
{
	switch (wanted) {
	case VFIO_DEVICE_STATE_V1_STOP:
	case ${prefix.toUpperCase()}_V1_RUNNING:
	case ${prefix.toUpperCase()}_V1_SAVING | ${prefix.toUpperCase()}_V1_RUNNING:
		return 0;
	}
	return -EINVAL;
}`,
    checks: `static int ${prefix}_may_resume(struct vfio_device *vdev, enum vfio_device_mig_state final)
{
	if (final == VFIO_DEVICE_STATE_RESUMING && !(vdev->migration_flags & VFIO_MIGRATION_STOP_COPY))
		return -EOPNOTSUPP;
	return final == VFIO_DEVICE_STATE_ERROR ? -EINVAL : 0;
}`,
    reset: `static void ${prefix}_reset_done(struct ${struct} *d)
{
	${device.assign('VFIO_DEVICE_STATE_RUNNING')}
	${prefix}_close(d);
}`,
  };
  return Object.keys(all).flatMap((name) => (choices.chance(`decoy.${name}`, 18) ? [all[name] ?? ''] : []));
}
