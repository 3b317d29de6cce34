/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between the kernels that refnic builds for, each in one place
 * with the commit that made it. No other file looks at the kernel's version.
 */
#ifndef REFNIC_COMPAT_H
#define REFNIC_COMPAT_H

#include <linux/version.h>

/* 2c92ca849fcc ("tracing/treewide: Remove second parameter of
 * __assign_str()"), 6.10: __string() keeps the source itself.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define refnic_assign_str(dst, src)	__assign_str(dst)
#else
#define refnic_assign_str(dst, src)	__assign_str(dst, src)
#endif

#endif /* REFNIC_COMPAT_H */
