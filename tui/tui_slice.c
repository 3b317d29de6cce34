// SPDX-License-Identifier: GPL-2.0
/*
 * Statistics over time. Each slice holds what was counted in it; the statistics at an instant are
 * the sum of the slices before it and of the records from there to the instant. Old slices are
 * joined in pairs, so that their number grows with the logarithm of the time watched.
 */
#include "tui_slice.h"

#include <stdlib.h>
#include <string.h>

static void free_slice(struct tui_model *m, struct tui_slice *s)
{
	m->slice_bytes -= sizeof(*s) + s->len;
	free(s->data);
	free(s);
}

void tui_slice_clear(struct tui_model *m)
{
	for (u32 i = 0; i < m->nr_slices; i++)
		free_slice(m, m->slice[i]);
	m->nr_slices = 0;
	memset(m->at_level, 0, sizeof(m->at_level));
	tui_acc_reset(&m->open);
	memset(&m->cur, 0, sizeof(m->cur));
}

/* Index of the oldest slice of a level: those of higher levels stand before it. */
static u32 level_start(const struct tui_model *m, u32 level)
{
	u32 i = 0;

	for (u32 l = level + 1; l < RXS_ARRAY_SIZE(m->at_level); l++)
		i += m->at_level[l];
	return i;
}

/* Make one slice of the oldest two of a level. Without memory they stay as they are. */
static bool join_oldest(struct tui_model *m, u32 level)
{
	u32 i = level_start(m, level), len;
	struct tui_slice *a = m->slice[i], *b = m->slice[i + 1];
	u8 *data;

	tui_acc_reset(&m->join);
	tui_acc_apply(&m->join, a->data, a->len);
	tui_acc_apply(&m->join, b->data, b->len);
	data = tui_acc_encode(&m->join, &len);
	if (!data)
		return false;
	m->slice_bytes += len - a->len;
	free(a->data);
	a->data = data;
	a->len = len;
	a->t1_ns = b->t1_ns;
	a->level++;
	for (u32 s = 0; s < RXS_ST_NR; s++)
		a->hits[s] += b->hits[s];
	free_slice(m, b);
	memmove(&m->slice[i + 1], &m->slice[i + 2], (m->nr_slices - i - 2) * sizeof(*m->slice));
	m->nr_slices--;
	m->at_level[level] -= 2;
	m->at_level[level + 1]++;
	return true;
}

static bool room(struct tui_model *m)
{
	struct tui_slice **slice;
	u32 cap = m->cap_slices ? m->cap_slices * 2 : 256;

	if (m->nr_slices < m->cap_slices)
		return true;
	slice = realloc(m->slice, cap * sizeof(*slice));
	if (!slice)
		return false;
	m->slice = slice;
	m->cap_slices = cap;
	return true;
}

/*
 * Put the open slice among the others. When memory is out its numbers stay open and go to the next.
 */
static bool close_slice(struct tui_model *m)
{
	struct tui_slice *s;

	if (!m->open.nr_used)
		return true;
	s = room(m) ? malloc(sizeof(*s)) : NULL;
	if (!s)
		return false;
	*s = m->cur;
	s->data = tui_acc_encode(&m->open, &s->len);
	if (!s->data) {
		free(s);
		return false;
	}
	m->slice[m->nr_slices++] = s;
	m->slice_bytes += sizeof(*s) + s->len;
	m->at_level[0]++;
	tui_acc_reset(&m->open);
	for (u32 l = 0; l + 1 < RXS_ARRAY_SIZE(m->at_level); l++)
		if (m->at_level[l] <= TUI_SLICES_PER_LEVEL || !join_oldest(m, l))
			break;
	return true;
}

void tui_slice_advance(struct tui_model *m, u64 at_ns, u64 seq, u64 poll, u64 loss)
{
	u64 t0 = at_ns - (at_ns - m->align_ns) % m->slice_ns;

	if (m->cur.t1_ns && at_ns < m->cur.t1_ns)
		return;
	if (m->cur.t1_ns && !close_slice(m)) {
		m->cur.t1_ns = t0 + m->slice_ns;
		return;
	}
	memset(&m->cur, 0, sizeof(m->cur));
	m->cur.t0_ns = t0;
	m->cur.t1_ns = t0 + m->slice_ns;
	m->cur.seq0 = seq;
	m->cur.poll0 = poll;
	m->cur.loss0 = loss;
}

u64 tui_model_begin_ns(const struct tui_model *m)
{
	if (!m->evicted && !m->poll.first)
		return m->first_ns;
	/* Where all records of a slice and of those after it are still there. */
	for (u32 i = 0; i < m->nr_slices; i++)
		if (m->slice[i]->seq0 >= m->ent.first && m->slice[i]->poll0 >= m->poll.first)
			return m->slice[i]->t0_ns;
	return m->cur.seq0 >= m->ent.first && m->cur.poll0 >= m->poll.first ? m->cur.t0_ns
									    : m->head_ns;
}

static void count_seq(const struct tui_model *m, struct tui_acc *a, u64 seq, struct tui_packet *p)
{
	const struct tui_ent *e = tui_model_ent(m, seq);
	u32 d;

	if (!e || !e->match || tui_model_read(m, seq, p))
		return;
	for (d = 0; d < m->nr_devs; d++)
		if (m->dev[d].dev == p->p.dev && m->dev[d].ifindex == p->p.ifindex &&
		    m->dev[d].netns == p->p.netns)
			break;
	tui_count_packet(a, e, &p->p, d < TUI_DEVS_MAX ? d : TUI_DEVS_MAX - 1);
}

/* Take the records up to ns, one by one. */
static void walk(struct tui_model *m, u64 ns)
{
	struct tui_at *v = &m->view;
	struct tui_packet p = { 0 };
	const struct tui_ent *e;
	const struct tui_poll *tp;
	const struct tui_loss *l;

	for (; (e = tui_model_ent(m, v->seq)) && e->at_ns <= ns; v->seq++)
		count_seq(m, &v->acc, v->seq, &p);
	for (; (tp = tui_ring_at(&m->poll, v->poll)) && tp->at_ns <= ns; v->poll++)
		tui_count_poll(&v->acc, tp);
	for (; (l = tui_ring_at(&m->loss, v->loss)) && l->at_ns <= ns; v->loss++)
		tui_count_lost(&v->acc, &l->l);
	tui_packet_free(&p);
	v->ns = ns;
}

/* From nothing: whole slices first. */
static void rebuild(struct tui_model *m, u64 ns)
{
	struct tui_at *v = &m->view;
	const struct tui_slice *next = &m->cur;

	tui_acc_reset(&v->acc);
	for (u32 i = 0; i < m->nr_slices; i++) {
		next = m->slice[i];
		if (next->t1_ns > ns)
			break;
		tui_acc_apply(&v->acc, next->data, next->len);
		next = &m->cur;
	}
	v->seq = next->t1_ns ? next->seq0 : m->ent.first;
	v->poll = next->t1_ns ? next->poll0 : m->poll.first;
	v->loss = next->t1_ns ? next->loss0 : m->loss.first;
	walk(m, ns);
}

void tui_model_seek(struct tui_model *m, u64 ns)
{
	struct tui_at *v = &m->view;
	u64 ahead = m->ent.next - v->seq + m->poll.next - v->poll;

	if (ns < v->ns || v->seq < m->ent.first || v->poll < m->poll.first || ahead > 4096)
		rebuild(m, ns);
	else
		walk(m, ns);
}

void tui_model_snapshot(const struct tui_model *m, struct rxs_snapshot *s)
{
	const struct tui_acc *a = &m->view.acc;

	memset(s, 0, sizeof(*s));
	s->now_ns = m->view.ns;
	s->from = s->to = -1;
	for (u32 i = 0; i < RXS_ST_NR; i++) {
		s->stage[i].hits = a->val[TUI_K_HITS + i];
		s->stage[i].ended = a->val[TUI_K_ENDED + i];
		s->stage[i].from_prev = tui_acc_hist(a, i);
	}
	for (u32 i = 0; i < RXS_OUT_NR; i++)
		s->seen += s->outcome[i] = a->val[TUI_K_OUTCOME + i];
	s->total = tui_acc_hist(a, TUI_H_TOTAL);
}
