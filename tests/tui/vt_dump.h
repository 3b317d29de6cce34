/* SPDX-License-Identifier: GPL-2.0 */
/* A screen as a terminal shows it: the cells' SGR form through libvterm. */
#ifndef TUI_TEST_VT_DUMP_H
#define TUI_TEST_VT_DUMP_H

#include "../../tui/tui_cells.h"

/*
 * Rows of text; "-- looks"; for each row its runs of equal looks ("12a 3b": columns and a letter,
 * '.' is plain); then what each letter is. 0 or -errno; -EIO when the terminal's text is not the
 * cells'.
 */
int vt_dump(const struct tui_cells *c, const struct tui_style *st, FILE *out);

#endif
