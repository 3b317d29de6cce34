/* SPDX-License-Identifier: GPL-2.0 */
/*
 * JSON written as it comes (RFC 8259): nothing is kept but the nesting. What comes out is always valid UTF-8:
 * bytes that are not become U+FFFD. Numbers are written as they are; values beyond 2^53, such as addresses, are
 * better written with rxs_json_hex().
 *
 * key is the member's name inside an object, NULL inside an array and at the top.
 */
#ifndef RXS_JSON_H
#define RXS_JSON_H

#include <stdio.h>

#include "rxs_types.h"

#define RXS_JSON_DEPTH 32

struct rxs_json {
	FILE *out;		/* borrowed */
	unsigned int depth;
	unsigned int flat;	/* depth from which all stands on one line, 0 = never */
	u8 used[RXS_JSON_DEPTH];	/* something was written at this depth */
	char close[RXS_JSON_DEPTH];
	bool pretty;		/* two blanks a level; else no white space at all */
	bool misused;		/* too deep, or ended more than begun */
};

void rxs_json_init(struct rxs_json *j, FILE *out, bool pretty);
void rxs_json_obj(struct rxs_json *j, const char *key);
void rxs_json_arr(struct rxs_json *j, const char *key);
/* An object or array whose content stays on one line, in pretty output too. */
void rxs_json_obj_flat(struct rxs_json *j, const char *key);
void rxs_json_arr_flat(struct rxs_json *j, const char *key);
/* End the innermost object or array. */
void rxs_json_end(struct rxs_json *j);

void rxs_json_str(struct rxs_json *j, const char *key, const char *s);	/* NULL is written as null */
void rxs_json_strn(struct rxs_json *j, const char *key, const char *s, size_t len_bytes);
void rxs_json_u64(struct rxs_json *j, const char *key, u64 v);
void rxs_json_i64(struct rxs_json *j, const char *key, s64 v);
void rxs_json_f64(struct rxs_json *j, const char *key, double v);	/* six digits; not finite: null */
void rxs_json_bool(struct rxs_json *j, const char *key, bool v);
void rxs_json_null(struct rxs_json *j, const char *key);
void rxs_json_us(struct rxs_json *j, const char *key, u64 ns);		/* ns as us with three decimals */
void rxs_json_hex(struct rxs_json *j, const char *key, u64 v);		/* the string "0x…" */

/* End all that is open, newline. 0, -EIO when a write failed, -EINVAL when it was misused. */
int rxs_json_close(struct rxs_json *j);

#endif
