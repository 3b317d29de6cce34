// SPDX-License-Identifier: GPL-2.0
/* trace.dat as a source: the rings of all CPUs and instances, merged by time. */
#include "src_tracedat.h"

#include <stdio.h>
#include <stdlib.h>

static const u8 magic[] = { 0x17, 0x08, 0x44, 't', 'r', 'a', 'c', 'i', 'n', 'g' };

static int tracedat_probe(const void *head, size_t len)
{
	return len >= sizeof(magic) && !memcmp(head, magic, sizeof(magic)) ? 100 : 0;
}

static bool earlier(const struct tracedat *d, u32 a, u32 b)
{
	const struct tracedat_cpu *x = &d->cpu[a], *y = &d->cpu[b];

	return x->ts_ns != y->ts_ns ? x->ts_ns < y->ts_ns : a < b;
}

/* Restore the heap below place i. */
static void sift(struct tracedat *d, u32 i)
{
	u32 moved = d->heap[i], child;

	for (; (child = 2 * i + 1) < d->heap_nr; i = child) {
		if (child + 1 < d->heap_nr && earlier(d, d->heap[child + 1], d->heap[child]))
			child++;
		if (earlier(d, moved, d->heap[child]))
			break;
		d->heap[i] = d->heap[child];
	}
	d->heap[i] = moved;
}

/* Every ring to its first event. */
static int begin(struct tracedat *d)
{
	int ret;

	d->heap = calloc(d->nr_bufs ? d->nr_bufs : 1, sizeof(*d->heap));
	if (!d->heap)
		return -ENOMEM;
	for (u32 i = 0; i < d->nr_bufs; i++) {
		ret = tracedat_cpu_next(d, &d->cpu[i]);
		if (ret < 0)
			return ret;
		if (ret)
			d->heap[d->heap_nr++] = i;
	}
	for (u32 i = d->heap_nr / 2; i-- > 0;)
		sift(d, i);
	return 0;
}

/* Step over what was handed out. */
static int step(struct tracedat *d)
{
	int ret;

	d->given = false;
	ret = tracedat_cpu_next(d, &d->cpu[d->heap[0]]);
	if (ret < 0)
		return ret;
	if (!ret)
		d->heap[0] = d->heap[--d->heap_nr];
	if (d->heap_nr > 1)
		sift(d, 0);
	return 0;
}

static int tracedat_next(struct rxs_source *s, struct rxs_raw *r, struct rxs_err *e)
{
	struct tracedat *d = s->priv;
	struct tracedat_cpu *c;
	int err;

	if (d->given) {
		err = step(d);
		if (err)
			return rxs_err_set(e, err, "%s: %s", d->in->name, strerror(-err));
	}
	if (!d->heap_nr)
		return 0;
	c = &d->cpu[d->heap[0]];
	r->ts_ns = c->ts_ns;
	r->cpu = c->cpu;
	r->stream = 0;
	if (__builtin_expect(c->missed >= 0, 0)) {
		r->kind = RXS_RAW_LOST;
		r->data = NULL;
		r->len_bytes = 0;
		r->lost_kind = c->missed_kind;
		r->lost = c->missed;
		r->lost_since_ns = c->last_ns;
		c->missed = -1;
		d->given = c->ended;	/* else its event is still to come */
		return 1;
	}
	r->kind = RXS_RAW_TEP;
	r->data = c->data;
	r->len_bytes = c->len_bytes;
	d->given = true;
	return 1;
}

static struct tracedat_cpu *find_cpu(struct tracedat *d, const struct tracedat_instance *in, long cpu)
{
	for (u32 i = in->first; i < in->first + in->nr; i++)
		if (d->cpu[i].cpu == cpu)
			return &d->cpu[i];
	return NULL;
}

static struct tracedat_instance *find_instance(struct tracedat *d, const char *name, size_t len)
{
	for (u32 i = 0; i < d->nr_instances; i++)
		if (d->instance[i].nr && strlen(d->instance[i].name) == len &&
		    !memcmp(d->instance[i].name, name, len))
			return &d->instance[i];
	return NULL;
}

/*
 * The statistics of per_cpu/cpuN/stats: what a full ring overwrote or refused. Pages tell of losses before
 * them; what was lost behind the last page read stands here only.
 */
static void account(struct tracedat *d)
{
	static const char *const keys[] = { "overrun: ", "commit overrun: ", "dropped events: " };
	struct tracedat_instance *in = find_instance(d, "", 0);
	struct tracedat_cpu *c = NULL;
	const char *p = d->stats ? d->stats : "";

	for (; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		if (!strncmp(p, "Buffer: ", 8)) {
			in = find_instance(d, p + 8, strcspn(p + 8, "\n"));
			c = NULL;
		} else if (!strncmp(p, "CPU: ", 5)) {
			c = in ? find_cpu(d, in, strtol(p + 5, NULL, 10)) : NULL;
		}
		for (unsigned int i = 0; c && i < RXS_ARRAY_SIZE(keys); i++)
			if (!strncmp(p, keys[i], strlen(keys[i])))
				c->lost += strtoull(p + strlen(keys[i]), NULL, 10);
	}
}

static void tracedat_free(struct tracedat *d)
{
	for (u32 i = 0; i < d->nr_bufs; i++)
		free(d->cpu[i].buf);
	rxs_kernel_free(&d->kernel);
	free(d->cpu);
	free(d->instance);
	free(d->stats);
	free(d->packed);
	free(d->heap);
	free(d);
}

static int tracedat_open(struct rxs_source *s, const struct rxs_source_opts *o, struct rxs_err *e)
{
	struct tracedat *d;
	int err;

	(void)o;
	/* Its tables point forwards and backwards: a stream has to be kept first. */
	err = rxs_input_spool(s->in, e);
	if (err)
		return err;
	d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	d->in = s->in;
	err = tracedat_read_head(d, e);
	if (!err) {
		account(d);
		err = begin(d);
	}
	if (err) {
		tracedat_free(d);
		return err;
	}
	s->priv = d;
	return 0;
}

static u64 tracedat_position(struct rxs_source *s)
{
	struct tracedat *d = s->priv;
	u64 head = d->in->size_bytes > d->taken_bytes ? d->in->size_bytes - d->taken_bytes : 0;

	return head + d->done_bytes;
}

static const char *tracedat_comm(struct rxs_source *s, int pid)
{
	struct tracedat *d = s->priv;

	return rxs_kernel_comm(&d->kernel, pid);
}

static void make_note(struct tracedat *d)
{
	const char *clock = d->clock_name;

	d->note[0] = '\0';
	if (d->cut_off)
		snprintf(d->note, sizeof(d->note), "%s is cut off: the last events of some CPUs are missing",
			 d->in->name);
	else if (d->clocks_differ)
		snprintf(d->note, sizeof(d->note), "the instances in %s used different clocks; "
			 "times between them are not comparable", d->in->name);
	else if (!strcmp(clock, "counter") || (!strcmp(clock, "x86-tsc") && !d->clock.mult))
		snprintf(d->note, sizeof(d->note), "clock %s does not count nanoseconds: read ns as %s",
			 clock, *clock == 'c' ? "a count of events" : "cycles");
}

static void tracedat_info(struct rxs_source *s, struct rxs_source_info *i)
{
	struct tracedat *d = s->priv;

	make_note(d);
	*i = (struct rxs_source_info){
		.kind = "trace.dat",
		.name = d->in->name,
		.kernel = d->release,
		.clock = d->clock_name[0] ? d->clock_name : "local",
		.clock_res_ns = strcmp(d->clock_name, "uptime") ? 1 : 0,
		.nr_cpus = d->nr_cpus,
		.size_bytes = d->in->size_bytes,
		.note = d->note,
		.tep = d->kernel.tep,
	};
}

static void tracedat_close(struct rxs_source *s)
{
	tracedat_free(s->priv);
}

const struct rxs_source_ops rxs_source_tracedat = {
	.name = "trace.dat",
	.probe = tracedat_probe,
	.open = tracedat_open,
	.next = tracedat_next,
	.position = tracedat_position,
	.comm = tracedat_comm,
	.info = tracedat_info,
	.close = tracedat_close,
};
