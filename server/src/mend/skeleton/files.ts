import { mark } from '../mark';

/** The data files of a skeleton: what user space saves from and restores through. C text without a line feed at its end. */

export function savingFile(p: string, precopy: boolean): string {
  const wait = precopy
    ? `\n\tif (migf->saved == migf->filled && !migf->complete) {\n\t\t/* The temporary end: more comes with the next image. */\n\t\tdone = -ENOMSG;\n\t\tgoto unlock;\n\t}`
    : '';
  return `static ssize_t
${p}_saving_read(struct file *filp, char __user *buf, size_t len, loff_t *pos)
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
export function precopyIoctl(p: string, checked: boolean, p2p: boolean): string {
  const byHand = `	unsigned long minsz = offsetofend(struct vfio_precopy_info, dirty_bytes);
	struct vfio_precopy_info info = {};
	int ret = 0;

	if (cmd != VFIO_MIG_GET_PRECOPY_INFO)
		return -ENOTTY;
	if (copy_from_user(&info, (void __user *)arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz)
		return -EINVAL;`;
  const byCore = `	unsigned long minsz = offsetofend(struct vfio_precopy_info, dirty_bytes);
	struct vfio_precopy_info info = {};
	int ret;

	ret = vfio_check_precopy_ioctl(&dev->core.vdev, cmd, arg, &info);
	if (ret)
		return ret;`;
  const states = p2p
    ? `dev->state != VFIO_DEVICE_STATE_PRE_COPY &&
	    dev->state != VFIO_DEVICE_STATE_PRE_COPY_P2P`
    : 'dev->state != VFIO_DEVICE_STATE_PRE_COPY';
  return `static long ${p}_saving_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	struct ${p}_file *migf = filp->private_data;
	struct ${p}_device *dev = migf->dev;
${checked ? byCore : byHand}

	mutex_lock(&dev->state_mutex);
	if (${states}) {
		ret = -EINVAL;
		goto unlock_state;
	}

	mutex_lock(&migf->lock);
	if (migf->disabled) {
		ret = -ENODEV;
		goto unlock_file;
	}
	info.flags = 0;
	info.initial_bytes = migf->initial - min(migf->saved, migf->initial);
	/* ${mark} add what the device has dirtied and what is not in the file yet. */
	info.dirty_bytes = migf->filled - migf->saved - info.initial_bytes;
unlock_file:
	mutex_unlock(&migf->lock);
unlock_state:
	${p}_unlock_state(dev);
	if (ret)
		return ret;
	return copy_to_user((void __user *)arg, &info, minsz) ? -EFAULT : 0;
}`;
}

export function resumingFile(p: string): string {
  return `static ssize_t
${p}_resuming_write(struct file *filp, const char __user *buf, size_t len, loff_t *pos)
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
export function sessions(p: string, precopy: boolean): string {
  const waitInit = precopy ? '\n\tinit_waitqueue_head(&migf->wait);' : '';
  const wake = precopy ? '\n\twake_up_all(&migf->wait);' : '';
  const finish = precopy
    ? `

/* The last image of a session that began in PRE_COPY. */
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
}`
    : '';
  return `static struct ${p}_file *${p}_new_file(struct ${p}_device *dev, const struct file_operations *fops,
				       int flags)
{
	struct ${p}_file *migf;
	struct file *filp;

	migf = kzalloc(sizeof(*migf), GFP_KERNEL);
	if (!migf)
		return ERR_PTR(-ENOMEM);
	migf->capacity = ${precopy ? '2 * ' : ''}${p}_hw_state_size(dev);
	migf->buf = kvzalloc(migf->capacity, GFP_KERNEL);
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
	mutex_init(&migf->lock);${waitInit}
	migf->dev = dev;
	migf->filp = filp;
	return migf;
}

/* Appends the device's state as it is now. */
static int ${p}_append_image(struct ${p}_file *migf)
{
	size_t size = ${p}_hw_state_size(migf->dev);
	int ret;

	mutex_lock(&migf->lock);
	if (size > migf->capacity - migf->filled) {
		ret = -ENOSPC;
		goto unlock;
	}
	ret = ${p}_hw_save(migf->dev, migf->buf + migf->filled, size);
	if (!ret)
		migf->filled += size;
unlock:
	mutex_unlock(&migf->lock);
	return ret;
}

/* @complete: nothing will be added, which is so when the device is stopped. */
static struct ${p}_file *${p}_open_saving(struct ${p}_device *dev, bool complete)
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
	migf->initial = migf->filled;
	migf->complete = complete;
	return migf;
}${finish}

static struct ${p}_file *${p}_open_resuming(struct ${p}_device *dev)
{
	return ${p}_new_file(dev, &${p}_resuming_fops, O_WRONLY);
}

/* Takes over what was written, if it is whole. */
static int ${p}_finish_resuming(struct ${p}_device *dev)
{
	struct ${p}_file *migf = dev->resuming;
	size_t size = ${p}_hw_state_size(dev);
	int ret = -EINVAL;

	mutex_lock(&migf->lock);
	if (size && migf->filled && migf->filled % size == 0)
		ret = ${p}_hw_load(dev, migf->buf + migf->filled - size, size);
	mutex_unlock(&migf->lock);
	return ret;
}

static void ${p}_close_file(struct ${p}_file *migf)
{
	mutex_lock(&migf->lock);
	migf->disabled = true;
	mutex_unlock(&migf->lock);${wake}
	fput(migf->filp);
}

/* Ends the open session, if there is one: its file answers -ENODEV from now on. */
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
