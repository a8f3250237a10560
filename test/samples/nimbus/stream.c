// SPDX-License-Identifier: MIT
/* Nimbus: the files through which user space saves and restores the card's image. */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "nimbus.h"

/* While PRE_COPY the image is saved once at the start and once more at the end. */
#define NIMBUS_IMAGES	2

static size_t nimbus_unread(struct nimbus_stream *stream)
{
	return stream->filled - stream->done;
}

static ssize_t nimbus_save_read(struct file *filp, char __user *buf, size_t len, loff_t *pos)
{
	struct nimbus_stream *stream = filp->private_data;
	ssize_t ret;

	if (pos)
		return -ESPIPE;

	mutex_lock(&stream->lock);
	if (stream->disabled) {
		ret = -ENODEV;
		goto unlock;
	}
	len = min_t(size_t, len, nimbus_unread(stream));
	if (!len) {
		/* More comes with STOP_COPY; only then is this the end. */
		ret = stream->complete ? 0 : -ENOMSG;
		goto unlock;
	}
	if (copy_to_user(buf, stream->buf + stream->done, len)) {
		ret = -EFAULT;
		goto unlock;
	}
	stream->done += len;
	ret = len;
unlock:
	mutex_unlock(&stream->lock);
	return ret;
}

static __poll_t nimbus_save_poll(struct file *filp, struct poll_table_struct *wait)
{
	struct nimbus_stream *stream = filp->private_data;
	__poll_t events = 0;

	poll_wait(filp, &stream->wait, wait);

	mutex_lock(&stream->lock);
	if (stream->disabled)
		events = EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	else if (stream->complete || nimbus_unread(stream))
		events = EPOLLIN | EPOLLRDNORM;
	mutex_unlock(&stream->lock);
	return events;
}

static long nimbus_save_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	struct nimbus_stream *stream = filp->private_data;
	struct nimbus_vf *nvf = stream->nvf;
	struct vfio_precopy_info info = {};
	int ret;

	ret = vfio_check_precopy_ioctl(&nvf->core.vdev, cmd, arg, &info);
	if (ret)
		return ret;

	mutex_lock(&nvf->state_mutex);
	if (nvf->state != VFIO_DEVICE_STATE_PRE_COPY &&
	    nvf->state != VFIO_DEVICE_STATE_PRE_COPY_P2P) {
		ret = -EINVAL;
		goto unlock_state;
	}

	mutex_lock(&stream->lock);
	if (stream->disabled) {
		ret = -ENODEV;
		goto unlock_stream;
	}
	info.flags = 0;
	info.initial_bytes = stream->initial - min(stream->done, stream->initial);
	info.dirty_bytes = nimbus_unread(stream) - info.initial_bytes;
unlock_stream:
	mutex_unlock(&stream->lock);
unlock_state:
	mutex_unlock(&nvf->state_mutex);
	if (ret)
		return ret;
	if (copy_to_user((void __user *)arg, &info, offsetofend(struct vfio_precopy_info, dirty_bytes)))
		return -EFAULT;
	return 0;
}

static ssize_t nimbus_resume_write(struct file *filp, const char __user *buf, size_t len, loff_t *pos)
{
	struct nimbus_stream *stream = filp->private_data;
	ssize_t ret;

	if (pos)
		return -ESPIPE;

	mutex_lock(&stream->lock);
	if (stream->disabled) {
		ret = -ENODEV;
		goto unlock;
	}
	if (len > stream->capacity - stream->filled) {
		ret = -ENOSPC;
		goto unlock;
	}
	if (copy_from_user(stream->buf + stream->filled, buf, len)) {
		ret = -EFAULT;
		goto unlock;
	}
	stream->filled += len;
	ret = len;
unlock:
	mutex_unlock(&stream->lock);
	return ret;
}

static void nimbus_free_stream(struct nimbus_stream *stream)
{
	mutex_destroy(&stream->lock);
	kvfree(stream->buf);
	kfree(stream);
}

static int nimbus_release(struct inode *inode, struct file *filp)
{
	nimbus_free_stream(filp->private_data);
	return 0;
}

static const struct file_operations nimbus_save_fops = {
	.owner = THIS_MODULE,
	.read = nimbus_save_read,
	.poll = nimbus_save_poll,
	.unlocked_ioctl = nimbus_save_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = nimbus_release,
};

static const struct file_operations nimbus_resume_fops = {
	.owner = THIS_MODULE,
	.write = nimbus_resume_write,
	.release = nimbus_release,
};

static struct nimbus_stream *nimbus_new_stream(struct nimbus_vf *nvf, const struct file_operations *fops, int flags)
{
	struct nimbus_stream *stream;

	stream = kzalloc(sizeof(*stream), GFP_KERNEL);
	if (!stream)
		return ERR_PTR(-ENOMEM);
	stream->nvf = nvf;
	stream->capacity = NIMBUS_IMAGES * nimbus_hw_image_size(nvf);
	mutex_init(&stream->lock);
	init_waitqueue_head(&stream->wait);
	stream->buf = kvzalloc(stream->capacity, GFP_KERNEL);
	if (!stream->buf) {
		nimbus_free_stream(stream);
		return ERR_PTR(-ENOMEM);
	}
	stream->filp = anon_inode_getfile("nimbus-migration", fops, stream, flags);
	if (IS_ERR(stream->filp)) {
		struct file *error = stream->filp;

		nimbus_free_stream(stream);
		return ERR_CAST(error);
	}
	stream_open(stream->filp->f_inode, stream->filp);
	return stream;
}

/* Appends the card's image as it is now. */
static int nimbus_append_image(struct nimbus_stream *stream)
{
	size_t size = nimbus_hw_image_size(stream->nvf);
	int ret;

	mutex_lock(&stream->lock);
	if (size > stream->capacity - stream->filled) {
		ret = -ENOSPC;
		goto unlock;
	}
	ret = nimbus_hw_save(stream->nvf, stream->buf + stream->filled, size);
	if (!ret)
		stream->filled += size;
unlock:
	mutex_unlock(&stream->lock);
	return ret;
}

struct nimbus_stream *nimbus_open_saving(struct nimbus_vf *nvf, bool precopy)
{
	struct nimbus_stream *stream;
	int ret;

	stream = nimbus_new_stream(nvf, &nimbus_save_fops, O_RDONLY);
	if (IS_ERR(stream))
		return stream;
	ret = nimbus_append_image(stream);
	if (ret) {
		fput(stream->filp);
		return ERR_PTR(ret);
	}
	stream->initial = stream->filled;
	stream->complete = !precopy;
	return stream;
}

struct nimbus_stream *nimbus_open_resuming(struct nimbus_vf *nvf)
{
	return nimbus_new_stream(nvf, &nimbus_resume_fops, O_WRONLY);
}

/* The last image of a session that began in PRE_COPY. */
int nimbus_finish_saving(struct nimbus_vf *nvf)
{
	struct nimbus_stream *stream = nvf->saving;
	int ret;

	ret = nimbus_append_image(stream);
	if (ret)
		return ret;
	mutex_lock(&stream->lock);
	stream->complete = true;
	mutex_unlock(&stream->lock);
	wake_up_all(&stream->wait);
	return 0;
}

/* Loads the image that was written last, if it is whole. */
int nimbus_finish_resuming(struct nimbus_vf *nvf)
{
	struct nimbus_stream *stream = nvf->resuming;
	size_t size = nimbus_hw_image_size(nvf);
	int ret = -EINVAL;

	mutex_lock(&stream->lock);
	if (size && stream->filled && stream->filled % size == 0)
		ret = nimbus_hw_load(nvf, stream->buf + stream->filled - size, size);
	mutex_unlock(&stream->lock);
	return ret;
}

static void nimbus_close_stream(struct nimbus_stream *stream)
{
	mutex_lock(&stream->lock);
	stream->disabled = true;
	mutex_unlock(&stream->lock);
	wake_up_all(&stream->wait);
	fput(stream->filp);
}

/* Ends the open session, if any: its file answers -ENODEV from now on. */
void nimbus_close_streams(struct nimbus_vf *nvf)
{
	if (nvf->saving) {
		nimbus_close_stream(nvf->saving);
		nvf->saving = NULL;
	}
	if (nvf->resuming) {
		nimbus_close_stream(nvf->resuming);
		nvf->resuming = NULL;
	}
}
