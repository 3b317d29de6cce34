// SPDX-License-Identifier: GPL-2.0
/* The hook table against the running kernel, and its kprobes as events in tracefs. */
#include "rxs_probes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs.h>
#include <unistd.h>

static const char *const state_ids[] = {
	[RXS_PROBE_READY] = "ready",
	[RXS_PROBE_SPARE] = "spare",
	[RXS_PROBE_ABSENT] = "absent",
	[RXS_PROBE_REFUSED] = "refused",
	[RXS_PROBE_UNWANTED] = "unwanted",
	[RXS_PROBE_UNKNOWN] = "unknown",
};

const char *rxs_probe_state_id(enum rxs_probe_state s)
{
	return (unsigned int)s < RXS_ARRAY_SIZE(state_ids) ? state_ids[s] : "";
}

/* The why is for people: without memory for it the state alone must do. */
static void set_state(struct rxs_probe *q, enum rxs_probe_state s, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void set_state(struct rxs_probe *q, enum rxs_probe_state s, const char *fmt, ...)
{
	va_list ap;

	q->state = s;
	free(q->why);
	q->why = NULL;
	if (!fmt)
		return;
	va_start(ap, fmt);
	if (vasprintf(&q->why, fmt, ap) < 0)
		q->why = NULL;
	va_end(ap);
}

static int plan_tracepoint(const struct rxs_probes *p, struct rxs_probe *q)
{
	const struct rxs_hook_info *h = q->hook;
	const char *filter = strchr(h->args, '?');
	char path[512];

	if (filter) {
		q->args = strdup(filter + 1 + strspn(filter + 1, " "));
		if (!q->args)
			return -ENOMEM;
	}
	if (!p->tracing) {
		set_state(q, RXS_PROBE_UNKNOWN, "tracefs is not accessible");
		return 0;
	}
	snprintf(path, sizeof(path), "%s/events/%s/%s/format", p->tracing, h->group, h->name);
	if (!access(path, F_OK))
		set_state(q, RXS_PROBE_READY, NULL);
	else if (!strcmp(h->group, "refnic"))
		set_state(q, RXS_PROBE_ABSENT, "the module refnic is not loaded");
	else
		set_state(q, RXS_PROBE_ABSENT, "this kernel has no such tracepoint");
	return 0;
}

static int plan_kprobe(const struct rxs_probes *p, struct rxs_probe *q)
{
	const struct rxs_hook_info *h = q->hook;
	int err;

	q->symbol = h->name;
	/*
	 * A compiler's copy may lack arguments that the original has, and what comes after them moves
	 * up; the first one, when it is an skb, stays where it is.
	 */
	if (p->ksyms)
		q->symbol = rxs_ksyms_find(p->ksyms, h->name, rxs_fetch_highest_arg(h->args) <= 1);
	if (!q->symbol) {
		set_state(q, RXS_PROBE_ABSENT, "this kernel has no such function");
		return 0;
	}
	err = rxs_fetch_args(&q->args, p->btf, h->name, h->args);
	if (err == -ENOENT) {
		set_state(q, RXS_PROBE_ABSENT, "its arguments are others in this kernel");
		return 0;
	}
	if (err)
		return err;
	if (p->kprobes)
		set_state(q, RXS_PROBE_READY, NULL);
	else if (!p->tracing)
		set_state(q, RXS_PROBE_UNKNOWN, "tracefs is not accessible");
	else if (p->wanted)
		set_state(q, RXS_PROBE_ABSENT, "this kernel has no kprobes");
	else
		set_state(q, RXS_PROBE_UNWANTED, "static tracepoints only");
	return 0;
}

/* Of all rows of one stage with the same ALT the first READY one serves. */
static void choose_alternatives(struct rxs_probes *p)
{
	for (unsigned int i = 0; i < rxs_hooks_nr; i++) {
		struct rxs_probe *q = &p->v[i];

		if (q->hook->alt <= 0 || (q->state != RXS_PROBE_READY && q->state != RXS_PROBE_SPARE))
			continue;
		set_state(q, RXS_PROBE_READY, NULL);
		for (unsigned int j = 0; j < i; j++)
			if (p->v[j].state == RXS_PROBE_READY && p->v[j].hook->stage == q->hook->stage &&
			    p->v[j].hook->alt == q->hook->alt)
				set_state(q, RXS_PROBE_SPARE, "%s serves", p->v[j].hook->name);
	}
}

static bool has_file(const char *tracing, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", tracing, name);
	return !access(path, W_OK);
}

int rxs_probes_plan(struct rxs_probes **out, const char *tracing, bool kprobes)
{
	struct rxs_probes *p = calloc(1, sizeof(*p));
	struct rxs_err e = { "" };
	int err = -ENOMEM;

	if (!p)
		return -ENOMEM;
	p->v = calloc(rxs_hooks_nr, sizeof(*p->v));
	if (!p->v)
		goto fail;
	p->tracing = tracing;
	p->wanted = kprobes;
	p->kprobes = kprobes && tracing && has_file(tracing, "kprobe_events");
	rxs_ksyms_open(&p->ksyms, RXS_KSYMS_PROC, NULL);
	if (rxs_btf_open(&p->btf, RXS_BTF_VMLINUX, &e))
		p->btf_why = strdup(e.text);
	for (unsigned int i = 0; i < rxs_hooks_nr; i++) {
		struct rxs_probe *q = &p->v[i];

		q->hook = &rxs_hooks[i];
		err = q->hook->kind == RXS_HOOK_TP ? plan_tracepoint(p, q) : plan_kprobe(p, q);
		if (err)
			goto fail;
		if (q->hook->alt < 0 && q->state != RXS_PROBE_ABSENT)
			set_state(q, RXS_PROBE_UNWANTED, "used when somebody else recorded it");
	}
	choose_alternatives(p);
	*out = p;
	return 0;
fail:
	rxs_probes_free(p);
	return err;
}

void rxs_probes_free(struct rxs_probes *p)
{
	if (!p)
		return;
	for (unsigned int i = 0; p->v && i < rxs_hooks_nr; i++) {
		free(p->v[i].args);
		free(p->v[i].why);
	}
	free(p->v);
	rxs_ksyms_free(p->ksyms);
	rxs_btf_free(p->btf);
	free(p->btf_why);
	free(p);
}

/* The kernel says more than errno in error_log: "… error: Message\n  Command: …". */
static void refused(struct rxs_probe *q, int err)
{
	char *log = tracefs_error_last(NULL), *text, *nl;

	text = log ? strstr(log, "error: ") : NULL;
	if (text && strstr(log, q->hook->name)) {
		text += strlen("error: ");
		nl = strchr(text, '\n');
		if (nl)
			*nl = '\0';
		set_state(q, RXS_PROBE_REFUSED, "%s", text);
	} else {
		set_state(q, RXS_PROBE_REFUSED, "%s", strerror(-err));
	}
	free(log);
}

static bool is_defined(const struct rxs_probes *p, const char *group, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/events/%s/%s", p->tracing, group, name);
	return !access(path, F_OK);
}

static int define_one(const struct rxs_probes *p, struct rxs_probe *q, int fd, const char *group)
{
	char line[4096];
	int len;

	if (is_defined(p, group, q->hook->name))
		return 0;
	len = snprintf(line, sizeof(line), "p:%s/%s %s %s\n", group, q->hook->name, q->symbol, q->args);
	if (len >= (int)sizeof(line))
		return -EINVAL;
	if (write(fd, line, len) == len)
		return 0;
	return errno == EEXIST ? 0 : -errno;
}

int rxs_probes_define(struct rxs_probes *p, const char *group, struct rxs_err *e)
{
	int fd, nr = 0;

	/* Append, always: opening it for writing alone would delete everybody's probes. */
	fd = tracefs_instance_file_open(NULL, "kprobe_events", O_WRONLY | O_APPEND);
	if (fd < 0)
		return rxs_err_set(e, -errno, "cannot open kprobe_events: %s", strerror(errno));
	for (unsigned int i = 0; i < rxs_hooks_nr; i++) {
		struct rxs_probe *q = &p->v[i];
		int err;

		if (q->hook->kind != RXS_HOOK_KP || q->state != RXS_PROBE_READY)
			continue;
		err = define_one(p, q, fd, group);
		if (!err) {
			nr++;
			continue;
		}
		refused(q, err);
		/* One of the next rows, which are SPARE, may take its place. */
		choose_alternatives(p);
	}
	close(fd);
	return nr;
}

/* The group's names are collected first: the list changes under whoever reads it while deleting. */
int rxs_probes_undefine(const char *tracing, const char *group, struct rxs_err *e)
{
	char path[512], name[256], *text, *line, *next;
	size_t len = strlen(group);
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s/kprobe_events", tracing);
	if (access(path, F_OK))
		return 0;
	text = tracefs_instance_file_read(NULL, "kprobe_events", NULL);
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		err = rxs_err_set(e, -errno, "%s: %s", path, strerror(errno));
	for (line = text; fd >= 0 && line && *line; line = next) {
		char *colon = strchr(line, ':');

		next = strchrnul(line, '\n');
		next += !!*next;
		if (!colon || colon > next || strncmp(colon + 1, group, len) || colon[1 + len] != '/' ||
		    sscanf(colon + 2 + len, "%255s", name) != 1)
			continue;
		snprintf(path, sizeof(path), "-:%s/%s\n", group, name);
		if (write(fd, path, strlen(path)) < 0 && errno != ENOENT)
			err = rxs_err_set(e, -errno, "cannot remove the probe %s/%s: %s", group, name,
					  errno == EBUSY ? "somebody is using it" : strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	free(text);
	return err;
}

int rxs_probes_try(struct rxs_probes *p, const char *group, struct rxs_err *e)
{
	int nr = rxs_probes_define(p, group, e);
	int err = rxs_probes_undefine(p->tracing, group, nr < 0 ? NULL : e);

	return nr < 0 ? nr : err ? err : nr;
}
