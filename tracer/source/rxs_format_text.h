/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The format of a trace event (events/SYSTEM/NAME/format) out of a file, taken apart and written anew.
 *
 * libtraceevent reads such texts for kernels it trusts: a changed byte makes it follow a NULL pointer or leak
 * (1.7.1, found by fuzzing). It gets to see only what is written here: known words, names and numbers.
 */
#ifndef RXS_FORMAT_TEXT_H
#define RXS_FORMAT_TEXT_H

#include "../base/rxs_types.h"

#define RXS_FORMAT_WORD_BYTES	128	/* a name, with its NUL */

struct rxs_format_head {
	char name[RXS_FORMAT_WORD_BYTES];
	u32 id;			/* common_type, at most 65535 */
};

/* Name and number at the start of text (NUL-terminated). 0 or -EBADMSG. */
int rxs_format_head(const char *text, struct rxs_format_head *h);

/*
 * The text anew: its fields, and of what it prints only the names of the numbers of symbolic (a field; NULL:
 * nothing). 0 and *out to be freed; -EBADMSG; -ENOMEM.
 */
int rxs_format_clean(const char *text, const char *symbolic, char **out);

#endif
