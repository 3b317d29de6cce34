// SPDX-License-Identifier: GPL-2.0
/*
 * ftrace:funcgraph_exit is all that is needed: function, depth, and the times of call and return. Fields are
 * found by name: kernels order them otherwise.
 */
#include "rxs_graph_read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <event-parse.h>

#include "../source/rxs_source.h"

struct reader {
	struct tep_handle *tep;
	int id;				/* of funcgraph_exit */
	struct tep_format_field *pid, *func, *depth, *calltime, *rettime;
	struct rxs_graph *g;
	u64 calls;
};

static u64 value(const struct reader *r, const struct tep_format_field *f, const void *data)
{
	return tep_read_number(r->tep, (const char *)data + f->offset, f->size);
}

static bool holds_all(const struct reader *r, u32 len)
{
	const struct tep_format_field *const f[] = { r->pid, r->func, r->depth, r->calltime, r->rettime };

	for (u32 i = 0; i < RXS_ARRAY_SIZE(f); i++)
		if (f[i]->offset < 0 || f[i]->size < 0 || (u64)f[i]->offset + (u64)f[i]->size > len)
			return false;
	return true;
}

static int no_graph(const char *file, struct rxs_err *e)
{
	return rxs_err_set(e, -EBADMSG, "%s: holds no function_graph trace; rxscope lab --deterministic --graph makes one",
			   file);
}

static int find_event(struct reader *r, const char *file, struct rxs_err *e)
{
	struct tep_event *ev = r->tep ? tep_find_event_by_name(r->tep, "ftrace", "funcgraph_exit") : NULL;

	if (!ev)
		return no_graph(file, e);
	r->id = ev->id;
	r->pid = tep_find_any_field(ev, "common_pid");
	r->func = tep_find_any_field(ev, "func");
	r->depth = tep_find_any_field(ev, "depth");
	r->calltime = tep_find_any_field(ev, "calltime");
	r->rettime = tep_find_any_field(ev, "rettime");
	if (!r->pid || !r->func || !r->depth || !r->calltime || !r->rettime)
		return rxs_err_set(e, -EBADMSG, "%s: its function_graph events do not tell how long a function took",
				   file);
	return 0;
}

static int take(struct reader *r, const struct rxs_raw *raw)
{
	char unknown[32];
	const char *name;
	u64 func, from, to;
	int pid;

	if (raw->len_bytes < 2 || (int)tep_read_number(r->tep, raw->data, 2) != r->id ||
	    !holds_all(r, raw->len_bytes))
		return 0;
	func = value(r, r->func, raw->data);
	name = tep_find_function(r->tep, func);
	if (!name) {
		snprintf(unknown, sizeof(unknown), "%#llx", (unsigned long long)func);
		name = unknown;
	}
	from = value(r, r->calltime, raw->data);
	to = value(r, r->rettime, raw->data);
	r->calls++;
	pid = (int)value(r, r->pid, raw->data);
	return rxs_graph_exit(r->g, pid ? pid : -1 - raw->cpu, (unsigned int)value(r, r->depth, raw->data), name,
			      to > from ? to - from : 0);
}

static int take_all(struct reader *r, struct rxs_source *s, struct rxs_err *e)
{
	struct rxs_raw raw;
	int rc, err = 0;

	while (!err && (rc = s->ops->next(s, &raw, e)) == 1) {
		if (raw.kind == RXS_RAW_LOST)
			rxs_graph_lost(r->g, raw.lost ? raw.lost : 1);
		else if (raw.kind == RXS_RAW_TEP)
			err = take(r, &raw);
	}
	return err ? err : rc;
}

int rxs_graph_name(char *buf, size_t size, const char *recording)
{
	size_t n = strlen(recording);

	if (n > 4 && !strcmp(recording + n - 4, ".rxs"))
		n -= 4;
	return snprintf(buf, size, "%.*s.graph.dat", (int)n, recording) < (int)size ? 0 : -ENAMETOOLONG;
}

int rxs_graph_read(struct rxs_graph **out, const char *file, struct rxs_err *e)
{
	struct rxs_source_opts o = { .uri = file };
	struct rxs_source_info info = { 0 };
	struct rxs_source *s;
	struct reader r = { 0 };
	int err = rxs_source_open(&s, &o, e);

	if (err)
		return err;
	s->ops->info(s, &info);
	r.tep = info.tep;
	err = find_event(&r, file, e);
	if (!err)
		err = rxs_graph_new(&r.g);
	if (!err)
		err = take_all(&r, s, e);
	if (!err && !r.calls)
		err = no_graph(file, e);
	rxs_source_close(s);
	if (err) {
		rxs_graph_free(r.g);
		return err;
	}
	*out = r.g;
	return 0;
}
