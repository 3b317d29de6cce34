// SPDX-License-Identifier: GPL-2.0
/* rxscope live without a terminal: a line a second, and the report at the end. */
#include "live_plain.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "../base/rxs_fmt.h"
#include "rxs_analysis.h"

#define STEP_EVENTS	4096
#define LINE_NS		1000000000ull

struct plain {
	struct rxs_run *run;
	struct rxs_view *view;
	int view_err;
	int signal_fd;
	bool stopped;
	u64 begin_ns, line_ns, seen;
};

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000000 + (u64)ts.tv_nsec;
}

static void note(struct plain *p, int err)
{
	if (err && !p->view_err)
		p->view_err = err;
}

static void on_packet(void *ctx, const struct rxs_packet *pk)
{
	struct plain *p = ctx;

	note(p, rxs_view_packet(p->view, pk));
}

static void on_lost(void *ctx, const struct rxs_lost *l)
{
	struct plain *p = ctx;

	note(p, rxs_view_lost(p->view, l));
}

/* "12 s  seen 4,211 (350/s)  delivered 3,100  dropped 12  …  lost 0" */
static int print_line(struct plain *p, u64 now)
{
	char n[RXS_FMT_MAX];
	struct rxs_snapshot *s;
	int err = rxs_run_snapshot(p->run, &s);

	if (err)
		return err;
	printf("%llu s  seen %s", (unsigned long long)((now - p->begin_ns + LINE_NS / 2) / LINE_NS),
	       rxs_fmt_count(n, sizeof(n), s->seen));
	printf(" (%s)", rxs_fmt_rate(n, sizeof(n), s->seen - p->seen, now - p->line_ns));
	for (int o = 0; o < RXS_OUT_NR; o++)
		printf("  %s %s", rxs_outcome_id(o), rxs_fmt_count(n, sizeof(n), s->outcome[o]));
	printf("  lost events %s%s", rxs_fmt_count(n, sizeof(n), s->lost),
	       s->lost_unknown ? "+" : "");
	if (s->total.count)
		printf("  p50 %s", rxs_fmt_ns(n, sizeof(n), rxs_hist_quantile(&s->total, 0.5)));
	if (s->total.count)
		printf("  p99 %s", rxs_fmt_ns(n, sizeof(n), rxs_hist_quantile(&s->total, 0.99)));
	putchar('\n');
	fflush(stdout);
	p->seen = s->seen;
	p->line_ns = now;
	rxs_snapshot_free(s);
	return ferror(stdout) ? -EIO : 0;
}

/* Wait for the source, a signal, or the next line. A second signal ends it at once. */
static void wait_for(struct plain *p, u64 now)
{
	struct pollfd fd[2] = {
		{ .fd = rxs_run_pollfd(p->run), .events = POLLIN },
		{ .fd = p->signal_fd, .events = POLLIN },
	};
	u64 next = p->line_ns + LINE_NS;
	struct signalfd_siginfo si;

	poll(fd, 2, next > now ? (int)((next - now) / 1000000) + 1 : 0);
	if (read(p->signal_fd, &si, sizeof(si)) != (ssize_t)sizeof(si) || p->stopped)
		return;
	p->stopped = true;
	rxs_run_stop(p->run);
}

static int turn(struct plain *p, bool lines, struct rxs_err *e)
{
	u64 now;
	int rc;

	p->begin_ns = p->line_ns = now_ns();
	for (;;) {
		rc = rxs_run_step(p->run, STEP_EVENTS, e);
		now = now_ns();
		if (rc == -EAGAIN && p->stopped)
			return 0;
		if (rc == -EAGAIN)
			wait_for(p, now);
		else if (rc <= 0)
			return rc;
		if (lines && now - p->line_ns >= LINE_NS && print_line(p, now))
			return -EIO;
		if (p->view_err)
			return p->view_err;
	}
}

static int finish(struct plain *p, int err, const struct rxs_err *e, bool file)
{
	struct rxs_decode_stats ds;
	struct rxs_snapshot *s;
	int rc = rxs_run_snapshot(p->run, &s);

	if (!rc) {
		rxs_run_decode_stats(p->run, &ds);
		rc = rxs_view_end(p->view, s, &ds);
		rxs_snapshot_free(s);
	}
	if (rc && rc != -EIO)
		return rxs_cmd_fail(rc, NULL);
	rc = rxs_cmd_flush(stdout, RXS_EXIT_OK);
	if (rc || !err)
		return rc;
	return file ? rxs_cmd_fail_file(err, e) : rxs_cmd_fail(err, e);
}

int live_plain(const struct rxs_run_opts *ro, const char *const *files, bool file)
{
	const struct rxs_view_opts vo = { .out = stdout };
	struct plain p = { .view = rxs_view_new("text", &vo), .signal_fd = -1 };
	const struct rxs_run_sink sink = { .ctx = &p, .packet = on_packet, .lost = on_lost };
	struct rxs_err e = { "" };
	struct rxs_run_info ri;
	int err, status;
	sigset_t set;

	if (!p.view)
		return rxs_cmd_fail(-errno, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	p.signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	err = rxs_run_open(&p.run, ro, &sink, &e);
	if (!err)
		err = rxs_run_start(p.run, &e);
	if (err) {
		status = file ? rxs_cmd_fail_file(err, &e) : rxs_cmd_fail(err, &e);
	} else {
		rxs_run_info_for_view(&ri, p.run, files, ro->filter.expr, false, stdout);
		note(&p, rxs_view_begin(p.view, &ri));
		/* A file is read faster than a line a second: its report is all there is to say. */
		err = turn(&p, rxs_run_pollfd(p.run) >= 0, &e);
		status = finish(&p, err, &e, file);
	}
	rxs_view_free(p.view);
	rxs_run_close(p.run);
	close(p.signal_fd);
	return status;
}
