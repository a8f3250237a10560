import { exampleDriver } from '../../server/src/rules/example';

const S = 'VFIO_DEVICE_STATE_';

/** The example driver, with two of its arcs in a table. */
export const tableDriver = exampleDriver()
  .replace(
    'static struct file *demo_step(',
    `static struct file *demo_quiet(struct demo *demo)
{
	return NULL;
}

static struct file *demo_save(struct demo *demo)
{
	return demo_open(demo, &demo_save_fops, O_RDONLY);
}

static const struct arc { u32 from, to; struct file *(*fn)(struct demo *demo); } arcs[] = {
	{ ${S}STOP, ${S}RUNNING, demo_quiet },
	{ ${S}STOP, ${S}STOP_COPY, demo_save },
};

static struct file *demo_step(`,
  )
  .replace(
    `	if (cur == ${S}STOP && new == ${S}STOP_COPY)
		return demo_open(demo, &demo_save_fops, O_RDONLY);
`,
    `	int i;

	for (i = 0; i < ARRAY_SIZE(arcs); i++)
		if (arcs[i].from == cur && arcs[i].to == new)
			return arcs[i].fn(demo);
`,
  );
