/* SPDX-License-Identifier: GPL-2.0 */
/* The functions of the running kernel, from /proc/kallsyms: by name, and by address. */
#ifndef RXS_KSYMS_H
#define RXS_KSYMS_H

#include "../base/rxs_err.h"
#include "../base/rxs_types.h"

#define RXS_KSYMS_PROC "/proc/kallsyms"

struct rxs_ksyms;

/* Read path (RXS_KSYMS_PROC). 0 and a handle to be freed with rxs_ksyms_free(), or -errno; -ENODATA: empty. */
int rxs_ksyms_open(struct rxs_ksyms **out, const char *path, struct rxs_err *e);
/*
 * The same from a text already in memory: len bytes with a NUL behind them, malloc()ed; it is taken over,
 * and freed on error too.
 */
int rxs_ksyms_parse(struct rxs_ksyms **out, char *text, size_t len);
/* NULL is fine. */
void rxs_ksyms_free(struct rxs_ksyms *k);
/* Functions read. */
u32 rxs_ksyms_count(const struct rxs_ksyms *k);
/* Are there addresses? Without CAP_SYSLOG, or with kernel.kptr_restrict=2, the kernel shows zeros. */
bool rxs_ksyms_has_addresses(const struct rxs_ksyms *k);

/*
 * The symbol that holds function name: name itself, or, with suffixes, the copy that the compiler made
 * of it (name.constprop.0, name.isra.0). NULL: none. A part split off (name.part.0, name.cold) does not
 * count: it is reached on some ways only. Borrowed.
 */
const char *rxs_ksyms_find(const struct rxs_ksyms *k, const char *name, bool suffixes);

/*
 * The function that holds code address addr, named as kallsyms has it. *start is its first address,
 * *module the module's name or "". NULL: none. Borrowed.
 */
const char *rxs_ksyms_at(const struct rxs_ksyms *k, u64 addr, u64 *start, const char **module);

#endif
