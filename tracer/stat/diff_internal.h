/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of rxs_diff share; no other module includes this. */
#ifndef RXS_DIFF_INTERNAL_H
#define RXS_DIFF_INTERNAL_H

#include "rxs_diff.h"

/* diff_shape.c: fill in d->shape, after the figures. 0 or -ENOMEM. */
int diff_shape(struct rxs_diff *d);
/* diff_test.c: fill in method, chances and the machine's part. 0 or -ENOMEM. */
int diff_test(struct rxs_diff *d, const struct rxs_diff_opts *o);

#endif
