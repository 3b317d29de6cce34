// SPDX-License-Identifier: GPL-2.0
/* Packet: one packet's way as a waterfall, and why it took so long. */
#include <netinet/in.h>
#include <string.h>

#include "../tracer/base/rxs_fmt.h"
#include "../tracer/stat/rxs_explain.h"
#include "tui_views.h"

struct priv {
	struct tui_packet p;
	u64 id;			/* of p */
	u32 sel, top;		/* hop */
	int page;
};

/* The packet to show: the one selected, else the one that ended last at the instant shown. */
static const struct rxs_packet *current(struct tui *t, struct priv *v)
{
	u64 seq = tui_selected(t), id;

	/* The one that was opened stays, though it is no longer remembered. */
	if (seq == TUI_NO && t->lost_id && v->id == t->lost_id)
		return &v->p.p;
	if (seq == TUI_NO) {
		seq = tui_model_after(t->model, tui_figures_ns(t));
		while (seq > t->model->ent.first && !tui_model_ent(t->model, seq - 1)->match)
			seq--;
		if (seq == t->model->ent.first)
			return NULL;
		seq--;
	}
	id = tui_model_ent(t->model, seq)->id;
	if (tui_model_read(t->model, seq, &v->p))
		return NULL;
	if (id != v->id) {
		v->id = id;
		v->sel = v->top = 0;
	}
	return &v->p.p;
}

static const char *tcp_flags(u8 f, char *buf)
{
	static const char name[] = "FSRP.UEC";
	int n = 0;

	for (int i = 0; i < 8; i++)
		if (f >> i & 1)
			buf[n++] = name[i];
	buf[n] = 0;
	return buf;
}

static size_t add_mac(const struct rxs_packet *p, char *buf, size_t size)
{
	const u8 *h = p->hdr;

	if (p->hdr_len < 14)
		return 0;
	return (size_t)snprintf(
		buf, size,
		"%02x:%02x:%02x:%02x:%02x:%02x > %02x:%02x:%02x:%02x:%02x:%02x \xc2\xb7 ", h[6],
		h[7], h[8], h[9], h[10], h[11], h[0], h[1], h[2], h[3], h[4], h[5]);
}

/* The headers in one line: RFC 791, 8200, 9293, 768, 792. */
static void header_line(const struct rxs_packet *p, char *buf, size_t size, bool macs)
{
	const struct rxs_flow *f = &p->flow;
	size_t n = macs ? add_mac(p, buf, size) : 0;
	char flags[12];

	if (f->vlan)
		n += (size_t)snprintf(buf + n, size - n, "VLAN %u \xc2\xb7 ", f->vlan);
	if (f->ipver == 4 && f->ethertype == 0x0800 && p->hdr_len >= 23 && !f->vlan)
		n += (size_t)snprintf(buf + n, size - n, "IPv4 ttl %u id %u", p->hdr[22], f->ip_id);
	else if (f->ipver)
		n += (size_t)snprintf(buf + n, size - n, "IPv%u", f->ipver);
	else
		n += (size_t)snprintf(buf + n, size - n, "ethertype 0x%04x", f->ethertype);
	if (f->is_frag)
		n += (size_t)snprintf(buf + n, size - n, " fragment at %u", f->frag_off_bytes);
	if (f->proto == IPPROTO_TCP)
		snprintf(buf + n, size - n, " \xc2\xb7 TCP [%s] seq %u \xc2\xb7 %u bytes of data",
			 tcp_flags(f->tcp_flags, flags), f->tcp_seq, f->l4_len_bytes);
	else if (f->proto == IPPROTO_UDP)
		snprintf(buf + n, size - n, " \xc2\xb7 UDP \xc2\xb7 %u bytes of data",
			 f->l4_len_bytes);
	else if (f->proto == IPPROTO_ICMP || f->proto == IPPROTO_ICMPV6)
		snprintf(buf + n, size - n, " \xc2\xb7 ICMP type %u code %u seq %u", f->icmp_type,
			 f->icmp_code, f->tcp_seq);
}

static void napi_line(const struct rxs_packet *p, char *buf, size_t size)
{
	const struct rxs_napi_ctx *n = &p->napi;
	int at;

	if (!n->poll_id) {
		snprintf(buf, size, "came through no device poll (loopback, veth, tunnel), CPU %d",
			 p->cpu);
		return;
	}
	at = snprintf(buf, size, "CPU %d \xc2\xb7 poll %llu: packet %u", p->cpu,
		      (unsigned long long)n->poll_id, n->pos);
	if (n->work)
		at += snprintf(buf + at, size - (size_t)at, " of %u, budget %u", n->work,
			       n->budget);
	if (n->irq)
		at += snprintf(buf + at, size - (size_t)at, " \xc2\xb7 interrupt %u", n->irq);
	if (n->irq_polls > 1)
		at += snprintf(buf + at, size - (size_t)at, ", poll %u since it", n->irq_polls);
	if (n->ksoftirqd)
		at += snprintf(buf + at, size - (size_t)at, " \xc2\xb7 in ksoftirqd");
	if (n->squeezed)
		snprintf(buf + at, size - (size_t)at, " \xc2\xb7 softirq ended with work left");
}

static void merge_line(const struct tui *t, const struct rxs_packet *p, char *buf, size_t size)
{
	static const char *const how[] = {
		"", "by GRO", "in the socket queue", "by defragmentation",
	};
	const char *kind = p->merge_kind < RXS_ARRAY_SIZE(how) ? how[p->merge_kind] : "";
	size_t n = 0;

	tui_fate(t, p, buf, size);
	n = strlen(buf);
	if (p->merged_into)
		snprintf(buf + n, size - n, " %s", kind);
	if (p->nr_merged)
		n += (size_t)snprintf(buf + n, size - n,
				      " \xc2\xb7 holds %u merged packets, %u frames: #%llu%s",
				      p->nr_merged, p->frames, (unsigned long long)p->merged[0],
				      p->nr_merged > 1 ? " \xe2\x80\xa6" : "");
	if (p->clones && n < size)
		snprintf(buf + n, size - n, " \xc2\xb7 %u clones", p->clones);
}

/* Returns the rows used. */
static int draw_head(struct tui *t, struct tui_cells *c, struct tui_rect r,
		     const struct rxs_packet *p)
{
	char text[512], ns[TUI_NS_MAX], flow[128];
	struct rxs_snapshot snap;
	struct rxs_explain x;
	int n, y = r.y;

	rxs_flow_print(flow, sizeof(flow), &p->flow);
	snprintf(text, sizeof(text), "total %s", tui_ns(ns, sizeof(ns), rxs_packet_total_ns(p)));
	tui_text_right(c, r.x, y, r.w, TUI_R_STRONG, text);
	n = tui_textf(c, r.x, y, r.w - 16, TUI_R_STRONG, "#%llu  %s", (unsigned long long)p->id,
		      flow);
	n += 2;
	if (r.w - n - 16 > 14) {
		tui_put(c, r.x + n, y, tui_outcome_role(p->outcome), tui_outcome_glyph(p->outcome));
		tui_text(c, r.x + n + 2, y, r.w - n - 18, tui_outcome_role(p->outcome),
			 rxs_outcome_id(p->outcome));
	}
	snprintf(text, sizeof(text), "%s \xc2\xb7 %u bytes \xc2\xb7 ", tui_str(t, p->dev), p->len);
	n = tui_text(c, r.x, y + 1, r.w, TUI_R_TEXT, text);
	header_line(p, text, sizeof(text), r.w > 110);
	tui_text(c, r.x + n, y + 1, r.w - n, TUI_R_TEXT, text);
	napi_line(p, text, sizeof(text));
	tui_text(c, r.x, y + 2, r.w, TUI_R_TEXT, text);
	if (t->lost_id == p->id)
		tui_text_right(c, r.x, y + 2, r.w, TUI_R_WARN, " no longer remembered");
	merge_line(t, p, text, sizeof(text));
	tui_text(c, r.x, y + 3, r.w, tui_outcome_role(p->outcome), text);
	tui_model_snapshot(t->model, &snap);
	rxs_explain_packet(&x, p, &snap, t->model->strtab);
	return 4 + tui_paragraph(c, (struct tui_rect){ r.x, y + 4, r.w, 2 }, TUI_R_WARN, x.text);
}

/* Columns of the waterfall's table. */
enum { W_TIME = 11, W_STAGE = 18, W_GAP = 9, W_CPU = 4 };

static void draw_hop(const struct tui *t, struct tui_cells *c, struct tui_rect r,
		     const struct rxs_packet *p, u32 i)
{
	const struct rxs_hop *h = &p->hops[i];
	int before = rxs_packet_prev(p, i);
	u64 prev = before >= 0 ? p->hops[before].ts_ns : h->ts_ns,
	    gap = h->ts_ns > prev ? h->ts_ns - prev : 0;
	u64 total = rxs_packet_total_ns(p),
	    since = h->ts_ns > p->first_ns ? h->ts_ns - p->first_ns : 0;
	bool passed = h->ts_ns <= t->clock.cursor_ns,
	     next = passed && (i + 1 == p->nr_hops || p->hops[i + 1].ts_ns > t->clock.cursor_ns) &&
		    t->clock.cursor_ns <= p->last_ns;
	int x = r.x, w = r.w - W_TIME - W_STAGE - W_GAP - W_CPU - 8, x0, x1;
	char buf[TUI_NS_MAX];

	tui_put(c, x, r.y, TUI_R_WARN, next ? 0x25b8 : ' ');
	tui_textf(c, x + 1, r.y, W_TIME, TUI_R_DIM, "%7llu.%03llu",
		  (unsigned long long)since / 1000, (unsigned long long)since % 1000);
	x += W_TIME + 2;
	tui_textf(c, x, r.y, W_STAGE + 1,
		  h->flags & RXS_HOP_CLONE ? TUI_R_DIM : tui_layer_role(h->stage), "%s%s",
		  rxs_stages[h->stage].id, h->flags & RXS_HOP_CLONE ? " (clone)" : "");
	x += W_STAGE + 2;
	tui_text_right(c, x, r.y, W_GAP, TUI_R_TEXT,
		       before >= 0 ? tui_ns(buf, sizeof(buf), gap) : "");
	x += W_GAP + 2;
	tui_textf(c, x, r.y, W_CPU, TUI_R_DIM, "%3d", h->cpu);
	x += W_CPU + 2;
	if (w < 4)
		return;
	x0 = total ? (int)((double)(prev > p->first_ns ? prev - p->first_ns : 0) / (double)total *
			   w)
		   : 0;
	x1 = total ? (int)((double)since / (double)total * w) : 0;
	x0 = x0 < w ? x0 : w - 1;
	if (x1 <= x0)
		tui_put(c, x + x0, r.y, tui_layer_role(h->stage), i ? 0x258f : 0x2502);
	for (int k = x0; k < x1; k++)
		tui_put(c, x + k, r.y, tui_layer_role(h->stage), 0x2588);
}

static void draw_hops(struct tui *t, struct tui_cells *c, struct tui_rect r,
		      const struct rxs_packet *p, struct priv *v)
{
	v->page = r.h - 1;
	if (v->sel >= p->nr_hops)
		v->sel = p->nr_hops ? p->nr_hops - 1 : 0;
	if (v->sel < v->top)
		v->top = v->sel;
	if (v->page > 0 && v->sel >= v->top + (u32)v->page)
		v->top = v->sel - (u32)v->page + 1;
	if (v->top + (u32)v->page > p->nr_hops)
		v->top = p->nr_hops > (u32)v->page ? p->nr_hops - (u32)v->page : 0;
	tui_textf(c, r.x, r.y, r.w, TUI_R_HEADER, " %10s  %-*s  %*s  CPU   way, all of it %s",
		  "since, \xc2\xb5s", W_STAGE + 1, "stage", W_GAP, "after", "is the total");
	for (int k = 0; k < v->page && v->top + (u32)k < p->nr_hops; k++) {
		draw_hop(t, c, (struct tui_rect){ r.x, r.y + 1 + k, r.w, 1 }, p, v->top + (u32)k);
		if (v->top + (u32)k == v->sel)
			tui_select(c, r.x, r.y + 1 + k, r.w);
	}
	if (v->top + (u32)v->page < p->nr_hops)
		tui_textf(c, r.x + r.w - 12, r.y, 12, TUI_R_DIM, "%12s", "more below");
}

/* What the selected stage is, and who told of it. */
static void draw_about(struct tui *t, struct tui_cells *c, struct tui_rect r,
		       const struct rxs_packet *p, u32 hop)
{
	const struct rxs_hop *h = &p->hops[hop];
	const struct rxs_stage_info *s = &rxs_stages[h->stage];
	char title[160], text[512];
	int n;

	snprintf(title, sizeof(title), "%s: %s", s->id, s->title);
	n = snprintf(text, sizeof(text), "%s", s->func);
	if (h->hook && h->hook <= rxs_hooks_nr) {
		const struct rxs_hook_info *k = &rxs_hooks[h->hook - 1];

		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      k->kind == RXS_HOOK_KP ? " \xc2\xb7 seen by kprobe %s"
						     : " \xc2\xb7 seen by tracepoint %s%s%s",
			      k->kind == RXS_HOOK_KP ? k->name : k->group,
			      k->kind == RXS_HOOK_KP ? "" : ":",
			      k->kind == RXS_HOOK_KP ? "" : k->name);
	}
	tui_headline(c, r.x, r.y, r.w, title, text);
	n = snprintf(text, sizeof(text), "%s", s->what);
	if (h->pid)
		n += snprintf(text + n, sizeof(text) - (size_t)n, " In task %u.", h->pid);
	if (h->len)
		n += snprintf(text + n, sizeof(text) - (size_t)n, " %u bytes", h->len);
	if (h->len && h->dev)
		n += snprintf(text + n, sizeof(text) - (size_t)n, " on %s", tui_str(t, h->dev));
	snprintf(text + n, sizeof(text) - (size_t)n, "%s When slow: %s", h->len ? "." : "",
		 s->advice);
	tui_paragraph(c, (struct tui_rect){ r.x, r.y + 1, r.w, r.h - 1 }, TUI_R_TEXT, text);
}

static void draw(struct tui *t, struct tui_cells *c, struct tui_rect r, void *priv)
{
	struct priv *v = priv;
	const struct rxs_packet *p = current(t, v);
	int about = r.h >= 30 ? 5 : 4, head;

	if (!p) {
		tui_text(c, r.x, r.y + 1, r.w, TUI_R_DIM,
			 "No packet yet: choose one in Packets with Enter.");
		return;
	}
	head = draw_head(t, c, r, p);
	if (r.h - head - about < 4)
		about = 0;
	draw_hops(t, c, (struct tui_rect){ r.x, r.y + head, r.w, r.h - head - about }, p, v);
	if (about && p->nr_hops)
		draw_about(t, c, (struct tui_rect){r.x, r.y + r.h - about, r.w, about}, p, v->sel);
}

static void follow_merge(struct tui *t, const struct rxs_packet *p)
{
	u64 id = p->merged_into ? p->merged_into : p->nr_merged ? p->merged[0] : 0, seq;

	if (!id) {
		tui_say(t, "this packet was merged with no other");
		return;
	}
	seq = tui_selected(t) == TUI_NO ? t->model->ent.first : tui_selected(t);
	seq = tui_model_by_id(t->model, id, seq, TUI_NO);
	if (seq == TUI_NO || !tui_select_packet(t, seq))
		tui_say(t, "#%llu is no longer remembered", (unsigned long long)id);
}

static bool act(struct tui *t, enum tui_act a, void *priv)
{
	struct priv *v = priv;
	const struct rxs_packet *p = current(t, v);

	if (!p)
		return false;
	switch (a) {
	case TUI_A_UP:
		v->sel -= v->sel ? 1 : 0;
		return true;
	case TUI_A_DOWN:
		v->sel += v->sel + 1 < p->nr_hops ? 1 : 0;
		return true;
	case TUI_A_PAGE_UP:
		v->sel = v->sel > (u32)v->page ? v->sel - (u32)v->page : 0;
		return true;
	case TUI_A_PAGE_DOWN:
		v->sel =
			v->sel + (u32)v->page < p->nr_hops ? v->sel + (u32)v->page : p->nr_hops - 1;
		return true;
	case TUI_A_FIRST:
		v->sel = 0;
		return true;
	case TUI_A_LAST:
		v->sel = p->nr_hops ? p->nr_hops - 1 : 0;
		return true;
	case TUI_A_MERGED:
		follow_merge(t, p);
		return true;
	case TUI_A_OPEN:
		/* To the moment at which the packet passed the selected stage. */
		if (p->nr_hops) {
			tui_clock_goto(&t->clock, t->model, p->hops[v->sel].ts_ns);
			tui_show(t, tui_view_by_id("path"));
		}
		return true;
	default:
		return false;
	}
}

static void free_priv(void *priv)
{
	tui_packet_free(&((struct priv *)priv)->p);
}

static const enum tui_act hints[] = { TUI_A_UP, TUI_A_MERGED, TUI_A_BACK, TUI_A_NONE };

const struct tui_view_ops tui_view_packet = {
	.id = "packet",
	.title = "Packet",
	.about = "one packet's way, stage by stage, and why it took so long",
	.hints = hints,
	.priv_bytes = sizeof(struct priv),
	.animated = true,
	.draw = draw,
	.act = act,
	.free = free_priv,
};
