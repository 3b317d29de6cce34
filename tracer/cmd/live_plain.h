/* SPDX-License-Identifier: GPL-2.0 */
/* rxscope live without a terminal: a line a second, and the report at the end. */
#ifndef RXS_LIVE_PLAIN_H
#define RXS_LIVE_PLAIN_H

#include "../run/rxs_run.h"

/*
 * Until the source ends, or SIGINT, SIGTERM or SIGHUP. Returns enum rxs_exit; errors are printed.
 */
int live_plain(const struct rxs_run_opts *ro, const char *const *files, bool file);

#endif
