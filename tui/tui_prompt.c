// SPDX-License-Identifier: GPL-2.0
/*
 * Questions in the last line: filter, find, go to, save. A wrong answer stays there, with the
 * reason.
 */
#include "tui.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../tracer/base/rxs_opt.h"
#include "tui_save.h"

static const char *const labels[] = {
	[TUI_ASK_FILTER] = "filter: ",
	[TUI_ASK_FIND] = "find: ",
	[TUI_ASK_GOTO] = "go to: ",
	[TUI_ASK_SAVE_WHAT] =
		"save: t screen as text, s screen as picture, r j p packets as .rxs, JSON, pcapng ",
	[TUI_ASK_SAVE_WHERE] = "to file: ",
};

void tui_ask(struct tui *t, enum tui_ask ask, const char *text)
{
	struct tui_prompt *p = &t->prompt;

	memset(p, 0, sizeof(*p));
	p->ask = ask;
	snprintf(p->text, sizeof(p->text), "%s", text);
	p->len = p->at = (int)strlen(p->text);
	t->dirty = true;
}

static void close_prompt(struct tui *t)
{
	t->prompt.ask = TUI_ASK_NOTHING;
}

int tui_set_filter(struct tui *t, const char *expr, struct rxs_err *e)
{
	struct rxs_filter_opts o = { .expr = expr };
	struct rxs_filter *f = NULL;
	int err;

	if (expr[0]) {
		err = rxs_filter_new(&f, &o, e);
		if (err)
			return err;
	}
	/*
	 * What is no longer remembered, or was never let in, can be counted only by reading the
	 * recording again.
	 */
	if ((t->model->evicted || t->refiltered) && t->host.reload) {
		rxs_filter_free(f);
		err = t->host.reload(t->host.ctx, expr, e);
		if (err)
			return err;
		t->refiltered = expr[0];
		snprintf(t->filter, sizeof(t->filter), "%s", expr);
		return 0;
	}
	snprintf(t->filter, sizeof(t->filter), "%s", expr);
	t->generation++;
	tui_model_set_filter(t->model, f);
	t->clock.burst_seq = TUI_NO;
	t->clock.burst_matched = 0;
	return 0;
}

int tui_parse_place(const struct tui *t, const char *s, u64 *ns, u64 *seq)
{
	const struct tui_model *m = t->model;
	char *end;
	u64 v;

	*seq = TUI_NO;
	while (*s == ' ')
		s++;
	if (*s == '#') {
		v = strtoull(s + 1, &end, 10);
		*seq = *end || end == s + 1 ? TUI_NO : tui_model_by_id(m, v, m->ent.first, TUI_NO);
		if (*seq == TUI_NO)
			return -EINVAL;
		*ns = tui_model_ent(m, *seq)->first_ns;
		return 0;
	}
	v = strtoull(s, &end, 10);
	if (end != s && !strcmp(end, "%") && v <= 100) {
		*ns = m->first_ns + (u64)((double)(m->head_ns - m->first_ns) * (double)v / 100);
		return 0;
	}
	if (*s == '+')
		s++;
	if (rxs_parse_time(s, 1000000000, &v))
		return -EINVAL;
	*ns = m->first_ns + v;
	return 0;
}

static void answer_filter(struct tui *t)
{
	struct rxs_err e = { "" };
	int err = tui_set_filter(t, t->prompt.text, &e);

	if (err) {
		const char *text = rxs_err_text(&e, err), *reason = strstr(text, "': ");

		/* The expression itself stands before it, as typed. */
		snprintf(t->prompt.error, sizeof(t->prompt.error), "%s",
			 reason ? reason + 3 : text);
		return;
	}
	close_prompt(t);
}

static void answer_find(struct tui *t)
{
	snprintf(t->find, sizeof(t->find), "%s", t->prompt.text);
	close_prompt(t);
	if (t->find[0] && tui_views[t->view]->find &&
	    !tui_views[t->view]->find(t, t->find, 1, t->priv[t->view]) &&
	    !tui_views[t->view]->find(t, t->find, -1, t->priv[t->view]))
		tui_say(t, "no '%s' here", t->find);
}

static void answer_goto(struct tui *t)
{
	u64 ns, seq;

	if (tui_parse_place(t, t->prompt.text, &ns, &seq)) {
		snprintf(t->prompt.error, sizeof(t->prompt.error),
			 t->prompt.text[0] == '#'
				 ? "that packet is not remembered"
				 : "a time (1.25s, 300us), a packet (#17) or a part (50%%)");
		return;
	}
	if (seq != TUI_NO)
		tui_select_packet(t, seq);
	tui_clock_goto(&t->clock, t->model, ns);
	close_prompt(t);
}

static void answer_save_where(struct tui *t)
{
	struct rxs_err e = { "" };
	char what = t->prompt.what, path[sizeof(t->prompt.text)];
	int err;

	snprintf(path, sizeof(path), "%s", t->prompt.text);
	if (!path[0])
		return;
	/* The screen is saved as it was before the question. */
	close_prompt(t);
	err = tui_save(t, what, path, &e);
	if (err) {
		tui_ask(t, TUI_ASK_SAVE_WHERE, path);
		t->prompt.what = what;
		snprintf(t->prompt.error, sizeof(t->prompt.error), "%s", rxs_err_text(&e, err));
	}
}

static void answer(struct tui *t)
{
	t->prompt.error[0] = 0;
	switch (t->prompt.ask) {
	case TUI_ASK_FILTER:
		answer_filter(t);
		break;
	case TUI_ASK_FIND:
		answer_find(t);
		break;
	case TUI_ASK_GOTO:
		answer_goto(t);
		break;
	case TUI_ASK_SAVE_WHERE:
		answer_save_where(t);
		break;
	default:
		break;
	}
}

static void choose_save(struct tui *t, u32 key)
{
	char name[64];

	if (key > 0x7f || !key || !strchr("tsrjp", (int)key)) {
		close_prompt(t);
		return;
	}
	tui_save_name(t, (char)key, name, sizeof(name));
	tui_ask(t, TUI_ASK_SAVE_WHERE, name);
	t->prompt.what = (char)key;
}

/* Bytes of the character before at. */
static int back_one(const struct tui_prompt *p)
{
	int n = 1;

	while (n < p->at && (p->text[p->at - n] & 0xc0) == 0x80)
		n++;
	return n;
}

static int on_one(const struct tui_prompt *p)
{
	int n = 1;

	while (p->at + n < p->len && (p->text[p->at + n] & 0xc0) == 0x80)
		n++;
	return n;
}

static void cut(struct tui_prompt *p, int at, int n)
{
	memmove(p->text + at, p->text + at + n, (size_t)(p->len - at - n + 1));
	p->len -= n;
	p->at = at;
	p->error[0] = 0;
}

static void insert(struct tui_prompt *p, u32 key)
{
	char buf[8];
	int n = tui_utf8(buf, key);

	if (p->len + n >= (int)sizeof(p->text))
		return;
	memmove(p->text + p->at + n, p->text + p->at, (size_t)(p->len - p->at + 1));
	memcpy(p->text + p->at, buf, (size_t)n);
	p->len += n;
	p->at += n;
	p->error[0] = 0;
}

#define CTRL(c) ((c) & 0x1f)

void tui_prompt_key(struct tui *t, u32 key)
{
	struct tui_prompt *p = &t->prompt;

	if (key == 27 || key == CTRL('c') || key == CTRL('g')) {
		close_prompt(t);
	} else if (p->ask == TUI_ASK_SAVE_WHAT) {
		choose_save(t, key);
	} else if (key == '\r' || key == '\n') {
		answer(t);
	} else if (key == TUI_KEY_BACKSPACE) {
		if (p->at)
			cut(p, p->at - back_one(p), back_one(p));
		else if (!p->len)
			close_prompt(t);
	} else if (key == TUI_KEY_DELETE || key == CTRL('d')) {
		if (p->at < p->len)
			cut(p, p->at, on_one(p));
	} else if (key == CTRL('u')) {
		cut(p, 0, p->at);
	} else if (key == CTRL('k')) {
		cut(p, p->at, p->len - p->at);
	} else if (key == TUI_KEY_LEFT) {
		p->at -= p->at ? back_one(p) : 0;
	} else if (key == TUI_KEY_RIGHT) {
		p->at += p->at < p->len ? on_one(p) : 0;
	} else if (key == TUI_KEY_HOME || key == CTRL('a')) {
		p->at = 0;
	} else if (key == TUI_KEY_END || key == CTRL('e')) {
		p->at = p->len;
	} else if (key >= 0x20 && key != 0x7f && key < 0x110000) {
		insert(p, key);
	}
}

void tui_prompt_draw(struct tui *t, struct tui_cells *c, int y)
{
	const struct tui_prompt *p = &t->prompt;
	char head[sizeof(p->text)];
	int x, err_w = 0, room, at;
	const char *text = p->text;

	x = 1 + tui_text(c, 1, y, c->w - 2, TUI_R_KEY, labels[p->ask]);
	if (p->ask == TUI_ASK_SAVE_WHAT)
		return;
	memcpy(head, p->text, (size_t)p->at);
	head[p->at] = 0;
	at = tui_columns(head);
	if (p->error[0]) {
		int left = c->w - x - 4 - tui_columns(p->text), least = (c->w - x) / 2;

		left = left > least ? left : least;
		err_w = tui_columns(p->error) + 2;
		err_w = err_w < left ? err_w : left;
	}
	room = c->w - x - 2 - err_w;
	/* A long text scrolls so that the cursor stays in sight. */
	for (; at >= room && room > 0; at--)
		tui_next_char(&text);
	tui_text(c, x, y, room, TUI_R_PROMPT, text);
	tui_select(c, x + at, y, 1);
	if (p->error[0])
		tui_text(c, c->w - 1 - err_w + 2, y, err_w - 2, TUI_R_PROMPT_BAD, p->error);
}
