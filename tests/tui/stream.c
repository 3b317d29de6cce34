// SPDX-License-Identifier: GPL-2.0
/*
 * stream FILE RATE SECONDS: the events of a recording again and again, as a stream on standard
 * output, RATE events a second for SECONDS. Each round's times follow those of the round before.
 * RATE 0: one round, then one packet at a time, each on a line from standard input (what measures
 * delays says when).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../tracer/decode/rxs_file.h"
#include "../../tracer/run/rxs_run.h"

struct stream {
	struct rxs_event *ev;
	u8 (*hdr)[RXS_HDR_MAX_BYTES];
	u64 nr, cap;
};

static int on_event(void *ctx, const struct rxs_event *ev)
{
	struct stream *s = ctx;

	if (s->nr == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 4096;
		s->ev = realloc(s->ev, s->cap * sizeof(*s->ev));
		s->hdr = realloc(s->hdr, s->cap * sizeof(*s->hdr));
		if (!s->ev || !s->hdr)
			return -ENOMEM;
	}
	s->ev[s->nr] = *ev;
	if (ev->hdr_len)
		memcpy(s->hdr[s->nr], ev->hdr, ev->hdr_len);
	s->nr++;
	return 0;
}

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000000 + (u64)ts.tv_nsec;
}

static int put(struct stream *s, struct rxs_writer *w, u64 i, u64 shift_ns)
{
	struct rxs_event ev = s->ev[i];

	ev.ts_ns += shift_ns;
	ev.hdr = ev.hdr_len ? s->hdr[i] : NULL;
	return rxs_writer_event(w, &ev);
}

static u64 span_of(const struct stream *s)
{
	return s->ev[s->nr - 1].ts_ns - s->ev[0].ts_ns + 1000000;
}

/* So many events a second, in portions of 10 ms. */
static int paced(struct stream *s, struct rxs_writer *w, u64 rate, u64 seconds)
{
	u64 start = now_ns(), sent = 0, want;
	int err = 0;

	while (!err && now_ns() - start < seconds * 1000000000) {
		want = (now_ns() - start) * rate / 1000000000;
		for (; sent < want && !err; sent++)
			err = put(s, w, sent % s->nr, sent / s->nr * span_of(s));
		if (!err)
			err = rxs_writer_flush(w);
		usleep(10000);
	}
	return err;
}

/* The last own events of the recording again, one round for each line. */
static int asked(struct stream *s, struct rxs_writer *w)
{
	u64 round = 1, tail = s->nr > 400 ? s->nr - 400 : 0;
	char line[16];
	int err = 0;

	for (u64 i = 0; i < s->nr && !err; i++)
		err = put(s, w, i, 0);
	if (!err)
		err = rxs_writer_flush(w);
	while (!err && fgets(line, sizeof(line), stdin)) {
		for (u64 i = tail; i < s->nr && !err; i++)
			err = put(s, w, i, round * span_of(s));
		if (!err)
			err = rxs_writer_flush(w);
		round++;
	}
	return err;
}

int main(int argc, char **argv)
{
	struct stream s = { .nr = 0 };
	const struct rxs_run_sink sink = { .ctx = &s, .event = on_event };
	const char *files[] = { argc > 3 ? argv[1] : "", NULL };
	const struct rxs_run_opts ro = {
		.files = files, .no_join = true, .stat = {.from = -1, .to = -1}};
	struct rxs_err e = { "" };
	struct rxs_source_info info;
	struct rxs_writer *w;
	struct rxs_run *run;
	int err;

	if (argc != 4)
		return 2;
	err = rxs_run_open(&run, &ro, &sink, &e);
	while (!err && (err = rxs_run_step(run, 4096, &e)) > 0)
		err = 0;
	if (err || !s.nr) {
		fprintf(stderr, "stream: %s\n", rxs_err_text(&e, err));
		return 1;
	}
	rxs_run_info(run, &info);
	err = rxs_writer_new(&w, STDOUT_FILENO, &info, rxs_run_strtab(run), &e);
	if (!err) {
		rxs_writer_set_level(w, 0);
		err = atoi(argv[2]) ? paced(&s, w, (u64)atoll(argv[2]), (u64)atoll(argv[3]))
				    : asked(&s, w);
		rxs_writer_close(w);
	}
	rxs_run_close(run);
	free(s.ev);
	free(s.hdr);
	return err && err != -EPIPE;
}
