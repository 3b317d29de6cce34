/* SPDX-License-Identifier: GPL-2.0 */
/* What diff and baseline have in common: profiles of recordings, rules, judging, output formats. */
#ifndef RXS_GATE_H
#define RXS_GATE_H

#include "../stat/rxs_graph.h"
#include "../stat/rxs_rule.h"
#include "rxs_analysis.h"

/* Profiles of several recordings. */
struct rxs_profiles {
	struct rxs_profile **p;
	u32 nr;
};

struct rxs_gate_args {
	struct rxs_filter_args filter;
	struct rxs_opt_list fail_on, also;
	const char *rules, *confidence;
	bool json, junit, markdown, github, exact, noisy, raw, correct;
	const struct rxs_graph_diff *graph;	/* no option: the functions behind it, to be written too; or NULL */
};

#define RXS_GATE_ROWS(s, m) \
	RXS_OPT_LIST(s, m.fail_on, "fail-on", 0, "RULE", \
		     "exit with 1 when this holds: shape, lost, or STAGE.FIGURE>LIMIT[,LIMIT], such as " \
		     "tcp_v4_rcv.p99>+5%,+200ns"), \
	RXS_OPT_TEXT(s, m.rules, "rules", 0, "FILE", NULL, "rules from a file, one a line"), \
	RXS_OPT_TEXT(s, m.confidence, "confidence", 0, "PERCENT", "99", "how sure a regression must be"), \
	RXS_OPT_FLAG(s, m.exact, "exact", 0, "take every difference for real, whatever the recordings are"), \
	RXS_OPT_FLAG(s, m.noisy, "noisy", 0, "test differences for chance, even of deterministic recordings"), \
	RXS_OPT_FLAG(s, m.raw, "raw", 0, "leave in what slows all stages alike"), \
	RXS_OPT_FLAG(s, m.json, "json", 0, "one JSON document, schema rxscope-diff/1"), \
	RXS_OPT_FLAG(s, m.junit, "junit", 0, "JUnit XML"), \
	RXS_OPT_FLAG(s, m.markdown, "markdown", 0, "Markdown, for a comment on a pull request"), \
	RXS_OPT_FLAG(s, m.github, "github", 0, "annotations of a GitHub workflow"), \
	RXS_OPT_LIST(s, m.also, "also", 0, "FORMAT=FILE", \
		     "write this format (text, json, junit, markdown, github) to a file as well"), \
	RXS_FILTER_ROWS(s, m.filter), \
	RXS_OPT_FLAG(s, m.correct, "correct", 0, "subtract the measured cost of a probe at each hop")

/*
 * Add what the file holds: the profile of a recording, which is read to its end, or all profiles of a baseline.
 * RXS_EXIT_OK, or the status to exit with, one line printed. Free with rxs_profiles_free().
 */
int rxs_profiles_add(struct rxs_profiles *set, const char *file, const struct rxs_gate_args *a);
void rxs_profiles_free(struct rxs_profiles *set);

/* Are the options and the rules right? To be asked before recordings are read. Prints one line when not. */
int rxs_gate_check(const struct rxs_gate_args *a);
/* Compare, judge, write. Both sides hold at least one profile. Returns the exit status. */
int rxs_gate(const struct rxs_profiles *base, const struct rxs_profiles *new_, const struct rxs_gate_args *a);

#endif
