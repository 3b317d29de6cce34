/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the text view share; no other module includes this. */
#ifndef RXS_VIEW_TEXT_H
#define RXS_VIEW_TEXT_H

#include "../base/rxs_fmt.h"
#include "rxs_view.h"

struct text {
	FILE *out;
	const struct rxs_run_info *ri;
	const struct rxs_strtab *strtab;
	u32 top;
	bool color, utf8;
	bool narrow;		/* a terminal of less than 100 columns: some columns are left out */
	u32 spark;		/* columns of the histograms in tables, 0 = no room */
	u64 packets;		/* printed */
	struct rxs_packet *one;	/* opts.packet_id: kept until the statistics are known */
};

enum text_role { TEXT_PLAIN, TEXT_HEAD, TEXT_DIM, TEXT_BAD, TEXT_GOOD, TEXT_WARN };

/* Switch colours: the role's, or back with TEXT_PLAIN. Nothing without colours. */
void text_role(const struct text *t, enum text_role role);
const char *text_name(const struct text *t, u32 id, const char *unknown);

/* text_tables.c: the sections of a report, each with its own empty line before it. */
void text_stages(const struct text *t, const struct rxs_snapshot *s);
void text_drops(const struct text *t, const struct rxs_snapshot *s);
void text_napi(const struct text *t, const struct rxs_snapshot *s);
void text_devs(const struct text *t, const struct rxs_snapshot *s);
void text_cpus(const struct text *t, const struct rxs_snapshot *s);
void text_flows(const struct text *t, const struct rxs_snapshot *s);

/* text_loss.c: what was lost, what could not be joined, and how complete the rest is. */
void text_outcomes(const struct text *t, const struct rxs_snapshot *s);
void text_loss(const struct text *t, const struct rxs_snapshot *s, const struct rxs_decode_stats *d);

/* text_packet.c */
void text_packet_line(const struct text *t, const struct rxs_packet *p);
void text_packet_whole(const struct text *t, const struct rxs_packet *p, const struct rxs_snapshot *s);
/* Outcome and steps, a line each, no newline at the end. */
void text_packet_steps(const struct text *t, const struct rxs_packet *p);
void text_slowest(const struct text *t, const struct rxs_snapshot *s);
void text_causes(const struct text *t, const struct rxs_snapshot *s);

#endif
