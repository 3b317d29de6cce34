/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands: one row in cmd.def and one file each. Only commands print and choose the exit status.
 *
 * cmd_NAME.c defines int rxs_cmd_NAME(int argc, char **argv) and const struct rxs_opt rxs_opts_NAME[].
 * main() ignores SIGPIPE, so that a reader that goes away is a failed write; a command that starts another
 * program sets it back to SIG_DFL in the child.
 */
#ifndef RXS_CMD_H
#define RXS_CMD_H

#include <stdio.h>

#include "../base/rxs_err.h"
#include "../base/rxs_opt.h"
#include "../base/rxs_types.h"

enum rxs_exit {
	RXS_EXIT_OK = 0,
	RXS_EXIT_FINDING = 1,	/* regression found, packets lost under --strict */
	RXS_EXIT_USAGE = 2,
	RXS_EXIT_CANNOT = 3,	/* not permitted, or not possible on this kernel */
	RXS_EXIT_BADFILE = 4,
	RXS_EXIT_INTERNAL = 5,
};

struct rxs_cmd {
	const char *name;
	const char *synopsis;	/* what follows the name in the usage line */
	const char *help;	/* one sentence */
	int (*run)(int argc, char **argv);	/* argv[0] is the command's name; returns enum rxs_exit */
	const struct rxs_opt *opts;
};

/* In the order of cmd.def; the last row's name is NULL. */
extern const struct rxs_cmd rxs_cmds[];

/* Row of that name, or NULL. */
const struct rxs_cmd *rxs_cmd_find(const char *name);
/* Usage line, sentence and options of a command. */
void rxs_cmd_usage(const struct rxs_cmd *cmd, FILE *out);
/* NAME, SYNOPSIS and OPTIONS of its man page; docs/man/make.sh adds what only a person can write. */
void rxs_cmd_man(const struct rxs_cmd *cmd, FILE *out);

/*
 * Parse the command's options into vals (zeroed by the caller). Returns -1 to go on; otherwise the exit status
 * to return, as help was asked for and printed (0), or one line about a wrong use (RXS_EXIT_USAGE).
 */
int rxs_cmd_args(int argc, char **argv, void *vals, struct rxs_args *args);

/* One line "rxscope: …" on stderr. Returns status, so that a command can `return rxs_cmd_error(...)`. */
int rxs_cmd_error(enum rxs_exit status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The sentence of err on stderr, and the exit status that goes with err (a -errno). */
int rxs_cmd_fail(int err, const struct rxs_err *e);
/* The same for an error with a file: what is no wrong use and no lack of memory is a bad file. */
int rxs_cmd_fail_file(int err, const struct rxs_err *e);
/*
 * Flush out; when anything written to it was lost (full disk), say so and return RXS_EXIT_INTERNAL, else
 * status. A reader that went away (EPIPE) is no error worth a line: RXS_EXIT_INTERNAL, silently.
 */
int rxs_cmd_flush(FILE *out, int status);

/* Colours wanted on out: a terminal, NO_COLOR not set (or empty), TERM not dumb. */
bool rxs_cmd_color(FILE *out);
/* Columns of the terminal at out, 0 when it is none. */
unsigned int rxs_cmd_width(FILE *out);
/* May non-ASCII characters be written to out: a terminal in a UTF-8 locale. */
bool rxs_cmd_utf8(FILE *out);

#endif
