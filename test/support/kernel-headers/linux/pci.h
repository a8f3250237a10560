/* SPDX-License-Identifier: MIT */
#ifndef MINIMAL_PCI_H
#define MINIMAL_PCI_H

#include <linux/minimal.h>

struct device { void *driver_data; };
struct pci_dev { struct device dev; };
struct pci_device_id { u32 vendor, device, override_only; };
#define PCI_DRIVER_OVERRIDE_DEVICE_VFIO(v, d) .vendor = (v), .device = (d), .override_only = 1

typedef unsigned int pci_channel_state_t;
typedef unsigned int pci_ers_result_t;
struct pci_error_handlers {
	pci_ers_result_t (*error_detected)(struct pci_dev *pdev, pci_channel_state_t state);
	void (*reset_done)(struct pci_dev *pdev);
};

struct pci_driver {
	const char *name;
	const struct pci_device_id *id_table;
	int (*probe)(struct pci_dev *pdev, const struct pci_device_id *id);
	void (*remove)(struct pci_dev *pdev);
	const struct pci_error_handlers *err_handler;
	bool driver_managed_dma;
};

#define module_pci_driver(driver) struct pci_driver *minimal_module_driver(void) { return &(driver); } \
	struct pci_driver *minimal_module_driver(void)

void *pci_get_drvdata(struct pci_dev *pdev);
void pci_set_drvdata(struct pci_dev *pdev, void *data);
void __iomem *pci_iomap(struct pci_dev *pdev, int bar, unsigned long size);
void pci_iounmap(struct pci_dev *pdev, void __iomem *at);

#endif
