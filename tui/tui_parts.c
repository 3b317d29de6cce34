// SPDX-License-Identifier: GPL-2.0
/* What is the same in many views. */
#include "tui.h"

#include <string.h>

#include "../tracer/base/rxs_fmt.h"

const char *tui_ns(char *buf, size_t size, u64 ns)
{
	size_t len;

	rxs_fmt_ns(buf, size, ns);
	len = strlen(buf);
	/* U+00B5; the cells make it "u" again where there is only ASCII. */
	if (len > 2 && !strcmp(buf + len - 2, "us") && len + 2 <= size)
		memcpy(buf + len - 2, "\xc2\xb5s", 4);
	return buf;
}

const char *tui_since(const struct tui *t, char *buf, size_t size, u64 ns)
{
	size_t len;

	rxs_fmt_since(buf, size, ns, t->model->first_ns);
	len = strlen(buf);
	if (len + 3 <= size)
		memcpy(buf + len, " s", 3);
	return buf;
}

void tui_headline(struct tui_cells *c, int x, int y, int w, const char *title, const char *note)
{
	int n = tui_text(c, x, y, w, TUI_R_HEADER, title);

	if (note && note[0] && n + 3 < w)
		n += 2 + tui_text(c, x + n + 2, y, w - n - 2, TUI_R_DIM, note);
	if (n + 2 < w)
		tui_fill(c, (struct tui_rect){ x + n + 1, y, w - n - 1, 1 }, TUI_R_RULE, 0x2500);
}

/*
 * The hop that a packet's time before this one is laid to: the time before a stage counts for its
 * layer.
 */
void tui_way_bar(struct tui_cells *c, int x, int y, int w, const struct rxs_packet *p, bool letters)
{
	u64 total = rxs_packet_total_ns(p), begin = p->first_ns;

	if (!total || w < 1)
		return;
	for (int i = 0; i < w; i++) {
		u64 mid = begin + (u64)((double)total * (i + 0.5) / w);
		u32 h = 0;

		while (h + 1 < p->nr_hops && p->hops[h].ts_ns < mid)
			h++;
		if (h < p->nr_hops)
			tui_put(c, x + i, y, tui_layer_role(p->hops[h].stage),
				letters ? (u32)tui_layer_letter(p->hops[h].stage) : 0x2588);
	}
}

int tui_layer_legend(struct tui_cells *c, int x, int y, int w, bool letters)
{
	static const struct {
		u16 stage;
		const char *name;
	} layer[] = {
		{ RXS_ST_IRQ, "driver" },
		{ RXS_ST_SOFTIRQ, "softirq" },
		{ RXS_ST_NAPI_POLL, "napi" },
		{ RXS_ST_GRO, "core" },
		{ RXS_ST_NETIF_RECEIVE_SKB, "L2" },
		{ RXS_ST_IP_RCV, "IP" },
		{ RXS_ST_TCP_V4_RCV, "L4" },
		{ RXS_ST_SOCKET, "socket" },
		{ RXS_ST_APP, "user" },
		{ RXS_ST_END, "end" },
	};
	int n = 0;

	for (size_t i = 0; i < RXS_ARRAY_SIZE(layer); i++) {
		int need = (int)strlen(layer[i].name) + 2 + (i ? 1 : 0);

		if (n + need > w)
			break;
		n += i ? 1 : 0;
		tui_put(c, x + n, y, tui_layer_role(layer[i].stage),
			letters ? (u32)tui_layer_letter(layer[i].stage) : 0x25a0);
		n += 2 + tui_text(c, x + n + 2, y, w - n - 2, TUI_R_DIM, layer[i].name);
	}
	return n;
}

void tui_fate(const struct tui *t, const struct rxs_packet *p, char *buf, size_t size)
{
	const char *stage = p->drop_stage < RXS_ST_NR ? rxs_stages[p->drop_stage].id : "?";

	switch (p->outcome) {
	case RXS_OUT_DELIVERED:
		if (p->nr_readers && tui_str(t, p->reader[0].comm)[0])
			snprintf(buf, size, "read by %s (pid %u)", tui_str(t, p->reader[0].comm),
				 p->reader[0].pid);
		else if (p->nr_readers)
			snprintf(buf, size, "read by pid %u", p->reader[0].pid);
		else
			snprintf(buf, size, "read");
		break;
	case RXS_OUT_DROPPED:
		snprintf(buf, size, "%s after %s",
			 p->reason ? tui_str(t, p->reason) : "no reason given", stage);
		break;
	case RXS_OUT_MERGED:
		snprintf(buf, size, "into #%llu", (unsigned long long)p->merged_into);
		break;
	case RXS_OUT_INCOMPLETE:
		snprintf(buf, size, "%s", rxs_why_meaning(p->why));
		break;
	default:
		snprintf(buf, size, "%s", rxs_outcome_meaning(p->outcome));
	}
}
