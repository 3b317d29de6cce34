// SPDX-License-Identifier: GPL-2.0
/* A queue of equal elements whose numbers never change. */
#include "tui_ring.h"

#include <stdlib.h>
#include <string.h>

void tui_ring_init(struct tui_ring *r, size_t elem_bytes)
{
	memset(r, 0, sizeof(*r));
	r->elem_bytes = elem_bytes;
}

void tui_ring_free(struct tui_ring *r)
{
	free(r->data);
	r->data = NULL;
	r->cap = 0;
	r->first = r->next = 0;
}

static int grow(struct tui_ring *r)
{
	u64 cap = r->cap ? r->cap * 2 : 64;
	u8 *data = malloc(cap * r->elem_bytes);

	if (!data)
		return -1;
	for (u64 n = r->first; n < r->next; n++)
		memcpy(data + (n & (cap - 1)) * r->elem_bytes, tui_ring_at(r, n), r->elem_bytes);
	free(r->data);
	r->data = data;
	r->cap = cap;
	return 0;
}

void *tui_ring_push(struct tui_ring *r)
{
	void *e;

	if (tui_ring_count(r) == r->cap && grow(r))
		return NULL;
	r->next++;
	e = tui_ring_at(r, r->next - 1);
	memset(e, 0, r->elem_bytes);
	return e;
}

void tui_ring_pop(struct tui_ring *r)
{
	if (r->first < r->next)
		r->first++;
}

void tui_ring_clear(struct tui_ring *r)
{
	r->first = r->next;
}
