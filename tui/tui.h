/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The screen without a terminal: keys and frames in, cells out. tui_loop.c turns the crank with a
 * terminal and a run; tests and pictures turn it by hand.
 *
 * A view is one file with a const struct tui_view_ops and one row in tui_views[] (tui_views.c).
 */
#ifndef TUI_H
#define TUI_H

#include "../tracer/base/rxs_err.h"
#include "tui_cells.h"
#include "tui_clock.h"
#include "tui_keys.h"
#include "tui_model.h"

#define TUI_MIN_W	60
#define TUI_MIN_H	16
#define TUI_VIEWS_MAX	12
#define TUI_FIGURES_NS	90000000ull	/* figures change no more often than this */

struct tui;

struct tui_view_ops {
	const char *id;			/* as in --view */
	const char *title;
	const char *about;		/* what it shows and in which units, one sentence */
	const enum tui_act *hints;	/* for the hint line, in order, ended by TUI_A_NONE */
	size_t priv_bytes;		/* of t->priv[], zeroed */
	bool animated;			/* changes with every frame of the clock */
	void (*draw)(struct tui *t, struct tui_cells *c, struct tui_rect r, void *priv);
	/* Returns false for what it does not know. May be NULL. */
	bool (*act)(struct tui *t, enum tui_act a, void *priv);
	/*
	 * A click on column x, row y of its rectangle; wheel: -1 up, +1 down, 0 a click. May be
	 * NULL.
	 */
	void (*click)(struct tui *t, int x, int y, int wheel, void *priv);
	/*
	 * Go to the next (+1) or last (-1) place with this text. Returns false when there is none.
	 * May be NULL.
	 */
	bool (*find)(struct tui *t, const char *text, int dir, void *priv);
	void (*free)(void *priv);	/* of what priv holds; may be NULL */
};

extern const struct tui_view_ops *const tui_views[];	/* NULL-terminated */
/* Number of the view with that id or title, or -ENOENT. */
int tui_view_by_id(const char *id);

/* What the screen cannot do by itself. May be NULL. */
struct tui_host {
	void *ctx;
	/*
	 * A recording that is remembered in part only: read it again with this filter. 0, or
	 * -errno.
	 */
	int (*reload)(void *ctx, const char *expr, struct rxs_err *e);
};

enum tui_ask {
	TUI_ASK_NOTHING,
	TUI_ASK_FILTER,
	TUI_ASK_FIND,
	TUI_ASK_GOTO,
	TUI_ASK_SAVE_WHAT,
	TUI_ASK_SAVE_WHERE
};

struct tui_prompt {
	enum tui_ask ask;
	char text[256];
	int len, at;		/* bytes; where the next character goes */
	char error[256];	/* why the answer was not taken */
	char what;		/* SAVE: t, s, r, p, j */
};

struct tui {
	struct tui_model *model;
	struct tui_clock clock;
	struct tui_style style;
	struct tui_host host;
	struct tui_prompt prompt;
	struct rxs_strtab *strtab;	/* borrowed */
	/* the source */
	struct rxs_source_info info;	/* of the first; borrowed strings */
	char source[128];	/* name, as shown */
	char kernel[64];
	bool refiltered;	/* read again with .filter: what it refuses is not there */
	char capture_filter[128]; /* given on the command line: refused packets never come here */
	bool live;		/* the running kernel, or a stream */
	bool complete;		/* nothing more will come */
	u64 loaded_bytes, size_bytes;	/* of a recording being read; size 0 = not known */
	char error[256];	/* why it ended early, "" = it did not */
	/* what is shown */
	int view, last_view;
	void *priv[TUI_VIEWS_MAX];
	char filter[256];	/* as typed */
	char find[256];
	u64 sel_seq;		/* the packet selected, TUI_NO = none */
	u64 sel_id;		/* its id */
	u64 lost_id;		/* id of the one that was selected and is no longer remembered */
	u32 only_flow;		/* Packets: only of this flow + 1, 0 = all */
	u32 only_drop;		/* Packets: only of this kind of drop + 1, 0 = all */
	u64 marked;		/* packets marked */
	char message[256];
	u64 message_until_ns;	/* wall clock */
	u64 wall_ns;		/* of the last frame */
	u64 drawn_ns;		/* of the last frame that was drawn */
	u32 generation;		/* counts changes that make a list stale: filter, marks */
	bool mouse, quit, suspend, redraw;
	bool dirty;		/* something to draw */
	struct tui_cells *cells; /* being drawn, or drawn last */
};

struct tui_opts {
	struct rxs_strtab *strtab;	/* borrowed */
	u64 memory_bytes;
	bool live;
	u64 step_ns;		/* frame step to begin with, 0 = follow */
	struct tui_style style;
	struct tui_host host;
};

/* 0 or -errno. */
int tui_new(struct tui **out, const struct tui_opts *o);
void tui_free(struct tui *t);
/*
 * Forget all packets and begin anew, with names from t (borrowed). 0, or -ENOMEM and nothing is
 * changed.
 */
int tui_restart(struct tui *t, struct rxs_strtab *names);
/* A key (character or enum tui_key). */
void tui_key(struct tui *t, u32 key);
/* A click or turn of the wheel (-1 up, +1 down, 0 click) on the screen. */
void tui_mouse(struct tui *t, int x, int y, int wheel);
/*
 * A frame at wall time (any clock that does not jump). Sets t->dirty when there is something to
 * draw.
 */
void tui_frame(struct tui *t, u64 wall_ns);
/* Draw everything into c. */
void tui_draw(struct tui *t, struct tui_cells *c);

/* The view whose name stands in column x of the first line, -1 = none (tui_chrome.c). */
int tui_tab_at(const struct tui *t, const struct tui_cells *c, int x);

/* For views. */
void tui_show(struct tui *t, int view);
void tui_say(struct tui *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Select a packet by number; false when it is not remembered. */
bool tui_select_packet(struct tui *t, u64 seq);
/*
 * The selected packet's number, found again by its id; TUI_NO when none, or no longer remembered.
 */
u64 tui_selected(struct tui *t);
/* The instant whose figures are shown; the model's view is there. */
u64 tui_figures_ns(const struct tui *t);
const char *tui_str(const struct tui *t, u32 id);

/* Prompt (tui_prompt.c). */
void tui_ask(struct tui *t, enum tui_ask ask, const char *text);
void tui_prompt_key(struct tui *t, u32 key);
void tui_prompt_draw(struct tui *t, struct tui_cells *c, int y);
/* Set the filter, as by the prompt. 0, or -EINVAL with the reason. */
int tui_set_filter(struct tui *t, const char *expr, struct rxs_err *e);
/* A time, packet or share as "go to" takes it. 0 or -EINVAL. */
int tui_parse_place(const struct tui *t, const char *s, u64 *ns, u64 *seq);

/* What is the same in many views (tui_parts.c). */
#define TUI_NS_MAX 24
/* "1.24 µs": rxs_fmt_ns with the proper sign. */
const char *tui_ns(char *buf, size_t size, u64 ns);
/* A time since the start of the recording: "1.234567890 s". */
const char *tui_since(const struct tui *t, char *buf, size_t size, u64 ns);
/* Headline of a part of a view, with a rule to the right end. */
void tui_headline(struct tui_cells *c, int x, int y, int w, const char *title, const char *note);
/* Where a packet's time went, in w columns, coloured and lettered by layer. */
void tui_way_bar(struct tui_cells *c, int x, int y, int w, const struct rxs_packet *p,
		 bool letters);
/* The colours and letters of the layers. Returns columns. */
int tui_layer_legend(struct tui_cells *c, int x, int y, int w, bool letters);
/*
 * One sentence on how the packet ended: "delivered to curl (pid 12)", "dropped: NO_SOCKET in
 * udp_rcv".
 */
void tui_fate(const struct tui *t, const struct rxs_packet *p, char *buf, size_t size);

#endif
