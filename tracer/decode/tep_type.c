// SPDX-License-Identifier: GPL-2.0
/* From a trace event's format to the hook it is and the places of its values. */
#include "tep_type.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * A probe on a function's entry may sit behind the landing pad and the tracer's call (endbr64 and
 * __fentry__ on x86, bti and patchable nops on arm64); arguments are still where the caller put them.
 */
#define ENTRY_MAX_BYTES 8

struct slot {
	const char *name;	/* as in ARGS of hooks.def */
	u16 to;			/* offset in struct rxs_event */
	u8 to_size;		/* 0: not a number */
};

#define SLOT(member) { #member, offsetof(struct rxs_event, member), sizeof(((struct rxs_event *)0)->member) }
static const struct slot num_slots[] = {
	SLOT(skb), SLOT(head), SLOT(peer), SLOT(len), SLOT(ifindex), SLOT(netns), SLOT(aux), SLOT(aux2),
};
static const struct slot str_slots[] = { SLOT(dev), SLOT(comm) };
#undef SLOT

/* One "slot=source" of ARGS. */
struct arg {
	char slot[16];
	char source[96];
};

static bool next_arg(const char **pos, struct arg *a)
{
	const char *p = *pos, *eq;
	size_t len;

	while (*p == ' ')
		p++;
	len = strcspn(p, " ");
	eq = memchr(p, '=', len);
	if (!eq || *p == '?' || (size_t)(eq - p) >= sizeof(a->slot) ||
	    (size_t)(p + len - eq - 1) >= sizeof(a->source))
		return false;
	memcpy(a->slot, p, eq - p);
	a->slot[eq - p] = '\0';
	memcpy(a->source, eq + 1, p + len - eq - 1);
	a->source[p + len - eq - 1] = '\0';
	*pos = p + len;
	return true;
}

static bool field_fits(const struct tep_format_field *f)
{
	return f->offset >= 0 && f->offset <= UINT16_MAX && f->size >= 0 && f->size <= UINT16_MAX;
}

static bool is_number(const struct tep_format_field *f)
{
	return field_fits(f) && !(f->flags & (TEP_FIELD_IS_ARRAY | TEP_FIELD_IS_DYNAMIC)) &&
	       (f->size == 1 || f->size == 2 || f->size == 4 || f->size == 8);
}

static void need(struct tep_type *type, unsigned int off, unsigned int size)
{
	if (off + size > type->min_len)
		type->min_len = off + size;
}

static enum tep_place place_of(const struct tep_format_field *f)
{
	if (!field_fits(f))
		return TEP_AT_NONE;
	if (!(f->flags & TEP_FIELD_IS_DYNAMIC))
		return f->flags & TEP_FIELD_IS_ARRAY ? TEP_AT_FIXED : TEP_AT_NONE;
	if (f->size != 4)
		return TEP_AT_NONE;
	return f->flags & TEP_FIELD_IS_RELATIVE ? TEP_AT_RELATIVE : TEP_AT_DYNAMIC;
}

/* The argument number when the source of ARGS is an argument itself and nothing behind it, else 0. */
static unsigned long plain_argument(const char *source)
{
	unsigned long nr;
	char *end;

	if (!isdigit((unsigned char)*source))
		return 0;
	nr = strtoul(source, &end, 10);
	return *end && *end != ':' ? 0 : nr;
}

/* The field that gives the slot: of a tracepoint by the name the table says, of a kprobe by usual names. */
static struct tep_format_field *find_slot_field(struct tep_event *ev, const struct rxs_hook_info *hook,
						const struct arg *a)
{
	static const char *const skb_names[] = { "skb", "skbaddr", "skb_addr", "skb_ptr", "skbptr" };
	struct tep_format_field *f;
	unsigned long nr;
	char name[32];

	if (hook->kind == RXS_HOOK_TP)
		return tep_find_field(ev, a->source);
	f = tep_find_field(ev, a->slot);
	if (f)
		return f;
	for (unsigned int i = 0; !strcmp(a->slot, "skb") && i < RXS_ARRAY_SIZE(skb_names); i++) {
		f = tep_find_field(ev, skb_names[i]);
		if (f)
			return f;
	}
	nr = plain_argument(a->source);
	if (!nr)
		return NULL;
	snprintf(name, sizeof(name), "arg%lu", nr);
	return tep_find_field(ev, name);
}

static void add_num(struct tep_type *type, const struct tep_format_field *f, const struct slot *slot)
{
	struct tep_num *n = &type->num[type->nr_nums];

	if (type->nr_nums == TEP_NUMS_MAX)
		return;
	type->nr_nums++;
	n->off = f->offset;
	n->size = f->size;
	n->is_signed = !!(f->flags & TEP_FIELD_IS_SIGNED);
	n->to = slot->to;
	n->to_size = slot->to_size;
	need(type, n->off, n->size);
}

static void add_str(struct tep_type *type, const struct tep_format_field *f, const struct slot *slot)
{
	struct tep_str *s = &type->str[type->nr_strs];

	if (type->nr_strs == TEP_STRS_MAX)
		return;
	type->nr_strs++;
	s->place = place_of(f);
	s->off = f->offset;
	s->size = f->size;
	s->to = slot->to;
	need(type, s->off, s->size);
}

/* Take the field for the slot when its shape fits. Returns whether it did. */
static bool add_slot(struct tep_type *type, const struct tep_format_field *f, const char *slot)
{
	if (!strcmp(slot, "reason")) {
		if (!is_number(f))
			return false;
		type->reason_off = f->offset;
		type->reason_size = f->size;
		need(type, f->offset, f->size);
		return true;
	}
	if (!strcmp(slot, "hdr")) {
		type->hdr_place = place_of(f);
		if (type->hdr_place == TEP_AT_NONE)
			return false;
		type->hdr_off = f->offset;
		type->hdr_size = f->size < RXS_HDR_MAX_BYTES ? f->size : RXS_HDR_MAX_BYTES;
		need(type, f->offset, f->size);
		return true;
	}
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(str_slots); i++)
		if (!strcmp(str_slots[i].name, slot)) {
			if (place_of(f) == TEP_AT_NONE)
				return false;
			add_str(type, f, &str_slots[i]);
			return true;
		}
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(num_slots); i++)
		if (!strcmp(num_slots[i].name, slot)) {
			if (!is_number(f))
				return false;
			/* An address cut to 32 bits would join packets that have nothing in common. */
			if (!strcmp(slot, "skb") && f->size < tep_get_long_size(type->event->tep))
				return false;
			add_num(type, f, &num_slots[i]);
			return true;
		}
	return false;
}

/* "? field==value" of ARGS. False when the event lacks the field: it cannot be told apart then. */
static bool add_filter(struct tep_type *type, const char *args)
{
	const char *q = strchr(args, '?');
	struct tep_format_field *f;
	const char *eq;
	char name[32];

	if (!q)
		return true;
	q += 1 + strspn(q + 1, " ");
	eq = strstr(q, "==");
	if (!eq || (size_t)(eq - q) >= sizeof(name))
		return false;
	memcpy(name, q, eq - q);
	name[eq - q] = '\0';
	f = tep_find_field(type->event, name);
	if (!f || !is_number(f))
		return false;
	type->filter_off = f->offset;
	type->filter_size = f->size;
	type->filter_value = strtoull(eq + 2, NULL, 0);
	need(type, f->offset, f->size);
	return true;
}

static int resolve_fields(struct tep_type *type, const struct rxs_hook_info *hook, struct rxs_strtab *t)
{
	const char *pos = hook->args;
	bool usable = true, has_comm = false;
	struct tep_format_field *f;
	struct arg a;
	int err;

	while (next_arg(&pos, &a)) {
		bool have;

		f = find_slot_field(type->event, hook, &a);
		have = f && add_slot(type, f, a.slot);
		if (!have && !strcmp(a.slot, "skb"))
			usable = false;
		if (have && !strcmp(a.slot, "comm"))
			has_comm = true;
		if (have && !strcmp(a.slot, "reason")) {
			err = tep_type_read_symbols(type, f->name, t);
			if (err)
				return err;
		}
		if (have && !strcmp(a.slot, "peer"))
			type->need_symbol = hook->op == RXS_OP_DROP;
	}
	usable = add_filter(type, hook->args) && usable;
	/* A reader may be known only by its freeing what it read. */
	type->need_comm = !has_comm && (hook->stage == RXS_ST_APP ||
					(hook->stage == RXS_ST_END && hook->op != RXS_OP_TRANSMIT));
	type->state = usable ? TEP_TYPE_OK : TEP_TYPE_UNUSABLE;
	return 0;
}

static int match_tracepoint(const struct tep_event *ev)
{
	for (unsigned int i = 0; i < rxs_hooks_nr; i++)
		if (rxs_hooks[i].kind == RXS_HOOK_TP && !strcmp(rxs_hooks[i].name, ev->name) &&
		    !strcmp(rxs_hooks[i].group, ev->system))
			return i;
	return -ENOENT;
}

/*
 * Which function the probe is on: its name says so, or else the symbol at its address. *entry tells
 * whether it is at the function's entry, as far as symbols are known.
 */
static int match_kprobe(const struct tep_event *ev, u64 ip, bool *entry)
{
	const char *func = NULL;
	u64 start = 0;
	int hook;

	if (ip) {
		func = tep_find_function(ev->tep, ip);
		start = func ? tep_find_function_address(ev->tep, ip) : 0;
	}
	/* No function is that long: the symbols are of another kernel, or hidden (kptr_restrict). */
	if (!start || start > ip || ip - start > (1 << 20))
		func = NULL;
	*entry = !func || ip - start <= ENTRY_MAX_BYTES;
	hook = tep_match_probe_name(ev->name);
	if (hook < 0)
		return func && *entry ? tep_match_probe_name(func) : hook;
	/*
	 * Another function's address does not speak against a name: of some functions only may the symbols
	 * have been kept, and then the one before is found.
	 */
	if (func && tep_match_probe_name(func) != hook)
		*entry = true;
	return hook;
}

static void find_common(struct tep_type *type)
{
	struct tep_format_field *f;

	f = tep_find_common_field(type->event, "common_pid");
	if (f && is_number(f) && f->size == 4)
		type->pid_off = f->offset;
	f = tep_find_common_field(type->event, "common_flags");
	if (f && is_number(f) && f->size == 1)
		type->flags_off = f->offset;
	need(type, type->pid_off, 4);
	need(type, type->flags_off, 1);
}

/* A probe on entry has its address only; a return probe has the caller's as well. */
static void find_ip(struct tep_type *type)
{
	struct tep_format_field *f = tep_find_field(type->event, "__probe_ip");

	if (!f || !is_number(f) || f->size < 4 || tep_find_field(type->event, "__probe_ret_ip") ||
	    tep_find_field(type->event, "__probe_func"))
		return;
	type->ip_off = f->offset;
	type->ip_size = f->size;
	need(type, f->offset, f->size);
}

static bool is_return_probe(struct tep_event *ev)
{
	return tep_find_field(ev, "__probe_ret_ip") || tep_find_field(ev, "__probe_func");
}

/* Numbers whose size is the event's own stand first: they are copied without a look at their size. */
static void sort_nums(struct tep_type *type)
{
	struct tep_num sorted[TEP_NUMS_MAX];
	u8 nr = 0;

	for (int pass = 0; pass < 3; pass++) {
		for (u8 i = 0; i < type->nr_nums; i++) {
			const struct tep_num *n = &type->num[i];
			int kind = n->size != n->to_size ? 2 : n->size == 8 ? 0 : 1;

			if (kind == pass)
				sorted[nr++] = *n;
		}
		if (pass == 0)
			type->nr_copy8 = nr;
		else if (pass == 1)
			type->nr_copy4 = nr - type->nr_copy8;
	}
	memcpy(type->num, sorted, nr * sizeof(*sorted));
}

struct tep_type *tep_type_new(struct tep_event *event, u64 ip, struct rxs_strtab *t)
{
	struct tep_type *type = calloc(1, sizeof(*type));
	bool entry = true;
	int hook;

	if (!type)
		return NULL;
	type->event = event;
	type->ip = ip;
	if (!event->name || !event->system || is_return_probe(event))
		return type;
	find_common(type);
	find_ip(type);
	hook = type->ip_size ? match_kprobe(event, ip, &entry) : match_tracepoint(event);
	if (hook < 0)
		return type;
	type->hook = hook;
	type->proto.stage = rxs_hooks[hook].stage;
	type->proto.op = rxs_hooks[hook].op;
	type->proto.hook = hook + 1;
	if (!entry)
		type->state = TEP_TYPE_UNUSABLE;
	else if (resolve_fields(type, &rxs_hooks[hook], t)) {
		tep_type_free(type);
		return NULL;
	}
	sort_nums(type);
	return type;
}

void tep_type_free(struct tep_type *type)
{
	struct tep_type *other;

	for (; type; type = other) {
		other = type->other;
		free(type->syms);
		free(type);
	}
}
