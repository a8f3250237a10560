/** The parts of the example driver that an example may replace; each is C text with its line ends. */
export interface ExampleParts {
  /** Further members of the device's struct. */
  readonly members?: string;
  /** Arms at the head of the step function, before those that are always there. */
  readonly arms?: string;
  /** The arm for STOP_COPY -> STOP and RESUMING -> STOP. */
  readonly closing?: string;
  /** The arm for STOP -> STOP_COPY. */
  readonly saving?: string;
  /** The last statement of the step function. */
  readonly otherwise?: string;
  /** The loop in set_state. */
  readonly loop?: string;
  /** The value of migration_flags. */
  readonly flags?: string;
  /** The members of the migration ops. */
  readonly ops?: string;
}

/** Asks for the next state until the wanted one is reached. */
const usualLoop = `	while (new != demo->state) {
		if (vfio_mig_get_next_state(vdev, demo->state, new, &next)) {
			file = ERR_PTR(-EINVAL);
			break;
		}
		file = demo_step(demo, next);
		if (IS_ERR(file))
			break;
		demo->state = next;
	}
`;

const usualClosing = `	if ((cur == VFIO_DEVICE_STATE_STOP_COPY && new == VFIO_DEVICE_STATE_STOP) ||
	    (cur == VFIO_DEVICE_STATE_RESUMING && new == VFIO_DEVICE_STATE_STOP)) {
		demo_close_file(demo);
		return NULL;
	}
`;

const usual: Required<ExampleParts> = {
  members: '',
  arms: '',
  closing: usualClosing,
  saving: `	if (cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_STOP_COPY)
		return demo_open(demo, &demo_save_fops, O_RDONLY);
`,
  otherwise: '\treturn ERR_PTR(-EINVAL);\n',
  loop: usualLoop,
  flags: 'VFIO_MIGRATION_STOP_COPY',
  ops: `	.migration_set_state = demo_set_state,
	.migration_get_state = demo_get_state,
	.migration_get_data_size = demo_get_data_size,
`,
};

/**
 * A whole small driver in the style that most kernel drivers have: STOP_COPY alone, all six arcs. Nothing is to be said
 * against it; examples replace the part that they are about.
 */
export function exampleDriver(parts: ExampleParts = {}): string {
  const { members, arms, closing, saving, otherwise, loop, flags, ops } = { ...usual, ...parts };
  return `struct demo {
	struct vfio_device vdev;
	struct mutex lock;
	enum vfio_device_mig_state state;
	struct file *filp;
${members}};

static struct file *demo_open(struct demo *demo, const struct file_operations *fops, int flags)
{
	struct file *filp = anon_inode_getfile("demo_mig", fops, demo, flags);

	if (IS_ERR(filp))
		return filp;
	get_file(filp);
	demo->filp = filp;
	return filp;
}

static void demo_close_file(struct demo *demo)
{
	fput(demo->filp);
	demo->filp = NULL;
}

static struct file *demo_step(struct demo *demo, enum vfio_device_mig_state new)
{
	enum vfio_device_mig_state cur = demo->state;

${arms}	if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_STOP)
		return demo_stop(demo) ? ERR_PTR(-EIO) : NULL;
	if (cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_RUNNING)
		return demo_start(demo) ? ERR_PTR(-EIO) : NULL;
${saving}	if (cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_RESUMING)
		return demo_open(demo, &demo_resume_fops, O_WRONLY);
${closing}${otherwise}}

static struct file *demo_set_state(struct vfio_device *vdev, enum vfio_device_mig_state new)
{
	struct demo *demo = container_of(vdev, struct demo, vdev);
	enum vfio_device_mig_state next;
	struct file *file = NULL;

	mutex_lock(&demo->lock);
${loop}	mutex_unlock(&demo->lock);
	return file;
}

static int demo_get_state(struct vfio_device *vdev, enum vfio_device_mig_state *state)
{
	struct demo *demo = container_of(vdev, struct demo, vdev);

	mutex_lock(&demo->lock);
	*state = demo->state;
	mutex_unlock(&demo->lock);
	return 0;
}

static const struct vfio_migration_ops demo_migration_ops = {
${ops}};

static int demo_init(struct vfio_device *vdev)
{
	vdev->migration_flags = ${flags};
	vdev->mig_ops = &demo_migration_ops;
	return 0;
}
`;
}
