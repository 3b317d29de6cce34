// SPDX-License-Identifier: GPL-2.0
/* rxscope record: the receive path of this machine to a file or a stream. */
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STREAM_FLUSH_NS	50000000ull	/* somebody is watching */
#define FILE_FLUSH_NS	1000000000ull	/* what a power cut may cost */
#define CHILD_GRACE_NS	2000000000ull

const struct rxs_opt rxs_opts_record[] = {
	RXS_OPT_TEXT(struct record_args, out, "output", 'o', "FILE", NULL,
		     "where to write (default rxscope.rxs or trace.dat); - for standard output"),
	RXS_OPT_TEXT(struct record_args, dev, "dev", 'i', "DEV", NULL, "only packets that come in on this device"),
	RXS_OPT_TEXT(struct record_args, expr, "filter", 'f', "EXPR", NULL,
		     "only packets that match, in the syntax of pcap-filter(7)"),
	RXS_OPT_CHOICE(struct record_args, backend, "backend", 'b', "BACKEND", "auto",
		       "auto|kprobe|tracepoint|bpf", "how to attach"),
	RXS_OPT_TIME(struct record_args, duration_ns, "duration", 'd', "SECS", NULL, 1000000000,
		     "stop after this time"),
	RXS_OPT_U64(struct record_args, packets, "packets", 'c', "N", NULL, 1, 0, "stop after N finished packets"),
	RXS_OPT_TEXT(struct record_args, clock, "clock", 0, "CLOCK", "mono", "trace clock, as in trace_clock"),
	RXS_OPT_U32(struct record_args, buffer_kb, "buffer-kb", 0, "N", NULL, 4, 4194304,
		    "ring buffer per CPU; 8192 when memory allows"),
	RXS_OPT_CHOICE(struct record_args, format, "format", 0, "FORMAT", "rxs", "rxs|trace.dat",
		       "trace.dat keeps the kernel's own records, for trace-cmd and KernelShark"),
	RXS_OPT_U32(struct record_args, level, "compress", 0, "LEVEL", "1", 0, 19,
		    "zstd level of .rxs, 0 for none"),
	RXS_OPT_TEXT(struct record_args, ready_file, "ready-file", 0, "FILE", NULL,
		     "make this file when every probe is attached (also RXS_READY_FILE)"),
	RXS_OPT_TEXT(struct record_args, instance, "instance", 0, "NAME", NULL, "name of the tracefs instance"),
	RXS_OPT_FLAG(struct record_args, no_probe_cost, "no-probe-cost", 0,
		     "do not measure the cost of a probe at the start"),
	RXS_OPT_FLAG(struct record_args, quiet, "quiet", 'q', "no summary at the end"),
	RXS_OPT_END
};

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000000 + (u64)ts.tv_nsec;
}

void record_count_lost(struct record *r, enum rxs_lost_kind kind, u64 count)
{
	if (count && kind < RXS_LOST_NR)
		r->lost[kind] += count;
	else
		r->lost_unknown++;
}

void record_say_note(const struct record *r, const struct rxs_source_info *info)
{
	if (info->note && info->note[0] && !r->args->quiet)
		fprintf(stderr, "rxscope: note: %s\n", info->note);
}

/* --- start and stop */

static int open_signals(struct record *r)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	r->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return r->signal_fd < 0 ? -errno : 0;
}

static int run_command(struct record *r)
{
	int nice = getpriority(PRIO_PROCESS, 0);
	sigset_t none;

	/*
	 * Traffic that keeps every CPU busy must not keep the reader from its work. The command runs as it
	 * would have without us.
	 */
	setpriority(PRIO_PROCESS, 0, -20);
	if (!r->command)
		return 0;
	r->child = fork();
	if (r->child < 0)
		return rxs_err_set(&r->e, -errno, "cannot run %s: %s", r->command[0], strerror(errno));
	if (r->child)
		return 0;
	setpriority(PRIO_PROCESS, 0, nice);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	/* The recording may be on standard output; the command's own words must not get into it. */
	if (r->fd == STDOUT_FILENO)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(r->command[0], r->command);
	rxs_cmd_error(RXS_EXIT_INTERNAL, "cannot run %s: %s", r->command[0], strerror(errno));
	_exit(127);
}

static int tell_ready(struct record *r)
{
	const char *path = r->args->ready_file ? r->args->ready_file : getenv("RXS_READY_FILE");
	int fd;

	if (!path || !*path)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return rxs_err_set(&r->e, -errno, "cannot make %s: %s", path, strerror(errno));
	close(fd);
	return 0;
}

static void stop(struct record *r)
{
	if (r->stopping)
		return;
	r->stopping = true;
	r->stop_ns = now_ns();
	r->kind->stop(r);
	if (r->child) {
		kill(r->child, SIGTERM);
		r->kill_ns = now_ns() + CHILD_GRACE_NS;
	}
}

static void take_signals(struct record *r)
{
	struct signalfd_siginfo si;

	while (read(r->signal_fd, &si, sizeof(si)) == sizeof(si)) {
		if (si.ssi_signo != SIGCHLD) {
			stop(r);
		} else if (r->child && waitpid(r->child, &r->child_status, WNOHANG) == r->child) {
			r->child = 0;
			stop(r);
		}
	}
}

/* The command got SIGTERM; it is given some time, and then no more. */
static void reap(struct record *r)
{
	struct pollfd fd = { .fd = r->signal_fd, .events = POLLIN };

	while (r->child > 0) {
		u64 now = now_ns();

		if (now >= r->kill_ns)
			kill(r->child, SIGKILL);
		poll(&fd, 1, now < r->kill_ns ? (int)((r->kill_ns - now) / 1000000 + 1) : 100);
		take_signals(r);
	}
}

/* --- the loop */

static u64 flush_every(const struct record *r)
{
	return r->stream ? STREAM_FLUSH_NS : FILE_FLUSH_NS;
}

static void flush(struct record *r, u64 now)
{
	if (r->write_err || now - r->flushed_ns < flush_every(r))
		return;
	r->flushed_ns = now;
	r->write_err = r->kind->flush(r);
}

static bool is_enough(const struct record *r, u64 now)
{
	const struct record_args *a = r->args;

	return r->write_err || (a->duration_ns && now - r->start_ns >= a->duration_ns) ||
	       (a->packets && r->packets >= a->packets);
}

static int wait_ms(const struct record *r, u64 now)
{
	u64 until = r->flushed_ns + flush_every(r);
	u64 end = r->start_ns + r->args->duration_ns;

	if (r->args->duration_ns && end < until)
		until = end;
	return until > now ? (int)((until - now) / 1000000 + 1) : 0;
}

static int crank(struct record *r)
{
	struct pollfd fds[] = {
		{ .fd = r->signal_fd, .events = POLLIN },
		{ .fd = r->kind->pollfd(r), .events = POLLIN },
	};
	u64 now;
	int rc;

	for (;;) {
		rc = r->kind->step(r);
		if (rc <= 0 && rc != -EAGAIN)
			return rc;
		now = now_ns();
		poll(fds, RXS_ARRAY_SIZE(fds), rc == -EAGAIN ? wait_ms(r, now) : 0);
		take_signals(r);
		now = now_ns();
		flush(r, now);
		if (is_enough(r, now))
			stop(r);
	}
}

static int record(struct record *r)
{
	int err;

	err = open_signals(r);
	if (!err)
		err = r->kind->open(r);
	if (!err)
		err = r->kind->start(r);
	r->start_ns = r->flushed_ns = now_ns();
	if (!err)
		err = tell_ready(r);
	if (!err)
		err = run_command(r);
	return err ? err : crank(r);
}

/* --- the end */

static void say_summary(const struct record *r, u64 took_ns)
{
	u64 lost = 0;

	for (unsigned int i = 0; i < RXS_LOST_NR; i++)
		lost += r->lost[i];
	fprintf(stderr, "rxscope: %" PRIu64 " events", r->events);
	if (r->packets)
		fprintf(stderr, ", %" PRIu64 " packets", r->packets);
	fprintf(stderr, " in %.1f s, %" PRIu64 " lost", (double)took_ns / 1e9, lost);
	for (unsigned int i = 0; lost && i < RXS_LOST_NR; i++)
		if (r->lost[i])
			fprintf(stderr, " (%s %" PRIu64 ")", rxs_lost_id(i), r->lost[i]);
	if (r->lost_unknown)
		fprintf(stderr, " and %" PRIu64 " times some", r->lost_unknown);
	fprintf(stderr, ", %" PRIu64 " bytes to %s\n", r->bytes,
		r->fd == STDOUT_FILENO ? "standard output" : r->args->out);
}

static void say_child(const struct record *r)
{
	if (!r->command || r->child)
		return;
	if (WIFEXITED(r->child_status) && WEXITSTATUS(r->child_status))
		rxs_cmd_error(RXS_EXIT_OK, "%s ended with status %d", r->command[0],
			      WEXITSTATUS(r->child_status));
	else if (WIFSIGNALED(r->child_status))
		rxs_cmd_error(RXS_EXIT_OK, "%s was ended by signal %d (%s)", r->command[0],
			      WTERMSIG(r->child_status), strsignal(WTERMSIG(r->child_status)));
}

static int finish(struct record *r, int err)
{
	u64 took_ns = (r->stop_ns ? r->stop_ns : now_ns()) - r->start_ns;
	int rc;

	reap(r);
	/* What was recorded before an error counts as well. */
	rc = r->kind->finish(r);
	if (!r->write_err)
		r->write_err = rc;
	say_child(r);
	if (err)
		return rxs_cmd_fail(err, &r->e);
	if (r->write_err && r->write_err != -EPIPE)
		return rxs_cmd_error(RXS_EXIT_INTERNAL, "cannot write %s: %s", r->args->out,
				     strerror(-r->write_err));
	if (!r->args->quiet)
		say_summary(r, took_ns);
	return RXS_EXIT_OK;
}

static int check_args(const struct record_args *a, const struct rxs_args *args, bool dat)
{
	if (args->dashdash && !args->nr_rest)
		return rxs_cmd_error(RXS_EXIT_USAGE, "no command after --");
	if (dat && (a->dev || a->packets || a->expr || args->nr))
		return rxs_cmd_error(RXS_EXIT_USAGE, "--format trace.dat keeps every record of the kernel: no -i, -c "
				     "or FILTER");
	if (!strcmp(a->out, "-") && isatty(STDOUT_FILENO))
		return rxs_cmd_error(RXS_EXIT_USAGE,
				     "standard output is a terminal; give -o FILE, or pipe it to rxscope live -");
	return RXS_EXIT_OK;
}

/* Headers are fetched by kprobes: where there are none, a filter would match nothing, and nobody would know why. */
static bool has_headers(const struct record_args *a)
{
	const char *tracing;
	char path[512];

	if (!strcmp(a->backend, "tracepoint"))
		return false;
	if (rxs_tracefs_find(&tracing, NULL))
		return true;	/* the start will fail, and say why */
	snprintf(path, sizeof(path), "%s/kprobe_events", tracing);
	return !access(path, F_OK);
}

/* One expression of the option's and the arguments'; NULL when there is none. */
static int join_filter(char **out, const char *option, const struct rxs_args *args)
{
	size_t len = 1;
	char *rest, *both;

	*out = NULL;
	for (int i = 0; i < args->nr; i++)
		len += strlen(args->arg[i]) + 1;
	rest = calloc(1, len);
	for (int i = 0; rest && i < args->nr; i++)
		strcat(strcat(rest, i ? " " : ""), args->arg[i]);
	if (!rest)
		return -ENOMEM;
	if (!option || !*option || !*rest) {
		*out = *rest ? strdup(rest) : option && *option ? strdup(option) : NULL;
	} else if (asprintf(&both, "(%s) and (%s)", option, rest) >= 0) {
		*out = both;
	}
	free(rest);
	return *out || (!args->nr && !(option && *option)) ? 0 : -ENOMEM;
}

int rxs_cmd_record(int argc, char **argv)
{
	struct record_args a = { 0 };
	struct record r = { .args = &a, .fd = -1, .signal_fd = -1 };
	struct rxs_args args;
	int status = rxs_cmd_args(argc, argv, &a, &args);
	bool dat;

	if (status >= 0)
		return status;
	dat = !strcmp(a.format, "trace.dat");
	if (!a.out)
		a.out = dat ? "trace.dat" : "rxscope.rxs";
	status = check_args(&a, &args, dat);
	if (status)
		return status;
	if (join_filter(&r.filter, a.expr, &args))
		return rxs_cmd_fail(-ENOMEM, NULL);
	if (r.filter && !has_headers(&a)) {
		free(r.filter);
		return rxs_cmd_error(RXS_EXIT_CANNOT, "a FILTER looks at headers, and only kprobes tell those: not "
				     "with -b tracepoint, nor on a kernel without kprobes; -i DEV works");
	}
	r.kind = dat ? &record_dat : &record_rxs;
	r.command = args.nr_rest ? args.rest : NULL;
	r.source = (struct rxs_source_opts){
		.backend = a.backend, .dev = a.dev, .instance = a.instance, .buffer_kb = a.buffer_kb,
		.clock = a.clock, .no_probe_cost = a.no_probe_cost, .uri = "",
	};
	status = finish(&r, record(&r));
	r.kind->close(&r);
	record_out_close(&r);
	free(r.filter);
	if (r.signal_fd >= 0)
		close(r.signal_fd);
	return status;
}
