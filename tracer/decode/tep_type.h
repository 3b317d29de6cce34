/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the decoder knows of one type of trace event: which hook it is, and where in its bytes the values
 * stand. Made once per type from libtraceevent's format, so that each event costs only loads.
 */
#ifndef RXS_TEP_TYPE_H
#define RXS_TEP_TYPE_H

#include <traceevent/event-parse.h>

#include "rxs_event.h"
#include "../base/rxs_strtab.h"

enum tep_type_state {
	TEP_TYPE_FOREIGN,	/* no hook of the table stands for it */
	TEP_TYPE_UNUSABLE,	/* a hook's, without the fields that make it usable */
	TEP_TYPE_OK,
};

/* Where a value's bytes are. */
enum tep_place {
	TEP_AT_NONE,
	TEP_AT_FIXED,		/* at off, size bytes */
	TEP_AT_DYNAMIC,		/* __data_loc: u16 offset, u16 length at off */
	TEP_AT_RELATIVE,	/* __rel_loc: the same, counted from the end of the field */
};

struct tep_num {
	u16 off;
	u16 to;			/* offset in struct rxs_event */
	u8 size;		/* 1, 2, 4, 8 */
	u8 to_size;		/* 4 or 8 */
	u8 is_signed;
};

#define TEP_NAMES_KEPT		4
#define TEP_NAME_KEPT_BYTES	24

/*
 * A name, with those seen last, since a device's name is the same in nearly all events. They are compared as
 * they stand in the record, with the NUL and what may be behind it.
 */
struct tep_str {
	u16 off;
	u16 size;
	u8 place;		/* enum tep_place */
	u8 next;		/* kept[] slot to be replaced next */
	u16 to;			/* offset of the u32 string id in struct rxs_event */
	struct {
		char text[TEP_NAME_KEPT_BYTES];
		u32 len;
		u32 id;
	} kept[TEP_NAMES_KEPT];
};

struct tep_sym {
	u64 value;
	u32 name;		/* string id */
};

#define TEP_NUMS_MAX 10
#define TEP_STRS_MAX 2

struct tep_type {
	enum tep_type_state state;
	u16 hook;		/* index into rxs_hooks[], when not foreign */
	u16 pid_off, flags_off;
	u16 ip_off;		/* kprobes: of __probe_ip */
	u8 ip_size;		/* 0: no kprobe */
	u8 nr_copy8, nr_copy4;	/* of num[]: the first are copied whole, 8 bytes each, the next 4 bytes each; */
	u8 nr_nums;		/* the rest have to be widened or narrowed */
	u8 nr_strs;
	u8 need_comm;		/* the reader's name is asked of the source */
	u8 need_symbol;		/* peer is a code address to be named */
	u8 filter_size;		/* 0: no filter */
	u16 filter_off;
	u16 reason_off;
	u8 reason_size;		/* 0: no drop reason */
	u8 hdr_place;		/* enum tep_place */
	u16 hdr_off, hdr_size;
	u32 min_len;		/* bytes that all fixed fields need */
	u64 filter_value;
	u64 ip;			/* kprobes: the address this was resolved for */
	struct rxs_event proto;	/* stage, op, hook: the same in all events of the type */
	struct tep_num num[TEP_NUMS_MAX];
	struct tep_str str[TEP_STRS_MAX];
	struct tep_sym *syms;	/* names of drop reasons, owned */
	u32 nr_syms;
	struct tep_event *event;	/* borrowed from the tep handle */
	struct tep_type *other;	/* kprobes: the same type number at another address, owned */
};

/*
 * Resolve the event for the kprobe address ip (0 for others). Returns a type to be freed with
 * tep_type_free(), or NULL when out of memory. Names go to t.
 */
struct tep_type *tep_type_new(struct tep_event *event, u64 ip, struct rxs_strtab *t);
void tep_type_free(struct tep_type *type);	/* with all others chained to it; NULL is fine */

/*
 * Index of the kprobe hook that a probe called name stands for, or -ENOENT. A name may be the function's
 * own, or as the kernel (p_FUNC_OFFSET) and perf (FUNC_1, FUNC_L12) make them.
 */
int tep_match_probe_name(const char *name);

/* Fill syms from what the event prints field as, drop reason prefixes taken off. 0 or -ENOMEM. */
int tep_type_read_symbols(struct tep_type *type, const char *field, struct rxs_strtab *t);

#endif
