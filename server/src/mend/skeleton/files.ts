import type { ProfileId } from '../../uapi';
import { mark } from '../mark';

/** The data files of a skeleton: what user space saves from and restores through. C text without a line feed at its end. */

export function savingFile(p: string, precopy: boolean): string {
  const wait = precopy
    ? `\n\tif (migf->saved == migf->filled && !migf->complete) {\n\t\t/* The temporary end of the stream, until STOP_COPY. */\n\t\tdone = -ENOMSG;\n\t\tgoto unlock;\n\t}`
    : '';
  return `static ssize_t ${p}_saving_read(struct file *filp, char __user *buf, size_t len, loff_t *pos)
{
	struct ${p}_file *migf = filp->private_data;
	ssize_t done;

	if (pos)
		return -ESPIPE;

	mutex_lock(&migf->lock);
	if (migf->disabled) {
		done = -ENODEV;
		goto unlock;
	}${wait}
	len = min_t(size_t, len, migf->filled - migf->saved);
	if (copy_to_user(buf, migf->buf + migf->saved, len)) {
		done = -EFAULT;
		goto unlock;
	}
	migf->saved += len;
	done = len;
unlock:
	mutex_unlock(&migf->lock);
	return done;
}`;
}

/** Only with PRE_COPY: without it the file always is readable. */
export function savingPoll(p: string): string {
  return `static __poll_t ${p}_saving_poll(struct file *filp, struct poll_table_struct *wait)
{
	struct ${p}_file *migf = filp->private_data;
	__poll_t events = 0;

	poll_wait(filp, &migf->wait, wait);

	mutex_lock(&migf->lock);
	if (migf->disabled)
		events = EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	else if (migf->complete || migf->saved < migf->filled)
		events = EPOLLIN | EPOLLRDNORM;
	mutex_unlock(&migf->lock);
	return events;
}`;
}

/** `checked`: the core has a helper that looks at the command and its argument. */
export function precopyIoctl(p: string, checked: boolean): string {
  const byHand = `	if (cmd != VFIO_MIG_GET_PRECOPY_INFO)
		return -ENOTTY;
	if (copy_from_user(&info, (void __user *)arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz)
		return -EINVAL;

`;
  const byCore = `	ret = vfio_check_precopy_ioctl(&migf->dev->core.vdev, cmd, arg, &info);
	if (ret)
		goto unlock;
`;
  return `static long ${p}_saving_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	unsigned long minsz = offsetofend(struct vfio_precopy_info, dirty_bytes);
	struct ${p}_file *migf = filp->private_data;
	struct vfio_precopy_info info = {};
	int ret = 0;

${checked ? '' : byHand}	mutex_lock(&migf->lock);
	if (migf->disabled) {
		ret = -ENODEV;
		goto unlock;
	}
${checked ? byCore : ''}	/* STOP_COPY has come, where the ioctl is not valid any more. */
	if (migf->complete) {
		ret = -EINVAL;
		goto unlock;
	}
	info.initial_bytes = migf->initial - min(migf->saved, migf->initial);
	/* ${mark} add what the device has dirtied and what is not in the file yet. */
	info.dirty_bytes = migf->filled - migf->saved - info.initial_bytes;
	if (copy_to_user((void __user *)arg, &info, minsz))
		ret = -EFAULT;
unlock:
	mutex_unlock(&migf->lock);
	return ret;
}`;
}

export function resumingFile(p: string): string {
  return `static ssize_t ${p}_resuming_write(struct file *filp, const char __user *buf, size_t len, loff_t *pos)
{
	struct ${p}_file *migf = filp->private_data;
	ssize_t done;

	if (pos)
		return -ESPIPE;

	mutex_lock(&migf->lock);
	if (migf->disabled) {
		done = -ENODEV;
		goto unlock;
	}
	if (len > migf->capacity - migf->filled) {
		done = -ENOSPC;
		goto unlock;
	}
	if (copy_from_user(migf->buf + migf->filled, buf, len)) {
		done = -EFAULT;
		goto unlock;
	}
	migf->filled += len;
	done = len;
unlock:
	mutex_unlock(&migf->lock);
	return done;
}

static int ${p}_file_release(struct inode *inode, struct file *filp)
{
	struct ${p}_file *migf = filp->private_data;

	mutex_destroy(&migf->lock);
	kvfree(migf->buf);
	kfree(migf);
	return 0;
}`;
}

export function fileOperations(p: string, precopy: boolean): string {
  const more = precopy
    ? `
	.poll = ${p}_saving_poll,
	.unlocked_ioctl = ${p}_saving_ioctl,
	.compat_ioctl = compat_ptr_ioctl,`
    : '';
  return `static const struct file_operations ${p}_saving_fops = {
	.owner = THIS_MODULE,
	.read = ${p}_saving_read,${more}
	.release = ${p}_file_release,
};

static const struct file_operations ${p}_resuming_fops = {
	.owner = THIS_MODULE,
	.write = ${p}_resuming_write,
	.release = ${p}_file_release,
};`;
}

/** Opening, filling and closing the files. */
export function sessions(p: string, precopy: boolean, profile: ProfileId): readonly string[] {
  return [
    newFile(p, precopy, profile),
    appendImage(p),
    openSaving(p, precopy),
    ...(precopy ? [finishSaving(p)] : []),
    resuming(p, precopy),
    closing(p, precopy),
  ];
}

function newFile(p: string, precopy: boolean, profile: ProfileId): string {
  const allocated = profile === '7.1' ? 'kzalloc_obj(*migf,' : 'kzalloc(sizeof(*migf),';
  return `static struct ${p}_file *${p}_new_file(struct ${p}_device *dev, const struct file_operations *fops, int flags)
{
	struct ${p}_file *migf;
	struct file *filp;

	migf = ${allocated} GFP_KERNEL_ACCOUNT);
	if (!migf)
		return ERR_PTR(-ENOMEM);
${precopy ? '	/* One image from the pre-copy phase and one from after it. */\n' : ''}	migf->capacity = ${precopy ? '2 * ' : ''}${p}_image_size(dev);
	migf->buf = kvzalloc(migf->capacity, GFP_KERNEL_ACCOUNT);
	if (!migf->buf) {
		kfree(migf);
		return ERR_PTR(-ENOMEM);
	}
	filp = anon_inode_getfile("${p}-migration", fops, migf, flags);
	if (IS_ERR(filp)) {
		kvfree(migf->buf);
		kfree(migf);
		return ERR_CAST(filp);
	}
	stream_open(filp->f_inode, filp);
	mutex_init(&migf->lock);${precopy ? '\n\tinit_waitqueue_head(&migf->wait);' : ''}
	migf->dev = dev;
	migf->filp = filp;
	return migf;
}`;
}

function appendImage(p: string): string {
  const capital = p.toUpperCase();
  return `/* Appends the device's state as it is now. */
static int ${p}_append_image(struct ${p}_file *migf)
{
	size_t size = ${p}_hw_state_size(migf->dev);
	struct ${p}_header header = {
		.magic = cpu_to_le32(${capital}_MAGIC),
		.version = cpu_to_le32(${capital}_VERSION),
		.size = cpu_to_le64(size),
	};
	u8 *to;
	int ret;

	mutex_lock(&migf->lock);
	if (${p}_image_size(migf->dev) > migf->capacity - migf->filled) {
		ret = -ENOSPC;
		goto unlock;
	}
	to = migf->buf + migf->filled;
	memcpy(to, &header, sizeof(header));
	ret = ${p}_hw_save(migf->dev, to + sizeof(header), size);
	if (!ret)
		migf->filled += sizeof(header) + size;
unlock:
	mutex_unlock(&migf->lock);
	return ret;
}`;
}

function openSaving(p: string, precopy: boolean): string {
  return `${precopy ? '/* @complete: nothing will be added, which is so when the device is stopped. */\n' : ''}static struct ${p}_file *${p}_open_saving(struct ${p}_device *dev${precopy ? ', bool complete' : ''})
{
	struct ${p}_file *migf;
	int ret;

	migf = ${p}_new_file(dev, &${p}_saving_fops, O_RDONLY);
	if (IS_ERR(migf))
		return migf;
	ret = ${p}_append_image(migf);
	if (ret) {
		fput(migf->filp);
		return ERR_PTR(ret);
	}
${precopy ? '\tmigf->initial = migf->filled;\n\tmigf->complete = complete;\n' : ''}	return migf;
}`;
}

function finishSaving(p: string): string {
  return `/* The last image of a session that began in PRE_COPY. */
static int ${p}_finish_saving(struct ${p}_device *dev)
{
	struct ${p}_file *migf = dev->saving;
	int ret;

	ret = ${p}_append_image(migf);
	if (ret)
		return ret;
	mutex_lock(&migf->lock);
	migf->complete = true;
	mutex_unlock(&migf->lock);
	wake_up_all(&migf->wait);
	return 0;
}`;
}

/** With PRE_COPY there may be two images, and the last one is the whole state. */
function resuming(p: string, precopy: boolean): string {
  const capital = p.toUpperCase();
  const whole = precopy
    ? `/* Takes over what was written: whole images, of which the last one counts. */`
    : `/* Takes over what was written, if it is whole. */`;
  const load = precopy
    ? `	do {
		size = ${p}_image_at(migf, pos);
		if (!size) {
			ret = -EINVAL;
			goto unlock;
		}
		last = pos + sizeof(struct ${p}_header);
		pos = last + size;
	} while (pos < migf->filled);
	ret = ${p}_hw_load(dev, migf->buf + last, size);
unlock:
`
    : `	size = ${p}_image_at(migf, 0);
	if (size && start + size == migf->filled)
		ret = ${p}_hw_load(dev, migf->buf + start, size);
`;
  const locals = precopy
    ? `	size_t last, size, pos = 0;
	int ret;
`
    : `	size_t start = sizeof(struct ${p}_header);
	int ret = -EINVAL;
	size_t size;
`;
  return `static struct ${p}_file *${p}_open_resuming(struct ${p}_device *dev)
{
	return ${p}_new_file(dev, &${p}_resuming_fops, O_WRONLY);
}

/* How many bytes of state an image has; 0 when it is no image or not whole. */
static size_t ${p}_image_at(struct ${p}_file *migf, size_t pos)
{
	size_t left = migf->filled - pos;
	struct ${p}_header header;
	u64 size;

	if (left < sizeof(header))
		return 0;
	memcpy(&header, migf->buf + pos, sizeof(header));
	size = le64_to_cpu(header.size);
	if (le32_to_cpu(header.magic) != ${capital}_MAGIC ||
	    le32_to_cpu(header.version) != ${capital}_VERSION ||
	    size > left - sizeof(header))
		return 0;
	return size;
}

${whole}
static int ${p}_finish_resuming(struct ${p}_device *dev)
{
	struct ${p}_file *migf = dev->resuming;
${locals}
	mutex_lock(&migf->lock);
${load}	mutex_unlock(&migf->lock);
	return ret;
}`;
}

function closing(p: string, precopy: boolean): string {
  return `static void ${p}_close_file(struct ${p}_file *migf)
{
	mutex_lock(&migf->lock);
	migf->disabled = true;
	mutex_unlock(&migf->lock);${precopy ? '\n\twake_up_all(&migf->wait);' : ''}
	fput(migf->filp);
}

/* Ends the open session, if any: its file answers -ENODEV from now on. */
static void ${p}_close_files(struct ${p}_device *dev)
{
	if (dev->saving) {
		${p}_close_file(dev->saving);
		dev->saving = NULL;
	}
	if (dev->resuming) {
		${p}_close_file(dev->resuming);
		dev->resuming = NULL;
	}
}`;
}
