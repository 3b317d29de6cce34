/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stages and operations as numbers, from stages.def and ops.def. Numbers are private to one build;
 * ids (strings) are what files and people see.
 */
#ifndef RXS_STAGE_H
#define RXS_STAGE_H

enum rxs_stage {
#define RXS_STAGE(sym, id, layer, title, func, what, advice) RXS_ST_##sym,
#include "stages.def"
#undef RXS_STAGE
	RXS_ST_NR
};

enum rxs_op {
#define RXS_OP(sym, id, meaning) RXS_OP_##sym,
#include "ops.def"
#undef RXS_OP
	RXS_OP_NR
};

enum rxs_hook_kind { RXS_HOOK_TP, RXS_HOOK_KP };

struct rxs_stage_info {
	const char *id;		/* public name, as in JSON */
	const char *layer;
	const char *title;
	const char *func;	/* the kernel function it stands for */
	const char *what;	/* what happens there, one sentence */
	const char *advice;	/* what to look at when it is slow */
};

struct rxs_hook_info {
	enum rxs_stage stage;
	enum rxs_op op;
	enum rxs_hook_kind kind;
	const char *group;	/* tracepoint system, "" for a kprobe */
	const char *name;	/* tracepoint or kernel function */
	int alt;		/* see hooks.def */
	const char *args;	/* see hooks.def */
};

/* The tables; const, RXS_ST_NR, RXS_OP_NR and rxs_hooks_nr entries. */
extern const struct rxs_stage_info rxs_stages[RXS_ST_NR];
extern const char *const rxs_ops[RXS_OP_NR];
extern const struct rxs_hook_info rxs_hooks[];
extern const unsigned int rxs_hooks_nr;

/* Stage of that id, or -ENOENT. */
int rxs_stage_by_id(const char *id);
/* Operation of that id, or -ENOENT. */
int rxs_op_by_id(const char *id);

#endif
