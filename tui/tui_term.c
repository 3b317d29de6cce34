// SPDX-License-Identifier: GPL-2.0
/* The terminal: the only part that knows curses. */
#define NCURSES_WIDECHAR 1
#include "tui_term.h"

#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

#define PAIRS_MAX 63	/* a terminal of 8 colours has 64 pairs */

struct tui_term {
	SCREEN *screen;
	FILE *in, *out;
	int in_fd, out_fd;
	struct tui_cells shown;		/* what the terminal shows */
	bool shown_valid;
	struct { s16 fg, bg; } pair[PAIRS_MAX + 1];
	int nr_pairs;
	enum tui_theme theme;		/* pairs are of this theme */
	int colors;
	struct tui_restore restore;
};

/* Terminal capabilities as bytes, without the padding "$<5>" that only printing terminals need. */
static void add_cap(struct tui_restore *r, const char *name)
{
	const char *s = tigetstr(name);

	if (!s || s == (char *)-1)
		return;
	while (*s && r->len < sizeof(r->seq)) {
		if (s[0] == '$' && s[1] == '<') {
			while (*s && *s != '>')
				s++;
			s += *s == '>';
			continue;
		}
		r->seq[r->len++] = *s++;
	}
}

static void fill_restore(struct tui_term *t)
{
	static const char mouse_off[] = "\033[?1000l\033[?1002l\033[?1006l";
	struct tui_restore *r = &t->restore;

	r->in_fd = t->in_fd;
	r->out_fd = t->out_fd;
	add_cap(r, "sgr0");
	add_cap(r, "op");
	add_cap(r, "rmkx");
	add_cap(r, "cnorm");
	add_cap(r, "rmcup");
	if (tigetstr("kmous") && tigetstr("kmous") != (char *)-1 &&
	    r->len + sizeof(mouse_off) <= sizeof(r->seq)) {
		memcpy(r->seq + r->len, mouse_off, sizeof(mouse_off) - 1);
		r->len += sizeof(mouse_off) - 1;
	}
}

void tui_restore_now(const struct tui_restore *r)
{
	ssize_t n = write(r->out_fd, r->seq, r->len);

	(void)n;
	tcsetattr(r->in_fd, TCSANOW, &r->termios);
}

const struct tui_restore *tui_term_restore(const struct tui_term *t)
{
	return &t->restore;
}

static void set_modes(void)
{
	/*
	 * Raw: Ctrl-C, Ctrl-Z and Ctrl-S are keys like any other; curses must not stop or end the
	 * program.
	 */
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	leaveok(stdscr, TRUE);
	curs_set(0);
}

static int open_files(struct tui_term *t, int in_fd, int out_fd)
{
	int fd = dup(in_fd);

	t->in = fd < 0 ? NULL : fdopen(fd, "r");
	if (!t->in) {
		close(fd);
		return -errno;
	}
	fd = dup(out_fd);
	t->out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!t->out) {
		close(fd);
		return -errno;
	}
	t->in_fd = fileno(t->in);
	t->out_fd = fileno(t->out);
	return 0;
}

int tui_term_open(struct tui_term **out, int in_fd, int out_fd, struct rxs_err *e)
{
	const char *type = getenv("TERM");
	struct tui_term *t;
	int err;

	if (!isatty(in_fd) || !isatty(out_fd))
		return rxs_err_set(e, -ENOTTY, "no terminal to draw on");
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	err = open_files(t, in_fd, out_fd);
	if (!err && tcgetattr(in_fd, &t->restore.termios))
		err = -errno;
	if (err)
		goto fail;
	/* ncurses asks the terminal for its size; LINES and COLUMNS of a shell would go stale. */
	use_env(TRUE);
	use_tioctl(TRUE);
	t->screen = newterm(NULL, t->out, t->in);
	if (!t->screen) {
		err = rxs_err_set(e, -ENODEV, "the terminal type '%s' is not known; try TERM=xterm",
				  type ? type : "");
		goto fail;
	}
	set_term(t->screen);
	set_escdelay(25);
	set_modes();
	if (has_colors() && start_color() == OK) {
		use_default_colors();
		t->colors = COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : COLORS;
	}
	t->theme = TUI_THEME_NR;
	fill_restore(t);
	*out = t;
	return 0;
fail:
	tui_term_close(t);
	return err;
}

void tui_term_close(struct tui_term *t)
{
	if (!t)
		return;
	if (t->screen) {
		tui_term_mouse_on(t, false);
		endwin();
		delscreen(t->screen);
	}
	if (t->in)
		fclose(t->in);
	if (t->out)
		fclose(t->out);
	tui_cells_free(&t->shown);
	free(t);
}

int tui_term_colors(const struct tui_term *t)
{
	return t->colors;
}

void tui_term_size(struct tui_term *t, int *w, int *h)
{
	struct winsize ws;

	*w = COLS;
	*h = LINES;
	if (ioctl(t->out_fd, TIOCGWINSZ, &ws) || !ws.ws_col || !ws.ws_row)
		return;
	*w = ws.ws_col;
	*h = ws.ws_row;
	if (is_term_resized(*h, *w)) {
		resizeterm(*h, *w);
		t->shown_valid = false;
	}
}

static int pair_of(struct tui_term *t, struct tui_look l)
{
	if (t->colors < 8 || (l.fg < 0 && l.bg < 0))
		return 0;
	for (int i = 1; i <= t->nr_pairs; i++)
		if (t->pair[i].fg == l.fg && t->pair[i].bg == l.bg)
			return i;
	if (t->nr_pairs == PAIRS_MAX || t->nr_pairs + 1 >= COLOR_PAIRS)
		return 0;
	t->nr_pairs++;
	t->pair[t->nr_pairs].fg = l.fg;
	t->pair[t->nr_pairs].bg = l.bg;
	init_pair((short)t->nr_pairs, l.fg, l.bg);
	return t->nr_pairs;
}

static void to_cchar(struct tui_term *t, const struct tui_cell *cell, const struct tui_style *st,
		     cchar_t *cc)
{
	struct tui_look l = tui_style_look(st, cell->role, cell->flags & TUI_CELL_SELECTED);
	wchar_t wc[2] = { (wchar_t)cell->ch, 0 };
	attr_t a = A_NORMAL;

	if (l.attr & TUI_ATTR_BOLD)
		a |= A_BOLD;
	if (l.attr & TUI_ATTR_DIM)
		a |= A_DIM;
	if (l.attr & TUI_ATTR_REVERSE)
		a |= A_REVERSE;
	if (l.attr & TUI_ATTR_UNDERLINE)
		a |= A_UNDERLINE;
	setcchar(cc, wc, a, (short)pair_of(t, l), NULL);
}

static bool same_cell(const struct tui_cell *a, const struct tui_cell *b)
{
	return a->ch == b->ch && a->role == b->role && a->flags == b->flags;
}

static void show_row(struct tui_term *t, const struct tui_cells *c, const struct tui_style *st,
		     int y, bool whole)
{
	const struct tui_cell *row = &c->cell[y * c->w], *old = &t->shown.cell[y * c->w];
	cchar_t run[256];

	for (int x = 0; x < c->w;) {
		int n = 0;

		if (!whole && same_cell(&row[x], &old[x])) {
			x++;
			continue;
		}
		while (x + n < c->w && n < (int)RXS_ARRAY_SIZE(run) &&
		       (whole || !same_cell(&row[x + n], &old[x + n]))) {
			to_cchar(t, &row[x + n], st, &run[n]);
			n++;
		}
		mvadd_wchnstr(y, x, run, n);
		x += n;
	}
}

void tui_term_show(struct tui_term *t, const struct tui_cells *c, const struct tui_style *st,
		   bool whole)
{
	if (t->theme != st->theme || t->shown.w != c->w || t->shown.h != c->h || !t->shown_valid) {
		if (tui_cells_resize(&t->shown, c->w, c->h))
			return;
		t->nr_pairs = 0;
		t->theme = st->theme;
		t->shown_valid = true;
		whole = true;
	}
	for (int y = 0; y < c->h && y < LINES; y++)
		show_row(t, c, st, y, whole);
	memcpy(t->shown.cell, c->cell, sizeof(*c->cell) * (size_t)c->w * (size_t)c->h);
	if (whole)
		clearok(curscr, TRUE);
	wnoutrefresh(stdscr);
	doupdate();
}

/* A descriptor that is readable but holds no byte has been hung up. */
static bool hung_up(const struct tui_term *t)
{
	struct pollfd p = { .fd = t->in_fd, .events = POLLIN };
	int bytes = 0;

	if (poll(&p, 1, 0) != 1)
		return false;
	if (p.revents & (POLLHUP | POLLERR | POLLNVAL))
		return true;
	return ioctl(t->in_fd, FIONREAD, &bytes) || !bytes;
}

int tui_term_key(struct tui_term *t, u32 *key)
{
	static const struct {
		int code;
		u32 key;
	} map[] = {
		{ KEY_UP, TUI_KEY_UP },
		{ KEY_DOWN, TUI_KEY_DOWN },
		{ KEY_LEFT, TUI_KEY_LEFT },
		{ KEY_RIGHT, TUI_KEY_RIGHT },
		{ KEY_PPAGE, TUI_KEY_PGUP },
		{ KEY_NPAGE, TUI_KEY_PGDN },
		{ KEY_HOME, TUI_KEY_HOME },
		{ KEY_END, TUI_KEY_END },
		{ KEY_BACKSPACE, TUI_KEY_BACKSPACE },
		{ KEY_DC, TUI_KEY_DELETE },
		{ KEY_BTAB, TUI_KEY_BACKTAB },
		{ KEY_F(1), TUI_KEY_F1 },
		{ KEY_MOUSE, TUI_KEY_MOUSE },
		{ KEY_RESIZE, TUI_KEY_RESIZE },
		{ KEY_ENTER, '\r' },
	};
	wint_t wc = 0;
	int rc = get_wch(&wc);

	if (rc == ERR)
		return hung_up(t) ? -EIO : -EAGAIN;
	if (rc != KEY_CODE_YES) {
		*key = wc == 127 || wc == 8 ? TUI_KEY_BACKSPACE : (u32)wc;
		return 0;
	}
	*key = TUI_KEY_OTHER;
	for (size_t i = 0; i < RXS_ARRAY_SIZE(map); i++)
		if (map[i].code == (int)wc)
			*key = map[i].key;
	return 0;
}

bool tui_term_mouse(struct tui_term *t, int *x, int *y, int *wheel)
{
	MEVENT ev;

	(void)t;
	if (getmouse(&ev) != OK)
		return false;
	*x = ev.x;
	*y = ev.y;
	*wheel = ev.bstate & BUTTON4_PRESSED ? -1 : ev.bstate & BUTTON5_PRESSED ? 1 : 0;
	return *wheel || (ev.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED));
}

void tui_term_mouse_on(struct tui_term *t, bool on)
{
	(void)t;
	mousemask(on ? BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0,
		  NULL);
	mouseinterval(0);
}

void tui_term_suspend(struct tui_term *t)
{
	(void)t;
	endwin();
}

void tui_term_resume(struct tui_term *t)
{
	set_modes();
	t->shown_valid = false;
	refresh();
}
