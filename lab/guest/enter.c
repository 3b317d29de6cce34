// SPDX-License-Identifier: GPL-2.0
//
// enter [-n NETNS] [-s] PROGRAM [ARGUMENT...]: runs a program in a network namespace, or as the
// leader of a session of its own with signals as programs expect them. Only the network namespace
// is changed: /sys stays, and with it tracefs.
//
// There are tools for each of it, but not static ones that leave the program's name alone: linking
// is most of what starting costs in an emulated machine, and busybox would run its own applet.

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void fail(const char *what)
{
	perror(what);
	exit(126);
}

static void enter_netns(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		fail(path);
}

/* A shell without job control has its background ignore SIGINT, and programs take that over. */
static void own_session(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	if (setsid() < 0)
		fail("setsid");
}

int main(int argc, char **argv)
{
	int opt;

	while ((opt = getopt(argc, argv, "+n:s")) != -1) {
		if (opt == 'n')
			enter_netns(optarg);
		else if (opt == 's')
			own_session();
		else
			return 2;
	}
	if (optind == argc) {
		fprintf(stderr, "usage: enter [-n NETNS] [-s] PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	execvp(argv[optind], argv + optind);
	perror(argv[optind]);
	return 127;
}
