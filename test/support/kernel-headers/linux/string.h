/* SPDX-License-Identifier: MIT */
#include <linux/minimal.h>
