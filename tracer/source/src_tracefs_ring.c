// SPDX-License-Identifier: GPL-2.0
/*
 * The rings of all CPUs as one stream in time order.
 *
 * Every CPU writes a ring of its own. They are read in sweeps: each CPU's ring is emptied, page by page,
 * into a queue; the queues are merged by time. A record is handed out only when nothing older can come
 * any more. A sweep empties all rings, and so has everything that happened before it began; hence what
 * is not newer than the newest record of the sweep before is complete. (A CPU that could not be emptied
 * holds everybody back at its own last record.) This needs no reading of the clock, works with any that is
 * the same on all CPUs, and leaves one sweep's time for an event that was being written meanwhile.
 *
 * Sweeps are driven by a timer, not by the kernel's wakeups: a wakeup per batch of events would be
 * charged to the very softirqs that are measured. They go on while records are handed out: when events come
 * faster than they are decoded, the queues, which are ordinary memory, take what the rings could not hold.
 */
#include "src_tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <kbuffer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define SWEEP_NS	20000000	/* a record waits two of these at most */
#define PAGE_SWEEP_NS	200000000	/* when pages are kept: each sweep's last page is partly empty */
#define PAGES_PER_SWEEP	1024		/* of one CPU */
#define QUEUE_BYTES	(512u << 20)	/* of all queues, when memory allows */
#define SLACK_BYTES	1024		/* a page with more free space than any event needs was not full */
#define SPARES_MAX	2048		/* pages kept for the next ones */
#define RECORDS_PER_LOOK 1024		/* handed out between two looks at the timer */

struct page {
	struct page *next;
	u8 data[];
};

struct cpu_ring {
	int fd;			/* -1: this CPU has none */
	int cpu;
	struct page *first, *last;	/* first is the one that kbuf reads */
	u32 pages;
	struct kbuffer *kbuf;
	void *event;		/* the next one; NULL: queue is empty */
	unsigned long long ts_ns;	/* of event */
	u64 read_ns;		/* newest record read into the queue */
	u64 given_ns;		/* newest record handed out */
	s64 missed;		/* events lost before event: -1 some, 0 none */
	u64 accounted;		/* losses told so far */
	bool drained;		/* the last sweep emptied it */
};

struct rxs_ring {
	struct tracefs_instance *instance;
	struct cpu_ring *cpu;
	u32 nr_cpus;
	struct cpu_ring **heap;	/* those with an event, oldest first */
	u32 heap_nr;
	struct cpu_ring *given;	/* whose record the caller has now */
	struct page *spare;
	u32 spares;
	struct kbuffer *scan;	/* for a look at pages that are queued */
	u32 page_bytes;
	u32 pages_max;		/* in the queue of one CPU */
	u32 since_look;
	int timer_fd;
	u64 newest_ns;		/* of all records read in the last sweep and before */
	u64 complete_ns;	/* records not newer than this may be handed out */
	u32 tail;		/* CPUs whose final losses are told */
	bool stopping, again;
	rxs_page_fn page_fn;
	void *page_ctx;
};

static bool older(const struct cpu_ring *a, const struct cpu_ring *b)
{
	return a->ts_ns != b->ts_ns ? a->ts_ns < b->ts_ns : a->cpu < b->cpu;
}

static void heap_down(struct rxs_ring *r)
{
	struct cpu_ring *c = r->heap[0];
	u32 i = 0, child;

	for (; (child = 2 * i + 1) < r->heap_nr; i = child) {
		if (child + 1 < r->heap_nr && older(r->heap[child + 1], r->heap[child]))
			child++;
		if (!older(r->heap[child], c))
			break;
		r->heap[i] = r->heap[child];
	}
	r->heap[i] = c;
}

static void heap_push(struct rxs_ring *r, struct cpu_ring *c)
{
	u32 i = r->heap_nr++;

	for (; i && older(c, r->heap[(i - 1) / 2]); i = (i - 1) / 2)
		r->heap[i] = r->heap[(i - 1) / 2];
	r->heap[i] = c;
}

static struct page *page_get(struct rxs_ring *r)
{
	struct page *p = r->spare;

	if (p) {
		r->spare = p->next;
		r->spares--;
	} else {
		p = malloc(sizeof(*p) + r->page_bytes);
	}
	if (p)
		p->next = NULL;
	return p;
}

static void page_put(struct rxs_ring *r, struct page *p)
{
	if (r->spares >= SPARES_MAX) {
		free(p);
		return;
	}
	p->next = r->spare;
	r->spare = p;
	r->spares++;
}

static void drop_first_page(struct rxs_ring *r, struct cpu_ring *c)
{
	struct page *p = c->first;

	c->first = p->next;
	if (!c->first)
		c->last = NULL;
	c->pages--;
	page_put(r, p);
}

/* Make c->event the first event of the first page that has one; drops empty pages. */
static void load_first_page(struct rxs_ring *r, struct cpu_ring *c)
{
	c->event = NULL;
	while (c->first) {
		int missed;

		if (!kbuffer_load_subbuffer(c->kbuf, c->first->data)) {
			missed = kbuffer_missed_events(c->kbuf);
			if (missed)
				c->missed = missed < 0 || c->missed < 0 ? -1 : c->missed + missed;
			c->event = kbuffer_read_event(c->kbuf, &c->ts_ns);
			if (c->event)
				return;
		}
		drop_first_page(r, c);
	}
}

/* Step over c->event. */
static void advance(struct rxs_ring *r, struct cpu_ring *c)
{
	c->event = kbuffer_next_event(c->kbuf, &c->ts_ns);
	if (c->event)
		return;
	drop_first_page(r, c);
	load_first_page(r, c);
}

/* Time of the last event in a page. */
static u64 newest_in(const struct rxs_ring *r, struct page *p)
{
	unsigned long long ts = 0;
	void *event;

	if (kbuffer_load_subbuffer(r->scan, p->data))
		return 0;
	event = kbuffer_read_event(r->scan, &ts);
	while (event)
		event = kbuffer_next_event(r->scan, &ts);
	return ts;
}

/*
 * Is this page the one being written, so that the ring is empty behind it? To read on until nothing is left might
 * never end, as what the reader does itself (writing its file) makes events, too. The first page of a sweep may be
 * what was left of one that is long full; any other that is not full is the writer's.
 */
static bool is_last(const struct rxs_ring *r, struct page *p, unsigned int nth)
{
	return nth && !r->stopping && !kbuffer_load_subbuffer(r->scan, p->data) &&
	       kbuffer_subbuffer_size(r->scan) + kbuffer_start_of_data(r->scan) + SLACK_BYTES < (int)r->page_bytes;
}

static int queue_page(struct rxs_ring *r, struct cpu_ring *c, struct page *p)
{
	int err = 0;

	if (r->page_fn)
		err = r->page_fn(r->page_ctx, c->cpu, p->data, r->page_bytes);
	if (c->last)
		c->last->next = p;
	else
		c->first = p;
	c->last = p;
	c->pages++;
	return err;
}

/* Read one CPU's ring until it is empty, or the limit is reached. */
static int sweep_cpu(struct rxs_ring *r, struct cpu_ring *c)
{
	struct page *newest = NULL;
	int err = 0;
	u64 ts;

	c->drained = false;
	for (unsigned int i = 0; !err && i < PAGES_PER_SWEEP && c->pages < r->pages_max; i++) {
		struct page *p = page_get(r);
		ssize_t n;

		if (!p)
			return -ENOMEM;
		n = read(c->fd, p->data, r->page_bytes);
		if (n <= 0) {
			page_put(r, p);
			if (n < 0 && errno == EINTR)
				continue;
			/* EAGAIN: empty. Anything else is a CPU that has no ring now. */
			c->drained = true;
			break;
		}
		if (n < (ssize_t)r->page_bytes)
			memset(p->data + n, 0, r->page_bytes - n);
		err = queue_page(r, c, p);
		newest = p;
		if (is_last(r, p, i)) {
			c->drained = true;
			break;
		}
	}
	if (!newest)
		return err;
	ts = newest_in(r, newest);
	if (ts > c->read_ns)
		c->read_ns = ts;
	if (!c->event) {
		load_first_page(r, c);
		if (c->event)
			heap_push(r, c);
	}
	return err;
}

static int sweep(struct rxs_ring *r)
{
	u64 complete = r->newest_ns;
	int err = 0;

	r->again = false;
	for (u32 i = 0; i < r->nr_cpus && !err; i++) {
		struct cpu_ring *c = &r->cpu[i];

		if (c->fd < 0)
			continue;
		err = sweep_cpu(r, c);
		if (c->read_ns > r->newest_ns)
			r->newest_ns = c->read_ns;
		if (!c->drained) {
			r->again = true;
			if (c->read_ns < complete)
				complete = c->read_ns;
		}
	}
	/* Nothing is written any more and all is read: everything may go. */
	if (r->stopping && !r->again)
		complete = UINT64_MAX;
	if (complete > r->complete_ns)
		r->complete_ns = complete;
	return err;
}

static void fill_lost(struct rxs_raw *raw, const struct cpu_ring *c, u64 until_ns, u64 count)
{
	*raw = (struct rxs_raw){
		.kind = RXS_RAW_LOST,
		.lost_kind = RXS_LOST_RING,
		.cpu = c->cpu,
		.ts_ns = until_ns,
		.lost = count,
		.lost_since_ns = c->given_ns,
	};
}

/* The oldest record, when it may go. */
static bool give(struct rxs_ring *r, struct rxs_raw *raw)
{
	struct cpu_ring *c = r->heap_nr ? r->heap[0] : NULL;

	if (!c || c->ts_ns > r->complete_ns)
		return false;
	if (c->missed) {
		fill_lost(raw, c, c->ts_ns, c->missed > 0 ? c->missed : 0);
		if (c->missed > 0)
			c->accounted += c->missed;
		c->missed = 0;
		return true;
	}
	*raw = (struct rxs_raw){
		.kind = RXS_RAW_TEP,
		.ts_ns = c->ts_ns,
		.data = c->event,
		.len_bytes = kbuffer_event_size(c->kbuf),
		.cpu = c->cpu,
	};
	c->given_ns = c->ts_ns;
	r->given = c;
	return true;
}

/* Take the record that the caller is done with out of the queues. */
static void drop_given(struct rxs_ring *r)
{
	struct cpu_ring *c = r->given;

	r->given = NULL;
	if (!c)
		return;
	advance(r, c);
	if (!c->event)
		r->heap[0] = r->heap[--r->heap_nr];
	if (r->heap_nr)
		heap_down(r);
}

/* Events the kernel counts as lost on this CPU, all in all. */
static u64 counted_by_kernel(const struct rxs_ring *r, int cpu)
{
	static const char *const keys[] = { "\noverrun: ", "commit overrun: ", "dropped events: " };
	char name[64], *text;
	u64 sum = 0;

	snprintf(name, sizeof(name), "per_cpu/cpu%d/stats", cpu);
	text = tracefs_instance_file_read(r->instance, name, NULL);
	for (unsigned int i = 0; text && i < RXS_ARRAY_SIZE(keys); i++) {
		const char *at = strstr(text, keys[i]);

		if (at)
			sum += strtoull(at + strlen(keys[i]), NULL, 10);
	}
	free(text);
	return sum;
}

/* After the last record: what the kernel counted and no page told. */
static bool give_tail(struct rxs_ring *r, struct rxs_raw *raw)
{
	while (r->tail < r->nr_cpus) {
		struct cpu_ring *c = &r->cpu[r->tail++];
		u64 sum = c->fd < 0 ? 0 : counted_by_kernel(r, c->cpu);

		if (sum > c->accounted) {
			fill_lost(raw, c, r->newest_ns, sum - c->accounted);
			return true;
		}
	}
	return false;
}

static bool is_time(const struct rxs_ring *r)
{
	u64 ticks;

	return read(r->timer_fd, &ticks, sizeof(ticks)) == sizeof(ticks);
}

int rxs_ring_next(struct rxs_ring *r, struct rxs_raw *raw, struct rxs_err *e)
{
	int err = 0;

	drop_given(r);
	if (++r->since_look >= RECORDS_PER_LOOK) {
		r->since_look = 0;
		if (is_time(r))
			err = sweep(r);
	}
	while (!err) {
		if (give(r, raw))
			return 1;
		if (r->stopping && r->complete_ns == UINT64_MAX)
			return give_tail(r, raw);
		if (!r->again && !r->stopping && !is_time(r))
			return -EAGAIN;
		err = sweep(r);
	}
	return rxs_err_set(e, err, "reading the trace buffers: %s", strerror(-err));
}

int rxs_ring_pollfd(const struct rxs_ring *r)
{
	return r->timer_fd;
}

void rxs_ring_stop(struct rxs_ring *r)
{
	r->stopping = true;
	r->complete_ns = 0;
}

u32 rxs_ring_nr_cpus(const struct rxs_ring *r)
{
	return r->nr_cpus;
}

void rxs_ring_discard(struct rxs_ring *r)
{
	tracefs_instance_file_clear(r->instance, "trace");
}

/* Since 6.8 a sub-buffer may be larger than a page; where the file is missing it is one page. */
static u32 sub_buffer_bytes(struct tracefs_instance *instance)
{
	long long kb;

	if (!tracefs_instance_file_read_number(instance, "buffer_subbuf_size_kb", &kb) && kb > 0 &&
	    kb <= 1024)
		return kb * 1024;
	return sysconf(_SC_PAGESIZE);
}

/* Each CPU's share, of not more than an eighth of the memory: none may keep the others from being read. */
static u32 queue_pages(u32 page_bytes, long cpus)
{
	u64 bytes = (u64)sysconf(_SC_PHYS_PAGES) * (u64)sysconf(_SC_PAGESIZE) / 8;
	u64 pages = (bytes < QUEUE_BYTES ? bytes : QUEUE_BYTES) / page_bytes / (u64)cpus;

	return pages < 16 ? 16 : pages;
}

static int set_timer(struct rxs_ring *r, long ns)
{
	const struct itimerspec every = {
		.it_interval = { .tv_nsec = ns },
		.it_value = { .tv_nsec = ns },
	};

	return timerfd_settime(r->timer_fd, 0, &every, NULL) ? -errno : 0;
}

static int start_timer(struct rxs_ring *r)
{
	r->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	return r->timer_fd < 0 ? -errno : set_timer(r, SWEEP_NS);
}

int rxs_ring_set_page_sink(struct rxs_ring *r, rxs_page_fn fn, void *ctx)
{
	r->page_fn = fn;
	r->page_ctx = ctx;
	return set_timer(r, fn ? PAGE_SWEEP_NS : SWEEP_NS);
}

static int open_cpu(struct rxs_ring *r, int cpu, struct rxs_err *e)
{
	struct cpu_ring *c = &r->cpu[cpu];
	char name[64];

	c->cpu = cpu;
	snprintf(name, sizeof(name), "per_cpu/cpu%d/trace_pipe_raw", cpu);
	c->fd = tracefs_instance_file_open(r->instance, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (c->fd < 0 && errno != ENOENT && errno != ENODEV)
		return rxs_err_set(e, -errno, "cannot open %s: %s", name, strerror(errno));
	c->kbuf = kbuffer_alloc(KBUFFER_LSIZE_SAME_AS_HOST, KBUFFER_ENDIAN_SAME_AS_HOST);
	return c->kbuf ? 0 : -ENOMEM;
}

int rxs_ring_open(struct rxs_ring **out, struct tracefs_instance *instance, struct rxs_err *e)
{
	struct rxs_ring *r = calloc(1, sizeof(*r));
	long nr = sysconf(_SC_NPROCESSORS_CONF);
	int err = -ENOMEM;

	if (!r)
		return -ENOMEM;
	r->instance = instance;
	r->timer_fd = -1;
	r->page_bytes = sub_buffer_bytes(instance);
	r->pages_max = queue_pages(r->page_bytes, nr);
	r->cpu = calloc(nr, sizeof(*r->cpu));
	r->heap = calloc(nr, sizeof(*r->heap));
	r->scan = kbuffer_alloc(KBUFFER_LSIZE_SAME_AS_HOST, KBUFFER_ENDIAN_SAME_AS_HOST);
	if (!r->cpu || !r->heap || !r->scan)
		goto fail;
	err = 0;
	while (r->nr_cpus < nr && !err) {
		err = open_cpu(r, r->nr_cpus, e);
		r->nr_cpus++;
	}
	if (!err)
		err = start_timer(r);
	if (err)
		goto fail;
	*out = r;
	return 0;
fail:
	rxs_ring_close(r);
	return err;
}

void rxs_ring_close(struct rxs_ring *r)
{
	struct page *p;

	if (!r)
		return;
	for (u32 i = 0; r->cpu && i < r->nr_cpus; i++) {
		struct cpu_ring *c = &r->cpu[i];

		while ((p = c->first)) {
			c->first = p->next;
			free(p);
		}
		if (c->fd >= 0)
			close(c->fd);
		kbuffer_free(c->kbuf);
	}
	while ((p = r->spare)) {
		r->spare = p->next;
		free(p);
	}
	if (r->timer_fd >= 0)
		close(r->timer_fd);
	kbuffer_free(r->scan);
	free(r->cpu);
	free(r->heap);
	free(r);
}
