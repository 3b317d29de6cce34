// SPDX-License-Identifier: GPL-2.0
/* What the screen remembers: taking in, numbering names, forgetting the oldest. */
#include "tui_model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tui_slice.h"

#define CHUNK_BYTES	(256 * 1024)
#define LOSSES_MAX	10000

int tui_model_new(struct tui_model **out, const struct rxs_strtab *t, u64 limit_bytes, u64 slice_ns)
{
	struct tui_model *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	m->strtab = t;
	m->limit_bytes = limit_bytes;
	m->slice_ns = slice_ns;
	tui_ring_init(&m->ent, sizeof(struct tui_ent));
	tui_ring_init(&m->chunk, sizeof(struct tui_chunk));
	tui_ring_init(&m->poll, sizeof(struct tui_poll));
	tui_ring_init(&m->mark, sizeof(struct tui_mark));
	tui_ring_init(&m->loss, sizeof(struct tui_loss));
	tui_ring_init(&m->evchunk, sizeof(struct tui_evchunk));
	tui_ring_init(&m->block, sizeof(struct tui_block));
	m->flow = calloc(TUI_FLOWS_MAX, sizeof(*m->flow));
	m->flow_first_ns = calloc(TUI_FLOWS_MAX, sizeof(*m->flow_first_ns));
	if (!m->flow || !m->flow_first_ns || tui_acc_init(&m->open) || tui_acc_init(&m->join) ||
	    tui_acc_init(&m->view.acc)) {
		tui_model_free(m);
		return -ENOMEM;
	}
	m->view_follows = true;
	*out = m;
	return 0;
}

void tui_model_free(struct tui_model *m)
{
	if (!m)
		return;
	for (u64 n = m->chunk.first; n < m->chunk.next; n++)
		free(((struct tui_chunk *)tui_ring_at(&m->chunk, n))->data);
	for (u64 n = m->evchunk.first; n < m->evchunk.next; n++)
		free(((struct tui_evchunk *)tui_ring_at(&m->evchunk, n))->data);
	if (m->open.val)
		tui_slice_clear(m);
	free(m->slice);
	tui_ring_free(&m->ent);
	tui_ring_free(&m->chunk);
	tui_ring_free(&m->poll);
	tui_ring_free(&m->mark);
	tui_ring_free(&m->loss);
	tui_ring_free(&m->evchunk);
	tui_ring_free(&m->block);
	tui_acc_free(&m->open);
	tui_acc_free(&m->join);
	tui_acc_free(&m->view.acc);
	rxs_filter_free(m->filter);
	free(m->flow);
	free(m->flow_first_ns);
	free(m->scratch);
	free(m);
}

static void begin(struct tui_model *m, u64 ns)
{
	if (!m->any) {
		m->any = true;
		m->first_ns = m->align_ns = m->head_ns = ns;
	}
	if (ns < m->first_ns)
		m->first_ns = ns;
}

/* The time at which a record counts: never before the one before it. */
static u64 arrive(struct tui_model *m, u64 first_ns, u64 ns)
{
	/* A time that was not seen is 0. */
	begin(m, first_ns ? first_ns : ns);
	if (ns > m->head_ns)
		m->head_ns = ns;
	tui_slice_advance(m, m->head_ns, m->ent.next, m->poll.next, m->loss.next);
	return m->head_ns;
}

/* ---- names ---- */

static u32 flow_number(struct tui_model *m, const struct rxs_flow *f, u64 ns)
{
	const u32 mask = RXS_ARRAY_SIZE(m->flow_slot) - 1;
	u32 i = rxs_flow_hash(f) & mask;

	for (; m->flow_slot[i]; i = (i + 1) & mask)
		if (rxs_flow_equal(&m->flow[m->flow_slot[i] - 1], f))
			return m->flow_slot[i] - 1u;
	/* The last number stands for all flows beyond the bound. */
	if (m->nr_flows >= TUI_FLOWS_MAX - 1) {
		m->nr_flows = TUI_FLOWS_MAX;
		return TUI_FLOWS_MAX - 1;
	}
	m->flow[m->nr_flows] = *f;
	m->flow_first_ns[m->nr_flows] = ns;
	m->flow_slot[i] = (u16)(m->nr_flows + 1);
	return m->nr_flows++;
}

static u32 drop_number(struct tui_model *m, const struct rxs_packet *p)
{
	u32 i;

	for (i = 0; i < m->nr_drops; i++)
		if (m->drop[i].reason == p->reason && m->drop[i].symbol == p->symbol &&
		    m->drop[i].stage == p->drop_stage)
			return i;
	if (i == TUI_DROPS_MAX)
		return i - 1;
	m->drop[i] =
		(struct tui_drop){.reason = p->reason, .symbol = p->symbol, .stage = p->drop_stage};
	return m->nr_drops++;
}

static u32 dev_number(struct tui_model *m, const struct rxs_packet *p)
{
	u32 i;

	for (i = 0; i < m->nr_devs; i++)
		if (m->dev[i].dev == p->dev && m->dev[i].ifindex == p->ifindex &&
		    m->dev[i].netns == p->netns)
			return i;
	if (i == TUI_DEVS_MAX)
		return i - 1;
	m->dev[i] = (struct tui_dev){ .dev = p->dev, .ifindex = p->ifindex, .netns = p->netns };
	return m->nr_devs++;
}

/* ---- forgetting ---- */

u64 tui_model_bytes(const struct tui_model *m)
{
	return m->packed_bytes + m->event_bytes + m->slice_bytes +
	       tui_ring_count(&m->ent) * m->ent.elem_bytes +
	       tui_ring_count(&m->poll) * m->poll.elem_bytes +
	       tui_ring_count(&m->mark) * m->mark.elem_bytes +
	       tui_ring_count(&m->loss) * m->loss.elem_bytes +
	       tui_ring_count(&m->block) * m->block.elem_bytes;
}

static void forget_packet(struct tui_model *m)
{
	const struct tui_ent *e = tui_ring_at(&m->ent, m->ent.first);
	struct tui_chunk *c = tui_ring_at(&m->chunk, e->chunk);

	if (c && c->live)
		c->live--;
	tui_ring_pop(&m->ent);
	m->evicted++;
	while (tui_ring_count(&m->block) && (m->block.first + 1) * TUI_BLOCK <= m->ent.first)
		tui_ring_pop(&m->block);
	/* The newest chunk is being written to. */
	while (tui_ring_count(&m->chunk) > 1 && (c = tui_ring_at(&m->chunk, m->chunk.first)) &&
	       !c->live) {
		m->packed_bytes -= CHUNK_BYTES;
		free(c->data);
		tui_ring_pop(&m->chunk);
	}
}

static void forget_events(struct tui_model *m)
{
	struct tui_evchunk *c = tui_ring_at(&m->evchunk, m->evchunk.first);

	m->event_bytes -= CHUNK_BYTES;
	free(c->data);
	tui_ring_pop(&m->evchunk);
}

/* Time of the oldest element of a ring whose elements begin with their time. */
static u64 oldest(const struct tui_ring *r)
{
	const u64 *at = tui_ring_at(r, r->first);

	return at ? *at : TUI_NO;
}

/* Forget what is oldest, of whichever kind, until the rest fits. */
static void keep_bound(struct tui_model *m)
{
	while (tui_model_bytes(m) > m->limit_bytes) {
		u64 ent = oldest(&m->ent), poll = oldest(&m->poll), mark = oldest(&m->mark);
		const struct tui_evchunk *c = tui_ring_count(&m->evchunk) > 1 ?
			tui_ring_at(&m->evchunk, m->evchunk.first) : NULL;
		u64 ev = c ? c->last_ns : TUI_NO;

		if (ev != TUI_NO && ev <= ent && ev <= poll && ev <= mark)
			forget_events(m);
		else if (mark != TUI_NO && mark <= ent && mark <= poll)
			tui_ring_pop(&m->mark);
		else if (poll != TUI_NO && poll <= ent)
			tui_ring_pop(&m->poll);
		else if (ent != TUI_NO)
			forget_packet(m);
		else
			break;
	}
}

/* ---- taking in ---- */

/* Space for bytes in the newest chunk, or in a new one. NULL when memory runs out. */
static u8 *chunk_room(struct tui_model *m, size_t bytes, u32 *chunk, u32 *off)
{
	struct tui_chunk *c =
		tui_ring_count(&m->chunk) ? tui_ring_at(&m->chunk, m->chunk.next - 1) : NULL;

	if (!c || c->used + bytes > CHUNK_BYTES) {
		u8 *data = bytes <= CHUNK_BYTES ? malloc(CHUNK_BYTES) : NULL;

		c = data ? tui_ring_push(&m->chunk) : NULL;
		if (!c) {
			free(data);
			return NULL;
		}
		c->data = data;
		m->packed_bytes += CHUNK_BYTES;
	}
	*chunk = (u32)(m->chunk.next - 1);
	*off = c->used;
	return c->data + c->used;
}

static bool keep_packet(struct tui_model *m, struct tui_ent *e, const struct rxs_packet *p)
{
	size_t max = tui_pack_packet_max(p);
	struct tui_chunk *c;
	u8 *to;

	if (max > m->scratch_bytes) {
		u8 *s = realloc(m->scratch, max);

		if (!s)
			return false;
		m->scratch = s;
		m->scratch_bytes = max;
	}
	e->packed_bytes = (u32)tui_pack_packet(m->scratch, p);
	to = chunk_room(m, e->packed_bytes, &e->chunk, &e->off);
	if (!to)
		return false;
	memcpy(to, m->scratch, e->packed_bytes);
	c = tui_ring_at(&m->chunk, e->chunk);
	c->used += e->packed_bytes;
	c->live++;
	return true;
}

static void enter_block(struct tui_model *m, u64 seq, const struct tui_ent *e)
{
	struct tui_block *b;

	/* Block n is of the entries n * TUI_BLOCK and on; numbers run on together. */
	while (m->block.next <= seq / TUI_BLOCK) {
		b = tui_ring_push(&m->block);
		if (!b)
			return;
		*b = (struct tui_block){ .min_first_ns = UINT64_MAX };
	}
	b = tui_ring_at(&m->block, seq / TUI_BLOCK);
	if (!b)
		return;
	b->min_first_ns = e->first_ns < b->min_first_ns ? e->first_ns : b->min_first_ns;
	b->max_first_ns = e->first_ns > b->max_first_ns ? e->first_ns : b->max_first_ns;
	b->max_last_ns = e->open		       ? UINT64_MAX
			 : e->last_ns > b->max_last_ns ? e->last_ns
						       : b->max_last_ns;
}

static void count_packet(struct tui_model *m, const struct tui_ent *e, const struct rxs_packet *p)
{
	u32 dev = dev_number(m, p);

	if (!e->match)
		return;
	m->matched++;
	tui_count_packet(&m->open, e, p, dev);
	m->passed |= tui_count_passes(p, m->cur.hits);
	if (m->view_follows)
		tui_count_packet(&m->view.acc, e, p, dev);
}

void tui_model_packet(struct tui_model *m, const struct rxs_packet *p)
{
	struct tui_ent tmp = { 0 }, *e;

	tmp.at_ns = arrive(m, p->first_ns, p->last_ns);
	tmp.first_ns = p->first_ns;
	tmp.last_ns = p->last_ns;
	tmp.id = p->id;
	tmp.len = p->len;
	tmp.flow = flow_number(m, &p->flow, p->first_ns);
	tmp.outcome = (u8)p->outcome;
	tmp.open = p->outcome == RXS_OUT_OPEN;
	tmp.drop = p->outcome == RXS_OUT_DROPPED ? (u16)(drop_number(m, p) + 1) : 0;
	tmp.match = !m->filter || rxs_filter_match(m->filter, p, m->strtab);
	count_packet(m, &tmp, p);
	m->packets++;
	if (!keep_packet(m, &tmp, p) || !(e = tui_ring_push(&m->ent))) {
		m->evicted++;
		return;
	}
	*e = tmp;
	enter_block(m, m->ent.next - 1, e);
	if (m->view_follows) {
		m->view.seq = m->ent.next;
		m->view.ns = m->head_ns;
	}
	keep_bound(m);
}

void tui_model_poll(struct tui_model *m, const struct rxs_poll *p)
{
	u64 at = arrive(m, p->begin_ns, p->end_ns ? p->end_ns : p->begin_ns);
	u32 cpu = p->cpu >= 0 && p->cpu < TUI_CPUS_MAX ? (u32)p->cpu : TUI_CPUS_MAX - 1;
	struct tui_poll tp = { .at_ns = at, .p = *p }, *to;

	tp.new_irq = p->irq_ns && p->irq_ns != m->cpu[cpu].irq_ns;
	tp.new_softirq = p->softirq_ns && p->softirq_ns != m->cpu[cpu].softirq_ns;
	tp.new_squeeze = p->squeezed && p->softirq_ns != m->cpu[cpu].squeezed_ns;
	if (p->squeezed)
		m->cpu[cpu].squeezed_ns = p->softirq_ns;
	m->cpu[cpu].irq_ns = p->irq_ns;
	m->cpu[cpu].softirq_ns = p->softirq_ns;
	m->nr_cpus = cpu + 1 > m->nr_cpus ? cpu + 1 : m->nr_cpus;
	tui_count_poll(&m->open, &tp);
	tui_count_poll_passes(&tp, m->cur.hits);
	if (m->view_follows)
		tui_count_poll(&m->view.acc, &tp);
	to = tui_ring_push(&m->poll);
	if (to)
		*to = tp;
	if (m->view_follows) {
		m->view.poll = m->poll.next;
		m->view.ns = m->head_ns;
	}
	keep_bound(m);
}

void tui_model_lost(struct tui_model *m, const struct rxs_lost *l)
{
	u64 at = arrive(m, l->until_ns, l->until_ns);
	struct tui_loss *to;

	tui_count_lost(&m->open, l);
	if (m->view_follows)
		tui_count_lost(&m->view.acc, l);
	if (tui_ring_count(&m->loss) >= LOSSES_MAX)
		tui_ring_pop(&m->loss);
	to = tui_ring_push(&m->loss);
	if (to)
		*to = (struct tui_loss){ .at_ns = at, .l = *l };
	if (m->view_follows)
		m->view.loss = m->loss.next;
}

static void keep_event(struct tui_model *m, const struct rxs_event *ev)
{
	struct tui_evchunk *c =
		tui_ring_count(&m->evchunk) ? tui_ring_at(&m->evchunk, m->evchunk.next - 1) : NULL;

	if (!c || c->used + TUI_PACK_EVENT_MAX > CHUNK_BYTES) {
		u8 *data = malloc(CHUNK_BYTES);

		c = data ? tui_ring_push(&m->evchunk) : NULL;
		if (!c) {
			free(data);
			return;
		}
		c->data = data;
		c->base_ns = ev->ts_ns;
		m->event_bytes += CHUNK_BYTES;
	}
	c->used += (u32)tui_pack_event(c->data + c->used, ev, c->base_ns);
	c->nr++;
	c->last_ns = ev->ts_ns > c->last_ns ? ev->ts_ns : c->last_ns;
}

int tui_model_event(struct tui_model *m, const struct rxs_event *ev)
{
	u32 cpu = ev->cpu >= 0 && ev->cpu < TUI_CPUS_MAX ? (u32)ev->cpu : TUI_CPUS_MAX - 1;
	u16 what = (u16)(ev->stage << 8 | ev->op);
	struct tui_mark *k;

	if (!m->no_events)
		keep_event(m, ev);
	if (ev->skb || ev->stage > RXS_ST_NAPI_POLL)
		return 0;
	/* Two hooks on one moment (a tracepoint and a kprobe) are one mark. */
	if (m->cpu[cpu].seen && m->cpu[cpu].last == what)
		return 0;
	m->cpu[cpu].seen = 1;
	m->cpu[cpu].last = what;
	begin(m, ev->ts_ns);
	k = tui_ring_push(&m->mark);
	if (k)
		*k = (struct tui_mark){.at_ns = ev->ts_ns,
				       .dev = ev->dev,
				       .aux = ev->aux,
				       .aux2 = ev->aux2,
				       .cpu = (s16)cpu,
				       .stage = (u8)ev->stage,
				       .op = (u8)ev->op,
				       .flags = ev->flags};
	return 0;
}

int tui_model_read(const struct tui_model *m, u64 seq, struct tui_packet *out)
{
	const struct tui_ent *e = tui_ring_at(&m->ent, seq);
	const struct tui_chunk *c = e ? tui_ring_at(&m->chunk, e->chunk) : NULL;

	return c ? tui_unpack_packet(c->data + e->off, out) : -ENOENT;
}

/* ---- filter ---- */

/* How far counting again has come. */
struct recount { u64 seq, poll, loss; };

static void recount_one(struct tui_model *m, struct recount *n, struct tui_packet *p)
{
	struct tui_ent *e = tui_ring_at(&m->ent, n->seq);
	struct tui_poll *tp = tui_ring_at(&m->poll, n->poll);
	struct tui_loss *l = tui_ring_at(&m->loss, n->loss);
	u64 te = e ? e->at_ns : TUI_NO, tt = tp ? tp->at_ns : TUI_NO, tl = l ? l->at_ns : TUI_NO;
	u64 first = te < tt ? te : tt;

	tui_slice_advance(m, first < tl ? first : tl, n->seq, n->poll, n->loss);
	if (tl < first) {
		tui_count_lost(&m->open, &l->l);
		n->loss++;
	} else if (tt < te) {
		tui_count_poll(&m->open, tp);
		tui_count_poll_passes(tp, m->cur.hits);
		n->poll++;
	} else {
		if (!tui_model_read(m, n->seq++, p)) {
			e->match = !m->filter || rxs_filter_match(m->filter, &p->p, m->strtab);
			count_packet(m, e, &p->p);
		}
	}
}

void tui_model_set_filter(struct tui_model *m, struct rxs_filter *f)
{
	struct recount n = { m->ent.first, m->poll.first, m->loss.first };
	bool follows = m->view_follows;
	struct tui_packet p = { 0 };

	rxs_filter_free(m->filter);
	m->filter = f;
	m->matched = 0;
	m->passed = 0;
	m->filter_since_ns = m->evicted ? tui_model_begin_ns(m) : 0;
	m->view_follows = false;
	tui_slice_clear(m);
	while (n.seq < m->ent.next || n.poll < m->poll.next || n.loss < m->loss.next)
		recount_one(m, &n, &p);
	tui_packet_free(&p);
	m->view.ns = UINT64_MAX;
	tui_model_follow(m, follows);
}

void tui_model_follow(struct tui_model *m, bool follow)
{
	if (follow)
		tui_model_seek(m, m->head_ns);
	m->view_follows = follow;
}
