// SPDX-License-Identifier: GPL-2.0
/* The names in events: which function a probe's name means, and what a drop reason's number is called. */
#include "tep_type.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PROBE_NAME_MAX 128

static int find_kprobe_hook(const char *func)
{
	for (unsigned int i = 0; i < rxs_hooks_nr; i++)
		if (rxs_hooks[i].kind == RXS_HOOK_KP && !strcmp(rxs_hooks[i].name, func))
			return i;
	return -ENOENT;
}

/* Cut "_" TAG DIGITS off the end; its number goes to *nr. */
static bool cut_number(char *s, const char *tag, unsigned long *nr)
{
	size_t tag_len = strlen(tag);
	size_t end = strlen(s), digits = end;

	while (digits && isdigit((unsigned char)s[digits - 1]))
		digits--;
	if (digits == end || digits < tag_len + 2 || s[digits - tag_len - 1] != '_' ||
	    strncmp(s + digits - tag_len, tag, tag_len))
		return false;
	*nr = strtoul(s + digits, NULL, 10);
	s[digits - tag_len - 1] = '\0';
	return true;
}

int tep_match_probe_name(const char *name)
{
	char s[PROBE_NAME_MAX], *dot;
	unsigned long nr;
	int hook;

	hook = find_kprobe_hook(name);
	if (hook >= 0 || strlen(name) >= sizeof(s))
		return hook;
	strcpy(s, name);
	/* A compiler's variant of the function: ip_rcv_core.constprop.0 */
	dot = strchr(s, '.');
	if (dot) {
		if (strncmp(dot, ".constprop.", 11) && strncmp(dot, ".isra.", 6))
			return -ENOENT;
		*dot = '\0';
		hook = find_kprobe_hook(s);
		if (hook >= 0)
			return hook;
	}
	/* kernel/trace/trace_kprobe.c names a probe p_FUNC_OFFSET when its maker did not. */
	if (!strncmp(s, "p_", 2)) {
		if (cut_number(s, "", &nr) && nr)
			return -ENOENT;
		return find_kprobe_hook(s + 2);
	}
	/* tools/perf/util/probe-event.c: FUNC_L<line>, and FUNC_<n> when FUNC is taken. */
	if (cut_number(s, "", &nr)) {
		hook = find_kprobe_hook(s);
		if (hook >= 0)
			return hook;
	}
	return cut_number(s, "L", &nr) ? find_kprobe_hook(s) : -ENOENT;
}

/* Does the printed expression stand for that field, perhaps cast? */
static bool prints_field(const struct tep_print_arg *a, const char *field)
{
	for (int depth = 0; a && depth < 8; depth++) {
		if (a->type == TEP_PRINT_FIELD)
			return a->field.name && !strcmp(a->field.name, field);
		if (a->type != TEP_PRINT_TYPE)
			return false;
		a = a->typecast.item;
	}
	return false;
}

static const struct tep_print_flag_sym *find_symbols(const struct tep_print_arg *a, const char *field,
						     int depth)
{
	const struct tep_print_flag_sym *found = NULL;

	if (depth > 16)
		return NULL;
	for (; a && !found; a = a->next) {
		if (a->type == TEP_PRINT_SYMBOL && prints_field(a->symbol.field, field))
			found = a->symbol.symbols;
		else if (a->type == TEP_PRINT_TYPE)
			found = find_symbols(a->typecast.item, field, depth + 1);
		else if (a->type == TEP_PRINT_OP) {
			found = find_symbols(a->op.left, field, depth + 1);
			if (!found)
				found = find_symbols(a->op.right, field, depth + 1);
		}
	}
	return found;
}

static const char *without_prefix(const char *name)
{
	static const char prefix[] = "SKB_DROP_REASON_";

	return strncmp(name, prefix, sizeof(prefix) - 1) ? name : name + sizeof(prefix) - 1;
}

int tep_type_read_symbols(struct tep_type *type, const char *field, struct rxs_strtab *t)
{
	const struct tep_print_flag_sym *first, *sym;
	unsigned int nr = 0;

	first = find_symbols(type->event->print_fmt.args, field, 0);
	for (sym = first; sym; sym = sym->next)
		nr++;
	if (!nr)
		return 0;
	type->syms = calloc(nr, sizeof(*type->syms));
	if (!type->syms)
		return -ENOMEM;
	for (sym = first; sym; sym = sym->next) {
		const char *name;
		char *end;

		if (!sym->value || !sym->str)
			continue;
		type->syms[type->nr_syms].value = strtoull(sym->value, &end, 0);
		if (end == sym->value)
			continue;	/* an enum the kernel did not resolve */
		name = without_prefix(sym->str);
		type->syms[type->nr_syms++].name = rxs_strtab_intern(t, name, strlen(name));
	}
	return 0;
}
