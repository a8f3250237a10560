/** C of every exported program: devices, however they are opened, and VFIO_DEVICE_FEATURE. */
export const devicePart = `
/* A device: /dev/vfio/devices/vfioN, or the path of its group and its name. */
struct device {
	const char *name;
	const char *path;
	const char *in_group;
	int fd;
	int group;
};

/* Stands for an fd that is not open: -EBADF, and POLLNVAL. */
#define CLOSED 0x3fffffff

static int iommufd = -1;

static void set_up_group(struct device *device, const struct device *others, int count)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	int container;

	for (int i = 0; i < count; i++) {
		if (others[i].in_group != NULL && others[i].group >= 0 && strcmp(others[i].path, device->path) == 0) {
			device->group = others[i].group;
			return;
		}
	}
	container = open("/dev/vfio/vfio", O_RDWR);
	if (container < 0)
		bail_out("/dev/vfio/vfio: %s", strerror(errno));
	device->group = open(device->path, O_RDWR);
	if (device->group < 0)
		bail_out("%s: %s", device->path, strerror(errno));
	if (ioctl(device->group, VFIO_GROUP_GET_STATUS, &status) != 0 || !(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		bail_out("%s is not viable: bind all of its devices to VFIO drivers", device->path);
	if (ioctl(device->group, VFIO_GROUP_SET_CONTAINER, &container) != 0)
		bail_out("VFIO_GROUP_SET_CONTAINER of %s: %s", device->path, strerror(errno));
	if (ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) != 0)
		bail_out("VFIO_SET_IOMMU: %s", strerror(errno));
}

/* Gives the errno. */
static int open_device(struct device *device)
{
	if (device->in_group != NULL) {
		device->fd = ioctl(device->group, VFIO_GROUP_GET_DEVICE_FD, device->in_group);
		return device->fd < 0 ? errno : 0;
	}
	struct vfio_device_bind_iommufd bind = { .argsz = sizeof(bind) };

	if (iommufd < 0)
		iommufd = open("/dev/iommu", O_RDWR);
	if (iommufd < 0)
		bail_out("/dev/iommu: %s", strerror(errno));
	device->fd = open(device->path, O_RDWR);
	if (device->fd < 0)
		return errno;
	bind.iommufd = iommufd;
	return ioctl(device->fd, VFIO_DEVICE_BIND_IOMMUFD, &bind) == 0 ? 0 : errno;
}

/* struct vfio_device_feature with room for the data of every migration feature. */
struct feature {
	__u32 argsz;
	__u32 flags;
	union {
		__aligned_u64 flags_or_length;
		struct {
			__u32 device_state;
			__s32 data_fd;
		} state;
		__u8 room[64];
	} data;
};

/* Gives the errno. */
static int call_feature(const struct device *device, struct feature *feature)
{
	return ioctl(device->fd, VFIO_DEVICE_FEATURE, feature) == 0 ? 0 : errno;
}

/* VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE is 2, VFIO_DEVICE_FEATURE_MIGRATION is 1. */
static unsigned int get_state(const struct device *device)
{
	struct feature feature = { .argsz = 16, .flags = VFIO_DEVICE_FEATURE_GET | 2 };

	return call_feature(device, &feature) == 0 ? feature.data.state.device_state : STATES;
}

static void expect_state(const struct device *device, unsigned int expected)
{
	unsigned int found = get_state(device);

	if (found != expected)
		differs("state", "expected %s, found %s", state_name(expected), state_name(found));
}
`;
