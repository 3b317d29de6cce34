// SPDX-License-Identifier: GPL-2.0
/* The sentence that goes with a -errno. */
#include "rxs_err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int rxs_err_set(struct rxs_err *e, int err, const char *fmt, ...)
{
	va_list ap;

	if (e && !e->text[0]) {
		va_start(ap, fmt);
		vsnprintf(e->text, sizeof(e->text), fmt, ap);
		va_end(ap);
		/* Names come from files: one line it stays, and no terminal gets orders by it. */
		for (char *p = e->text; *p; p++)
			if ((unsigned char)*p < ' ' || *p == 0x7f)
				*p = '?';
	}
	return err;
}

const char *rxs_err_text(const struct rxs_err *e, int err)
{
	if (e && e->text[0])
		return e->text;
	return strerror(err < 0 ? -err : err);
}
