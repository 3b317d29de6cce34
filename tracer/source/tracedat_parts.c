// SPDX-License-Identifier: GPL-2.0
/* Options, instances and rings of a trace.dat: what both versions have. */
#include "src_tracedat.h"

#include <stdio.h>
#include <stdlib.h>

#include "../base/rxs_fmt.h"

#define STATS_MAX_BYTES	(4 << 20)

static int add_stats(struct tracedat *d, const char *text, u32 len)
{
	char *more;

	if (len > STATS_MAX_BYTES - d->stats_bytes)
		return 0;
	more = realloc(d->stats, d->stats_bytes + len + 2);
	if (!more)
		return -ENOMEM;
	d->stats = more;
	memcpy(more + d->stats_bytes, text, len);
	d->stats_bytes += strnlen(more + d->stats_bytes, len);
	more[d->stats_bytes++] = '\n';
	more[d->stats_bytes] = '\0';
	return 0;
}

int tracedat_option(struct tracedat *d, u16 id, const char *data, u32 len)
{
	switch (id) {
	case TRACEDAT_DATE:	/* microseconds */
		d->clock.offset_ns += (u64)strtoll(data, NULL, 0) * 1000;
		break;
	case TRACEDAT_OFFSET:
		d->clock.offset_ns += (u64)strtoll(data, NULL, 0);
		break;
	case TRACEDAT_TSC2NSEC:
		if (len < 16)
			break;
		d->clock.mult = kbuf_u32((const u8 *)data);
		d->clock.shift = kbuf_u32((const u8 *)data + 4) & 63;
		d->clock.tsc_offset_ns = kbuf_u64((const u8 *)data + 8);
		break;
	case TRACEDAT_CPUSTAT:
		return add_stats(d, data, len);
	case TRACEDAT_UNAME: {	/* "Linux HOST RELEASE MACHINE" */
		const char *p = strchr(data, ' ');

		p = p ? strchr(p + 1, ' ') : NULL;
		if (p)
			snprintf(d->release, sizeof(d->release), "%.*s", (int)strcspn(p + 1, " \n"), p + 1);
		rxs_fmt_plain(d->release);
		break;
	}
	case TRACEDAT_CPUCOUNT:
		if (len >= 4)
			d->nr_cpus = kbuf_u32((const u8 *)data);
		break;
	}
	return 0;
}

int tracedat_add_instance(struct tracedat *d, const char *name, u64 offset)
{
	struct tracedat_instance *more;

	if (d->nr_instances >= TRACEDAT_INSTANCES_MAX)
		return -EBADMSG;
	more = realloc(d->instance, (d->nr_instances + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	d->instance = more;
	more += d->nr_instances++;
	memset(more, 0, sizeof(*more));
	snprintf(more->name, sizeof(more->name), "%s", name);
	more->offset = offset;
	return 0;
}

int tracedat_add_cpu(struct tracedat *d, u32 instance, s32 cpu, u64 offset, u64 size, bool packed)
{
	struct tracedat_instance *in = &d->instance[instance];
	struct tracedat_cpu *more;

	if (d->nr_bufs >= TRACEDAT_CPUS_MAX || cpu < 0 || cpu > INT16_MAX)
		return -EBADMSG;
	more = realloc(d->cpu, (d->nr_bufs + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	d->cpu = more;
	if (!in->nr++)
		in->first = d->nr_bufs;
	more += d->nr_bufs++;
	memset(more, 0, sizeof(*more));
	more->cpu = cpu;
	more->packed = packed;
	more->missed = -1;
	more->pos = offset;
	more->end = offset + size;
	if (more->end < offset || more->end > d->in->size_bytes) {
		more->cut_off = size > 0;
		more->end = d->in->size_bytes;
	}
	if (more->pos > more->end)
		more->pos = more->end;
	/* Rings lie one behind the other: together they are no longer than the file. */
	d->taken_bytes += more->end - more->pos;
	if (d->taken_bytes > d->in->size_bytes)
		more->end = more->pos;
	return 0;
}
