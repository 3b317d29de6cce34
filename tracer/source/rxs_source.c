// SPDX-License-Identifier: GPL-2.0
/* The table of sources, and how a file finds its own: by content, never by name. */
#include "rxs_source.h"
#include "rxs_input.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct rxs_source_ops *const rxs_sources[] = {
	&rxs_source_tracefs,
	&rxs_source_rxs,
	&rxs_source_tracedat,
	&rxs_source_perfdata,
	NULL,
};

static const char *const lost_ids[RXS_LOST_NR] = {
	[RXS_LOST_RING] = "ring",
	[RXS_LOST_KPROBE] = "kprobe",
	[RXS_LOST_READER] = "reader",
	[RXS_LOST_FILE] = "file",
};

const char *rxs_lost_id(enum rxs_lost_kind k)
{
	return (unsigned int)k < RXS_LOST_NR ? lost_ids[k] : "";
}

static const struct rxs_source_ops *find_live(void)
{
	for (unsigned int i = 0; rxs_sources[i]; i++)
		if (!rxs_sources[i]->probe && !rxs_sources[i]->probe_dir)
			return rxs_sources[i];
	return NULL;
}

static const struct rxs_source_ops *find_for_bytes(const void *head, size_t len)
{
	const struct rxs_source_ops *best = NULL;
	int score, best_score = 0;

	for (unsigned int i = 0; rxs_sources[i]; i++) {
		score = rxs_sources[i]->probe ? rxs_sources[i]->probe(head, len) : 0;
		if (score > best_score) {
			best = rxs_sources[i];
			best_score = score;
		}
	}
	return best;
}

static const struct rxs_source_ops *find_for_dir(const char *path)
{
	const struct rxs_source_ops *best = NULL;
	int score, best_score = 0;

	for (unsigned int i = 0; rxs_sources[i]; i++) {
		score = rxs_sources[i]->probe_dir ? rxs_sources[i]->probe_dir(path) : 0;
		if (score > best_score) {
			best = rxs_sources[i];
			best_score = score;
		}
	}
	return best;
}

/* An LTTng session is a folder that holds a "metadata" stream at most two folders down. */
static bool is_ctf_dir(const char *path)
{
	static const char *const depth[] = { "%s/metadata", "%s/*/metadata", "%s/*/*/metadata" };
	char pattern[4096];
	glob_t g;
	bool found = false;

	for (unsigned int i = 0; !found && i < RXS_ARRAY_SIZE(depth); i++) {
		snprintf(pattern, sizeof(pattern), depth[i], path);
		found = !glob(pattern, GLOB_NOSORT, NULL, &g);
		if (found)
			globfree(&g);
	}
	return found;
}

/* Open the file into s->in and say whose it is. */
static int recognise(struct rxs_source *s, const char *uri, struct rxs_err *e)
{
	struct rxs_err open_err = { "" };
	u8 head[4096];
	ssize_t n;
	int err;

	err = rxs_input_open(&s->in, uri, &open_err);
	if (err == -EISDIR) {
		s->ops = find_for_dir(uri);
		if (s->ops)
			return 0;
		if (is_ctf_dir(uri))
			return rxs_err_set(e, -EBADMSG, "%s: LTTng CTF is not supported yet; record with "
					   "rxscope record, trace-cmd or perf", uri);
	}
	if (err)
		return rxs_err_set(e, err, "%s", rxs_err_text(&open_err, err));
	n = rxs_input_peek(s->in, head, sizeof(head), e);
	if (n < 0)
		return n;
	s->ops = find_for_bytes(head, n);
	if (!s->ops)
		return rxs_err_set(e, -EBADMSG,
				   "%s: not a recording known here (.rxs, trace.dat, perf.data)", uri);
	return 0;
}

int rxs_source_open(struct rxs_source **out, const struct rxs_source_opts *o, struct rxs_err *e)
{
	struct rxs_source *s;
	int err = 0;

	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	if (o->uri && *o->uri) {
		err = recognise(s, o->uri, e);
	} else {
		s->ops = find_live();
		if (!s->ops)
			err = rxs_err_set(e, -ENOSYS, "no live source in this build");
	}
	if (!err)
		err = s->ops->open(s, o, e);
	if (err) {
		rxs_input_close(s->in);
		free(s);
		return err;
	}
	*out = s;
	return 0;
}

void rxs_source_close(struct rxs_source *s)
{
	if (!s)
		return;
	s->ops->close(s);
	rxs_input_close(s->in);
	free(s);
}
