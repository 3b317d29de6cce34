/* SPDX-License-Identifier: GPL-2.0 */
/* Pieces of JSON that several documents have in common. The fields are described in docs/report-json.md. */
#ifndef RXS_VIEW_JSON_PARTS_H
#define RXS_VIEW_JSON_PARTS_H

#include "../base/rxs_json.h"
#include "rxs_view.h"

/* A histogram of ns (or packets) as {count, min, p50, …}; with its buckets as [[lowest value, count], …]. */
void json_hist(struct rxs_json *j, const char *key, const struct rxs_hist *h, bool buckets);
void json_source(struct rxs_json *j, const char *key, const struct rxs_run_info *ri, const struct rxs_snapshot *s);
/* Everything known of one packet. x may be NULL. */
void json_packet(struct rxs_json *j, const struct rxs_packet *p, const struct rxs_strtab *t,
		 const struct rxs_explain *x);
void json_flow(struct rxs_json *j, const char *key, const struct rxs_flow *f);
/* String of that id; null when it is not known. */
void json_name(struct rxs_json *j, const char *key, const struct rxs_strtab *t, u32 id);

#endif
