/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What report, export, diff and baseline have in common on the command line: files to read, a filter, the run to
 * its end with a progress bar. Prints errors, as commands do.
 */
#ifndef RXS_ANALYSIS_H
#define RXS_ANALYSIS_H

#include "../run/rxs_run.h"
#include "../view/rxs_view.h"
#include "rxs_cmd.h"

/* The options that say which packets count, the same for every command that reads recordings. */
struct rxs_filter_args {
	const char *dev, *expr, *stage, *outcome;
	u64 slower_than_ns;
};

/* Rows for an option table: s the command's struct, m its member of type struct rxs_filter_args. */
#define RXS_FILTER_ROWS(s, m) \
	RXS_OPT_TEXT(s, m.dev, "dev", 'i', "DEV", NULL, "only packets that came in on this device"), \
	RXS_OPT_TEXT(s, m.expr, "filter", 'f', "EXPR", NULL, \
		     "only packets that match, in the syntax of pcap-filter(7)"), \
	RXS_OPT_TEXT(s, m.stage, "stage", 0, "STAGE", NULL, "only packets that passed this stage"), \
	RXS_OPT_TEXT(s, m.outcome, "outcome", 0, "OUTCOME", NULL, \
		     "only packets that ended so: delivered, consumed, forwarded, merged, dropped, open, incomplete"), \
	RXS_OPT_TIME(s, m.slower_than_ns, "slower-than", 0, "TIME", NULL, 0, \
		     "only packets that took at least this long, such as 50us")

/* What the arguments name: recordings, then a filter. */
struct rxs_inputs {
	const char **files;	/* NULL-terminated */
	int nr;
	char *expr;		/* of the option and the arguments together, or NULL */
};

/*
 * Split arguments into files and a filter: leading arguments that name an existing file or folder, or are "-",
 * are files; the first is one in any case. The rest, joined with blanks, is the filter. Fills in *filter (which
 * borrows from *in and fa). RXS_EXIT_OK, or the status to exit with, one line printed. Free with rxs_inputs_free().
 */
int rxs_inputs_of(struct rxs_inputs *in, const struct rxs_args *args, const struct rxs_filter_args *fa,
		  struct rxs_filter_opts *filter);
void rxs_inputs_free(struct rxs_inputs *in);

/* Number of the stage option names, -1 for NULL. RXS_EXIT_OK, or RXS_EXIT_USAGE with one line printed. */
int rxs_stage_option(const char *option, const char *id, s16 *out);

/*
 * Turn the crank of r until the end, with a progress bar on stderr when that is a terminal and the files are
 * big. stop (may be NULL) ends it early when it becomes true. 0 or -errno, sentence in e.
 */
int rxs_run_to_end(struct rxs_run *r, const bool *stop, struct rxs_err *e);

/* What a view wants to know of a run; the terminal's properties are those of out. files, filter borrowed. */
void rxs_run_info_for_view(struct rxs_run_info *ri, struct rxs_run *r, const char *const *files,
			   const char *filter, bool correct, FILE *out);

#endif
