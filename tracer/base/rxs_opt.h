/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Command line options as rows of a table. A row says where the value goes (an offset into the command's own
 * struct), how it is written, its default and its help; parsing, checking and --help come from the rows.
 *
 *	struct my_args { bool json; u64 slow_ns; };
 *	const struct rxs_opt rxs_opts_my[] = {
 *		RXS_OPT_FLAG(struct my_args, json, "json", 0, "one JSON document"),
 *		RXS_OPT_TIME(struct my_args, slow_ns, "slower-than", 0, "TIME", NULL, 0, "only slower packets"),
 *		RXS_OPT_END
 *	};
 */
#ifndef RXS_OPT_H
#define RXS_OPT_H

#include <stdio.h>

#include "rxs_err.h"
#include "rxs_types.h"

enum rxs_opt_type {
	RXS_OPT_T_END,		/* the row after the last */
	RXS_OPT_T_FLAG,		/* bool: set to true */
	RXS_OPT_T_TEXT,		/* const char *: borrowed from argv */
	RXS_OPT_T_CHOICE,	/* const char *: one of the words in .choices */
	RXS_OPT_T_U32,		/* u32 count: 20, 64k (1000), 1M */
	RXS_OPT_T_U64,		/* u64 count */
	RXS_OPT_T_BYTES,	/* u64 bytes: 4096, 64k (1024), 1M, 2G */
	RXS_OPT_T_TIME,		/* u64 ns: 10s, 5ms, 250us, 80ns, 2m, 1h; a bare number counts .unit_ns */
	RXS_OPT_T_LIST,		/* struct rxs_opt_list: may be given several times */
};

#define RXS_OPT_LIST_MAX 64

struct rxs_opt_list {
	const char *v[RXS_OPT_LIST_MAX];	/* borrowed from argv */
	unsigned int nr;
};

struct rxs_opt {
	const char *name;	/* long name without the dashes */
	char letter;		/* short name, 0 = none */
	u8 type;		/* enum rxs_opt_type */
	u32 offset;		/* of the value in the command's struct */
	const char *metavar;	/* what the help calls the value: "DEV"; NULL for flags */
	const char *deflt;	/* default, as one would write it; NULL = 0, NULL, false */
	u64 min, max;		/* numbers: what is allowed, both counted in; max 0 = no limit */
	u64 unit_ns;		/* TIME: what a bare number counts; 0 = a unit must be given (0 itself needs none) */
	const char *choices;	/* CHOICE: "a|b|c" */
	const char *help;	/* one phrase, no full stop */
};

/* The member's offset, and a compile error when its type is not the one the row writes. */
#define RXS_OPT_AT(s, m, t) \
	((u32)(offsetof(s, m) + \
	       0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((s *)0)->m), t) ? 1 : -1])))

#define RXS_OPT_FLAG(s, m, long_, short_, help_) \
	{ .name = long_, .letter = short_, .type = RXS_OPT_T_FLAG, .offset = RXS_OPT_AT(s, m, bool), \
	  .help = help_ }
#define RXS_OPT_TEXT(s, m, long_, short_, metavar_, deflt_, help_) \
	{ .name = long_, .letter = short_, .type = RXS_OPT_T_TEXT, .offset = RXS_OPT_AT(s, m, const char *), \
	  .metavar = metavar_, .deflt = deflt_, .help = help_ }
#define RXS_OPT_CHOICE(s, m, long_, short_, metavar_, deflt_, choices_, help_) \
	{ .name = long_, .letter = short_, .type = RXS_OPT_T_CHOICE, .offset = RXS_OPT_AT(s, m, const char *), \
	  .metavar = metavar_, .deflt = deflt_, .choices = choices_, .help = help_ }
#define RXS_OPT_U32(s, m, long_, short_, metavar_, deflt_, min_, max_, help_) \
	{ .name = long_, .letter = short_, .type = RXS_OPT_T_U32, .offset = RXS_OPT_AT(s, m, u32), \
	  .metavar = metavar_, .deflt = deflt_, .min = min_, .max = max_, .help = help_ }
#define RXS_OPT_U64(s, m, long_, short_, metavar_, deflt_, min_, max_, help_) \
	{ .name = long_, .letter = short_, .type = RXS_OPT_T_U64, .offset = RXS_OPT_AT(s, m, u64), \
	  .metavar = metavar_, .deflt = deflt_, .min = min_, .max = max_, .help = help_ }
#define RXS_OPT_BYTES(s, m, long_, short_, metavar_, deflt_, min_, max_, help_) \
	{ .name = long_, .letter = short_, .type = RXS_OPT_T_BYTES, .offset = RXS_OPT_AT(s, m, u64), \
	  .metavar = metavar_, .deflt = deflt_, .min = min_, .max = max_, .help = help_ }
#define RXS_OPT_TIME(s, m, long_, short_, metavar_, deflt_, unit_ns_, help_) \
	{ .name = long_, .letter = short_, .type = RXS_OPT_T_TIME, .offset = RXS_OPT_AT(s, m, u64), \
	  .metavar = metavar_, .deflt = deflt_, .unit_ns = unit_ns_, .help = help_ }
#define RXS_OPT_LIST(s, m, long_, short_, metavar_, help_) \
	{ .name = long_, .letter = short_, .type = RXS_OPT_T_LIST, \
	  .offset = RXS_OPT_AT(s, m, struct rxs_opt_list), .metavar = metavar_, .help = help_ }
#define RXS_OPT_END { .type = RXS_OPT_T_END }

/* What was no option. Points into argv, which is rearranged. */
struct rxs_args {
	char **arg;		/* arguments before "--", nr of them; not NULL-terminated */
	int nr;
	char **rest;		/* what stood after "--", NULL-terminated, nr_rest of them */
	int nr_rest;
	bool dashdash;		/* "--" was given */
};

/*
 * Set the defaults in vals (which the caller zeroed), then parse argv[1] … argv[argc - 1]. Options and
 * arguments may be mixed; "-" is an argument; "--long=V", "--long V", "-lV", "-l V" and clusters of one-letter
 * flags are understood. -h and --help are always known.
 * 0: done. 1: help was asked for. -EINVAL: sentence in e (with the nearest name, when an option is not known).
 */
int rxs_opt_parse(const struct rxs_opt *opts, int argc, char **argv, void *vals, struct rxs_args *args,
		  struct rxs_err *e);
/* The option list for people, lines at most width_columns wide (0 = 80). */
void rxs_opt_help(const struct rxs_opt *opts, FILE *out, unsigned int width_columns);

/* The same as the items of a man page's OPTIONS section (man(7)). */
void rxs_opt_man(const struct rxs_opt *opts, FILE *out);

/*
 * One value as the rows above understand it: the whole of s must be the number. 0, -EINVAL (not a number, or an
 * unknown unit) or -ERANGE (does not fit).
 */
int rxs_parse_count(const char *s, u64 *out);
int rxs_parse_bytes(const char *s, u64 *out_bytes);
int rxs_parse_time(const char *s, u64 unit_ns, u64 *out_ns);

/*
 * The name nearest to s (Damerau-Levenshtein distance of at most a third of its length), or NULL. names[] has
 * nr entries; NULL entries are passed over. Borrowed.
 */
const char *rxs_nearest(const char *s, const char *const *names, unsigned int nr);

#endif
