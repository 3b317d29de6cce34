// SPDX-License-Identifier: GPL-2.0
/*
 * Who is who. Open-addressed tables without tombstones (deletion moves the followers back), so that
 * their speed does not fade however many packets have gone through; memory in chunks that are
 * reused, so that no event allocates and a finished packet's memory is warm for the next.
 */
#include "path_internal.h"

#include <stdlib.h>

#define TABLE_SLOTS_MIN 4096
#define CHUNK_OPENS 32
#define CHUNK_ALIASES 256
#define CHUNK_POLLS 64

int table_init(struct table *t)
{
	t->slot = calloc(TABLE_SLOTS_MIN, sizeof(*t->slot));
	t->mask = TABLE_SLOTS_MIN - 1;
	t->nr = 0;
	return t->slot ? 0 : -ENOMEM;
}

static int table_grow(struct table *t)
{
	struct slot *old = t->slot;
	u64 nr = t->mask + 1, mask = nr * 2 - 1;
	struct slot *slot = calloc(nr * 2, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	for (u64 k = 0; k < nr; k++) {
		u64 i = key_hash(old[k].key) & mask;

		if (!old[k].key)
			continue;
		while (slot[i].key)
			i = (i + 1) & mask;
		slot[i] = old[k];
	}
	t->slot = slot;
	t->mask = mask;
	free(old);
	return 0;
}

int table_put(struct table *t, u64 key, void *val)
{
	u64 i;

	if (unlikely(t->nr * 2 > t->mask) && table_grow(t))
		return -ENOMEM;
	for (i = key_hash(key) & t->mask; t->slot[i].key; i = (i + 1) & t->mask)
		if (t->slot[i].key == key)
			break;
	if (!t->slot[i].key)
		t->nr++;
	t->slot[i].key = key;
	t->slot[i].val = val;
	return 0;
}

void table_del(struct table *t, u64 key)
{
	u64 i = key_hash(key) & t->mask, hole, home;

	while (t->slot[i].key != key) {
		if (!t->slot[i].key)
			return;
		i = (i + 1) & t->mask;
	}
	t->nr--;
	for (hole = i;;) {
		i = (i + 1) & t->mask;
		if (!t->slot[i].key)
			break;
		home = key_hash(t->slot[i].key) & t->mask;
		/*
		 * stay when home lies cyclically in (hole, i]: a search from there does not cross
		 * the hole
		 */
		if (((i - home) & t->mask) < ((i - hole) & t->mask))
			continue;
		t->slot[hole] = t->slot[i];
		hole = i;
	}
	t->slot[hole].key = 0;
}

static void *chunk_new(struct rxs_path *p, size_t bytes)
{
	void **chunks, *c;

	if (!(p->nr_chunks & (p->nr_chunks + 1)) || !p->chunks) {
		chunks = realloc(p->chunks, (2 * (size_t)p->nr_chunks + 2) * sizeof(*chunks));
		if (!chunks)
			return NULL;
		p->chunks = chunks;
	}
	c = malloc(bytes);
	if (c)
		p->chunks[p->nr_chunks++] = c;
	return c;
}

/*
 * Everything of an open packet is set, but not the arrays whose length is kept beside them (merged
 * ids, readers, header bytes, hops): clearing a kilobyte for each packet would cost more than
 * joining it.
 */
static void open_clear(struct open *o)
{
	struct rxs_packet *k = &o->p;

	memset(k, 0, offsetof(struct rxs_packet, merged));
	k->clones = 0;
	k->nr_readers = 0;
	memset(&k->dev, 0, offsetof(struct rxs_packet, hdr) - offsetof(struct rxs_packet, dev));
	memset((char *)o + offsetof(struct open, self), 0,
	       offsetof(struct open, room) - offsetof(struct open, self));
	o->base = o->room;
	o->start = SHARED_HOPS;
	o->used = SHARED_HOPS;
	o->cap = ROOM_HOPS;
}

struct open *open_alloc(struct rxs_path *p)
{
	struct open *o = p->free_open;

	if (unlikely(!o)) {
		o = chunk_new(p, CHUNK_OPENS * sizeof(*o));
		if (!o)
			return NULL;
		for (u32 i = 0; i < CHUNK_OPENS; i++) {
			o[i].is_open = 0;
			o[i].p.id = 0;
			o[i].next = i + 1 < CHUNK_OPENS ? &o[i + 1] : NULL;
		}
	}
	p->free_open = o->next;
	open_clear(o);
	return o;
}

void open_free(struct rxs_path *p, struct open *o)
{
	if (unlikely(o->base != o->room))
		free(o->base);
	o->base = o->room;
	o->p.id = 0;
	o->next = p->free_open;
	p->free_open = o;
}

struct alias *alias_alloc(struct rxs_path *p)
{
	struct alias *a = p->free_alias;

	if (!a) {
		a = chunk_new(p, CHUNK_ALIASES * sizeof(*a));
		if (!a)
			return NULL;
		for (u32 i = 0; i < CHUNK_ALIASES; i++)
			a[i].next = i + 1 < CHUNK_ALIASES ? &a[i + 1] : NULL;
	}
	p->free_alias = a->next;
	memset(a, 0, sizeof(*a));
	return a;
}

void alias_free(struct rxs_path *p, struct alias *a)
{
	a->next = p->free_alias;
	p->free_alias = a;
}

struct poll *poll_alloc(struct rxs_path *p)
{
	struct poll *l = p->free_poll;

	if (!l) {
		l = chunk_new(p, CHUNK_POLLS * sizeof(*l));
		if (!l)
			return NULL;
		for (u32 i = 0; i < CHUNK_POLLS; i++)
			l[i].next = i + 1 < CHUNK_POLLS ? &l[i + 1] : NULL;
	}
	p->free_poll = l->next;
	memset(l, 0, sizeof(*l));
	l->refs = 1;
	return l;
}

void poll_put(struct rxs_path *p, struct poll *l)
{
	if (!l || --l->refs)
		return;
	l->next = p->free_poll;
	p->free_poll = l;
}

void path_memory_free(struct rxs_path *p)
{
	/* Packets that outgrew their room hold heap memory: open ones, and none else. */
	for (struct open *o = p->oldest; o; o = o->next)
		if (o->base != o->room)
			free(o->base);
	for (u32 s = 0; s < p->nr_streams; s++) {
		for (u32 i = 0; i < p->nr_cpus[s]; i++) {
			struct cpu *c = p->cpus[s][i];

			for (struct open *o = c ? c->pending : NULL; o; o = o->next)
				if (o->base != o->room)
					free(o->base);
			free(c);
		}
		free(p->cpus[s]);
	}
	free(p->cpus);
	free(p->nr_cpus);
	for (u32 i = 0; i < p->nr_chunks; i++)
		free(p->chunks[i]);
	free(p->chunks);
	free(p->skbs.slot);
	free(p->heads.slot);
	free(p->hook_kind);
	free(p->dev_rank);
	free(p->handlers);
	free(p->devmap);
}

static int streams_grow(struct rxs_path *p, u32 nr)
{
	struct cpu ***cpus = realloc(p->cpus, nr * sizeof(*cpus));
	u32 *nr_cpus;

	if (!cpus)
		return -ENOMEM;
	p->cpus = cpus;
	nr_cpus = realloc(p->nr_cpus, nr * sizeof(*nr_cpus));
	if (!nr_cpus)
		return -ENOMEM;
	p->nr_cpus = nr_cpus;
	for (u32 s = p->nr_streams; s < nr; s++) {
		cpus[s] = NULL;
		nr_cpus[s] = 0;
	}
	p->nr_streams = nr;
	return 0;
}

struct cpu *cpu_get_slow(struct rxs_path *p, u16 stream, s16 cpu)
{
	u32 i = (u32)(cpu < 0 ? 0 : cpu + 1), nr;
	struct cpu **row, *c;

	if (stream >= p->nr_streams && streams_grow(p, (u32)stream + 1))
		return NULL;
	if (i >= p->nr_cpus[stream]) {
		nr = i + 8;
		row = realloc(p->cpus[stream], nr * sizeof(*row));
		if (!row)
			return NULL;
		memset(row + p->nr_cpus[stream], 0, (nr - p->nr_cpus[stream]) * sizeof(*row));
		p->cpus[stream] = row;
		p->nr_cpus[stream] = nr;
	}
	c = p->cpus[stream][i];
	if (c)
		return c;
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->nr = cpu < 0 ? -1 : cpu;
	c->stream = stream;
	c->done_tail = &c->done;
	c->pending_tail = &c->pending;
	p->cpus[stream][i] = c;
	return c;
}

static u64 dev_key(u16 stream, u32 netns, u32 ifindex)
{
	return ((u64)stream << 52 ^ (u64)netns << 20 ^ ifindex) | 1ull << 63;
}

/*
 * Learn a device from an event at which packets begin: its name, and how early its packets are
 * seen.
 */
void dev_note(struct rxs_path *p, const struct rxs_event *ev)
{
	u8 rank = (u8)(1 + ev->stage - RXS_ST_RX_DESC), *grown;
	struct dev_slot *s;
	u64 key;
	u32 nr;

	if (ev->dev >= p->nr_dev_rank) {
		nr = rxs_strtab_count(p->t);
		if (ev->dev >= nr)
			return;
		nr += 64;
		grown = realloc(p->dev_rank, nr);
		if (!grown)
			return;
		memset(grown + p->nr_dev_rank, 0, nr - p->nr_dev_rank);
		p->dev_rank = grown;
		p->nr_dev_rank = nr;
	}
	if (!p->dev_rank[ev->dev])
		p->nr_netdevs++;
	if (!p->dev_rank[ev->dev] || rank < p->dev_rank[ev->dev])
		p->dev_rank[ev->dev] = rank;
	if (!ev->ifindex)
		return;
	key = dev_key(ev->stream, ev->netns, ev->ifindex);
	s = &p->devmap[key_hash(key) & (DEVMAP_SLOTS - 1)];
	s->key = key;
	s->dev = ev->dev;
}

u32 dev_name_of(const struct rxs_path *p, u16 stream, u32 netns, u32 ifindex)
{
	u64 key = dev_key(stream, netns, ifindex);
	const struct dev_slot *s = &p->devmap[key_hash(key) & (DEVMAP_SLOTS - 1)];

	return s->key == key ? s->dev : 0;
}

/*
 * The packet owns that head from now on; who had it before has it no more (a head is reused at
 * once).
 */
void head_set(struct rxs_path *p, struct open *o, u64 key)
{
	struct open *had;

	if (o->head_key == key)
		return;
	head_clear(p, o);
	had = table_find(&p->heads, key);
	if (had)
		had->head_key = 0;
	if (!table_put(&p->heads, key, o))
		o->head_key = key;
}

void head_clear(struct rxs_path *p, struct open *o)
{
	if (o->head_key)
		table_del(&p->heads, o->head_key);
	o->head_key = 0;
}
