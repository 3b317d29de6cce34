// SPDX-License-Identifier: GPL-2.0
/*
 * What the screen costs. Prints "name value unit" lines.
 *
 *	bench_screen cost SECONDS COMMAND ARG...	CPU time of COMMAND on a terminal of 120x40, while it runs
 *	bench_screen delay N STREAM RXSCOPE FILE	from an event written to the screen showing it, N times
 *	bench_screen draw				CPU time of drawing alone, each view, 100,000 events/s
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#include "../../tui/tui.h"
#include "gen.h"

#define W 120
#define H 40

static double now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

/* ---- cost of a whole program ---- */

static pid_t on_pty(int *pty, char **argv, int in)
{
	struct winsize ws = { .ws_row = H, .ws_col = W };
	pid_t pid = forkpty(pty, NULL, NULL, &ws);

	if (pid)
		return pid;
	if (in >= 0)
		dup2(in, 0);
	setenv("TERM", "xterm-256color", 1);
	execvp(argv[0], argv);
	_exit(127);
}

static int cost(double seconds, char **argv)
{
	double end = now(CLOCK_MONOTONIC) + seconds, cpu;
	u64 bytes = 0;
	struct rusage ru;
	char buf[65536];
	int pty, status;
	pid_t pid = on_pty(&pty, argv, -1);

	while (now(CLOCK_MONOTONIC) < end) {
		struct pollfd p = { .fd = pty, .events = POLLIN };
		ssize_t n = poll(&p, 1, 50) == 1 ? read(pty, buf, sizeof(buf)) : 0;

		if (n < 0)
			break;
		bytes += (u64)n;
	}
	kill(pid, SIGTERM);
	for (int i = 0; i < 100 && !waitpid(pid, &status, WNOHANG); i++) {
		struct pollfd p = { .fd = pty, .events = POLLIN };

		if (poll(&p, 1, 50) == 1 && read(pty, buf, sizeof(buf)) < 0)
			usleep(10000);
	}
	getrusage(RUSAGE_CHILDREN, &ru);
	cpu = (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
	      (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) * 1e-6;
	printf("cpu %.2f percent-of-a-core\nwritten %.1f KiB/s\n", 100 * cpu / seconds,
	       (double)bytes / 1024 / seconds);
	return 0;
}

/* ---- delay ---- */

struct screen {
	VTerm *vt;
	VTermScreen *s;
	int pty;
};

static void pump(struct screen *s, int ms)
{
	struct pollfd p = { .fd = s->pty, .events = POLLIN };
	char buf[65536];
	ssize_t n = poll(&p, 1, ms) == 1 ? read(s->pty, buf, sizeof(buf)) : 0;

	if (n > 0)
		vterm_input_write(s->vt, buf, (size_t)n);
}

/* The packets seen, in the second line. */
static long seen(const struct screen *s)
{
	char row[W + 1], *p;
	VTermScreenCell cell;
	long n = 0;

	for (int x = 0; x < W; x++) {
		vterm_screen_get_cell(s->s, (VTermPos){ .row = 1, .col = x }, &cell);
		row[x] = cell.chars[0] && cell.chars[0] < 0x80 ? (char)cell.chars[0] : ' ';
	}
	row[W] = 0;
	p = strstr(row, "seen ");
	for (p = p ? p + 5 : ""; (*p >= '0' && *p <= '9') || *p == ','; p++)
		n = *p == ',' ? n : n * 10 + (*p - '0');
	return n;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static int delay(int n, char **argv)
{
	struct screen s = { .vt = vterm_new(H, W) };
	char *stream[] = {argv[0], argv[2], "0", "0", NULL}, *live[] = {argv[1], "live", "-", NULL};
	double *ms = calloc((size_t)n, sizeof(*ms));
	int ask[2], out[2];
	pid_t a, b;

	vterm_set_utf8(s.vt, 1);
	s.s = vterm_obtain_screen(s.vt);
	vterm_screen_enable_altscreen(s.s, 1);
	vterm_screen_reset(s.s, 1);
	if (!ms || pipe(ask) || pipe(out))
		return 1;
	a = fork();
	if (!a) {
		dup2(ask[0], 0);
		dup2(out[1], 1);
		close(ask[1]);
		close(out[0]);
		execvp(stream[0], stream);
		_exit(127);
	}
	b = on_pty(&s.pty, live, out[0]);
	for (double end = now(CLOCK_MONOTONIC) + 3; now(CLOCK_MONOTONIC) < end;)
		pump(&s, 20);
	for (int i = 0; i < n; i++) {
		long before = seen(&s);
		double t0, quiet = now(CLOCK_MONOTONIC) + 0.2 + 0.007 * (i % 13);

		while (now(CLOCK_MONOTONIC) < quiet)
			pump(&s, 5);
		t0 = now(CLOCK_MONOTONIC);
		if (write(ask[1], "\n", 1) != 1)
			break;
		while (seen(&s) == before && now(CLOCK_MONOTONIC) < t0 + 5)
			pump(&s, 5);
		ms[i] = (now(CLOCK_MONOTONIC) - t0) * 1000;
	}
	qsort(ms, (size_t)n, sizeof(*ms), by_value);
	printf("delay-median %.1f ms\ndelay-p90 %.1f ms\ndelay-max %.1f ms\n", ms[n / 2],
	       ms[n * 9 / 10], ms[n - 1]);
	kill(a, SIGTERM);
	kill(b, SIGTERM);
	waitpid(a, NULL, 0);
	waitpid(b, NULL, 0);
	vterm_free(s.vt);
	free(ms);
	return 0;
}

/* ---- drawing alone ---- */

/* About fourteen events a packet: 240 packets a frame are 100,000 events a second at 30 frames. */
static int draw_view(int view, double seconds)
{
	struct tui_opts o = { .memory_bytes = 64 << 20, .live = true, .style = { .colors = 256 } };
	int frames = (int)(seconds * 30);
	struct tui_cells c = { 0 };
	double cpu = 0;
	struct tui_gen *g;
	struct tui *t;

	o.strtab = rxs_strtab_new();
	if (!o.strtab || tui_new(&t, &o) || tui_cells_resize(&c, W, H))
		return 1;
	g = tui_gen_new(t->model, o.strtab, 1);
	tui_show(t, view);
	for (int i = 0; i < frames && g; i++) {
		double t0;

		tui_gen_more(g, 240);
		t0 = now(CLOCK_PROCESS_CPUTIME_ID);
		tui_frame(t, (u64)(i + 1) * 33333333);
		t->dirty |= i % 3 == 0;
		if (t->dirty)
			tui_draw(t, &c);
		cpu += now(CLOCK_PROCESS_CPUTIME_ID) - t0;
	}
	printf("draw-%s %.2f percent-of-a-core\n", tui_views[view]->id, 100 * cpu / seconds);
	free(g);
	tui_free(t);
	tui_cells_free(&c);
	rxs_strtab_free(o.strtab);
	return 0;
}

int main(int argc, char **argv)
{
	int err = 0;

	if (argc > 3 && !strcmp(argv[1], "cost"))
		return cost(atof(argv[2]), argv + 3);
	if (argc == 6 && !strcmp(argv[1], "delay"))
		return delay(atoi(argv[2]), argv + 3);
	if (argc != 2 || strcmp(argv[1], "draw"))
		return 2;
	for (int i = 0; tui_views[i] && !err; i++)
		err = draw_view(i, 10);
	return err;
}
