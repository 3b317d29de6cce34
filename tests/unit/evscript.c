// SPDX-License-Identifier: GPL-2.0
/* Event sequences as text; see evscript.h. */
#include "evscript.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../tracer/source/rxs_source.h"

/*
 * The frame so far: where IP's length and protocol fields stand, to be set when the rest is known.
 */
struct frame {
	u8 *b;
	size_t size, len;
	size_t type_at; /* ethertype to set */
	size_t ip_at;	/* 0 = no IP header yet */
	int ver;
	size_t next_at; /* protocol / next header field */
	u32 payload;
};

static u8 *room(struct frame *f, size_t n)
{
	u8 *at = f->b + f->len;

	if (f->len + n > f->size)
		return NULL;
	memset(at, 0, n);
	f->len += n;
	return at;
}

static void be16(u8 *b, unsigned int v)
{
	b[0] = (u8)(v >> 8);
	b[1] = (u8)v;
}

static int add_ip(struct frame *f, int family, const char *arg)
{
	char src[64], dst[64];
	u8 *b;

	if (sscanf(arg, "%63[^>]>%63s", src, dst) != 2)
		return -1;
	be16(f->b + f->type_at, family == AF_INET ? 0x0800 : 0x86dd);
	f->ip_at = f->len;
	b = room(f, family == AF_INET ? 20 : 40);
	if (!b)
		return -1;
	f->ver = family == AF_INET ? 4 : 6;
	b[0] = family == AF_INET ? 0x45 : 0x60;
	f->next_at = f->ip_at + (family == AF_INET ? 9 : 6);
	if (family == AF_INET) {
		b[8] = 64;
		return inet_pton(family, src, b + 12) == 1 && inet_pton(family, dst, b + 16) == 1
			       ? 0
			       : -1;
	}
	b[7] = 64;
	return inet_pton(family, src, b + 8) == 1 && inet_pton(family, dst, b + 24) == 1 ? 0 : -1;
}

static int add_frag(struct frame *f, const char *arg)
{
	unsigned int id, off;
	bool more = strstr(arg, ":more") != NULL;
	u8 *b;

	if (sscanf(arg, "%u:%u", &id, &off) != 2)
		return -1;
	if (f->ver == 4) {
		be16(f->b + f->ip_at + 4, id);
		be16(f->b + f->ip_at + 6, off / 8 | (more ? 0x2000 : 0));
		return 0;
	}
	f->b[f->next_at] = 44;
	f->next_at = f->len;
	b = room(f, 8);
	if (!b)
		return -1;
	be16(b + 2, (off & 0xfff8) | more);
	be16(b + 4, id >> 16);
	be16(b + 6, id);
	return 0;
}

static int add_l4(struct frame *f, const char *name, const char *arg)
{
	unsigned int a, b, c;
	char flags[8] = "";
	const char *all = "fsrpa";
	u8 *h;

	if (!strcmp(name, "udp") || !strcmp(name, "tcp")) {
		if (sscanf(arg, "%u>%u:%7s", &a, &b, flags) < 2)
			return -1;
		f->b[f->next_at] = name[0] == 'u' ? 17 : 6;
		h = room(f, name[0] == 'u' ? 8 : 20);
		if (!h)
			return -1;
		be16(h, a);
		be16(h + 2, b);
		if (name[0] == 'u')
			return 0;
		h[12] = 0x50;
		for (const char *p = flags; *p; p++) {
			const char *bit = strchr(all, *p);

			if (!bit)
				return -1;
			h[13] |= (u8)(*p == 'a' ? 0x10 : 1 << (bit - all));
		}
		return 0;
	}
	if (sscanf(arg, "%u:%u:%u", &a, &b, &c) != 3)
		return -1;
	f->b[f->next_at] = name[4] ? 58 : 1;
	h = room(f, 8);
	if (!h)
		return -1;
	h[0] = (u8)a;
	be16(h + 4, b);
	be16(h + 6, c);
	return 0;
}

static int add_layer(struct frame *f, const char *name, const char *arg)
{
	u8 *b;

	if (!strcmp(name, "vlan")) {
		be16(f->b + f->type_at, 0x8100);
		b = room(f, 4);
		if (!b)
			return -1;
		be16(b, (unsigned int)atoi(arg));
		f->type_at = f->len - 2;
		return 0;
	}
	if (!strcmp(name, "arp")) {
		char src[64], dst[64];

		be16(f->b + f->type_at, 0x0806);
		b = room(f, 28);
		if (!b || sscanf(arg, "%63[^>]>%63s", src, dst) != 2)
			return -1;
		memcpy(b, "\0\1\x08\0\6\4\0\1", 8);
		return inet_pton(AF_INET, src, b + 14) == 1 && inet_pton(AF_INET, dst, b + 24) == 1
			       ? 0
			       : -1;
	}
	if (!strcmp(name, "ip"))
		return add_ip(f, AF_INET, arg);
	if (!strcmp(name, "ip6"))
		return add_ip(f, AF_INET6, arg);
	if (!strcmp(name, "len")) {
		f->payload = (u32)atoi(arg);
		return 0;
	}
	if (!f->ip_at)
		return -1;
	if (!strcmp(name, "frag"))
		return add_frag(f, arg);
	if (!strcmp(name, "udp") || !strcmp(name, "tcp") || !strcmp(name, "icmp") ||
	    !strcmp(name, "icmp6"))
		return add_l4(f, name, arg);
	return -1;
}

static int hex_frame(u8 *buf, size_t size, const char *hex)
{
	size_t n = 0;
	unsigned int byte;

	for (; hex[0] && hex[1] && n < size; hex += 2) {
		if (sscanf(hex, "%2x", &byte) != 1)
			return -1;
		buf[n++] = (u8)byte;
	}
	return (int)n;
}

int evs_frame(u8 *buf, size_t size, const char *spec)
{
	struct frame f = {.b = buf, .size = size, .type_at = 12};
	char text[512], *save = NULL, *colon, *layer;

	if (!strncmp(spec, "x:", 2))
		return hex_frame(buf, size, spec + 2);
	if (!room(&f, 14))
		return -1;
	memcpy(buf, "\x52\x54\0\0\0\1\x52\x54\0\0\0\2", 12);
	snprintf(text, sizeof(text), "%s", spec);
	for (layer = strtok_r(text, "/", &save); layer; layer = strtok_r(NULL, "/", &save)) {
		colon = strchr(layer, ':');
		if (!colon)
			return -1;
		*colon = 0;
		if (add_layer(&f, layer, colon + 1)) {
			fprintf(stderr, "evscript: bad layer %s:%s\n", layer, colon + 1);
			return -1;
		}
	}
	if (f.ip_at && f.ver == 4)
		be16(buf + f.ip_at + 2, (unsigned int)(f.len - f.ip_at) + f.payload);
	else if (f.ip_at)
		be16(buf + f.ip_at + 4, (unsigned int)(f.len - f.ip_at - 40) + f.payload);
	return (int)f.len;
}

static u16 hook_of(const struct rxs_event *ev, const char *name)
{
	for (u32 h = 0; h < rxs_hooks_nr; h++) {
		const char *want = name, *colon = name ? strchr(name, ':') : NULL;

		if (colon) {
			want = colon + 1;
			if (strncmp(rxs_hooks[h].group, name, (size_t)(colon - name)) ||
			    rxs_hooks[h].group[colon - name])
				continue;
		}
		if (want && strcmp(rxs_hooks[h].name, want))
			continue;
		if (rxs_hooks[h].stage == ev->stage && rxs_hooks[h].op == ev->op)
			return (u16)(h + 1);
	}
	return 0;
}

static u32 text_id(struct rxs_strtab *t, const char *s)
{
	return rxs_strtab_intern(t, s, strlen(s));
}

static int key_value(struct rxs_strtab *t, const char *k, const char *v, struct rxs_event *ev,
		     u8 *hdr, const char **hook)
{
	u64 hex = strtoull(v, NULL, 16);
	u32 dec = (u32)strtoul(v, NULL, 10);

	if (!strcmp(k, "skb"))
		ev->skb = hex;
	else if (!strcmp(k, "head"))
		ev->head = hex;
	else if (!strcmp(k, "peer"))
		ev->peer = hex;
	else if (!strcmp(k, "len"))
		ev->len = dec;
	else if (!strcmp(k, "ifindex"))
		ev->ifindex = dec;
	else if (!strcmp(k, "netns"))
		ev->netns = dec;
	else if (!strcmp(k, "pid"))
		ev->pid = dec;
	else if (!strcmp(k, "aux"))
		ev->aux = dec;
	else if (!strcmp(k, "aux2"))
		ev->aux2 = dec;
	else if (!strcmp(k, "stream"))
		ev->stream = (u16)dec;
	else if (!strcmp(k, "dev"))
		ev->dev = text_id(t, v);
	else if (!strcmp(k, "comm"))
		ev->comm = text_id(t, v);
	else if (!strcmp(k, "reason"))
		ev->reason = text_id(t, v);
	else if (!strcmp(k, "symbol"))
		ev->symbol = text_id(t, v);
	else if (!strcmp(k, "hook"))
		*hook = v;
	else if (!strcmp(k, "hdr")) {
		int n = evs_frame(hdr, RXS_HDR_MAX_BYTES, v);

		if (n < 0)
			return -1;
		ev->hdr = hdr;
		ev->hdr_len = (u16)n;
	} else {
		return -1;
	}
	return 0;
}

static int lost_line(char **save, struct rxs_lost *l, s16 cpu, u64 now_ns)
{
	char *w;

	memset(l, 0, sizeof(*l));
	l->cpu = cpu;
	l->until_ns = now_ns;
	while ((w = strtok_r(NULL, " \t", save))) {
		if (!strncmp(w, "since=", 6)) {
			l->since_ns = strtoull(w + 6, NULL, 10);
		} else if (!strncmp(w, "count=", 6)) {
			l->count = strtoull(w + 6, NULL, 10);
		} else if (!strncmp(w, "kind=", 5)) {
			for (l->kind = 0; l->kind < RXS_LOST_NR; l->kind++)
				if (!strcmp(rxs_lost_id((enum rxs_lost_kind)l->kind), w + 5))
					break;
		} else {
			return -1;
		}
	}
	return 2;
}

static int event_line(struct rxs_strtab *t, char *stage, char **save, struct rxs_event *ev, u8 *hdr)
{
	char *op = strtok_r(NULL, " \t", save), *w, *eq;
	const char *hook = NULL;
	int s = rxs_stage_by_id(stage), o = op ? rxs_op_by_id(op) : -1;

	if (s < 0 || o < 0)
		return -1;
	ev->stage = (u16)s;
	ev->op = (u16)o;
	while ((w = strtok_r(NULL, " \t", save))) {
		eq = strchr(w, '=');
		if (!strcmp(w, "ksoftirqd")) {
			ev->flags |= RXS_EV_KSOFTIRQD;
		} else if (!strcmp(w, "task")) {
			ev->flags |= RXS_EV_IN_TASK;
		} else if (eq) {
			*eq = 0;
			if (key_value(t, w, eq + 1, ev, hdr, &hook))
				return -1;
		} else {
			return -1;
		}
	}
	ev->hook = hook_of(ev, hook);
	return hook && !ev->hook ? -1 : 1;
}

int evs_line(struct rxs_strtab *t, const char *line, u64 *now_ns, struct rxs_event *ev,
	     struct rxs_lost *lost, u8 hdr[RXS_HDR_MAX_BYTES])
{
	char text[1024], *save = NULL, *w;
	int cpu, rc = -1;

	snprintf(text, sizeof(text), "%.*s", (int)strcspn(line, "#\n"), line);
	memset(ev, 0, sizeof(*ev));
	w = strtok_r(text, " \t", &save);
	if (!w)
		return 0;
	*now_ns = w[0] == '+' ? *now_ns + strtoull(w + 1, NULL, 10) : strtoull(w, NULL, 10);
	ev->ts_ns = *now_ns;
	w = strtok_r(NULL, " \t", &save);
	if (w && sscanf(w, "cpu%d", &cpu) == 1) {
		ev->cpu = (s16)cpu;
		w = strtok_r(NULL, " \t", &save);
		if (w && !strcmp(w, "lost"))
			rc = lost_line(&save, lost, (s16)cpu, *now_ns);
		else if (w)
			rc = event_line(t, w, &save, ev, hdr);
	}
	if (rc < 0)
		fprintf(stderr, "evscript: cannot understand: %.*s\n", (int)strcspn(line, "\n"),
			line);
	return rc;
}

static void take_packet(void *ctx, const struct rxs_packet *p)
{
	struct evs *s = ctx;

	assert_in_range(s->nr_packets, 0, EVS_PACKETS_MAX - 1);
	assert_in_range(p->outcome, 0, RXS_OUT_NR - 1);
	for (u32 i = 1; i < p->nr_hops; i++)
		assert_true(p->hops[i].ts_ns >= p->hops[i - 1].ts_ns);
	s->outcome[p->outcome]++;
	s->packet[s->nr_packets] = rxs_packet_dup(p);
	assert_non_null(s->packet[s->nr_packets]);
	s->nr_packets++;
}

static void take_poll(void *ctx, const struct rxs_poll *l)
{
	struct evs *s = ctx;

	s->nr_polls++;
	s->last_poll = *l;
}

static void take_hop(void *ctx, const struct rxs_packet *p, const struct rxs_hop *h)
{
	struct evs *s = ctx;

	assert_non_null(h);
	assert_true(p->nr_hops > 0);
	s->nr_hops++;
}

void evs_open(struct evs *s, const struct rxs_path_opts *o)
{
	struct rxs_path_sink sink = {s, take_packet, take_poll, take_hop};

	memset(s, 0, sizeof(*s));
	s->t = rxs_strtab_new();
	assert_non_null(s->t);
	assert_int_equal(rxs_path_new(&s->path, s->t, o, &sink), 0);
}

void evs_feed(struct evs *s, const char *script)
{
	u8 hdr[RXS_HDR_MAX_BYTES];
	struct rxs_event ev;
	struct rxs_lost lost;
	int rc;

	for (const char *line = script; *line;) {
		rc = evs_line(s->t, line, &s->now_ns, &ev, &lost, hdr);
		assert_true(rc >= 0);
		if (rc == 1)
			assert_int_equal(rxs_path_event(s->path, &ev), 0);
		else if (rc == 2)
			rxs_path_lost(s->path, &lost);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
}

void evs_finish(struct evs *s)
{
	struct rxs_path_stats st;
	u64 open[RXS_ST_NR], sum = 0;

	rxs_path_finish(s->path);
	rxs_path_stats_get(s->path, &st);
	for (int i = 0; i < RXS_OUT_NR; i++)
		sum += s->outcome[i];
	assert_int_equal(sum, st.seen);
	assert_int_equal(st.open, 0);
	rxs_path_open_by_stage(s->path, open);
	for (int i = 0; i < RXS_ST_NR; i++)
		assert_int_equal(open[i], 0);
}

void evs_close(struct evs *s)
{
	for (u32 i = 0; i < s->nr_packets; i++)
		free(s->packet[i]);
	rxs_path_free(s->path);
	rxs_strtab_free(s->t);
}

const struct rxs_packet *evs_packet(const struct evs *s, u64 id)
{
	for (u32 i = 0; i < s->nr_packets; i++)
		if (s->packet[i]->id == id)
			return s->packet[i];
	fail_msg("no packet %llu was handed out", (unsigned long long)id);
	return NULL;
}

const char *evs_hops(const struct rxs_packet *p)
{
	static char text[1024];
	size_t n = 0;

	text[0] = 0;
	for (u32 i = 0; i < p->nr_hops && n < sizeof(text); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s%s%s", i ? " " : "",
				      p->hops[i].flags & RXS_HOP_PASS ? "| " : "",
				      rxs_stages[p->hops[i].stage].id,
				      p->hops[i].flags & RXS_HOP_CLONE ? "'" : "");
	return text;
}

const char *evs_outcome(const struct rxs_packet *p)
{
	return rxs_outcome_id((enum rxs_outcome)p->outcome);
}
