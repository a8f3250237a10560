/* SPDX-License-Identifier: MIT */
#ifndef MINIMAL_MODULE_H
#define MINIMAL_MODULE_H

#include <linux/minimal.h>

#define MODULE_LICENSE(text)		_Static_assert(sizeof(text) > 1, "licence")
#define MODULE_AUTHOR(text)		_Static_assert(sizeof(text) > 1, "author")
#define MODULE_DESCRIPTION(text)	_Static_assert(sizeof(text) > 1, "description")
#define MODULE_DEVICE_TABLE(bus, ids)	_Static_assert(sizeof(ids) > 0, "ids")

#endif
