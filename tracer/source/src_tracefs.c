// SPDX-License-Identifier: GPL-2.0
/*
 * The running kernel as a source: kprobes and static tracepoints of the hook table, in a tracefs instance
 * of its own. open() sets everything up, start() switches it on, close() leaves nothing behind.
 */
#include "src_tracefs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define BUFFER_KB	8192	/* per CPU, unless memory is short */

struct live {
	struct rxs_session session;
	struct rxs_probes *probes;
	struct rxs_ring *ring;
	struct rxs_comm *comm;
	struct rxs_misses *misses;
	struct tep_handle *tep;
	char *clock;
	char *note;
	struct utsname uts;
	u64 probe_cost_ns;
	u32 clock_res_ns;
	u64 last_ns;		/* of the record given last */
	bool kprobes;		/* any attached */
	bool measure;		/* the cost of a probe */
	bool running, stopped;
};

/* --- set-up */

/* Not more than a sixteenth of the memory for all rings together. */
static u32 default_buffer_kb(void)
{
	u64 total_kb = (u64)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) / 1024;
	u64 kb = total_kb / 16 / sysconf(_SC_NPROCESSORS_CONF);

	if (kb > BUFFER_KB)
		return BUFFER_KB;
	return kb < 1024 ? 1024 : kb;
}

static int set_clock(struct live *l, const char *clock, struct rxs_err *e)
{
	char *all = tracefs_instance_file_read(l->session.instance, "trace_clock", NULL);
	int err;

	if (all)
		all[strcspn(all, "\n")] = '\0';
	err = tracefs_instance_file_write(l->session.instance, "trace_clock", clock) < 0 ? -errno : 0;
	if (err)
		rxs_err_set(e, -EINVAL, "this kernel has no trace clock '%s'; it has: %s", clock,
			    all ? all : "?");
	free(all);
	if (err)
		return -EINVAL;
	l->clock = strdup(clock);
	l->clock_res_ns = rxs_clock_resolution_ns(clock);
	return l->clock ? 0 : -ENOMEM;
}

static int set_up_instance(struct live *l, const struct rxs_source_opts *o, struct rxs_err *e)
{
	char kb[32];
	int err;

	err = set_clock(l, o->clock ? o->clock : "mono", e);
	if (err)
		return err;
	snprintf(kb, sizeof(kb), "%u", o->buffer_kb ? o->buffer_kb : default_buffer_kb());
	err = rxs_session_write(&l->session, "buffer_size_kb", kb, e);
	if (err)
		return err;
	/* When the reader is late the oldest go: what is told as lost then lies in one piece of time. */
	tracefs_option_enable(l->session.instance, TRACEFS_OPTION_OVERWRITE);
	return 0;
}

/* The function that freed a packet. As libtraceevent wants it; the name is not changed by it. */
static char *resolve_function(void *priv, unsigned long long *addr, char **module)
{
	const struct rxs_probes *p = priv;
	const char *name, *mod;
	u64 start;

	name = p->ksyms ? rxs_ksyms_at(p->ksyms, *addr, &start, &mod) : NULL;
	if (!name)
		return NULL;
	*addr = start;
	*module = *mod ? (char *)mod : NULL;
	return (char *)name;
}

static int load_header_page(struct live *l)
{
	int len = 0, err;
	char *text = tracefs_instance_file_read(NULL, "events/header_page", &len);

	if (!text)
		return -EIO;
	err = tep_parse_header_page(l->tep, text, (unsigned long)len, sizeof(long)) ? -EIO : 0;
	free(text);
	return err;
}

static int load_format(struct live *l, const struct rxs_probe *q)
{
	const char *system = q->hook->kind == RXS_HOOK_KP ? l->session.group : q->hook->group;
	int len = 0;
	char *text = tracefs_event_file_read(NULL, system, q->hook->name, "format", &len);

	if (!text)
		return -EIO;
	/* A print format that libtraceevent does not understand is no loss: the fields are what is used. */
	tep_parse_event(l->tep, text, (unsigned long)len, system);
	free(text);
	return 0;
}

/*
 * The formats of the events that are attached, and no others: tracefs_local_events_system() would parse all of
 * their systems and read kallsyms once more, which takes an emulated machine most of a second.
 */
static int load_formats(struct live *l, struct rxs_err *e)
{
	int err;

	l->tep = tep_alloc();
	if (!l->tep)
		return -ENOMEM;
	tep_set_long_size(l->tep, sizeof(long));
	tep_set_page_size(l->tep, (int)sysconf(_SC_PAGESIZE));
	tep_set_file_bigendian(l->tep, tep_is_bigendian());
	tep_set_local_bigendian(l->tep, tep_is_bigendian());
	err = load_header_page(l);
	for (unsigned int i = 0; i < rxs_hooks_nr && !err; i++)
		if (l->probes->v[i].state == RXS_PROBE_READY)
			err = load_format(l, &l->probes->v[i]);
	if (err)
		return rxs_err_set(e, err, "cannot read the event formats in %s/events", l->session.tracing);
	tep_set_function_resolver(l->tep, resolve_function, l->probes);
	return 0;
}

static int set_note(struct live *l, bool wanted_kprobes)
{
	const struct rxs_probes *p = l->probes;
	int n = 0;

	if (wanted_kprobes && !p->kprobes)
		n = asprintf(&l->note, "this kernel has no kprobes (CONFIG_KPROBE_EVENTS): static tracepoints "
			     "only, so most stages are missing");
	else if (p->kprobes && !p->btf)
		n = asprintf(&l->note, "%s: kprobes give the skb's address only",
			     p->btf_why ? p->btf_why : "no BTF");
	return n < 0 ? -ENOMEM : 0;
}

static int pick_backend(const struct rxs_source_opts *o, bool *kprobes, struct rxs_err *e)
{
	const char *b = o->backend ? o->backend : "auto";

	*kprobes = strcmp(b, "tracepoint");
	if (!strcmp(b, "bpf"))
		return rxs_err_set(e, -EOPNOTSUPP, "the bpf backend is not available in this build; use -b "
				   "auto, kprobe or tracepoint");
	if (strcmp(b, "auto") && strcmp(b, "kprobe") && strcmp(b, "tracepoint"))
		return rxs_err_set(e, -EINVAL, "unknown backend '%s'; there are auto, kprobe, tracepoint", b);
	return 0;
}

static int define_probes(struct live *l, const struct rxs_source_opts *o, struct rxs_err *e)
{
	bool wanted;
	int nr, err;

	err = pick_backend(o, &wanted, e);
	if (err)
		return err;
	err = rxs_probes_plan(&l->probes, l->session.tracing, wanted);
	if (err)
		return err;
	if (o->backend && !strcmp(o->backend, "kprobe") && !l->probes->kprobes)
		return rxs_err_set(e, -EOPNOTSUPP, "this kernel has no kprobes (CONFIG_KPROBE_EVENTS); use -b "
				   "tracepoint, or try the lab: rxscope lab");
	err = set_note(l, wanted);
	if (err || !l->probes->kprobes)
		return err;
	nr = rxs_probes_define(l->probes, l->session.group, e);
	if (nr < 0)
		return nr;
	l->kprobes = nr > 0;
	if (l->kprobes && l->measure)
		l->measure = !rxs_cost_define(&l->session);
	return 0;
}

static int live_set_up(struct live *l, const struct rxs_source_opts *o, struct rxs_err *e)
{
	const char *tracing;
	int err;

	uname(&l->uts);
	l->measure = !o->no_probe_cost;
	err = rxs_tracefs_find(&tracing, e);
	if (err)
		return err;
	if (o->dev && !rxs_dev_exists(o->dev))
		return rxs_err_set(e, -EINVAL, "no network device '%s' on this machine, in whatever namespace "
				   "(ip link lists them)", o->dev);
	rxs_session_sweep(tracing);
	err = rxs_session_open(&l->session, tracing, o->instance, e);
	if (!err)
		err = set_up_instance(l, o, e);
	if (!err)
		err = define_probes(l, o, e);
	if (!err)
		err = load_formats(l, e);
	if (!err)
		err = rxs_ring_open(&l->ring, l->session.instance, e);
	if (err)
		return err;
	l->comm = rxs_comm_new(tracing);
	l->misses = rxs_misses_new(tracing, l->session.group);
	return l->comm && l->misses ? 0 : -ENOMEM;
}

static void live_close(struct rxs_source *s)
{
	struct live *l = s->priv;

	if (!l)
		return;
	/* The rings' files are open: the kernel would refuse to remove the instance. */
	rxs_ring_close(l->ring);
	rxs_session_close(&l->session);
	tep_free(l->tep);
	rxs_probes_free(l->probes);
	rxs_comm_free(l->comm);
	rxs_misses_free(l->misses);
	free(l->clock);
	free(l->note);
	free(l);
	s->priv = NULL;
}

static int live_open(struct rxs_source *s, const struct rxs_source_opts *o, struct rxs_err *e)
{
	struct live *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return -ENOMEM;
	s->priv = l;
	err = live_set_up(l, o, e);
	if (err)
		live_close(s);
	return err;
}

/* --- start and stop */

static int write_event(struct live *l, const struct rxs_probe *q, const char *file, const char *text)
{
	const char *system = q->hook->kind == RXS_HOOK_KP ? l->session.group : q->hook->group;

	return tracefs_event_file_write(l->session.instance, system, q->hook->name, file, text) > 0 ?
	       0 : -errno;
}

static int refuse(struct rxs_probe *q, int err)
{
	q->state = RXS_PROBE_REFUSED;
	free(q->why);
	q->why = strdup(strerror(-err));
	return 0;
}

/* All kprobes with one write; only when that fails one by one, to learn which it was. */
static void enable_kprobes(struct live *l)
{
	char file[128];
	int err;

	if (!l->kprobes)
		return;
	snprintf(file, sizeof(file), "events/%s/enable", l->session.group);
	if (tracefs_instance_file_write(l->session.instance, file, "1") > 0)
		return;
	for (unsigned int i = 0; i < rxs_hooks_nr; i++) {
		struct rxs_probe *q = &l->probes->v[i];

		if (q->hook->kind != RXS_HOOK_KP || q->state != RXS_PROBE_READY)
			continue;
		err = write_event(l, q, "enable", "1");
		if (err)
			refuse(q, err);
	}
}

static unsigned int enable_tracepoints(struct live *l)
{
	unsigned int nr = 0;
	int err;

	for (unsigned int i = 0; i < rxs_hooks_nr; i++) {
		struct rxs_probe *q = &l->probes->v[i];

		if (q->hook->kind != RXS_HOOK_TP || q->state != RXS_PROBE_READY)
			continue;
		err = q->args ? write_event(l, q, "filter", q->args) : 0;
		if (!err)
			err = write_event(l, q, "enable", "1");
		if (err)
			refuse(q, err);
		else
			nr++;
	}
	return nr;
}

static int live_start(struct rxs_source *s, struct rxs_err *e)
{
	struct live *l = s->priv;
	unsigned int nr;

	enable_kprobes(l);
	if (l->measure)
		l->probe_cost_ns = rxs_cost_measure(&l->session, l->kprobes);
	nr = enable_tracepoints(l);
	if (!nr && !l->kprobes)
		return rxs_err_set(e, -EOPNOTSUPP, "this kernel offers no hook of the receive path; see "
				   "rxscope doctor");
	/* Of the measurement. */
	rxs_ring_discard(l->ring);
	/* One bit for all: the recording begins with every hook in place. */
	if (tracefs_trace_on(l->session.instance))
		return rxs_err_set(e, -errno, "cannot start tracing: %s", strerror(errno));
	l->running = true;
	return 0;
}

static void live_stop(struct rxs_source *s)
{
	struct live *l = s->priv;

	if (l->stopped)
		return;
	l->stopped = true;
	tracefs_trace_off(l->session.instance);
	rxs_session_write(&l->session, "events/enable", "0", NULL);
	rxs_ring_stop(l->ring);
}

static int live_next(struct rxs_source *s, struct rxs_raw *r, struct rxs_err *e)
{
	struct live *l = s->priv;
	int rc;

	if (l->kprobes && rxs_misses_next(l->misses, l->last_ns, r))
		return 1;
	rc = rxs_ring_next(l->ring, r, e);
	if (rc == 1)
		l->last_ns = r->ts_ns;
	if (!l->kprobes)
		return rc;
	rxs_misses_look(l->misses, l->last_ns, rc == -EAGAIN, rc == 0);
	return rc == 1 || !rxs_misses_next(l->misses, l->last_ns, r) ? rc : 1;
}

/* --- the rest */

static int live_pollfd(struct rxs_source *s)
{
	return rxs_ring_pollfd(((struct live *)s->priv)->ring);
}

static const char *live_comm(struct rxs_source *s, int pid)
{
	return rxs_comm_get(((struct live *)s->priv)->comm, pid);
}

static void live_info(struct rxs_source *s, struct rxs_source_info *i)
{
	struct live *l = s->priv;

	*i = (struct rxs_source_info){
		.kind = "live",
		.name = "",
		.kernel = l->uts.release,
		.clock = l->clock,
		.clock_res_ns = l->clock_res_ns,
		.nr_cpus = rxs_ring_nr_cpus(l->ring),
		.probe_cost_ns = l->probe_cost_ns,
		.note = l->note ? l->note : "",
		.tep = l->tep,
	};
}

struct rxs_ring *rxs_tracefs_ring(struct rxs_source *s)
{
	return ((struct live *)s->priv)->ring;
}

const struct rxs_session *rxs_tracefs_session(struct rxs_source *s)
{
	return &((struct live *)s->priv)->session;
}

const struct rxs_probes *rxs_tracefs_probes(struct rxs_source *s)
{
	return ((struct live *)s->priv)->probes;
}

const struct rxs_source_ops rxs_source_tracefs = {
	.name = "live",
	.open = live_open,
	.start = live_start,
	.stop = live_stop,
	.next = live_next,
	.pollfd = live_pollfd,
	.comm = live_comm,
	.info = live_info,
	.close = live_close,
};
