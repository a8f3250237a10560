import type { ProfileId } from '../../uapi';
import { mark } from '../mark';
import type { DeviceOps } from './deviceOps';
import { deviceOpsLines } from './deviceOps';

/** What a skeleton has besides its data files. C text without a line feed at its end. */

export function structs(p: string, precopy: boolean): string {
  const capital = p.toUpperCase();
  return `/* ${mark} numbers of the driver's own; a new version when the state looks different. */
#define ${capital}_MAGIC	0x${magicOf(p)}
#define ${capital}_VERSION	1

/* What comes before the state of the device in the stream. */
struct ${p}_header {
	__le32 magic;
	__le32 version;
${member('__le64 size;', 'bytes of state that follow')}
};

/* One migration data session: what user space reads from or writes to. */
struct ${p}_file {
	struct file *filp;
${member(`struct ${p}_device *dev;`, 'may be gone once disabled')}
${member('struct mutex lock;', 'all members below')}${precopy ? '\n\twait_queue_head_t wait;' : ''}
	u8 *buf;
	size_t capacity;
${member('size_t filled;', 'bytes valid in buf')}
${member('size_t saved;', 'bytes that user space has read')}
${precopy ? `${member('size_t initial;', 'of filled, from the beginning')}\n${member('bool complete;', 'nothing will be added')}\n` : ''}	bool disabled;
};

struct ${p}_device {
	struct vfio_pci_core_device core;
${member('struct mutex state_mutex;', 'state, saving, resuming')}
${member('spinlock_t reset_lock;', 'reset_pending')}
	bool reset_pending;
	enum vfio_device_mig_state state;
	struct ${p}_file *saving;
	struct ${p}_file *resuming;
};`;
}

/** A member with what is to be known of it, which begins in the same column everywhere. */
function member(declaration: string, about: string): string {
  const tabs = Math.max(1, 5 - Math.floor((8 + declaration.length) / 8));
  return `\t${declaration}${'\t'.repeat(tabs)}/* ${about} */`;
}

/** The first letters of the name, so that two drivers do not take each other's data. */
function magicOf(p: string): string {
  const bytes = Array.from(p.slice(0, 4), (c) => (c.codePointAt(0) ?? 0).toString(16));
  return bytes.join('').padStart(8, '0');
}

/** The places where the hardware comes in. */
export function hardware(p: string, p2p: boolean, precopy: boolean): string {
  const hook = (name: string, work: string) => `static int ${p}_hw_${name}(struct ${p}_device *dev)
{
	/* ${mark} ${work} */
	return 0;
}
`;
  const peers = p2p
    ? `${hook('pause', 'let the device start no new peer-to-peer DMA, and wait for what is under way.')}
${hook('resume', 'let the device do peer-to-peer DMA again.')}
`
    : '';
  const load = `static int ${p}_hw_load(struct ${p}_device *dev, const u8 *from, size_t size)
{
	/* ${mark} check that the state fits the device and write it there. */
	return 0;
}

/* What an image of the device takes in the stream. */
static size_t ${p}_image_size(struct ${p}_device *dev)
{
	size_t size = ${p}_hw_state_size(dev);

	return sizeof(struct ${p}_header) + size;
}`;
  return `${peers}${hook('stop', 'stop the device: no DMA, no interrupt, no change of its state.')}
${hook('start', `set the stopped device to work again${p2p ? ', short of peer-to-peer DMA' : ''}.`)}
static size_t ${p}_hw_state_size(struct ${p}_device *dev)
{
	/* ${mark} how many bytes the state of the device takes. */
	return 4096;
}

static int ${p}_hw_save(struct ${p}_device *dev, u8 *to, size_t size)
{
	/* ${mark} read the state from the device${precopy ? ', which runs when the first image is made' : ''}. */
	return 0;
}

${load}`;
}

export function container(p: string): string {
  return `static struct ${p}_device *${p}_of(struct vfio_device *vdev)
{
	return container_of(vdev, struct ${p}_device, core.vdev);
}`;
}

export function step(p: string, arms: readonly string[]): string {
  return `/*
 * Takes one arc. Gives the new session's file, NULL where no session begins, or
 * an error. The driver keeps a reference of its own to the file until the
 * session ends.
 */
static struct file *${p}_step(struct ${p}_device *dev, enum vfio_device_mig_state new)
{
	enum vfio_device_mig_state cur = dev->state;
	struct ${p}_file *migf;
	int ret;

${arms.join('\n')}
	/* vfio_mig_get_next_state() asks for no other arc. */
	WARN_ON(true);
	return ERR_PTR(-EINVAL);
}`;
}

/** The lock with the deferred reset, and the ops. `dataSize`: the kernel asks for it. */
export function operations(p: string, dataSize: boolean): string {
  const size = dataSize
    ? `

static int ${p}_get_data_size(struct vfio_device *vdev, unsigned long *stop_copy_length)
{
	struct ${p}_device *dev = ${p}_of(vdev);

	mutex_lock(&dev->state_mutex);
	*stop_copy_length = ${p}_image_size(dev);
	${p}_unlock_state(dev);
	return 0;
}`
    : '';
  const sizeOp = dataSize ? `\n\t.migration_get_data_size = ${p}_get_data_size,` : '';
  return `/*
 * The only way out of the state mutex: a reset that finds the mutex taken does
 * not wait for it but leaves a note, and the work is done here.
 */
static void ${p}_unlock_state(struct ${p}_device *dev)
{
again:
	spin_lock(&dev->reset_lock);
	if (dev->reset_pending) {
		dev->reset_pending = false;
		spin_unlock(&dev->reset_lock);
		dev->state = VFIO_DEVICE_STATE_RUNNING;
		${p}_close_files(dev);
		goto again;
	}
	mutex_unlock(&dev->state_mutex);
	spin_unlock(&dev->reset_lock);
}

static struct file *${p}_set_state(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	struct ${p}_device *dev = ${p}_of(vdev);
	enum vfio_device_mig_state next;
	struct file *filp = NULL;
	int ret;

	mutex_lock(&dev->state_mutex);
	while (dev->state != new_state) {
		ret = vfio_mig_get_next_state(vdev, dev->state, new_state, &next);
		if (ret) {
			filp = ERR_PTR(ret);
			break;
		}
		filp = ${p}_step(dev, next);
		if (IS_ERR(filp))
			break;
		dev->state = next;
		if (WARN_ON(filp && next != new_state)) {
			fput(filp);
			filp = ERR_PTR(-EINVAL);
			break;
		}
	}
	${p}_unlock_state(dev);
	return filp;
}

static int ${p}_get_state(struct vfio_device *vdev, enum vfio_device_mig_state *state)
{
	struct ${p}_device *dev = ${p}_of(vdev);

	mutex_lock(&dev->state_mutex);
	*state = dev->state;
	${p}_unlock_state(dev);
	return 0;
}${size}

static const struct vfio_migration_ops ${p}_migration_ops = {
	.migration_set_state = ${p}_set_state,
	.migration_get_state = ${p}_get_state,${sizeOp}
};`;
}

/** What the driver's own ops call. */
export function entries(p: string, flags: readonly string[]): string {
  const declared = flags.join(' |\n\t\t\t\t');
  return `/* From .init, after vfio_pci_core_init_dev(). */
static void ${p}_migration_init(struct vfio_device *vdev)
{
	struct ${p}_device *dev = ${p}_of(vdev);

	mutex_init(&dev->state_mutex);
	spin_lock_init(&dev->reset_lock);
	dev->state = VFIO_DEVICE_STATE_RUNNING;
	vdev->migration_flags = ${declared};
	vdev->mig_ops = &${p}_migration_ops;
	/* ${mark} vdev->log_ops, if the device can tell what its DMA has written. */
}

/* From .release, before vfio_pci_core_release_dev(). */
static void ${p}_migration_release(struct vfio_device *vdev)
{
	mutex_destroy(&${p}_of(vdev)->state_mutex);
}

/* From .open_device, before vfio_pci_core_finish_enable(). */
static void ${p}_migration_open(struct vfio_device *vdev)
{
	struct ${p}_device *dev = ${p}_of(vdev);

	mutex_lock(&dev->state_mutex);
	dev->state = VFIO_DEVICE_STATE_RUNNING;
	${p}_unlock_state(dev);
}

/* From .close_device, before vfio_pci_core_close_device(). */
static void ${p}_migration_close(struct vfio_device *vdev)
{
	struct ${p}_device *dev = ${p}_of(vdev);

	mutex_lock(&dev->state_mutex);
	${p}_close_files(dev);
	${p}_unlock_state(dev);
}

/*
 * The .reset_done of struct pci_error_handlers. The core calls it with the
 * memory_lock held, which page faults take with the mmap_lock held. Copies to
 * and from user space fault with the lock of a data file held, which nests in
 * the state mutex. Waiting for that mutex would close the circle (ABBA), so
 * whoever holds it does the work when letting go.
 */
static void ${p}_reset_done(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *core = pci_get_drvdata(pdev);
	struct ${p}_device *dev = ${p}_of(&core->vdev);

	spin_lock(&dev->reset_lock);
	dev->reset_pending = true;
	if (!mutex_trylock(&dev->state_mutex)) {
		spin_unlock(&dev->reset_lock);
		return;
	}
	spin_unlock(&dev->reset_lock);
	${p}_unlock_state(dev);
}`;
}

/** The rest of a driver: ops, probe, remove, registration. */
export function registration(p: string, profile: ProfileId, there: DeviceOps | null): string {
  return `static int ${p}_init(struct vfio_device *vdev)
{
	int ret;

	ret = vfio_pci_core_init_dev(vdev);
	if (ret)
		return ret;
	${p}_migration_init(vdev);
	return 0;
}

static void ${p}_release(struct vfio_device *vdev)
{
	${p}_migration_release(vdev);
	vfio_pci_core_release_dev(vdev);
}

static int ${p}_open(struct vfio_device *vdev)
{
	struct ${p}_device *dev = ${p}_of(vdev);
	int ret;

	ret = vfio_pci_core_enable(&dev->core);
	if (ret)
		return ret;
	${p}_migration_open(vdev);
	vfio_pci_core_finish_enable(&dev->core);
	return 0;
}

static void ${p}_close(struct vfio_device *vdev)
{
	${p}_migration_close(vdev);
	vfio_pci_core_close_device(vdev);
}

static const struct vfio_device_ops ${p}_ops = {
${deviceOpsLines(p, profile, there).join('\n')}
};

static int ${p}_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct ${p}_device *dev;
	int ret;

	dev = vfio_alloc_device(${p}_device, core.vdev, &pdev->dev, &${p}_ops);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	pci_set_drvdata(pdev, &dev->core);
	ret = vfio_pci_core_register_device(&dev->core);
	if (ret)
		vfio_put_device(&dev->core.vdev);
	return ret;
}

static void ${p}_remove(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *core = pci_get_drvdata(pdev);

	vfio_pci_core_unregister_device(core);
	vfio_put_device(&core->vdev);
}

static const struct pci_device_id ${p}_ids[] = {
	/* ${mark} the device's vendor and number. */
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(0x0000, 0x0000) },
	{}
};
MODULE_DEVICE_TABLE(pci, ${p}_ids);

static const struct pci_error_handlers ${p}_error_handlers = {
	.reset_done = ${p}_reset_done,
	.error_detected = vfio_pci_core_aer_err_detected,
};

static struct pci_driver ${p}_driver = {
	.name = "${p}-vfio-pci",
	.id_table = ${p}_ids,
	.probe = ${p}_probe,
	.remove = ${p}_remove,
	.err_handler = &${p}_error_handlers,
	.driver_managed_dma = true,
};
module_pci_driver(${p}_driver);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("${mark} name <address>");
MODULE_DESCRIPTION("${p}: VFIO PCI driver with live migration");`;
}
