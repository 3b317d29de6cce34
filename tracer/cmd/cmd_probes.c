// SPDX-License-Identifier: GPL-2.0
/*
 * rxscope probes: the kprobes of the stage table for perf and trace-cmd.
 *
 *	rxscope probes add
 *	trace-cmd record $(rxscope probes list --for trace-cmd) COMMAND
 *	rxscope probes del
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../source/src_tracefs.h"
#include "rxs_cmd.h"

struct probes_args {
	const char *tool, *group;
	bool quiet;
};

const struct rxs_opt rxs_opts_probes[] = {
	RXS_OPT_CHOICE(struct probes_args, tool, "for", 0, "TOOL", NULL, "perf|trace-cmd",
		       "list: as arguments of this tool"),
	RXS_OPT_TEXT(struct probes_args, group, "group", 'g', "NAME", "rxscope", "the probes' event group"),
	RXS_OPT_FLAG(struct probes_args, quiet, "quiet", 'q', "say nothing when all is well"),
	RXS_OPT_END
};

/* What the kernel takes as a group, and perf too (which stumbles over some names that look like its own). */
static bool is_group(const char *s)
{
	return *s && strlen(s) < 64 && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(s) &&
	       (*s < '0' || *s > '9');
}

static int add(const struct probes_args *a, struct rxs_probes *p)
{
	struct rxs_err e = { "" };
	unsigned int refused = 0;
	int nr;

	if (!p->kprobes)
		return rxs_cmd_error(RXS_EXIT_CANNOT, "this kernel has no kprobes (CONFIG_KPROBE_EVENTS)");
	nr = rxs_probes_define(p, a->group, &e);
	if (nr < 0)
		return rxs_cmd_fail(nr, &e);
	for (unsigned int i = 0; i < rxs_hooks_nr; i++)
		refused += p->v[i].state == RXS_PROBE_REFUSED;
	if (!nr)
		return rxs_cmd_error(RXS_EXIT_CANNOT, "the kernel took none of the probes; see rxscope stages");
	if (!a->quiet)
		fprintf(stderr, "rxscope: %d probes in group %s; the kernel refused %u%s\n", nr, a->group, refused,
			refused ? ", see rxscope stages" : "");
	return RXS_EXIT_OK;
}

static int del(const struct probes_args *a, const char *tracing)
{
	struct rxs_err e = { "" };
	int err = rxs_probes_undefine(tracing, a->group, &e);

	return err ? rxs_cmd_fail(err, &e) : RXS_EXIT_OK;
}

static bool is_there(const char *tracing, const char *group, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/events/%s/%s/format", tracing, group, name);
	return !access(path, F_OK);
}

/* A filter without blanks, since it stands unquoted in $(...). */
static void print_filter(const char *option, const char *filter)
{
	printf(" %s ", option);
	for (; *filter; filter++)
		if (*filter != ' ')
			putchar(*filter);
}

static int list(const struct probes_args *a, const struct rxs_probes *p)
{
	bool perf = a->tool && !strcmp(a->tool, "perf");
	unsigned int nr = 0, kprobes = 0;

	for (unsigned int i = 0; i < rxs_hooks_nr; i++) {
		const struct rxs_probe *q = &p->v[i];
		bool kp = q->hook->kind == RXS_HOOK_KP;
		const char *group = kp ? a->group : q->hook->group;

		if (q->hook->alt < 0 || !is_there(p->tracing, group, q->hook->name))
			continue;
		kprobes += kp;
		if (!a->tool) {
			printf("%s:%s%s%s\n", group, q->hook->name, q->args ? " " : "", q->args ? q->args : "");
			continue;
		}
		printf("%s-e %s:%s", nr++ ? " " : "", group, q->hook->name);
		if (!kp && q->args)
			print_filter(perf ? "--filter" : "-f", q->args);
	}
	if (nr)
		putchar('\n');
	if (!kprobes && p->kprobes && !a->quiet)
		fprintf(stderr, "rxscope: no probes in group %s; run: rxscope probes add\n", a->group);
	return rxs_cmd_flush(stdout, RXS_EXIT_OK);
}

int rxs_cmd_probes(int argc, char **argv)
{
	struct probes_args a = { 0 };
	struct rxs_err e = { "" };
	struct rxs_args args;
	struct rxs_probes *p;
	const char *tracing, *what;
	int err, status = rxs_cmd_args(argc, argv, &a, &args);

	if (status >= 0)
		return status;
	what = args.nr == 1 ? args.arg[0] : "";
	if (args.dashdash || (strcmp(what, "add") && strcmp(what, "del") && strcmp(what, "list")))
		return rxs_cmd_error(RXS_EXIT_USAGE, "say what to do: rxscope probes add, del or list");
	if (!is_group(a.group))
		return rxs_cmd_error(RXS_EXIT_USAGE, "--group takes small letters, digits and _, not '%s'", a.group);
	err = rxs_tracefs_find(&tracing, &e);
	if (err)
		return rxs_cmd_fail(err, &e);
	if (!strcmp(what, "del"))
		return del(&a, tracing);
	err = rxs_probes_plan(&p, tracing, true);
	if (err)
		return rxs_cmd_fail(err, NULL);
	status = strcmp(what, "add") ? list(&a, p) : add(&a, p);
	rxs_probes_free(p);
	return status;
}
