// SPDX-License-Identifier: GPL-2.0
/* What --explain adds to a comparison: the functions behind it. */
#include <math.h>

#include "../base/rxs_fmt.h"
#include "rxs_diff_view.h"

#define ROWS_MAX 12
#define SLOWER_MIN_NS 1.0	/* per packet; less is where code and data lie in memory */
#define CALLS_MIN 0.05		/* per packet; less is timers and who happened to be asleep */
#define CALLS_NEW_MIN 0.01	/* of a function that only one side has */

bool rxs_diff_explain_slower(const struct rxs_graph_row *r)
{
	return fabs(r->added_ns) >= SLOWER_MIN_NS;
}

bool rxs_diff_explain_called(const struct rxs_graph_row *r)
{
	return fabs(r->added_calls) >= (r->base_calls && r->new_calls ? CALLS_MIN : CALLS_NEW_MIN);
}

static u32 count(const struct rxs_graph_diff *g, bool (*shown)(const struct rxs_graph_row *r))
{
	u32 nr = 0;

	for (u32 i = 0; i < g->nr_rows; i++)
		nr += shown(&g->rows[i]);
	return nr;
}

static void slower_table(const struct rxs_graph_diff *g, FILE *out, const char *head, const char *row)
{
	u32 nr = 0;

	fputs(head, out);
	for (u32 i = 0; i < g->nr_rows && nr < ROWS_MAX; i++) {
		const struct rxs_graph_row *r = &g->rows[i];

		if (!rxs_diff_explain_slower(r))
			continue;
		fprintf(out, row, r->function, r->added_ns, (double)r->new_calls / (double)g->new_packets,
			r->base_call_ns, r->new_call_ns);
		nr++;
	}
}

/* Order of the rows: by time added. The most added calls are looked for one by one. */
static const struct rxs_graph_row *next_called(const struct rxs_graph_diff *g, const struct rxs_graph_row *after)
{
	const struct rxs_graph_row *best = NULL;

	for (u32 i = 0; i < g->nr_rows; i++) {
		const struct rxs_graph_row *r = &g->rows[i];
		double d = fabs(r->added_calls);

		if (!rxs_diff_explain_called(r))
			continue;
		if (after && (d > fabs(after->added_calls) || (d == fabs(after->added_calls) && r <= after)))
			continue;
		if (!best || d > fabs(best->added_calls))
			best = r;
	}
	return best;
}

static void called_table(const struct rxs_graph_diff *g, FILE *out, const char *head, const char *row)
{
	const struct rxs_graph_row *r = NULL;
	u32 nr = 0;

	fputs(head, out);
	while (nr++ < ROWS_MAX && (r = next_called(g, r)))
		fprintf(out, row, r->function, (double)r->base_calls / (double)g->base_packets,
			(double)r->new_calls / (double)g->new_packets);
}

static void more(FILE *out, u32 nr, const char *indent, const char *end)
{
	if (nr > ROWS_MAX)
		fprintf(out, "%sand %u more; --json has them all%s", indent, nr - ROWS_MAX, end);
}

static void lost(const struct rxs_graph_diff *g, FILE *out, const char *indent, const char *end)
{
	char b[RXS_FMT_MAX], n[RXS_FMT_MAX];

	if (g->base_lost || g->new_lost)
		fprintf(out, "%sevents lost by the tracer: %s in BASE, %s in NEW; calls are missing%s", indent,
			rxs_fmt_count(b, sizeof(b), g->base_lost), rxs_fmt_count(n, sizeof(n), g->new_lost), end);
}

void rxs_diff_explain_text(const struct rxs_graph_diff *g, FILE *out, const char *bold, const char *plain)
{
	u32 slower = count(g, rxs_diff_explain_slower), called = count(g, rxs_diff_explain_called);

	fprintf(out, "\n%swhere it came from%s: instructions of a function's own, by function_graph\n", bold, plain);
	if (slower)
		slower_table(g, out, "  added/packet  calls/packet       own/call: BASE      NEW\n",
			     "  %2$+12.1f  %3$12.2f  %4$19.1f %5$8.1f  %1$s\n");
	else
		fputs("  in no function one instruction per packet more or less\n", out);
	more(out, slower, "  ", "\n");
	if (called)
		called_table(g, out, "  called more or less often, calls/packet: BASE      NEW\n",
			     "  %2$44.2f %3$8.2f  %1$s\n");
	more(out, called, "  ", "\n");
	lost(g, out, "  ", "\n");
	if (g->shortest_ns)
		fprintf(out, "  Medians of calls alike, the tracer's own part of up to %llu a call included; inlined code "
			"counts for its caller.\n", (unsigned long long)g->shortest_ns);
}

void rxs_diff_explain_markdown(const struct rxs_graph_diff *g, FILE *out)
{
	u32 slower = count(g, rxs_diff_explain_slower), called = count(g, rxs_diff_explain_called);

	fputs("\nWhere it came from, instructions of a function's own:\n", out);
	if (slower)
		slower_table(g, out, "\n| function | added per packet | calls per packet | own per call, BASE | NEW |\n"
			     "|---|--:|--:|--:|--:|\n", "| `%1$s` | %2$+.1f | %3$.2f | %4$.1f | %5$.1f |\n");
	else
		fputs("\nin no function one instruction per packet more or less\n", out);
	more(out, slower, "\n", "\n");
	if (called)
		called_table(g, out, "\n| called more or less often | calls per packet, BASE | NEW |\n|---|--:|--:|\n",
			     "| `%s` | %.2f | %.2f |\n");
	more(out, called, "\n", "\n");
	lost(g, out, "\n", "\n");
}
