/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What makes a comparison fail:
 *
 *	shape				the path changed its shape
 *	lost				events of NEW were lost
 *	STAGE.FIGURE>LIMIT[,LIMIT]	got greater: all limits must be exceeded
 *	STAGE.FIGURE<LIMIT[,LIMIT]	got smaller
 *
 * STAGE is a stage's id, total, packets_per_poll, frames_per_packet, probe_cost, or * for every stage. FIGURE is
 * mean, p50, p90, p99, p999, min or max. A rule that names a stage takes the place of one for every stage with the
 * same figure. LIMIT is +5% (more than BASE), +200ns (more than BASE), or 50us (whatever BASE was); in a rule with < the signs are -.
 */
#ifndef RXS_RULE_H
#define RXS_RULE_H

#include "rxs_diff.h"

enum rxs_rule_kind { RXS_RULE_SHAPE, RXS_RULE_LOST, RXS_RULE_FIGURE };

struct rxs_rule {
	char text[128];		/* as written, without blanks */
	enum rxs_rule_kind kind;
	int metric;		/* enum rxs_metric, -1 = every stage */
	enum rxs_figure figure;
	bool down;		/* < */
	bool optional;		/* of the defaults: passes when neither side measured it */
	bool has_ratio, has_delta, has_bound;
	double ratio;		/* 0.05 = 5 %, always positive */
	double delta;		/* ns or a count, always positive */
	double bound;		/* ns or a count */
};

enum rxs_verdict {
	RXS_VERDICT_PASS,
	RXS_VERDICT_FAIL,
	RXS_VERDICT_UNSURE,	/* beyond the limits, likely but not as sure as asked for: does not fail */
	RXS_VERDICT_MISSING,	/* not measured on a side: fails, since a gate that cannot close is none */
};

/* A rule applied to one metric. */
struct rxs_judgement {
	const struct rxs_rule *rule;	/* borrowed */
	enum rxs_verdict verdict;
	int metric;		/* -1: shape, lost */
	char text[240];		/* a sentence: the stage, by how much, how sure */
};

/* 0, or -EINVAL with a sentence in e. Blanks are ignored. */
int rxs_rule_parse(struct rxs_rule *r, const char *text, struct rxs_err *e);
/* The rules that hold when none is given. Returns their number, at most 4, written to r. */
unsigned int rxs_rule_defaults(struct rxs_rule r[4], bool exact);
/* Mark in o->test what the rules need tested. */
void rxs_rule_figures(const struct rxs_rule *r, unsigned int nr, struct rxs_diff_opts *o);
/*
 * Judge d by nr rules. *out is allocated (free() it), *nr_out entries: at least one for each rule, in their order;
 * a rule for every stage has one for each stage that fails or is unsure. 0 or -ENOMEM.
 */
int rxs_rule_judge(const struct rxs_diff *d, const struct rxs_rule *r, unsigned int nr,
		   struct rxs_judgement **out, unsigned int *nr_out);
/* Public id: "pass", "fail", "unsure", "missing". */
const char *rxs_verdict_id(enum rxs_verdict v);
bool rxs_verdict_fails(enum rxs_verdict v);

/*
 * How a figure of a metric changed, for people: "1.23 us -> 1.41 us (+14.6 %, +180 ns)". Returns buf.
 */
const char *rxs_rule_change(char *buf, size_t size, unsigned int metric, double base, double new_);
/* "exact", or how sure a rise (up) or fall is: "99.6 % sure", "chance" (below 50 %), "not tested". Returns buf. */
const char *rxs_rule_sureness(char *buf, size_t size, const struct rxs_diff *d, unsigned int metric,
			      enum rxs_figure f, bool up);

#endif
