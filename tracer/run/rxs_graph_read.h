/* SPDX-License-Identifier: GPL-2.0 */
/* A function_graph recording (trace.dat, by trace-cmd record -p function_graph) read into sums. */
#ifndef RXS_GRAPH_READ_H
#define RXS_GRAPH_READ_H

#include "../base/rxs_err.h"
#include "../stat/rxs_graph.h"

/*
 * 0 and a graph to be freed with rxs_graph_free(); -EBADMSG: the file is none of that kind, or damaged; else
 * -errno. A sentence in e.
 */
int rxs_graph_read(struct rxs_graph **out, const char *file, struct rxs_err *e);

/* Where the graph of a recording lies: beside it, .graph.dat in place of .rxs. 0 or -ENAMETOOLONG. */
int rxs_graph_name(char *buf, size_t size, const char *recording);

#endif
