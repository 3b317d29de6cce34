// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that become part of others: GRO, TCP coalescing, fragments.
 *
 * A hook on skb_gro_receive() or skb_try_coalesce() tells of an attempt that may fail. GRO: the
 * verdict that napi_gro_receive() returns decides, or the skb's free, or that it goes on its way
 * after all. Since the frame that completes a flow may send the survivor up the stack before that
 * verdict is told, the survivor counts the frame at the attempt, and gives it back when the attempt
 * turns out to have failed. Coalescing: the free of the skb (kfree_skb_partial) right after the
 * attempt decides.
 */
#include "path_internal.h"

#define FRAG_STALE_NS                                                                              \
	60000000000ull /* ipfrag_time is 30 s; older fragments of an id are of another packet */
#define FREE_SOON 64   /* events of that CPU between attempt and free: an ACK may be sent there */

enum {
	GRO_RET_MERGED,
	GRO_RET_MERGED_FREE,
	GRO_RET_HELD
}; /* enum gro_result, the same since 3.8 */

/* The survivor, while it can still be told: it is zero once the packet has been handed out. */
static struct open *survivor(const struct open *o)
{
	return o->try_into && o->try_into->p.id == o->try_id ? o->try_into : NULL;
}

static void ids_add(struct rxs_packet *s, u64 id)
{
	if (s->nr_merged < RXS_MERGED_MAX)
		s->merged[s->nr_merged] = id;
	s->nr_merged++;
}

static u32 ids_kept(const struct rxs_packet *k)
{
	return k->nr_merged < RXS_MERGED_MAX ? k->nr_merged : RXS_MERGED_MAX;
}

static void count_in(struct open *into, struct open *o)
{
	const struct rxs_packet *k = &o->p;
	struct rxs_packet *s = &into->p;
	u32 kept = ids_kept(k);

	o->try_data = o->merged_data + !tcp_no_payload(k);
	into->merged_data += o->try_data;
	s->frames += k->frames;
	ids_add(s, k->id);
	for (u32 i = 0; i < kept; i++)
		ids_add(s, k->merged[i]);
	s->nr_merged += k->nr_merged - kept;
}

static void count_out(struct open *into, const struct open *o)
{
	const struct rxs_packet *k = &o->p;
	struct rxs_packet *s = &into->p;
	u32 kept = ids_kept(s), n = 1 + ids_kept(k), i;

	into->merged_data -= o->try_data;
	for (i = kept; i-- > 0;)
		if (s->merged[i] == k->id)
			break;
	if (i < kept) {
		if (n > kept - i)
			n = kept - i;
		memmove(s->merged + i, s->merged + i + n, (kept - i - n) * sizeof(*s->merged));
		memset(s->merged + kept - n, 0, n * sizeof(*s->merged));
	}
	s->frames -= k->frames;
	s->nr_merged -= 1 + k->nr_merged;
}

void merge_failed(struct open *o)
{
	struct open *s = survivor(o);

	if (o->try_kind == RXS_MERGE_GRO && s)
		count_out(s, o);
	o->try_kind = RXS_MERGE_NONE;
	o->try_into = NULL;
	o->p.merged_into = 0;
}

/* What another packet is about to be merged into o now goes to the one that o itself went into. */
static void redirect(struct cpu *c, const struct open *o, struct open *into)
{
	struct open *g = c->gro;

	if (!g || g->p.id != c->gro_id || g == o || g->try_into != o || g->try_id != o->p.id)
		return;
	if (!g->p.merged_into)
		g->p.merged_into = o->p.id;
	g->try_into = into;
	g->try_id = into->p.id;
}

void merge_confirm(struct rxs_path *p, struct cpu *c, struct open *o)
{
	struct open *s = survivor(o);

	if (!o->p.merged_into)
		o->p.merged_into = o->try_id;
	o->p.merge_kind = o->try_kind;
	if (s) {
		if (o->try_kind != RXS_MERGE_GRO)
			count_in(s, o);
		if (c)
			redirect(c, o, s);
	}
	o->try_kind = RXS_MERGE_NONE;
	o->try_into = NULL;
	open_close(p, o, RXS_OUT_MERGED, RXS_WHY_NONE);
}

void merge_attempt(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev)
{
	struct alias *a = table_find(&p->skbs, skb_key(ev->skb, ev->stream));
	struct alias *b = table_find(&p->skbs, skb_key(ev->peer, ev->stream));
	struct open *o;

	if (!a || a->nr || (b && b->o == a->o))
		return;
	o = a->o;
	if (o->try_kind)
		merge_failed(o);
	o->try_kind = RXS_MERGE_GRO;
	if (ev->stage != RXS_ST_GRO)
		o->try_kind =
			a->last_stage == RXS_ST_IP_DEFRAG ? RXS_MERGE_DEFRAG : RXS_MERGE_COALESCE;
	o->try_into = b ? b->o : NULL;
	o->try_id = b ? b->o->p.id : 0;
	o->try_seq = c->seq;
	o->try_cpu = c->nr;
	if (b && o->try_kind == RXS_MERGE_GRO)
		count_in(b->o, o);
}

/*
 * The packet's own skb is freed while an attempt is not decided: does that say that it succeeded?
 */
bool merge_on_end(struct rxs_path *p, const struct cpu *c, const struct open *o,
		  const struct rxs_event *ev)
{
	enum hook_kind kind = hook_kind(p, ev);

	if (kind == HOOK_PARTIAL)
		p->partial_seen = true;
	if (o->try_kind == RXS_MERGE_GRO)
		return true; /* had it failed, it would have gone on its way first */
	if (ev->op != RXS_OP_RELEASE || (o->self.flags & ALIAS_READ) || kind == HOOK_DEFER)
		return false;
	if (kind == HOOK_PARTIAL)
		return true;
	return !p->partial_seen && o->try_cpu == c->nr && c->seq - o->try_seq <= FREE_SOON;
}

void gro_result(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev)
{
	struct open *o = c->gro;

	c->gro = NULL;
	if (!o || o->p.id != c->gro_id || !o->is_open || o->self.last_stage != RXS_ST_GRO)
		return;
	if (ev->aux > GRO_RET_MERGED_FREE) {
		if (o->try_kind)
			merge_failed(o);
		if (ev->aux == GRO_RET_HELD && o->base[o->used - 1].stage == RXS_ST_GRO)
			o->base[o->used - 1].flags |= RXS_HOP_HELD;
		return;
	}
	if (o->try_kind != RXS_MERGE_GRO) {
		o->try_kind = RXS_MERGE_GRO; /* into whom was not recorded */
		o->try_into = NULL;
		o->try_id = 0;
	}
	merge_confirm(p, c, o);
}

static u32 frag_bucket(const struct open *o)
{
	const struct rxs_flow *f = &o->p.flow;
	u64 w[4], h = (u64)f->ip_id << 16 ^ (u64)f->proto << 8 ^ f->ipver;

	memcpy(w, f->saddr, 16);
	memcpy(w + 2, f->daddr, 16);
	for (int i = 0; i < 4; i++)
		h = (h ^ w[i]) * 0x9e3779b97f4a7c15ull;
	return (u32)(h >> 56) & (FRAG_BUCKETS - 1);
}

/*
 * RFC 791, 8200: what tells the fragments of one packet from those of others; and whose machine it
 * is.
 */
static bool frag_same(const struct rxs_packet *a, const struct rxs_packet *b)
{
	const struct rxs_flow *f = &a->flow, *g = &b->flow;

	return f->ip_id == g->ip_id && f->proto == g->proto && f->ipver == g->ipver &&
	       a->stream == b->stream && a->netns == b->netns && !memcmp(f->saddr, g->saddr, 16) &&
	       !memcmp(f->daddr, g->daddr, 16);
}

void frag_wait(struct rxs_path *p, struct open *o)
{
	u32 i = frag_bucket(o);

	if (o->in_frags)
		return;
	o->in_frags = 1;
	o->frag_next = NULL;
	o->frag_prev = p->frags[i].last;
	if (o->frag_prev)
		o->frag_prev->frag_next = o;
	else
		p->frags[i].first = o;
	p->frags[i].last = o;
}

void frag_unlink(struct rxs_path *p, struct open *o)
{
	u32 i = frag_bucket(o);

	if (o->frag_prev)
		o->frag_prev->frag_next = o->frag_next;
	else
		p->frags[i].first = o->frag_next;
	if (o->frag_next)
		o->frag_next->frag_prev = o->frag_prev;
	else
		p->frags[i].last = o->frag_prev;
	o->in_frags = 0;
}

/*
 * s is the packet made of the fragments that wait; the others become part of it. Its headers are
 * the first fragment's from now on, as skb_morph() makes it (only the first has ports).
 */
void frag_done(struct rxs_path *p, struct open *s, const struct rxs_event *ev)
{
	struct open *o = p->frags[frag_bucket(s)].first, *next;
	struct rxs_flow first = s->p.flow;

	frag_unlink(p, s);
	for (; o; o = next) {
		next = o->frag_next;
		if (o == s || !frag_same(&o->p, &s->p) ||
		    ev->ts_ns > o->base[o->used - 1].ts_ns + FRAG_STALE_NS)
			continue;
		if (!o->p.flow.frag_off_bytes && s->p.flow.frag_off_bytes) {
			first = o->p.flow;
			memcpy(s->p.hdr, o->p.hdr, o->p.hdr_len);
			s->p.hdr_len = o->p.hdr_len;
		}
		o->try_kind = RXS_MERGE_DEFRAG;
		o->try_into = s;
		o->try_id = s->p.id;
		merge_confirm(p, NULL, o);
	}
	s->p.flow = first;
}

void reasm_event(struct rxs_path *p, const struct rxs_event *ev)
{
	struct alias *a = table_find(&p->skbs, skb_key(ev->skb, ev->stream));

	if (a && !a->nr && a->o->in_frags)
		frag_done(p, a->o, ev);
}
