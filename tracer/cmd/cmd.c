// SPDX-License-Identifier: GPL-2.0
/* The command table, and what all commands do in the same way: options, errors, the terminal. */
#include "rxs_cmd.h"

#include <errno.h>
#include <langinfo.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define RXS_CMD(name, synopsis, help) \
	int rxs_cmd_##name(int argc, char **argv); \
	extern const struct rxs_opt rxs_opts_##name[];
#include "cmd.def"
#undef RXS_CMD

const struct rxs_cmd rxs_cmds[] = {
#define RXS_CMD(name, synopsis, help) { #name, synopsis, help, rxs_cmd_##name, rxs_opts_##name },
#include "cmd.def"
#undef RXS_CMD
	{ NULL, NULL, NULL, NULL, NULL },
};

const struct rxs_cmd *rxs_cmd_find(const char *name)
{
	for (const struct rxs_cmd *c = rxs_cmds; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

void rxs_cmd_usage(const struct rxs_cmd *cmd, FILE *out)
{
	fprintf(out, "usage: rxscope %s [OPTION...]%s%s\n\n%s\n\n", cmd->name, cmd->synopsis[0] ? " " : "",
		cmd->synopsis, cmd->help);
	rxs_opt_help(cmd->opts, out, rxs_cmd_width(out));
}

void rxs_cmd_man(const struct rxs_cmd *cmd, FILE *out)
{
	size_t len = strlen(cmd->help);

	/* In a whatis line a sentence begins small and ends without a full stop. */
	fprintf(out, ".SH NAME\nrxscope\\-%s \\- %c%.*s\n", cmd->name, cmd->help[0] | 0x20,
		(int)(len - 2), cmd->help + 1);
	fprintf(out, ".SH SYNOPSIS\n\\fBrxscope %s\\fR [\\fIOPTION\\fR...]%s%s\n", cmd->name,
		cmd->synopsis[0] ? " " : "", cmd->synopsis);
	fputs(".SH OPTIONS\n", out);
	rxs_opt_man(cmd->opts, out);
}

int rxs_cmd_args(int argc, char **argv, void *vals, struct rxs_args *args)
{
	const struct rxs_cmd *cmd = rxs_cmd_find(argv[0]);
	struct rxs_err e = { "" };
	int rc;

	if (!cmd)
		return rxs_cmd_error(RXS_EXIT_INTERNAL, "no command '%s'", argv[0]);
	rc = rxs_opt_parse(cmd->opts, argc, argv, vals, args, &e);
	if (rc < 0)
		return rxs_cmd_fail(rc, &e);
	if (!rc)
		return -1;
	rxs_cmd_usage(cmd, stdout);
	return rxs_cmd_flush(stdout, RXS_EXIT_OK);
}

int rxs_cmd_error(enum rxs_exit status, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("rxscope: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	putc('\n', stderr);
	return status;
}

static enum rxs_exit exit_of(int err)
{
	switch (-err) {
	case EINVAL:
		return RXS_EXIT_USAGE;
	case EPERM:
	case EACCES:
	case EROFS:
	case ENOSYS:
	case EOPNOTSUPP:
	case ENODEV:
	case ENOENT:
	case ENXIO:
	case EBUSY:
		return RXS_EXIT_CANNOT;
	case EBADMSG:
	case ENODATA:
		return RXS_EXIT_BADFILE;
	default:
		return RXS_EXIT_INTERNAL;
	}
}

int rxs_cmd_fail(int err, const struct rxs_err *e)
{
	return rxs_cmd_error(exit_of(err), "%s", rxs_err_text(e, err));
}

int rxs_cmd_fail_file(int err, const struct rxs_err *e)
{
	enum rxs_exit status = exit_of(err);

	if (status != RXS_EXIT_USAGE && err != -ENOMEM)
		status = RXS_EXIT_BADFILE;
	return rxs_cmd_error(status, "%s", rxs_err_text(e, err));
}

int rxs_cmd_flush(FILE *out, int status)
{
	bool bad = ferror(out);

	errno = 0;
	if (!fflush(out) && !bad)
		return status;
	if (errno != EPIPE)
		rxs_cmd_error(RXS_EXIT_INTERNAL, "cannot write the output: %s",
			      errno ? strerror(errno) : "an earlier write failed");
	return RXS_EXIT_INTERNAL;
}

bool rxs_cmd_color(FILE *out)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(out)) && !(no_color && no_color[0]) && term && strcmp(term, "dumb");
}

unsigned int rxs_cmd_width(FILE *out)
{
	struct winsize ws;

	if (!isatty(fileno(out)))
		return 0;
	if (ioctl(fileno(out), TIOCGWINSZ, &ws) || !ws.ws_col)
		return 80;
	return ws.ws_col;
}

bool rxs_cmd_utf8(FILE *out)
{
	return isatty(fileno(out)) && !strcmp(nl_langinfo(CODESET), "UTF-8");
}
