// SPDX-License-Identifier: GPL-2.0
/* Which decoder takes which record: by its kind, and one of each per stream of a merge. */
#include "decode_ops.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Row per kind of record. */
static const struct rxs_decoder_ops *const decoders[] = {
	[RXS_RAW_TEP] = &rxs_decoder_tep,
	[RXS_RAW_RXS] = &rxs_decoder_rxs,
};

#define NR_KINDS RXS_ARRAY_SIZE(decoders)

struct stream {
	void *priv[NR_KINDS];	/* of decoders[], made at the stream's first record of that kind */
};

struct rxs_decode {
	struct rxs_source *src;
	struct rxs_strtab *strtab;
	struct stream *stream;
	unsigned int nr_streams;
	struct rxs_decode_stats stats;
	u64 *hook_hits;
};

int rxs_decode_new(struct rxs_decode **out, struct rxs_source *s, struct rxs_strtab *t, struct rxs_err *e)
{
	struct rxs_decode *d = calloc(1, sizeof(*d));

	(void)e;
	if (!d)
		return -ENOMEM;
	d->src = s;
	d->strtab = t;
	while (rxs_merge_nth(s, d->nr_streams))
		d->nr_streams++;
	d->stream = calloc(d->nr_streams, sizeof(*d->stream));
	d->hook_hits = calloc(rxs_hooks_nr, sizeof(*d->hook_hits));
	if (!d->stream || !d->hook_hits) {
		rxs_decode_free(d);
		return -ENOMEM;
	}
	*out = d;
	return 0;
}

void rxs_decode_free(struct rxs_decode *d)
{
	if (!d)
		return;
	for (unsigned int i = 0; d->stream && i < d->nr_streams; i++)
		for (unsigned int k = 0; k < NR_KINDS; k++)
			if (d->stream[i].priv[k])
				decoders[k]->free(d->stream[i].priv[k]);
	free(d->stream);
	free(d->hook_hits);
	free(d);
}

static void take_lost(struct rxs_decode *d, const struct rxs_raw *r, struct rxs_lost *lost)
{
	*lost = (struct rxs_lost){
		.since_ns = r->lost_since_ns,
		.until_ns = r->ts_ns,
		.count = r->lost,
		.cpu = r->cpu,
		.kind = r->lost_kind,
		.stream = r->stream,
	};
	if (r->data)
		lost->symbol = rxs_strtab_intern(d->strtab, r->data, r->len_bytes);
}

/* A stream's first record of a kind. */
static int make_decoder(struct rxs_decode *d, unsigned int stream, unsigned int kind)
{
	struct rxs_decode_ctx ctx = {
		.src = rxs_merge_nth(d->src, stream),
		.strtab = d->strtab,
		.stats = &d->stats,
		.hook_hits = d->hook_hits,
	};

	return decoders[kind]->new(&d->stream[stream].priv[kind], &ctx, NULL);
}

/* What is no record of a stream's decoder yet: a loss, the first record, or nonsense. */
static int decode_rare(struct rxs_decode *d, const struct rxs_raw *r, struct rxs_event *ev, struct rxs_lost *lost)
{
	int err;

	if (r->kind == RXS_RAW_LOST) {
		take_lost(d, r, lost);
		return 2;
	}
	d->stats.events++;
	if (r->kind >= NR_KINDS || !decoders[r->kind] || r->stream >= d->nr_streams) {
		d->stats.malformed++;
		return 0;
	}
	err = make_decoder(d, r->stream, r->kind);
	if (err)
		return err;
	return decoders[r->kind]->record(d->stream[r->stream].priv[r->kind], r, ev, lost);
}

int rxs_decode_record(struct rxs_decode *d, const struct rxs_raw *r, struct rxs_event *ev,
		      struct rxs_lost *lost)
{
	void *priv;

	if (r->kind >= NR_KINDS || r->stream >= d->nr_streams)
		return decode_rare(d, r, ev, lost);
	priv = d->stream[r->stream].priv[r->kind];
	if (!priv)
		return decode_rare(d, r, ev, lost);
	d->stats.events++;
	return decoders[r->kind]->record(priv, r, ev, lost);
}

void rxs_decode_stats_get(const struct rxs_decode *d, struct rxs_decode_stats *out)
{
	*out = d->stats;
}

u64 rxs_decode_hook_hits(const struct rxs_decode *d, unsigned int h)
{
	return h < rxs_hooks_nr ? d->hook_hits[h] : 0;
}
