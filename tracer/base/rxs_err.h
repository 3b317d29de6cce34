/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sentence that goes with a -errno. The place that knows the reason writes it; the command prints
 * it. Libraries never print.
 */
#ifndef RXS_ERR_H
#define RXS_ERR_H

#include "rxs_types.h"

struct rxs_err {
	char text[512];		/* one line, no newline; says what failed and what to do next */
};

/*
 * Write the sentence and return err (a -errno) so that a caller can `return rxs_err_set(e, -ENOENT, ...)`.
 * e may be NULL. The first sentence stays: outer layers do not overwrite the one who knew.
 */
int rxs_err_set(struct rxs_err *e, int err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The sentence, or strerror of err when none was written. Borrowed from e or static. */
const char *rxs_err_text(const struct rxs_err *e, int err);

#endif
