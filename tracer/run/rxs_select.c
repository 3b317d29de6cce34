// SPDX-License-Identifier: GPL-2.0
/* Events of chosen packets. */
#include "rxs_select.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WAITING_MAX	65536	/* events; when more would wait, the oldest packet is taken */
#define CPUS_MAX	4096

enum verdict { OPEN, KEEP, DROP };

/* A number for a number; 0 is no key. */
struct map {
	u64 *key, *val;
	u32 mask, nr;
};

/* A packet the path engine has not finished, or whose events wait. */
struct pkt {
	u64 id;
	u32 waiting;
	u8 verdict;
	bool done;
};

struct entry {
	struct rxs_event ev;
	struct rxs_lost lost;
	u64 id;			/* packet it belongs to, 0 = none */
	u8 verdict;
	bool is_lost;
	u8 hdr[RXS_HDR_MAX_BYTES];
};

struct rxs_select {
	struct rxs_filter *filter;
	const struct rxs_strtab *strtab;
	struct rxs_select_sink sink;
	bool by_dev, by_expr;
	struct entry *q;	/* waiting events, a ring */
	u32 max, first, nr;
	bool fresh;		/* the newest is not settled yet */
	struct map pkts;	/* id to struct pkt */
	struct map skbs, heads;	/* address to id */
	u64 *done;		/* packets finished by the newest event */
	u32 nr_done, max_done;
	u64 last_gro[CPUS_MAX];	/* packet that this CPU handed to GRO last */
	int err;
};

/* --- maps */

static u32 slot_of(const struct map *m, u64 key)
{
	u32 i = (u32)((key * 0x9e3779b97f4a7c15ull) >> 32) & m->mask;

	while (m->key[i] && m->key[i] != key)
		i = (i + 1) & m->mask;
	return i;
}

static u64 map_get(const struct map *m, u64 key)
{
	return key && m->key ? m->val[slot_of(m, key)] : 0;
}

static void map_put(struct map *m, u64 key, u64 val)
{
	u32 i = slot_of(m, key);

	m->nr += !m->key[i];
	m->key[i] = key;
	m->val[i] = val;
}

static void map_del(struct map *m, u64 key)
{
	u32 i = slot_of(m, key), j;

	if (m->key[i] != key)
		return;
	m->key[i] = m->val[i] = 0;
	m->nr--;
	/* Those behind it must stay reachable. */
	for (j = (i + 1) & m->mask; m->key[j]; j = (j + 1) & m->mask) {
		u64 k = m->key[j], v = m->val[j];

		m->key[j] = m->val[j] = 0;
		m->nr--;
		map_put(m, k, v);
	}
}

/* Room for one more; alive (may be NULL): entries whose value is no key of it are left behind. */
static int map_room(struct map *m, const struct map *alive)
{
	u32 old = m->key ? m->mask + 1 : 0, nr = old ? old : 1024;
	struct map n = { 0 };

	if (old && m->nr < old / 2)
		return 0;
	/* Twice the size only when the living fill it. */
	for (u32 i = 0; i < old && alive; i++)
		if (m->key[i] && map_get(alive, m->val[i]))
			n.nr++;
	if (!alive || n.nr > old / 4)
		nr = old ? 2 * old : nr;
	n.nr = 0;
	n.mask = nr - 1;
	n.key = calloc(nr, sizeof(*n.key));
	n.val = calloc(nr, sizeof(*n.val));
	if (!n.key || !n.val) {
		free(n.key);
		free(n.val);
		return -ENOMEM;
	}
	for (u32 i = 0; i < old; i++)
		if (m->key[i] && (!alive || map_get(alive, m->val[i])))
			map_put(&n, m->key[i], m->val[i]);
	free(m->key);
	free(m->val);
	*m = n;
	return 0;
}

/* --- packets */

static struct pkt *pkt_get(const struct rxs_select *s, u64 id)
{
	return (struct pkt *)(uintptr_t)map_get(&s->pkts, id);
}

static struct pkt *pkt_new(struct rxs_select *s, u64 id)
{
	struct pkt *k = calloc(1, sizeof(*k));

	if (!k || map_room(&s->pkts, NULL)) {
		s->err = -ENOMEM;
		free(k);
		return NULL;
	}
	k->id = id;
	map_put(&s->pkts, id, (u64)(uintptr_t)k);
	return k;
}

static void pkt_forget(struct rxs_select *s, struct pkt *k)
{
	if (!k->done || k->waiting)
		return;
	map_del(&s->pkts, k->id);
	free(k);
}

/* Is as much known of it as the filter asks for? */
static bool is_known(const struct rxs_select *s, const struct rxs_packet *p)
{
	return (!s->by_dev || p->dev) && (!s->by_expr || p->hdr_len);
}

static void judge(struct rxs_select *s, struct pkt *k, const struct rxs_packet *p)
{
	k->verdict = rxs_filter_match(s->filter, p, s->strtab) ? KEEP : DROP;
}

static void name(struct rxs_select *s, struct map *m, u64 address, u64 id)
{
	if (!address || s->err)
		return;
	s->err = map_room(m, &s->pkts);
	if (!s->err)
		map_put(m, address, id);
}

/* --- the queue */

static struct entry *nth(const struct rxs_select *s, u32 n)
{
	return &s->q[(s->first + n) & (s->max - 1)];
}

static struct entry *newest(const struct rxs_select *s)
{
	return nth(s, s->nr - 1);
}

static int grow(struct rxs_select *s)
{
	u32 max = s->max ? 2 * s->max : 256;
	struct entry *q = malloc(max * sizeof(*q));

	if (!q)
		return -ENOMEM;
	for (u32 i = 0; i < s->nr; i++) {
		q[i] = *nth(s, i);
		if (q[i].ev.hdr_len)
			q[i].ev.hdr = q[i].hdr;
	}
	free(s->q);
	s->q = q;
	s->max = max;
	s->first = 0;
	return 0;
}

static struct entry *append(struct rxs_select *s)
{
	struct entry *n;

	if (s->nr == s->max) {
		s->err = grow(s);
		if (s->err)
			return NULL;
	}
	s->nr++;
	n = newest(s);
	n->id = 0;
	n->verdict = OPEN;
	n->is_lost = false;
	return n;
}

/* Which packet an event belongs to that the engine made no hop of. */
static u64 owner(struct rxs_select *s, const struct rxs_event *ev)
{
	u64 id = map_get(&s->skbs, ev->skb);

	if (id && pkt_get(s, id))
		return id;
	id = map_get(&s->heads, ev->head);
	if (id && pkt_get(s, id)) {
		/* A clone; later events of it may not tell the head. */
		name(s, &s->skbs, ev->skb, id);
		return id;
	}
	if (ev->op != RXS_OP_MERGE && ev->op != RXS_OP_CLONE)
		return 0;
	id = map_get(&s->skbs, ev->peer);
	return id && pkt_get(s, id) ? id : 0;
}

/* The engine has had the newest event, and said what it is. */
static void settle(struct rxs_select *s)
{
	struct entry *n = newest(s);
	const struct rxs_event *ev = &n->ev;
	bool verdict_of_gro = ev->stage == RXS_ST_GRO && ev->op == RXS_OP_RESULT;
	u64 *gro = ev->cpu >= 0 && ev->cpu < CPUS_MAX ? &s->last_gro[ev->cpu] : NULL;
	struct pkt *k;

	s->fresh = false;
	if (!n->id && ev->skb)
		n->id = owner(s, ev);
	else if (!n->id && verdict_of_gro && gro)
		n->id = *gro;
	if (ev->stage == RXS_ST_GRO && ev->op == RXS_OP_PASS && gro)
		*gro = n->id;
	k = pkt_get(s, n->id);
	if (k && k->verdict == OPEN)
		k->waiting++;
	else if (k)
		n->verdict = k->verdict;
	else
		n->verdict = ev->skb || verdict_of_gro ? DROP : KEEP;
	for (u32 i = 0; i < s->nr_done; i++) {
		k = pkt_get(s, s->done[i]);
		if (k)
			pkt_forget(s, k);
	}
	s->nr_done = 0;
}

static void hand_on(struct rxs_select *s, const struct entry *n)
{
	if (n->verdict == KEEP && !s->err)
		s->err = n->is_lost ? s->sink.lost(s->sink.ctx, &n->lost) : s->sink.event(s->sink.ctx, &n->ev);
}

/* From the oldest on, as far as is decided. */
static void drain(struct rxs_select *s)
{
	while (s->nr && !s->err) {
		struct entry *n = nth(s, 0);
		struct pkt *k = n->verdict == OPEN ? pkt_get(s, n->id) : NULL;

		if (n->verdict == OPEN) {
			if (k && k->verdict == OPEN && s->nr < WAITING_MAX)
				break;
			/* Too long undecided: rather too much than too little. */
			if (k && k->verdict == OPEN)
				k->verdict = KEEP;
			n->verdict = k ? k->verdict : KEEP;
		}
		hand_on(s, n);
		s->first = (s->first + 1) & (s->max - 1);
		s->nr--;
		if (k) {
			k->waiting--;
			pkt_forget(s, k);
		}
	}
}

/* --- interface */

int rxs_select_flush(struct rxs_select *s)
{
	if (s->fresh)
		settle(s);
	drain(s);
	return s->err;
}

int rxs_select_event(struct rxs_select *s, const struct rxs_event *ev)
{
	struct entry *n;

	if (rxs_select_flush(s))
		return s->err;
	n = append(s);
	if (!n)
		return s->err;
	n->ev = *ev;
	if (ev->hdr_len) {
		memcpy(n->hdr, ev->hdr, ev->hdr_len);
		n->ev.hdr = n->hdr;
	}
	s->fresh = true;
	return 0;
}

int rxs_select_lost(struct rxs_select *s, const struct rxs_lost *l)
{
	struct entry *n;

	if (rxs_select_flush(s))
		return s->err;
	n = append(s);
	if (!n)
		return s->err;
	n->lost = *l;
	n->is_lost = true;
	n->verdict = KEEP;
	return 0;
}

void rxs_select_hop(struct rxs_select *s, const struct rxs_packet *p)
{
	struct pkt *k = pkt_get(s, p->id);

	if (!k)
		k = pkt_new(s, p->id);
	if (!k)
		return;
	if (k->verdict == OPEN && is_known(s, p))
		judge(s, k, p);
	if (s->fresh && !newest(s)->id) {
		newest(s)->id = p->id;
		name(s, &s->skbs, newest(s)->ev.skb, p->id);
	}
	name(s, &s->skbs, p->skb, p->id);
	name(s, &s->heads, p->head, p->id);
}

bool rxs_select_packet(struct rxs_select *s, const struct rxs_packet *p)
{
	struct pkt *k = pkt_get(s, p->id);
	u64 *more;
	bool keep;

	if (!k)
		return rxs_filter_match(s->filter, p, s->strtab);
	if (k->verdict == OPEN)
		judge(s, k, p);
	k->done = true;
	keep = k->verdict == KEEP;
	/* The event that ended it is yet to be settled. */
	if (s->nr_done == s->max_done) {
		more = realloc(s->done, (s->max_done + 64) * sizeof(*more));
		if (!more) {
			s->err = -ENOMEM;
			return keep;
		}
		s->done = more;
		s->max_done += 64;
	}
	s->done[s->nr_done++] = p->id;
	return keep;
}

int rxs_select_new(struct rxs_select **out, const struct rxs_filter_opts *o, const struct rxs_strtab *t,
		   const struct rxs_select_sink *sink, struct rxs_err *e)
{
	const struct rxs_filter_opts known = { .expr = o->expr, .dev = o->dev };
	struct rxs_select *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->strtab = t;
	s->sink = *sink;
	s->by_dev = o->dev && *o->dev;
	s->by_expr = o->expr && *o->expr;
	err = rxs_filter_new(&s->filter, &known, e);
	if (err) {
		free(s);
		return err;
	}
	*out = s;
	return 0;
}

void rxs_select_free(struct rxs_select *s)
{
	if (!s)
		return;
	for (u32 i = 0; s->pkts.key && i <= s->pkts.mask; i++)
		free((void *)(uintptr_t)s->pkts.val[i]);
	free(s->pkts.key);
	free(s->pkts.val);
	free(s->skbs.key);
	free(s->skbs.val);
	free(s->heads.key);
	free(s->heads.val);
	rxs_filter_free(s->filter);
	free(s->q);
	free(s->done);
	free(s);
}
