// SPDX-License-Identifier: GPL-2.0
/* Saving what is on the screen, and packets. */
#include "tui_save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tracer/decode/rxs_file.h"
#include "../tracer/view/rxs_view.h"

/* The packets to save, in the order of their numbers. */
struct chosen {
	u64 *seq;
	u64 nr, cap;
};

static int choose(struct chosen *s, u64 seq)
{
	if (s->nr == s->cap) {
		u64 cap = s->cap ? s->cap * 2 : 256;
		u64 *p = realloc(s->seq, cap * sizeof(*p));

		if (!p)
			return -ENOMEM;
		s->seq = p;
		s->cap = cap;
	}
	s->seq[s->nr++] = seq;
	return 0;
}

/* Those marked, else the one selected where packets are selected, else all that pass the filter. */
static int choose_packets(struct tui *t, struct chosen *s)
{
	const struct tui_model *m = t->model;
	const char *view = tui_views[t->view]->id;
	u64 sel = tui_selected(t);
	int err = 0;

	if (!t->marked && sel != TUI_NO && (!strcmp(view, "packets") || !strcmp(view, "packet")))
		return choose(s, sel);
	for (u64 seq = m->ent.first; seq < m->ent.next && !err; seq++) {
		const struct tui_ent *e = tui_model_ent(m, seq);

		if (t->marked ? e->marked : e->match)
			err = choose(s, seq);
	}
	return err;
}

/* ---- .rxs: the events that made the packets ---- */

struct span {
	u64 key;		/* skb, or CPU */
	u64 from_ns, to_ns;
};

struct spans {
	struct span *skb, *cpu;
	u64 nr;
};

static int by_key(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->from_ns < y->from_ns ? -1 : x->from_ns > y->from_ns;
}

/* Spans of one CPU overlap; joined, a binary search is enough. */
static u64 join_spans(struct span *s, u64 nr)
{
	u64 n = 0;

	for (u64 i = 0; i < nr; i++) {
		if (n && s[n - 1].key == s[i].key && s[i].from_ns <= s[n - 1].to_ns)
			s[n - 1].to_ns = s[i].to_ns > s[n - 1].to_ns ? s[i].to_ns : s[n - 1].to_ns;
		else
			s[n++] = s[i];
	}
	return n;
}

static bool covered(const struct span *s, u64 nr, u64 key, u64 ns)
{
	u64 lo = 0, hi = nr;

	while (lo < hi) {
		u64 mid = lo + (hi - lo) / 2;

		if (s[mid].key < key || (s[mid].key == key && s[mid].from_ns <= ns))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo && s[lo - 1].key == key && s[lo - 1].to_ns >= ns;
}

/* The end of the packet's poll: what the CPU did until then is part of its story. */
static u64 poll_end(const struct tui_model *m, const struct rxs_packet *p)
{
	for (u64 n = tui_ring_after(&m->poll, p->first_ns); p->napi.poll_id && n < m->poll.next;
	     n++) {
		const struct tui_poll *tp = tui_ring_at(&m->poll, n);

		if (tp->p.id == p->napi.poll_id)
			return tp->p.end_ns;
		if (tp->p.id > p->napi.poll_id)
			break;
	}
	return 0;
}

static int make_spans(struct tui *t, const struct chosen *s, struct spans *out, u64 *first_ns)
{
	struct tui_packet p = { 0 };
	int err = 0;

	out->skb = calloc(s->nr + 1, sizeof(*out->skb));
	out->cpu = calloc(s->nr + 1, sizeof(*out->cpu));
	if (!out->skb || !out->cpu)
		return -ENOMEM;
	*first_ns = UINT64_MAX;
	for (u64 i = 0; i < s->nr && !err; i++) {
		u64 end;

		err = tui_model_read(t->model, s->seq[i], &p);
		if (err)
			break;
		end = poll_end(t->model, &p.p);
		out->skb[i] = (struct span){ p.p.skb, p.p.first_ns, p.p.last_ns };
		out->cpu[i] = (struct span){(u64)p.p.cpu, p.p.first_ns,
					    end > p.p.last_ns ? end : p.p.last_ns};
		*first_ns = p.p.first_ns < *first_ns ? p.p.first_ns : *first_ns;
	}
	tui_packet_free(&p);
	out->nr = s->nr;
	qsort(out->skb, s->nr, sizeof(*out->skb), by_key);
	qsort(out->cpu, s->nr, sizeof(*out->cpu), by_key);
	return err;
}

static int write_events(struct tui *t, struct rxs_writer *w, const struct spans *s, u64 nr_cpu)
{
	const struct tui_model *m = t->model;
	struct rxs_event ev;
	int err = 0;

	for (u64 n = m->evchunk.first; n < m->evchunk.next && !err; n++) {
		const struct tui_evchunk *c = tui_ring_at(&m->evchunk, n);
		const u8 *p = c->data;

		for (u32 i = 0; i < c->nr && !err; i++) {
			p += tui_unpack_event(p, &ev, c->base_ns);
			if (ev.skb ? covered(s->skb, s->nr, ev.skb, ev.ts_ns) :
			    covered(s->cpu, nr_cpu, (u64)ev.cpu, ev.ts_ns))
				err = rxs_writer_event(w, &ev);
		}
	}
	return err;
}

static int save_rxs(struct tui *t, const struct chosen *s, int fd, struct rxs_err *e)
{
	const struct tui_evchunk *c = tui_ring_at(&t->model->evchunk, t->model->evchunk.first);
	struct spans sp = { 0 };
	struct rxs_writer *w = NULL;
	u64 first_ns, nr_cpu;
	int err, rc;

	err = make_spans(t, s, &sp, &first_ns);
	if (!err && (!c || (t->model->evchunk.first && c->base_ns > first_ns)))
		err = rxs_err_set(
			e, -ENODATA,
			"the events of the oldest of these packets are no longer remembered "
			"(--memory); mark newer ones");
	if (!err)
		err = rxs_writer_new(&w, fd, &t->info, t->strtab, e);
	if (!err) {
		nr_cpu = join_spans(sp.cpu, sp.nr);
		err = write_events(t, w, &sp, nr_cpu);
		rc = rxs_writer_close(w);
		err = err ? err : rc;
	}
	free(sp.skb);
	free(sp.cpu);
	return err;
}

/* ---- JSON, pcapng: through the views ---- */

static int feed_view(struct tui *t, const struct chosen *s, struct rxs_view *v, struct rxs_stat *st)
{
	struct rxs_decode_stats ds = { 0 };
	struct rxs_snapshot *snap = NULL;
	struct tui_packet p = { 0 };
	int err = 0;

	for (u64 i = 0; i < s->nr && !err; i++) {
		err = tui_model_read(t->model, s->seq[i], &p);
		if (!err)
			err = rxs_stat_packet(st, &p.p);
		if (!err)
			err = rxs_view_packet(v, &p.p);
	}
	tui_packet_free(&p);
	if (!err)
		err = rxs_stat_snapshot(st, NULL, &snap);
	if (!err)
		err = rxs_view_end(v, snap, &ds);
	rxs_snapshot_free(snap);
	return err;
}

static int save_view(struct tui *t, const char *name, const struct chosen *s, FILE *out)
{
	const struct rxs_view_opts vo = { .out = out, .packets = true };
	const struct rxs_stat_opts so = { .from = -1, .to = -1 };
	const char *const files[] = { t->source, NULL };
	struct rxs_run_info ri = {
		.source = t->info, .files = files, .strtab = t->strtab, .filter = t->filter};
	struct rxs_view *v = rxs_view_new(name, &vo);
	struct rxs_stat *st = NULL;
	int err;

	if (!v)
		return -errno;
	err = rxs_stat_new(&st, t->strtab, &so);
	if (!err)
		err = rxs_view_begin(v, &ri);
	if (!err)
		err = feed_view(t, s, v, st);
	rxs_stat_free(st);
	rxs_view_free(v);
	return err;
}

/* ---- the screen ---- */

static int save_screen(struct tui *t, char what, FILE *out)
{
	struct tui_cells c = { .ascii = t->cells && t->cells->ascii }, *was = t->cells;
	char title[96];
	int err;

	/* As it looks without the question that stands in its last line. */
	err = was ? tui_cells_resize(&c, was->w, was->h) : -EINVAL;
	if (err)
		return err;
	t->message[0] = 0;
	tui_draw(t, &c);
	t->cells = was;
	snprintf(title, sizeof(title), "rxscope: %s", tui_views[t->view]->title);
	err = what == 't' ? tui_cells_text(&c, out) : tui_cells_svg(&c, &t->style, title, out);
	tui_cells_free(&c);
	return err;
}

void tui_save_name(struct tui *t, char what, char *buf, size_t size)
{
	const char *view = tui_views[t->view]->id;

	if (what == 't' || what == 's')
		snprintf(buf, size, "rxscope-%s.%s", view, what == 't' ? "txt" : "svg");
	else
		snprintf(buf, size, "rxscope-packets.%s",
			 what == 'r'   ? "rxs"
			 : what == 'j' ? "json"
				       : "pcapng");
}

static int write_file(struct tui *t, char what, int fd, u64 *packets, struct rxs_err *e)
{
	struct chosen s = { 0 };
	int err = 0;
	FILE *out;

	if (what != 't' && what != 's')
		err = choose_packets(t, &s);
	*packets = s.nr;
	out = fdopen(fd, "w");
	if (!out) {
		err = -errno;
		close(fd);
	} else if (!err) {
		if (what == 't' || what == 's')
			err = save_screen(t, what, out);
		else if (what == 'r')
			err = save_rxs(t, &s, fd, e);
		else
			err = save_view(t, what == 'j' ? "json" : "pcapng", &s, out);
	}
	if (out && fclose(out) && !err)
		err = -errno;
	free(s.seq);
	return err;
}

int tui_save(struct tui *t, char what, const char *path, struct rxs_err *e)
{
	u64 packets = 0;
	int err, fd;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return rxs_err_set(e, -errno,
				   errno == EEXIST ? "%s is there already" : "cannot write %s: %m",
				   path);
	err = write_file(t, what, fd, &packets, e);
	if (err) {
		rxs_err_set(e, err, "cannot write %s: %s", path, strerror(-err));
		unlink(path);
		return err;
	}
	if (what == 't' || what == 's')
		tui_say(t, "saved the screen to %s", path);
	else
		tui_say(t, "saved %llu packet%s to %s", (unsigned long long)packets,
			packets == 1 ? "" : "s", path);
	return 0;
}
