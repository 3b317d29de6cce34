/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hook table (probes/hooks.def) as one kernel can serve it: which rows it has, and how each kprobe is
 * defined there. Shared by the live source and by `rxscope probes`, `stages` and `doctor`.
 */
#ifndef RXS_PROBES_H
#define RXS_PROBES_H

#include "../../probes/rxs_stage.h"
#include "rxs_btf.h"
#include "rxs_ksyms.h"

enum rxs_probe_state {
	RXS_PROBE_READY,	/* the kernel has it */
	RXS_PROBE_SPARE,	/* the kernel has it, but an earlier row of the same ALT serves */
	RXS_PROBE_ABSENT,	/* no such function or tracepoint in this kernel; why */
	RXS_PROBE_REFUSED,	/* the kernel would not take it; why */
	RXS_PROBE_UNWANTED,	/* not attached by rxscope, or not by this backend */
	RXS_PROBE_UNKNOWN,	/* cannot be told without tracefs */
};

struct rxs_probe {
	const struct rxs_hook_info *hook;
	enum rxs_probe_state state;
	const char *symbol;	/* KP: what to probe, with a compiler's suffix; borrowed from ksyms or hook */
	char *args;		/* KP: fetch arguments; TP: event filter; NULL = none; owned */
	char *why;		/* a phrase, or NULL; owned */
};

struct rxs_probes {
	struct rxs_probe *v;	/* rxs_hooks_nr of them, in order of the table */
	const char *tracing;	/* tracefs folder, NULL = not accessible */
	struct rxs_ksyms *ksyms;	/* owned; NULL = not readable */
	struct rxs_btf *btf;	/* owned; NULL = none */
	char *btf_why;		/* why there is none; owned */
	bool wanted;		/* kprobes are wanted */
	bool kprobes;		/* and tracefs has kprobe_events */
};

/*
 * Look at this kernel. tracing is the tracefs folder (borrowed) or NULL when it cannot be read; kprobes:
 * they are wanted. Free with rxs_probes_free(). 0 or -ENOMEM; what is missing is told by the states.
 */
int rxs_probes_plan(struct rxs_probes **out, const char *tracing, bool kprobes);
void rxs_probes_free(struct rxs_probes *p);	/* NULL is fine */

/*
 * Define all READY kprobes as events of group, in one go. Rows the kernel refuses become REFUSED, and the
 * next of their ALT takes over. Returns how many are defined (already defined ones count), or -errno.
 */
int rxs_probes_define(struct rxs_probes *p, const char *group, struct rxs_err *e);
/*
 * Remove every kprobe event of group. 0 or -errno; -EBUSY: one is in use by somebody (the others are
 * gone).
 */
int rxs_probes_undefine(const char *tracing, const char *group, struct rxs_err *e);

/*
 * Ask the kernel: define all READY kprobes in group and remove them again, so that the states tell what it
 * takes and not only what it has. How many it took, or -errno.
 */
int rxs_probes_try(struct rxs_probes *p, const char *group, struct rxs_err *e);

/* One word for a state: "ready", "spare", "absent", "refused", "unwanted", "unknown". */
const char *rxs_probe_state_id(enum rxs_probe_state s);

/*
 * Translate the ARGS of a KP row (hooks.def) into kprobe fetch arguments (Documentation/trace/kprobetrace.rst)
 * for function func. b may be NULL: then only what needs no offset is there ("skb=$arg1:x64"). A slot that
 * cannot be had is left out, but not the skb. Returns 0 and a string to be freed, -ENOENT when the function
 * has no such skb argument in this kernel, -EINVAL for a row that is not well-formed, -ENOMEM.
 */
int rxs_fetch_args(char **out, const struct rxs_btf *b, const char *func, const char *args);
/* Highest argument number the row uses. */
unsigned int rxs_fetch_highest_arg(const char *args);

#endif
