// SPDX-License-Identifier: GPL-2.0
/* rxscope live: the screen, on this machine, on a recording, or on a stream. */
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../tui/tui_loop.h"
#include "../base/rxs_fmt.h"
#include "live_plain.h"
#include "rxs_cmd.h"

struct live_args {
	const char *dev, *backend, *instance, *theme, *view, *size, *at, *as, *keys;
	bool ascii, utf8, once;
	u64 memory_bytes, step_ns;
	u32 buffer_kb, fps;
};

const struct rxs_opt rxs_opts_live[] = {
	RXS_OPT_TEXT(struct live_args, dev, "dev", 'i', "DEV", NULL,
		     "only packets that come in on this device"),
	RXS_OPT_CHOICE(struct live_args, backend, "backend", 'b', "BACKEND", "auto",
		       "auto|kprobe|tracepoint|bpf", "how to attach to this machine"),
	RXS_OPT_U32(struct live_args, buffer_kb, "buffer-kb", 0, "N", NULL, 4, 4194304,
		    "ring buffer per CPU; 8192 when memory allows"),
	RXS_OPT_TEXT(struct live_args, instance, "instance", 0, "NAME", NULL,
		     "name of the tracefs instance"),
	RXS_OPT_BYTES(struct live_args, memory_bytes, "memory", 'm', "BYTES", "64M", 1 << 20, 0,
		      "how much to remember of packets gone by; what is counted is not bounded"),
	RXS_OPT_CHOICE(struct live_args, view, "view", 'v', "VIEW", "path",
		       "path|packets|packet|latency|napi|flows|drops|log|help",
		       "view to begin with"),
	RXS_OPT_TIME(struct live_args, step_ns, "speed", 0, "TIME", NULL, 0,
		     "begin in slow motion: so much time a frame, 1ns to 1s"),
	RXS_OPT_U32(struct live_args, fps, "fps", 0, "N", "30", 1, 120, "frames a second"),
	RXS_OPT_CHOICE(struct live_args, theme, "theme", 't', "THEME", NULL, "default|safe|mono",
		       "colours; safe is for colour-blind people; mono when NO_COLOR is set"),
	RXS_OPT_FLAG(struct live_args, ascii, "ascii", 'a', "no characters beyond ASCII"),
	RXS_OPT_FLAG(struct live_args, utf8, "utf8", 0, "UTF-8 whatever the locale says"),
	RXS_OPT_FLAG(struct live_args, once, "once", '1',
		     "draw one screen of a recording, print it, and exit"),
	RXS_OPT_CHOICE(struct live_args, as, "as", 0, "FORM", "text", "text|ansi|svg",
		       "of --once: plain text, text with colours, or a picture"),
	RXS_OPT_TEXT(struct live_args, size, "size", 0, "WxH", "80x24",
		     "of --once: columns and rows"),
	RXS_OPT_TEXT(
		struct live_args, at, "at", 0, "PLACE", NULL,
		"of --once: a time (1.25s), a packet (#17) or a part (50%); the end, if not given"),
	RXS_OPT_TEXT(struct live_args, keys, "keys", 0, "KEYS", NULL,
		     "of --once: keys to press first"),
	RXS_OPT_END};

struct live {
	const struct live_args *args;
	const char **files;		/* NULL-terminated; none: this machine */
	int nr_files;
	char *expr;			/* filter of the arguments, or NULL */
	char *both;			/* with the one typed on the screen */
	bool from_stdin;
	struct rxs_run_opts ro;
	struct rxs_run_sink sink;
	struct rxs_run *run;
	struct tui *tui;
	sigset_t signals;
};

/* ---- arguments ---- */

static bool looks_like_file(const char *s)
{
	const char *dot = strrchr(s, '.');

	return strchr(s, '/') || (dot && (!strcmp(dot, ".rxs") || !strcmp(dot, ".dat") ||
					  !strcmp(dot, ".data") || !strcmp(dot, ".perf")));
}

/* Leading arguments that are there as files, or "-", are files; the rest is the filter. */
static int sort_args(struct live *l, const struct rxs_args *args)
{
	size_t len = 1;

	if (args->dashdash)
		return rxs_cmd_error(RXS_EXIT_USAGE, "nothing is expected after --");
	while (l->nr_files < args->nr &&
	       (!strcmp(args->arg[l->nr_files], "-") || !access(args->arg[l->nr_files], F_OK)))
		l->nr_files++;
	if (!l->nr_files && args->nr && looks_like_file(args->arg[0]))
		return rxs_cmd_error(RXS_EXIT_BADFILE, "cannot open %s: %s", args->arg[0],
				     strerror(ENOENT));
	l->files = calloc((size_t)l->nr_files + 1, sizeof(*l->files));
	for (int i = l->nr_files; i < args->nr; i++)
		len += strlen(args->arg[i]) + 1;
	l->expr = calloc(1, len);
	if (!l->files || !l->expr)
		return rxs_cmd_fail(-ENOMEM, NULL);
	for (int i = 0; i < l->nr_files; i++) {
		l->files[i] = args->arg[i];
		l->from_stdin |= !strcmp(args->arg[i], "-");
	}
	for (int i = l->nr_files; i < args->nr; i++) {
		strcat(l->expr, args->arg[i]);
		if (i + 1 < args->nr)
			strcat(l->expr, " ");
	}
	return RXS_EXIT_OK;
}

static int check_args(struct live *l)
{
	const struct live_args *a = l->args;

	if (a->once && !l->nr_files)
		return rxs_cmd_error(RXS_EXIT_USAGE, "--once is for a recording: name a FILE");
	if (a->step_ns > TUI_STEP_MAX_NS)
		return rxs_cmd_error(RXS_EXIT_USAGE, "--speed: at most 1s a frame");
	return RXS_EXIT_OK;
}

static bool use_ascii(const struct live_args *a)
{
	return a->ascii || (!a->utf8 && strcmp(nl_langinfo(CODESET), "UTF-8"));
}

static struct tui_style style_of(const struct live_args *a, int colors)
{
	const char *no_color = getenv("NO_COLOR");
	struct tui_style st = { .theme = TUI_THEME_DEFAULT, .colors = colors };

	if (a->theme)
		st.theme = (enum tui_theme)tui_theme_by_id(a->theme);
	else if (no_color && no_color[0])
		st.theme = TUI_THEME_MONO;
	return st;
}

/* ---- the run and the screen ---- */

static void fill_run_opts(struct live *l)
{
	const struct live_args *a = l->args;

	l->ro = (struct rxs_run_opts){ .stat = { .from = -1, .to = -1 } };
	l->ro.files = l->files;
	l->ro.source.backend = a->backend;
	l->ro.source.dev = a->dev;
	l->ro.source.instance = a->instance;
	l->ro.source.buffer_kb = a->buffer_kb;
	l->ro.filter.expr = l->expr;
	/* A live source is told the device and filters itself. */
	l->ro.filter.dev = l->nr_files ? a->dev : NULL;
}

/*
 * The run again from the start of the files, with the screen's filter beside the one of the command
 * line.
 */
static int reload(void *ctx, const char *expr, struct rxs_err *e)
{
	struct live *l = ctx;
	struct rxs_run_opts ro = l->ro;
	struct rxs_run *run;
	char *both = NULL;
	int err;

	if (expr[0] && l->expr[0]) {
		if (asprintf(&both, "(%s) and (%s)", l->expr, expr) < 0)
			return -ENOMEM;
	} else {
		both = strdup(expr[0] ? expr : l->expr);
		if (!both)
			return -ENOMEM;
	}
	ro.filter.expr = both;
	err = rxs_run_open(&run, &ro, &l->sink, e);
	if (!err) {
		err = tui_restart(l->tui, rxs_run_strtab(run));
		if (err)
			rxs_run_close(run);
	}
	if (err) {
		free(both);
		return err;
	}
	rxs_run_close(l->run);
	l->run = run;
	free(l->both);
	l->both = both;
	rxs_run_info(run, &l->tui->info);
	return 0;
}

static struct rxs_run *current_run(void *ctx)
{
	struct live *l = ctx;

	return l->run;
}

static void describe_source(struct live *l)
{
	struct tui *t = l->tui;

	rxs_run_info(l->run, &t->info);
	t->size_bytes = rxs_run_size_bytes(l->run);
	if (!l->nr_files)
		snprintf(t->source, sizeof(t->source), "this machine%s%s", l->args->dev ? ", " : "",
			 l->args->dev ? l->args->dev : "");
	else if (l->nr_files == 1)
		snprintf(t->source, sizeof(t->source), "%s",
			 l->from_stdin ? "stream" : basename(l->files[0]));
	else
		snprintf(t->source, sizeof(t->source), "%d files", l->nr_files);
	snprintf(t->kernel, sizeof(t->kernel), "%s", t->info.kernel ? t->info.kernel : "");
	snprintf(t->capture_filter, sizeof(t->capture_filter), "%s", l->expr);
}

static int make_screen(struct live *l, struct tui_style st)
{
	struct tui_opts o = {
		.strtab = rxs_run_strtab(l->run), .memory_bytes = l->args->memory_bytes,
		.live = !l->nr_files || l->from_stdin, .step_ns = l->args->step_ns, .style = st,
		.host = { .ctx = l, .reload = l->nr_files && !l->from_stdin ? reload : NULL },
	};
	int err = tui_new(&l->tui, &o);

	if (err)
		return err;
	describe_source(l);
	tui_show(l->tui, tui_view_by_id(l->args->view));
	return 0;
}

/* ---- --once ---- */

static int print_once(struct live *l, int w, int h)
{
	struct tui_cells c = { .ascii = use_ascii(l->args) };
	struct tui *t = l->tui;
	u64 ns = t->model->head_ns, seq = TUI_NO;
	int err;

	if (l->args->at && tui_parse_place(t, l->args->at, &ns, &seq))
		return rxs_cmd_error(
			RXS_EXIT_USAGE,
			"--at: a time (1.25s, 300us), a packet that is there (#17) or a "
			"part (50%%), not '%s'",
			l->args->at);
	if (seq != TUI_NO)
		tui_select_packet(t, seq);
	tui_clock_goto(&t->clock, t->model, ns);
	if (tui_cells_resize(&c, w, h))
		return rxs_cmd_fail(-ENOMEM, NULL);
	/* What a key does may depend on what was drawn: lists know their rows then. */
	tui_draw(t, &c);
	for (const char *k = l->args->keys; k && *k; k++) {
		tui_key(t, (u8)*k);
		tui_draw(t, &c);
	}
	tui_draw(t, &c);
	if (!strcmp(l->args->as, "svg"))
		err = tui_cells_svg(&c, &t->style, "rxscope live", stdout);
	else if (!strcmp(l->args->as, "ansi"))
		err = tui_cells_ansi(&c, &t->style, stdout);
	else
		err = tui_cells_text(&c, stdout);
	tui_cells_free(&c);
	return rxs_cmd_flush(stdout, err ? RXS_EXIT_INTERNAL : RXS_EXIT_OK);
}

static int once(struct live *l)
{
	struct rxs_err e = { "" };
	int w, h, err;
	char end;

	if (sscanf(l->args->size, "%dx%d%c", &w, &h, &end) != 2 || w < 1 || h < 1 || w > 1000 ||
	    h > 1000)
		return rxs_cmd_error(RXS_EXIT_USAGE, "--size: columns and rows, such as 120x40");
	err = make_screen(l, style_of(l->args, 256));
	if (err)
		return rxs_cmd_fail(err, NULL);
	while ((err = tui_loop_take(l->tui, l->run, 1000000000, &e)) > 0 || err == -EAGAIN)
		if (err == -EAGAIN)
			poll(&(struct pollfd){.fd = rxs_run_pollfd(l->run), .events = POLLIN}, 1,
			     100);
	l->tui->complete = true;
	if (err < 0)
		return rxs_cmd_fail_file(err, &e);
	return print_once(l, w, h);
}

/* ---- the terminal ---- */

/* Set while the screen has the terminal; read by the handler of crashes only. */
static const struct tui_restore *volatile crash_restore;

static void on_crash(int sig)
{
	const struct tui_restore *r = crash_restore;

	if (r)
		tui_restore_now(r);
	/* The default action is back (SA_RESETHAND): end as the signal ends a program. */
	raise(sig);
}

static void catch_crashes(const struct tui_restore *r)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS };
	struct sigaction sa = {.sa_handler = r ? on_crash : SIG_DFL,
			       .sa_flags = SA_RESETHAND | SA_NODEFER};

	crash_restore = r;
	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < RXS_ARRAY_SIZE(crashes); i++)
		sigaction(crashes[i], &sa, NULL);
}

/*
 * Keys come from standard input, or from the terminal itself when that is the stream or is no
 * terminal.
 */
static int key_fd(const struct live *l)
{
	if (!l->from_stdin && isatty(STDIN_FILENO))
		return dup(STDIN_FILENO);
	return open("/dev/tty", O_RDWR | O_CLOEXEC);
}

static int start_failed(const struct live *l, int err, const struct rxs_err *e)
{
	return l->nr_files ? rxs_cmd_fail_file(err, e) : rxs_cmd_fail(err, e);
}

static int on_terminal(struct live *l)
{
	struct rxs_err e = { "" }, se = { "" };
	struct tui_term *term = NULL;
	int fd, err, source_err = 0;

	err = rxs_run_start(l->run, &e);
	if (err)
		return start_failed(l, err, &e);
	fd = key_fd(l);
	if (fd < 0)
		return rxs_cmd_error(RXS_EXIT_CANNOT, "no terminal to read keys from: %s",
				     strerror(errno));
	err = tui_term_open(&term, fd, STDOUT_FILENO, &e);
	if (!err) {
		catch_crashes(tui_term_restore(term));
		err = make_screen(l, style_of(l->args, tui_term_colors(term)));
	}
	if (!err) {
		struct tui_loop_opts o = {.term = term,
					  .tui = l->tui,
					  .run = l->run,
					  .fps = l->args->fps,
					  .ascii = use_ascii(l->args),
					  .signals = &l->signals,
					  .current_run = current_run,
					  .ctx = l};

		err = tui_loop_run(&o, &source_err, &se);
	}
	catch_crashes(NULL);
	tui_term_close(term);
	close(fd);
	if (err)
		return rxs_cmd_fail(err, &e);
	return source_err ? start_failed(l, source_err, &se) : RXS_EXIT_OK;
}

static void take_over_signals(struct live *l)
{
	static const int sigs[] = { SIGWINCH, SIGTSTP, SIGCONT, SIGINT, SIGTERM, SIGHUP, SIGQUIT };

	sigemptyset(&l->signals);
	for (size_t i = 0; i < RXS_ARRAY_SIZE(sigs); i++)
		sigaddset(&l->signals, sigs[i]);
	/* Blocked from here on: they are read from a descriptor, between two frames. */
	sigprocmask(SIG_BLOCK, &l->signals, NULL);
}

/*
 * Opening a stream waits for its first bytes (a machine that boots, a password): say so until they
 * come.
 */
static void wait_for_stream(const struct live *l)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

	if (!l->from_stdin || poll(&p, 1, 300) || !isatty(STDERR_FILENO))
		return;
	for (int s = 0; !s || !poll(&p, 1, 1000); s++)
		fprintf(stderr, "\rrxscope: waiting for the stream, %d s ", s);
	putc('\n', stderr);
}

static int run_live(struct live *l)
{
	struct rxs_err e = { "" };
	bool terminal =
		isatty(STDOUT_FILENO) && strcmp(getenv("TERM") ? getenv("TERM") : "dumb", "dumb");
	int err, status;

	fill_run_opts(l);
	if (!terminal && !l->args->once)
		return live_plain(&l->ro, l->files, l->nr_files > 0);
	/* The screen counts flows and slow packets itself. */
	l->ro.stat.max_flows = l->ro.stat.nr_slowest = 1;
	tui_loop_sink(&l->sink, &l->tui);
	wait_for_stream(l);
	err = rxs_run_open(&l->run, &l->ro, &l->sink, &e);
	if (err)
		return start_failed(l, err, &e);
	if (l->args->once) {
		status = once(l);
	} else {
		take_over_signals(l);
		status = on_terminal(l);
	}
	tui_free(l->tui);
	rxs_run_close(l->run);
	return status;
}

int rxs_cmd_live(int argc, char **argv)
{
	struct live_args a = { 0 };
	struct live l = { .args = &a };
	struct rxs_args args;
	int status = rxs_cmd_args(argc, argv, &a, &args);

	if (status >= 0)
		return status;
	status = sort_args(&l, &args);
	if (!status)
		status = check_args(&l);
	if (!status)
		status = run_live(&l);
	free(l.files);
	free(l.expr);
	free(l.both);
	return status;
}
