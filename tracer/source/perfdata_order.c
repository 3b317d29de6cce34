// SPDX-License-Identifier: GPL-2.0
/*
 * perf writes the buffers of its CPUs one after the other, round by round. Within a buffer records are in
 * order of time, so each CPU has a lane and the lanes are merged. After a round nothing can come that is
 * older than the newest record of the round before; that bounds what has to be kept. A little more is kept
 * all the same: where the clocks of CPUs drift apart (seen: 13 ms in an emulated machine), perf's rule alone
 * lets records out too early.
 *
 * A lane holds copies: of a sample its raw data, about half of the record. So the buffer that the file is read
 * into stays in the near caches, and nothing has to be counted that points into it.
 */
#include "src_perfdata.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES	(32u << 10)	/* what is a little, with a lane for each of many CPUs */
#define SLACK_NS	50000000

int perfdata_order_init(struct perfdata_order *o)
{
	memset(o, 0, sizeof(*o));
	o->lane = calloc(PERFDATA_LANES_MAX, sizeof(*o->lane));
	o->heap = calloc(PERFDATA_LANES_MAX, sizeof(*o->heap));
	return o->lane && o->heap ? 0 : -ENOMEM;
}

static void free_chunks(struct perfdata_chunk *c)
{
	while (c) {
		struct perfdata_chunk *next = c->next;

		free(c);
		c = next;
	}
}

void perfdata_order_free(struct perfdata_order *o)
{
	for (u32 i = 0; o->lane && i < o->nr_lanes; i++)
		free_chunks(o->lane[i].first);
	free_chunks(o->spare);
	free(o->lane);
	free(o->heap);
	free(o->by_cpu);
}

static bool earlier(struct perfdata_node a, struct perfdata_node b)
{
	return a.ts_ns != b.ts_ns ? a.ts_ns < b.ts_ns : a.lane < b.lane;
}

static inline void sift_down(struct perfdata_order *o, struct perfdata_node moved)
{
	struct perfdata_node *h = o->heap;
	u32 i = 0, child;

	/* Mostly it is the same lane's turn again. */
	if (o->heap_nr < 2 || (earlier(moved, h[1]) && (o->heap_nr < 3 || earlier(moved, h[2])))) {
		h[0] = moved;
		return;
	}

	for (; (child = 2 * i + 1) < o->heap_nr; i = child) {
		if (child + 1 < o->heap_nr && earlier(h[child + 1], h[child]))
			child++;
		if (earlier(moved, h[child]))
			break;
		h[i] = h[child];
	}
	h[i] = moved;
}

static void push(struct perfdata_order *o, struct perfdata_node node)
{
	struct perfdata_node *h = o->heap;
	u32 i = o->heap_nr++;

	for (; i && earlier(node, h[(i - 1) / 2]); i = (i - 1) / 2)
		h[i] = h[(i - 1) / 2];
	h[i] = node;
}

static int grow_cpus(struct perfdata_order *o, s16 cpu)
{
	u32 nr = cpu + 2;
	u32 *more = realloc(o->by_cpu, nr * sizeof(*more));

	if (!more)
		return -ENOMEM;
	memset(more + o->nr_cpus, 0, (nr - o->nr_cpus) * sizeof(*more));
	o->by_cpu = more;
	o->nr_cpus = nr;
	return 0;
}

/* The lane of e's CPU is ahead of it, or not there yet: another that is not ahead, a new one, or 0 at last. */
static u32 find_lane(struct perfdata_order *o, const struct perfdata_entry *e)
{
	u32 *home = &o->by_cpu[e->cpu + 1];

	if (!*home && o->nr_lanes < PERFDATA_LANES_MAX) {
		*home = ++o->nr_lanes;
		return *home - 1;
	}
	/* From the newest on: those are of records out of order like this one. */
	for (u32 i = o->nr_lanes; i-- > 0;)
		if (o->lane[i].last_ns <= e->ts_ns)
			return i;
	if (o->nr_lanes < PERFDATA_LANES_MAX)
		return o->nr_lanes++;
	return 0;
}

/* A chunk for an entry of that size at the lane's end. */
static struct perfdata_chunk *add_chunk(struct perfdata_order *o, struct perfdata_lane *l, u32 bytes)
{
	struct perfdata_chunk *c = o->spare;
	u32 size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;

	if (c && c->size >= bytes) {
		o->spare = c->next;
	} else {
		c = malloc(sizeof(*c) + size + PERFDATA_COPY_BYTES);
		if (!c)
			return NULL;
		c->size = size;
	}
	c->next = NULL;
	c->fill = 0;
	o->held_bytes += c->size;
	if (l->last) {
		l->last->next = c;
	} else {
		l->first = c;
		l->pos = 0;
	}
	l->last = c;
	return c;
}

int perfdata_order_add(struct perfdata_order *o, const struct perfdata_entry *e, const u8 *data)
{
	u32 bytes = perfdata_entry_bytes(e->len), i;
	struct perfdata_chunk *c;
	struct perfdata_lane *l;

	if ((u32)(e->cpu + 1) >= o->nr_cpus && grow_cpus(o, e->cpu))
		return -ENOMEM;
	i = o->by_cpu[e->cpu + 1] - 1;
	if (i == UINT32_MAX || o->lane[i].last_ns > e->ts_ns)
		i = find_lane(o, e);
	l = &o->lane[i];
	c = l->last;
	if (!l->nr) {
		/* Its only chunk is used from its beginning again. */
		if (c)
			l->pos = c->fill = 0;
		push(o, (struct perfdata_node){ e->ts_ns, i });
	}
	if ((!c || c->size - c->fill < bytes) && !add_chunk(o, l, bytes))
		return -ENOMEM;
	perfdata_entry_put(l, e, data);
	if (e->ts_ns > o->newest_ns)
		o->newest_ns = e->ts_ns;
	return 0;
}

void perfdata_order_round(struct perfdata_order *o)
{
	u64 old_ns = o->newest_ns > SLACK_NS ? o->newest_ns - SLACK_NS : 0;

	o->limit_ns = o->round_ns < old_ns ? o->round_ns : old_ns;
	o->round_ns = o->newest_ns;
}

void perfdata_order_end(struct perfdata_order *o)
{
	o->limit_ns = UINT64_MAX;
}

const struct perfdata_entry *perfdata_order_take(struct perfdata_order *o, u64 *since_ns)
{
	const struct perfdata_entry *e;
	struct perfdata_chunk *c;
	struct perfdata_lane *l;
	u32 lane;

	if (!o->heap_nr || (o->heap[0].ts_ns > o->limit_ns && o->held_bytes < PERFDATA_HELD_MAX_BYTES))
		return NULL;
	lane = o->heap[0].lane;
	l = &o->lane[lane];
	c = l->first;
	e = (const struct perfdata_entry *)(c->data + l->pos);
	*since_ns = l->given_ns;
	l->given_ns = e->ts_ns;
	l->pos += perfdata_entry_bytes(e->len);
	l->nr--;
	if (l->pos == c->fill && c->next) {
		/* To be used again by the next add at the earliest; until then its bytes stay. */
		l->first = c->next;
		l->pos = 0;
		o->held_bytes -= c->size;
		c->next = o->spare;
		o->spare = c;
		c = l->first;
	}
	if (l->nr)
		sift_down(o, (struct perfdata_node){ ((struct perfdata_entry *)(c->data + l->pos))->ts_ns, lane });
	else if (--o->heap_nr)
		sift_down(o, o->heap[o->heap_nr]);
	return e;
}
