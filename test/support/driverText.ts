/** Parts of a driver that tests put together; all our own text, in the kernel's manner. */
export interface DriverParts {
  /** Before everything: macros, tables, helpers. The structs are known already. */
  readonly prelude?: string;
  /** The definition of `step(struct dev *d, u32 new)`, or of what set_state calls. */
  readonly step: string;
  /** The value for migration_flags, or whole statements when it ends with a semicolon. */
  readonly flags?: string;
  /** The body of the loop's step; by default a call of step(). */
  readonly setState?: string;
  readonly getState?: string;
}

export const structs = `
struct mig_file { struct file *filp; struct mutex lock; bool disabled; };
struct dev {
	struct vfio_pci_core_device core;
	enum vfio_device_mig_state state;
	struct mutex lock;
	struct mig_file *saving;
	struct mig_file *resuming;
	u32 caps;
	bool has_precopy;
};
static struct file *open_save(struct dev *d)
{
	struct mig_file *f = kzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return ERR_PTR(-ENOMEM);
	f->filp = anon_inode_getfile("mig", &save_fops, f, O_RDONLY);
	if (IS_ERR(f->filp)) {
		int err = PTR_ERR(f->filp);

		kfree(f);
		return ERR_PTR(err);
	}
	get_file(f->filp);
	d->saving = f;
	return f->filp;
}
static struct file *open_resume(struct dev *d)
{
	d->resuming = kzalloc(sizeof(*d->resuming), GFP_KERNEL);
	if (!d->resuming)
		return ERR_PTR(-ENOMEM);
	d->resuming->filp = anon_inode_getfile("mig", &resume_fops, d->resuming, O_WRONLY);
	if (IS_ERR(d->resuming->filp))
		return ERR_CAST(d->resuming->filp);
	return d->resuming->filp;
}
static void close_files(struct dev *d)
{
	if (d->saving) {
		fput(d->saving->filp);
		d->saving = NULL;
	}
	if (d->resuming) {
		fput(d->resuming->filp);
		d->resuming = NULL;
	}
}
`;

export const setStateLoop = `
static struct file *set_state(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	struct dev *d = container_of(vdev, struct dev, core.vdev);
	enum vfio_device_mig_state next;
	struct file *res = NULL;
	int ret;

	mutex_lock(&d->lock);
	while (new_state != d->state) {
		ret = vfio_mig_get_next_state(vdev, d->state, new_state, &next);
		if (ret) {
			res = ERR_PTR(ret);
			break;
		}
		res = step(d, next);
		if (IS_ERR(res))
			break;
		d->state = next;
		if (WARN_ON(res && new_state != d->state)) {
			fput(res);
			res = ERR_PTR(-EINVAL);
			break;
		}
	}
	mutex_unlock(&d->lock);
	return res;
}
`;

export const getStateOp = `
static int get_state(struct vfio_device *vdev, enum vfio_device_mig_state *cur)
{
	struct dev *d = container_of(vdev, struct dev, core.vdev);

	mutex_lock(&d->lock);
	*cur = d->state;
	mutex_unlock(&d->lock);
	return 0;
}
`;

/** A whole driver in one text. */
export function driverText(parts: DriverParts): string {
  const flags = parts.flags ?? 'VFIO_MIGRATION_STOP_COPY';
  return `${structs}${parts.prelude ?? ''}
${parts.step}
${parts.setState ?? setStateLoop}
${parts.getState ?? getStateOp}
static const struct vfio_migration_ops mig_ops = {
	.migration_set_state = set_state,
	.migration_get_state = get_state,
	.migration_get_data_size = get_size,
};
static int init_dev(struct vfio_device *vdev)
{
	struct dev *d = container_of(vdev, struct dev, core.vdev);
	int ret = vfio_pci_core_init_dev(vdev);

	if (ret)
		return ret;
	mutex_init(&d->lock);
	${flags.trimEnd().endsWith(';') ? flags : `vdev->migration_flags = ${flags};`}
	vdev->mig_ops = &mig_ops;
	return 0;
}
`;
}

/** The six arcs of a driver that declares STOP_COPY only. */
export const sixArcs = [
  'RESUMING>STOP',
  'RUNNING>STOP',
  'STOP>RESUMING',
  'STOP>RUNNING',
  'STOP>STOP_COPY',
  'STOP_COPY>STOP',
];
