// SPDX-License-Identifier: GPL-2.0
/* The stage, operation and hook tables, made from the .def files. */
#include "rxs_stage.h"

#include <errno.h>
#include <string.h>

const struct rxs_stage_info rxs_stages[RXS_ST_NR] = {
#define RXS_STAGE(sym, id, layer, title, func, what, advice) \
	[RXS_ST_##sym] = { id, layer, title, func, what, advice },
#include "stages.def"
#undef RXS_STAGE
};

const char *const rxs_ops[RXS_OP_NR] = {
#define RXS_OP(sym, id, meaning) [RXS_OP_##sym] = id,
#include "ops.def"
#undef RXS_OP
};

const struct rxs_hook_info rxs_hooks[] = {
#define RXS_HOOK(stage, op, kind, group, name, alt, args) \
	{ RXS_ST_##stage, RXS_OP_##op, RXS_HOOK_##kind, group, name, alt, args },
#include "hooks.def"
#undef RXS_HOOK
};

const unsigned int rxs_hooks_nr = sizeof(rxs_hooks) / sizeof(rxs_hooks[0]);

int rxs_stage_by_id(const char *id)
{
	for (int i = 0; i < RXS_ST_NR; i++)
		if (!strcmp(rxs_stages[i].id, id))
			return i;
	return -ENOENT;
}

int rxs_op_by_id(const char *id)
{
	for (int i = 0; i < RXS_OP_NR; i++)
		if (!strcmp(rxs_ops[i], id))
			return i;
	return -ENOENT;
}
