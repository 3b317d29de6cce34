// SPDX-License-Identifier: GPL-2.0
/* rxscope: finds the command and runs it. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cmd/rxs_cmd.h"

static void print_help(FILE *out)
{
	fputs("usage: rxscope COMMAND [OPTION...] [ARGUMENT...]\n\n"
	      "Shows, for every packet a Linux machine receives, the way it took from the NIC's interrupt\n"
	      "to the application's read(), and how long each stage of that way lasted.\n\n", out);
	for (const struct rxs_cmd *c = rxs_cmds; c->name; c++)
		fprintf(out, "  %-9s %s\n", c->name, c->help);
	fputs("\n  help COMMAND   the options of a command\n"
	      "  --version      the version\n\n"
	      "Exit status: 0 well, 1 a finding, 2 wrong use, 3 not permitted or not possible here,\n"
	      "4 bad input file, 5 internal error.\n", out);
}

static int unknown_command(const char *name)
{
	const char *names[64], *near;
	unsigned int nr = 0;

	for (const struct rxs_cmd *c = rxs_cmds; c->name && nr < RXS_ARRAY_SIZE(names); c++)
		names[nr++] = c->name;
	near = rxs_nearest(name, names, nr);
	if (near)
		return rxs_cmd_error(RXS_EXIT_USAGE, "unknown command '%s'; did you mean '%s'?", name, near);
	return rxs_cmd_error(RXS_EXIT_USAGE, "unknown command '%s'; see rxscope --help", name);
}

/* help [--man] [COMMAND] */
static int help(const char *name, const char *next)
{
	bool man = name && next && !strcmp(name, "--man");
	const struct rxs_cmd *c;

	if (man)
		name = next;
	if (!name) {
		print_help(stdout);
		return rxs_cmd_flush(stdout, RXS_EXIT_OK);
	}
	c = rxs_cmd_find(name);
	if (!c)
		return unknown_command(name);
	if (man)
		rxs_cmd_man(c, stdout);
	else
		rxs_cmd_usage(c, stdout);
	return rxs_cmd_flush(stdout, RXS_EXIT_OK);
}

int main(int argc, char **argv)
{
	const struct rxs_cmd *c;

	setlocale(LC_CTYPE, "");
	/* A reader that goes away is noticed by the write that fails, so that probes are taken down first. */
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		print_help(stderr);
		return RXS_EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		printf("rxscope %s\n", RXS_VERSION);
		return rxs_cmd_flush(stdout, RXS_EXIT_OK);
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return help(argc > 2 ? argv[2] : NULL, argc > 3 ? argv[3] : NULL);
	if (argv[1][0] == '-')
		return rxs_cmd_error(RXS_EXIT_USAGE, "the command comes first: rxscope COMMAND %s; see --help",
				     argv[1]);
	c = rxs_cmd_find(argv[1]);
	return c ? c->run(argc - 1, argv + 1) : unknown_command(argv[1]);
}
