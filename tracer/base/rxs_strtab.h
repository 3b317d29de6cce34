/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interned strings: device names, task names, drop reasons, symbols. An event carries the u32 id.
 * Id 0 is the empty string and means "not known".
 */
#ifndef RXS_STRTAB_H
#define RXS_STRTAB_H

#include "rxs_types.h"

struct rxs_strtab;

/* New empty table, or NULL with errno ENOMEM. Free with rxs_strtab_free(). */
struct rxs_strtab *rxs_strtab_new(void);
/* NULL is fine. */
void rxs_strtab_free(struct rxs_strtab *t);
/*
 * Id of the string of len_bytes bytes at s (no NUL needed; cut at the first NUL), entered when new. Control
 * characters become '?' (rxs_fmt_plain()): names are printed.
 * 0 for the empty string, and when memory runs out: an unknown name, never an error.
 */
u32 rxs_strtab_intern(struct rxs_strtab *t, const char *s, size_t len_bytes);
/* Id when the string is already there, else 0. */
u32 rxs_strtab_find(const struct rxs_strtab *t, const char *s, size_t len_bytes);
/* The string; "" for 0 and for an id that is not in the table. Borrowed, valid as long as the table. */
const char *rxs_strtab_get(const struct rxs_strtab *t, u32 id);
/* One more than the highest id. */
u32 rxs_strtab_count(const struct rxs_strtab *t);

#endif
