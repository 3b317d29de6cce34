/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The terminal: the only part that knows curses. Cells go out, keys come in. One at a time in a
 * process.
 */
#ifndef TUI_TERM_H
#define TUI_TERM_H

#include <termios.h>

#include "../tracer/base/rxs_err.h"
#include "tui_cells.h"
#include "tui_keys.h"

struct tui_term;

/*
 * What puts the terminal back when the program dies of a signal: nothing but write() and
 * tcsetattr(), which may be called in a signal handler (signal-safety(7)).
 */
struct tui_restore {
	int in_fd, out_fd;
	struct termios termios;
	size_t len;
	char seq[256];
};

/*
 * Take over the terminal at out_fd (a terminal) with keys from in_fd (the same terminal).
 * Descriptors are borrowed. 0, or -errno: -ENOTTY no terminal, -ENODEV its type is not known.
 */
int tui_term_open(struct tui_term **out, int in_fd, int out_fd, struct rxs_err *e);
/* Put the terminal back. NULL is fine. */
void tui_term_close(struct tui_term *t);
/* Colours it has: 0, 8, 16, 256. */
int tui_term_colors(const struct tui_term *t);
/* Its size now, in cells. */
void tui_term_size(struct tui_term *t, int *w, int *h);
/* Bring the cells to the screen; whole: everything, whatever the terminal shows now. */
void tui_term_show(struct tui_term *t, const struct tui_cells *c, const struct tui_style *st,
		   bool whole);
/* The next key, TUI_KEY_MOUSE included; -EAGAIN: none now; -EIO: the terminal is gone. */
int tui_term_key(struct tui_term *t, u32 *key);
/* Where the mouse was, after TUI_KEY_MOUSE: wheel -1, +1, or 0 for a click. */
bool tui_term_mouse(struct tui_term *t, int *x, int *y, int *wheel);
void tui_term_mouse_on(struct tui_term *t, bool on);
/* Give the terminal back for a while, and take it again. */
void tui_term_suspend(struct tui_term *t);
void tui_term_resume(struct tui_term *t);
/* What a handler of crashes needs. Borrowed from t. */
const struct tui_restore *tui_term_restore(const struct tui_term *t);
/* Put the terminal back from within a signal handler. */
void tui_restore_now(const struct tui_restore *r);

#endif
