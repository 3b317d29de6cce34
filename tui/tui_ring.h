/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A queue of equal elements whose numbers never change: elements are put in at the new end, and
 * taken out at the old end. Element number n stays number n for as long as it is there.
 */
#ifndef TUI_RING_H
#define TUI_RING_H

#include "../tracer/base/rxs_types.h"

struct tui_ring {
	u8 *data;
	size_t elem_bytes;
	u64 cap;		/* elements allocated, a power of two */
	u64 first, next;	/* numbers: of the oldest, and of the one put in next */
};

void tui_ring_init(struct tui_ring *r, size_t elem_bytes);
void tui_ring_free(struct tui_ring *r);
/* Room for one more element, zeroed; NULL when memory runs out. */
void *tui_ring_push(struct tui_ring *r);
/* Drop the oldest. */
void tui_ring_pop(struct tui_ring *r);
/* Forget all elements; numbers go on. */
void tui_ring_clear(struct tui_ring *r);

/* Element number n, or NULL when it is not there. */
static inline void *tui_ring_at(const struct tui_ring *r, u64 n)
{
	return n >= r->first && n < r->next ? r->data + (n & (r->cap - 1)) * r->elem_bytes : NULL;
}

static inline u64 tui_ring_count(const struct tui_ring *r)
{
	return r->next - r->first;
}

#endif
