// SPDX-License-Identifier: GPL-2.0
/* Path: the stages as a pipeline across the screen, from the NIC to the application. */
#include <string.h>

#include "../tracer/base/rxs_fmt.h"
#include "path_lane.h"
#include "tui_views.h"

#define SLOT_MIN_W	15
#define SLOT_MAX_W	34

struct priv {
	bool all;		/* stages that no packet passed, too */
};

/* The places in order. Stages that are not always there are shown once a packet has passed them. */
static const struct {
	const char *name;	/* of a place with several stages; NULL = its stage's */
	bool optional;
	u8 nr;
	u16 stage[PATH_ALTS_MAX];
} places[] = {
	{NULL, false, 1, {RXS_ST_IRQ}},
	{NULL, false, 1, {RXS_ST_NAPI_SCHEDULE}},
	{NULL, false, 1, {RXS_ST_SOFTIRQ}},
	{NULL, false, 1, {RXS_ST_NAPI_POLL}},
	{NULL, false, 1, {RXS_ST_RX_DESC}},
	{NULL, false, 1, {RXS_ST_GRO}},
	{NULL, true, 1, {RXS_ST_BACKLOG}},
	{NULL, false, 1, {RXS_ST_NETIF_RECEIVE_SKB}},
	{NULL, true, 1, {RXS_ST_VLAN}},
	{NULL, true, 1, {RXS_ST_BRIDGE}},
	{"network layer", false, 2, {RXS_ST_IP_RCV, RXS_ST_ARP_RCV}},
	{NULL, false, 1, {RXS_ST_PREROUTING}},
	{"this host?", false, 2, {RXS_ST_IP_LOCAL_DELIVER, RXS_ST_IP_FORWARD}},
	{NULL, true, 1, {RXS_ST_IP_DEFRAG}},
	{NULL, false, 1, {RXS_ST_LOCAL_IN}},
	{"transport",
	 false,
	 6,
	 {RXS_ST_TCP_V4_RCV, RXS_ST_UDP_RCV, RXS_ST_ICMP_RCV, RXS_ST_TCP_V6_RCV, RXS_ST_UDPV6_RCV,
	  RXS_ST_ICMPV6_RCV}},
	{NULL, false, 1, {RXS_ST_SOCKET}},
	{NULL, false, 1, {RXS_ST_APP}},
	{NULL, false, 1, {RXS_ST_END}},
};

/* Passed by any packet, ever: the layout must not change when the cursor moves. */
static bool was_passed(const struct tui *t, u16 stage)
{
	return t->model->passed >> stage & 1;
}

static void choose_slots(const struct tui *t, struct path_layout *l, bool all)
{
	memset(l, 0, sizeof(*l));
	memset(l->slot_of, -1, sizeof(l->slot_of));
	for (size_t i = 0; i < RXS_ARRAY_SIZE(places); i++) {
		struct path_slot *s = &l->slot[l->nr];

		for (int k = 0; k < places[i].nr; k++)
			if (all || was_passed(t, places[i].stage[k]))
				s->stage[s->nr++] = places[i].stage[k];
		if (!s->nr && places[i].optional)
			continue;
		if (!s->nr)
			s->stage[s->nr++] = places[i].stage[0];
		s->name = s->nr > 1 ? places[i].name : rxs_stages[s->stage[0]].id;
		for (int k = 0; k < places[i].nr; k++)
			l->slot_of[places[i].stage[k]] = (s8)l->nr;
		l->nr++;
	}
}

/* As many slots a row as fit, the rows as equal as can be. */
static void place_slots(struct path_layout *l, struct tui_rect r)
{
	int per_row = (r.w - 2) / SLOT_MIN_W, rows;

	per_row = per_row < 1 ? 1 : per_row > l->nr ? l->nr : per_row;
	rows = (l->nr + per_row - 1) / per_row;
	l->rows = rows;
	l->per_row = (l->nr + rows - 1) / rows;
	l->slot_w = (r.w - 2) / l->per_row;
	l->slot_w = l->slot_w > SLOT_MAX_W ? SLOT_MAX_W : l->slot_w;
	l->slot_h = r.h / rows;
	l->slot_h = l->slot_h > 11 ? 11 : l->slot_h;
	l->lines = l->slot_h >= 9 ? 5 : l->slot_h >= 7 ? 4 : l->slot_h >= 5 ? 3 : l->slot_h - 2;
	l->lines = l->lines < 0 ? 0 : l->lines;
	l->lanes = l->slot_h - 1 - l->lines - (l->slot_h > 6 ? 1 : 0);
	l->lanes = l->lanes < 1 ? 1 : l->lanes > 4 ? 4 : l->lanes;
	for (int i = 0; i < l->nr; i++) {
		l->slot[i].x0 = r.x + 1 + i % l->per_row * l->slot_w;
		l->slot[i].x1 = l->slot[i].x0 + l->slot_w - 1;
		l->slot[i].y = r.y + i / l->per_row * l->slot_h;
	}
}

/* The place before which the most time goes, by medians, when it stands out. -1 = none does. */
static int slowest(const struct tui *t, const struct path_layout *l)
{
	u64 sum = 0, most = 0;
	int at = -1;

	for (int i = 1; i < l->nr; i++) {
		struct rxs_hist h = tui_acc_hist(&t->model->view.acc, l->slot[i].stage[0]);
		u64 v = l->slot[i].nr == 1 ? rxs_hist_quantile(&h, 0.5) : 0;

		sum += v;
		if (v > most) {
			most = v;
			at = i;
		}
	}
	return sum && most * 4 > sum ? at : -1;
}

static void draw_figure(struct tui_cells *c, const struct path_slot *s, int y, const char *label,
			const char *value, enum tui_role role)
{
	int w = s->x1 - s->x0 - 1, n = tui_columns(value);

	tui_text_right(c, s->x0 + 1, y, w, role, value);
	if (n + tui_columns(label) + 1 <= w)
		tui_text_right(c, s->x0 + 1, y, w - 9 > tui_columns(label) ? w - 9 : w - n - 1,
			       TUI_R_DIM, label);
}

static void draw_quantile(const struct tui *t, struct tui_cells *c, const struct path_slot *s,
			  int y, double q, const char *label, enum tui_role role)
{
	struct rxs_hist h = tui_acc_hist(&t->model->view.acc, s->stage[0]);
	char buf[TUI_NS_MAX];

	draw_figure(c, s, y, label,
		    h.count ? tui_ns(buf, sizeof(buf), q > 1 ? h.max : rxs_hist_quantile(&h, q))
			    : "-",
		    h.count ? role : TUI_R_DIM);
}

/* What was passed so far, and how that went over the last seconds. */
static void draw_rate(struct tui *t, struct tui_cells *c, const struct path_slot *s, int y,
		      u64 span_ns)
{
	u64 hits = t->model->view.acc.val[TUI_K_HITS + s->stage[0]], value[24];
	int w = s->x1 - s->x0 - 1, spark = w - 7;
	char buf[RXS_FMT_MAX];

	spark = spark > 24 ? 24 : spark;
	tui_text_right(c, s->x0 + 1, y, w, hits ? TUI_R_TEXT : TUI_R_DIM,
		       rxs_fmt_short(buf, sizeof(buf), hits));
	if (spark < 4 || !hits)
		return;
	tui_model_rate(t->model, s->stage[0], tui_figures_ns(t), span_ns / (u64)spark, value,
		       (u32)spark);
	tui_spark(c, s->x1 - 6 - spark, y, TUI_R_SPARK, value, spark, 0);
}

/* Drops at this place so far, and their most frequent reason. */
static bool draw_drops(const struct tui *t, struct tui_cells *c, const struct path_slot *s, int y)
{
	const struct tui_acc *a = &t->model->view.acc;
	u64 sum = 0, most = 0;
	const char *why = "";
	char text[96], n[RXS_FMT_MAX];

	for (u32 i = 0; i < t->model->nr_drops; i++) {
		const struct tui_drop *d = &t->model->drop[i];
		u64 v = a->val[TUI_K_DROP + i];
		bool here = false;

		for (int k = 0; k < s->nr; k++)
			here |= d->stage == s->stage[k];
		if (!here || !v)
			continue;
		sum += v;
		if (v > most) {
			most = v;
			why = d->reason ? tui_str(t, d->reason) : "no reason given";
		}
	}
	if (!sum)
		return false;
	snprintf(text, sizeof(text), "\xe2\x9c\x95%s %s", rxs_fmt_short(n, sizeof(n), sum), why);
	tui_text_right(c, s->x0 + 1, y, s->x1 - s->x0 - 1, TUI_R_OUT_DROPPED, text);
	return true;
}

/* A place with several stages: each with what passed it and its median. */
/* "tcp_v4_rcv" is "tcp" where there is no room for the names of all its like. */
static void short_name(const struct path_slot *s, u16 stage, char *buf, size_t size, int w)
{
	static const struct {
		u16 stage;
		const char *name;
	} names[] = {
		{ RXS_ST_TCP_V4_RCV, "tcp" },
		{ RXS_ST_UDP_RCV, "udp" },
		{ RXS_ST_ICMP_RCV, "icmp" },
		{ RXS_ST_TCP_V6_RCV, "tcp6" },
		{ RXS_ST_UDPV6_RCV, "udp6" },
		{ RXS_ST_ICMPV6_RCV, "icmp6" },
		{ RXS_ST_IP_RCV, "ip" },
		{ RXS_ST_ARP_RCV, "arp" },
		{ RXS_ST_IP_LOCAL_DELIVER, "local" },
		{ RXS_ST_IP_FORWARD, "fwd" },
	};

	bool tight = false;

	for (int k = 0; k < s->nr; k++)
		tight |= (int)strlen(rxs_stages[s->stage[k]].id) > w;
	snprintf(buf, size, "%s", rxs_stages[stage].id);
	for (size_t i = 0; tight && i < RXS_ARRAY_SIZE(names); i++)
		if (names[i].stage == stage)
			snprintf(buf, size, "%s", names[i].name);
}

static void draw_alternatives(const struct tui *t, struct tui_cells *c, const struct path_slot *s,
			      int y, int lines)
{
	int w = s->x1 - s->x0 - 1;
	u64 done = 0;

	for (int i = 0; i < lines; i++) {
		char buf[TUI_NS_MAX], name[32];
		struct rxs_hist h;
		u64 most = 0;
		int best = -1;

		for (int k = 0; k < s->nr; k++) {
			u64 v = t->model->view.acc.val[TUI_K_HITS + s->stage[k]] + 1;

			if (!(done >> k & 1) && v > most) {
				most = v;
				best = k;
			}
		}
		if (best < 0)
			return;
		if (i && i == lines - 1 && __builtin_popcountll(done) + 1 < s->nr) {
			snprintf(buf, sizeof(buf), "and %d more",
				 s->nr - __builtin_popcountll(done));
			tui_text_right(c, s->x0 + 1, y + i, w, TUI_R_DIM, buf);
			return;
		}
		done |= 1ull << best;
		h = tui_acc_hist(&t->model->view.acc, s->stage[best]);
		tui_ns(buf, sizeof(buf), rxs_hist_quantile(&h, 0.5));
		tui_text_right(c, s->x0 + 1, y + i, w, h.count ? TUI_R_P50 : TUI_R_DIM,
			       h.count ? buf : "-");
		short_name(s, s->stage[best], name, sizeof(name), w - 8);
		tui_text_right(c, s->x0 + 1, y + i, w - 8, TUI_R_DIM, name);
	}
}

/* As many lines of figures as there is room for; with none, the median beside the name. */
static void draw_figures(struct tui *t, struct tui_cells *c, const struct path_slot *s, int y,
			 int lines, bool hot, u64 span_ns)
{
	struct rxs_hist h = tui_acc_hist(&t->model->view.acc, s->stage[0]);
	int left = s->x1 - s->x0 - 1 - tui_columns(s->name);
	char buf[TUI_NS_MAX];

	if (lines < 1 && left > 8 && h.count && s->waiting < 3)
		tui_text(c, s->x0, s->y, left, hot ? TUI_R_WARN : TUI_R_P50,
			 tui_ns(buf, sizeof(buf), rxs_hist_quantile(&h, 0.5)));
	if (lines < 1)
		return;
	if (s->nr > 1) {
		draw_alternatives(t, c, s, y, lines);
		return;
	}
	draw_quantile(t, c, s, y, 0.5, "p50", hot ? TUI_R_WARN : TUI_R_P50);
	if (lines > 1)
		draw_quantile(t, c, s, y + 1, 0.99, "p99", hot ? TUI_R_WARN : TUI_R_TEXT);
	if (lines >= 4)
		draw_quantile(t, c, s, y + 2, 2, "max", TUI_R_TEXT);
	if (lines >= 3)
		draw_rate(t, c, s, y + (lines >= 4 ? 3 : 2), span_ns);
}

static void draw_slot(struct tui *t, struct tui_cells *c, const struct path_layout *l, int i,
		      bool hot, u64 span_ns)
{
	const struct path_slot *s = &l->slot[i];
	int y = s->y, track = y + l->lanes, line = track + 1;
	bool passed = false, dropped;
	char buf[RXS_FMT_MAX + 2];

	for (int k = 0; k < s->nr; k++)
		passed |= t->model->view.acc.val[TUI_K_HITS + s->stage[k]] > 0;
	tui_text_right(c, s->x0, y, l->slot_w - 1, passed ? tui_layer_role(s->stage[0]) : TUI_R_DIM,
		       s->name);
	if (s->waiting >= 3) {
		rxs_fmt_short(buf, sizeof(buf) - 1, s->waiting);
		tui_textf(c, s->x0, y, l->slot_w - 2 - tui_columns(s->name), TUI_R_FLOOD,
			  "%s%s\xe2\x96\xb8", s->about ? "~" : "", buf);
	}
	tui_fill(c, (struct tui_rect){ s->x0, track, s->x1 - s->x0, 1 }, TUI_R_TRACK, 0x2500);
	tui_put(c, s->x1, track, passed ? TUI_R_NODE : TUI_R_NODE_IDLE, passed ? 0x25c9 : 0x25cb);
	dropped = l->lines > 0 && draw_drops(t, c, s, line + l->lines - 1);
	draw_figures(t, c, s, line, l->lines - (dropped ? 1 : 0), hot, span_ns);
}

/* The longest of these that is full, up to a minute: sparklines do not stretch with every frame. */
static u64 spark_span(const struct tui *t)
{
	static const u64 spans[] = {
		1000000, 2000000, 5000000, 10000000, 20000000, 50000000, 100000000, 200000000,
		500000000, 1000000000, 2000000000, 5000000000, 10000000000, 30000000000,
		60000000000,
	};
	u64 all = tui_figures_ns(t) - t->model->first_ns, span = spans[0];

	for (size_t i = 0; i < RXS_ARRAY_SIZE(spans) && spans[i] <= all; i++)
		span = spans[i];
	return span;
}

static void draw_legend(const struct tui *t, struct tui_cells *c, struct tui_rect r, u64 flying)
{
	static const u8 order[] = {
		RXS_OUT_DELIVERED, RXS_OUT_CONSUMED, RXS_OUT_FORWARDED,
		RXS_OUT_MERGED, RXS_OUT_DROPPED, RXS_OUT_INCOMPLETE,
	};
	struct rxs_hist total = tui_acc_hist(&t->model->view.acc, TUI_H_TOTAL);
	char a[TUI_NS_MAX], b[TUI_NS_MAX], text[128];
	int x = r.x, w;

	snprintf(text, sizeof(text),
		 total.count ? "NIC to reader: p50 %s  p99 %s" : "no packet was read so far",
		 tui_ns(a, sizeof(a), rxs_hist_quantile(&total, 0.5)),
		 tui_ns(b, sizeof(b), rxs_hist_quantile(&total, 0.99)));
	w = tui_columns(text);
	tui_text_right(c, r.x, r.y, r.w, TUI_R_STRONG, text);
	w = r.w - w - 2;
	for (size_t i = 0; i < RXS_ARRAY_SIZE(order); i++) {
		const char *id = rxs_outcome_id(order[i]);

		if (x - r.x + tui_columns(id) + 3 > w)
			break;
		tui_put(c, x, r.y, tui_outcome_role(order[i]), tui_outcome_glyph(order[i]));
		x += 3 + tui_text(c, x + 2, r.y, 20, TUI_R_DIM, id);
	}
	snprintf(text, sizeof(text), "2-9 + so many at one place \xc2\xb7 %llu on their way",
		 (unsigned long long)flying);
	if (x - r.x + tui_columns(text) + 2 <= w)
		tui_text(c, x + 1, r.y, w, TUI_R_DIM, text);
}

/* With room below the pipeline: the last packets that ended. */
static void draw_recent(struct tui *t, struct tui_cells *c, struct tui_rect r)
{
	struct tui_packet p = { 0 };
	int row = 1, bar = r.w > 110 ? 32 : 16;

	if (r.h < 3)
		return;
	tui_headline(c, r.x, r.y, r.w, "Last packets",
		     "how long from the interrupt to the end, and where that time went");
	for (u64 seq = tui_model_after(t->model, tui_figures_ns(t));
	     seq > t->model->ent.first && row < r.h; seq--) {
		const struct tui_ent *e = tui_model_ent(t->model, seq - 1);
		char flow[128], fate[128], ns[TUI_NS_MAX];
		int x = r.x;

		if (!e->match || tui_model_read(t->model, seq - 1, &p))
			continue;
		rxs_flow_print(flow, sizeof(flow), &p.p.flow);
		tui_fate(t, &p.p, fate, sizeof(fate));
		tui_put(c, x, r.y + row, tui_outcome_role(e->outcome),
			tui_outcome_glyph(e->outcome));
		tui_text(c, x + 2, r.y + row, r.w - bar - 34, TUI_R_TEXT, flow);
		if (r.w > 110)
			tui_text(c, x + 50, r.y + row, r.w - bar - 64, TUI_R_DIM, fate);
		tui_text_right(c, r.x + r.w - bar - 12, r.y + row, 10, TUI_R_TEXT,
			       tui_ns(ns, sizeof(ns), rxs_packet_total_ns(&p.p)));
		tui_way_bar(c, r.x + r.w - bar, r.y + row, bar, &p.p,
			    c->ascii || t->style.theme == TUI_THEME_MONO);
		row++;
	}
	tui_packet_free(&p);
}

static void draw(struct tui *t, struct tui_cells *c, struct tui_rect r, void *priv)
{
	struct priv *v = priv;
	struct path_layout l;
	u64 span = spark_span(t), flying;
	int hot, used;

	choose_slots(t, &l, v->all);
	place_slots(&l, (struct tui_rect){ r.x, r.y, r.w, r.h - 1 });
	flying = path_count_waiting(t, &l);
	hot = slowest(t, &l);
	for (int i = 0; i < l.nr; i++)
		draw_slot(t, c, &l, i, i == hot, span);
	path_draw_packets(t, c, &l);
	used = l.rows * l.slot_h;
	draw_legend(t, c, (struct tui_rect){ r.x, r.y + used, r.w, 1 }, flying);
	draw_recent(t, c, (struct tui_rect){ r.x, r.y + used + 2, r.w, r.h - used - 2 });
}

static bool act(struct tui *t, enum tui_act a, void *priv)
{
	struct priv *v = priv;
	u64 seq[1];
	u32 nr;

	if (a == TUI_A_ALL) {
		v->all = !v->all;
		return true;
	}
	/* The packet on its way, else the one that ended last. */
	if (a == TUI_A_OPEN) {
		tui_model_in_flight(t->model, t->clock.cursor_ns, seq, 1, &nr);
		if (!nr && tui_model_after(t->model, t->clock.cursor_ns) > t->model->ent.first) {
			seq[0] = tui_model_after(t->model, t->clock.cursor_ns) - 1;
			nr = 1;
		}
		if (nr && tui_select_packet(t, seq[0]))
			tui_show(t, tui_view_by_id("packet"));
		return true;
	}
	return false;
}

static const enum tui_act hints[] = { TUI_A_OPEN, TUI_A_ALL, TUI_A_NONE };

const struct tui_view_ops tui_view_path = {
	.id = "path",
	.title = "Path",
	.about = "packets from NIC to application; times: since the stage before",
	.hints = hints,
	.priv_bytes = sizeof(struct priv),
	.animated = true,
	.draw = draw,
	.act = act,
};
