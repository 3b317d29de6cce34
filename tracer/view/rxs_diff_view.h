/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A comparison written out. Adding a format: a function in a file of its own, a row in rxs_diff_views[]
 * (rxs_diff_view.c).
 */
#ifndef RXS_DIFF_VIEW_H
#define RXS_DIFF_VIEW_H

#include <stdio.h>

#include "../stat/rxs_graph.h"
#include "../stat/rxs_rule.h"

/* All that is written of one comparison. Borrowed. */
struct rxs_diff_report {
	const struct rxs_diff *d;
	const struct rxs_judgement *j;
	unsigned int nr_j;
	const struct rxs_graph_diff *graph;	/* the functions behind it; NULL = not asked for */
	s64 now_s;		/* when, since 1970 */
	bool color, utf8;	/* of the output; the formats for machines pass over them */
};

struct rxs_diff_view {
	const char *name;	/* "text", "json", "junit", "markdown", "github" */
	int (*write)(const struct rxs_diff_report *r, FILE *out);	/* 0, -EIO, -ENOMEM */
};

extern const struct rxs_diff_view rxs_diff_views[];	/* the last row's name is NULL */

/* Row of that name, or NULL. */
const struct rxs_diff_view *rxs_diff_view_find(const char *name);

/* For the views: how many judgements fail, how many are unsure. */
unsigned int rxs_diff_count(const struct rxs_diff_report *r, bool fails);
/* For the views: how the comparison was made, one sentence. Returns buf. */
const char *rxs_diff_method_text(const struct rxs_diff *d, char *buf, size_t size);
/* For the views: the figures of both sides over each other, three lines; indent columns before each. */
void rxs_diff_pictures(const struct rxs_diff *d, unsigned int metric, FILE *out, unsigned int indent, bool utf8);

/* For the views: does the function's own time, the number of its calls, differ enough to be shown? */
bool rxs_diff_explain_slower(const struct rxs_graph_row *r);
bool rxs_diff_explain_called(const struct rxs_graph_row *r);
/* For the views: the functions, for people. bold, plain: SGR sequences or "". */
void rxs_diff_explain_text(const struct rxs_graph_diff *g, FILE *out, const char *bold, const char *plain);
void rxs_diff_explain_markdown(const struct rxs_graph_diff *g, FILE *out);

int rxs_diff_text(const struct rxs_diff_report *r, FILE *out);
int rxs_diff_json(const struct rxs_diff_report *r, FILE *out);
int rxs_diff_junit(const struct rxs_diff_report *r, FILE *out);
int rxs_diff_markdown(const struct rxs_diff_report *r, FILE *out);
int rxs_diff_github(const struct rxs_diff_report *r, FILE *out);

#endif
