// SPDX-License-Identifier: GPL-2.0
/* The table of views, and the calls that every view gets in the same order. */
#include "rxs_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

extern const struct rxs_view_ops rxs_view_text, rxs_view_json, rxs_view_csv, rxs_view_pcapng, rxs_view_perfetto;

const struct rxs_view_ops *const rxs_views[] = {
	&rxs_view_text,
	&rxs_view_json,
	&rxs_view_csv,
	&rxs_view_pcapng,
	&rxs_view_perfetto,
	NULL,
};

struct rxs_view *rxs_view_new(const char *name, const struct rxs_view_opts *o)
{
	const struct rxs_view_ops *const *ops = rxs_views;
	struct rxs_view *v;

	while (*ops && strcmp((*ops)->name, name))
		ops++;
	if (!*ops) {
		errno = ENOENT;
		return NULL;
	}
	v = calloc(1, sizeof(*v));
	if (!v)
		return NULL;
	v->ops = *ops;
	v->opts = *o;
	if (!v->opts.top)
		v->opts.top = RXS_VIEW_TOP;
	v->priv = calloc(1, v->ops->priv_bytes ? v->ops->priv_bytes : 1);
	if (!v->priv) {
		free(v);
		errno = ENOMEM;
		return NULL;
	}
	return v;
}

void rxs_view_free(struct rxs_view *v)
{
	if (!v)
		return;
	if (v->ops->free)
		v->ops->free(v);
	free(v->priv);
	free(v);
}

static int outcome(const struct rxs_view *v, int err)
{
	return err ? err : ferror(v->opts.out) ? -EIO : 0;
}

int rxs_view_begin(struct rxs_view *v, const struct rxs_run_info *ri)
{
	v->ri = ri;
	return outcome(v, v->ops->begin(v, ri));
}

int rxs_view_packet(struct rxs_view *v, const struct rxs_packet *p)
{
	return v->ops->packet ? outcome(v, v->ops->packet(v, p)) : 0;
}

int rxs_view_poll(struct rxs_view *v, const struct rxs_poll *p)
{
	return v->ops->poll ? outcome(v, v->ops->poll(v, p)) : 0;
}

int rxs_view_tick(struct rxs_view *v, const struct rxs_snapshot *s)
{
	return v->ops->tick ? outcome(v, v->ops->tick(v, s)) : 0;
}

int rxs_view_lost(struct rxs_view *v, const struct rxs_lost *l)
{
	return outcome(v, v->ops->lost(v, l));
}

int rxs_view_end(struct rxs_view *v, const struct rxs_snapshot *s, const struct rxs_decode_stats *d)
{
	return outcome(v, v->ops->end(v, s, d));
}
