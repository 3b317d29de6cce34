// SPDX-License-Identifier: GPL-2.0
/* The views, in the order of their keys 1, 2, 3 … and of Tab. */
#include "tui_views.h"

#include <errno.h>
#include <strings.h>

const struct tui_view_ops *const tui_views[] = {
	&tui_view_path,
	&tui_view_packets,
	&tui_view_packet,
	&tui_view_latency,
	&tui_view_napi,
	&tui_view_flows,
	&tui_view_drops,
	&tui_view_log,
	&tui_view_help,
	NULL
};

int tui_view_by_id(const char *id)
{
	for (int i = 0; tui_views[i]; i++)
		if (!strcasecmp(tui_views[i]->id, id))
			return i;
	return -ENOENT;
}
