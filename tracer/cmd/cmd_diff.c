// SPDX-License-Identifier: GPL-2.0
/* rxscope diff: two recordings, or two groups of them, compared. */
#include "rxs_gate.h"

struct diff_args {
	struct rxs_gate_args gate;
};

const struct rxs_opt rxs_opts_diff[] = {
	RXS_GATE_ROWS(struct diff_args, gate),
	RXS_OPT_END
};

static int add_all(struct rxs_profiles *set, char **file, int nr, const struct rxs_gate_args *a)
{
	int status = RXS_EXIT_OK;

	for (int i = 0; i < nr && !status; i++)
		status = rxs_profiles_add(set, file[i], a);
	return status;
}

int rxs_cmd_diff(int argc, char **argv)
{
	struct rxs_profiles base = { 0 }, new_ = { 0 };
	struct diff_args a = { 0 };
	struct rxs_args args;
	int status = rxs_cmd_args(argc, argv, &a, &args);

	if (status >= 0)
		return status;
	if (args.dashdash ? !args.nr || !args.nr_rest : args.nr != 2)
		return rxs_cmd_error(RXS_EXIT_USAGE, "two recordings are compared: rxscope diff BASE NEW, or groups: "
				     "rxscope diff BASE... -- NEW...");
	status = rxs_gate_check(&a.gate);
	if (!status)
		status = add_all(&base, args.arg, args.dashdash ? args.nr : 1, &a.gate);
	if (!status)
		status = args.dashdash ? add_all(&new_, args.rest, args.nr_rest, &a.gate) :
			 add_all(&new_, args.arg + 1, 1, &a.gate);
	if (!status)
		status = rxs_gate(&base, &new_, &a.gate);
	rxs_profiles_free(&base);
	rxs_profiles_free(&new_);
	return status;
}
