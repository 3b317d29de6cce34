// SPDX-License-Identifier: GPL-2.0
/* The screen without a terminal: cells, keys, questions, the clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../tui/tui.h"
#include "../tui/gen.h"

struct fixture {
	struct rxs_strtab *names;
	struct tui *t;
	struct tui_cells c;
};

static struct fixture make(bool live, u32 packets)
{
	struct fixture f = { .names = rxs_strtab_new() };
	const struct tui_opts o = { .strtab = f.names, .memory_bytes = 8 << 20, .live = live,
				    .style = { .colors = 256 } };

	assert_non_null(f.names);
	assert_int_equal(tui_new(&f.t, &o), 0);
	assert_int_equal(tui_cells_resize(&f.c, 80, 24), 0);
	if (packets)
		tui_gen_feed(f.t->model, f.names, packets, 3);
	return f;
}

static void drop(struct fixture *f)
{
	tui_free(f->t);
	tui_cells_free(&f->c);
	rxs_strtab_free(f->names);
}

static void type(struct tui *t, const char *keys)
{
	while (*keys)
		tui_key(t, (u8)*keys++);
}

/* Row y as text; to be freed. */
static char *row(const struct tui_cells *c, int y)
{
	char *s = calloc(1, (size_t)c->w * 4 + 1), *p = s;

	assert_non_null(s);
	for (int x = 0; x < c->w; x++)
		p += tui_utf8(p, c->cell[y * c->w + x].ch);
	return s;
}

static void assert_row_has(struct fixture *f, int y, const char *text)
{
	char *s;

	tui_draw(f->t, &f->c);
	s = row(&f->c, y);
	if (!strstr(s, text))
		fail_msg("'%s' is not in '%s'", text, s);
	free(s);
}

static void text_is_cut_with_a_sign_and_never_outside(void **state)
{
	struct tui_cells c = { 0 };
	char *s;

	(void)state;
	assert_int_equal(tui_cells_resize(&c, 12, 2), 0);
	assert_int_equal(tui_text(&c, 0, 0, 6, TUI_R_TEXT, "abcdefgh"), 6);
	assert_int_equal(tui_text(&c, 9, 0, 40, TUI_R_TEXT, "xyzuvw"), 6);
	tui_text(&c, -3, 1, 40, TUI_R_TEXT, "12345");
	tui_text(&c, 0, 7, 40, TUI_R_TEXT, "nowhere");
	tui_fill(&c, (struct tui_rect){ -5, -5, 3, 3 }, TUI_R_TEXT, 'X');
	tui_select(&c, -10, 0, 100);
	tui_select(&c, 0, 99, 100);
	s = row(&c, 0);
	assert_string_equal(s, "abcde\xe2\x80\xa6   xyz");
	free(s);
	s = row(&c, 1);
	assert_string_equal(s, "45          ");
	free(s);
	tui_cells_free(&c);
}

static void what_cannot_be_drawn_is_a_question_mark(void **state)
{
	struct tui_cells c = { 0 };
	char *s;

	(void)state;
	assert_int_equal(tui_cells_resize(&c, 16, 1), 0);
	/*
	 * A control character, a broken sequence, a wide character, an overlong NUL, a combining
	 * accent.
	 */
	tui_text(&c, 0, 0, 16, TUI_R_TEXT, "a\033b\xc3(c\xe6\xbc\xa2" "d\xc0\x80" "e\xcc\x81");
	s = row(&c, 0);
	assert_string_equal(s, "a?b?(c?d??e?    ");
	free(s);
	tui_cells_free(&c);
}

static void every_glyph_of_the_screen_has_an_ascii_stand_in(void **state)
{
	struct fixture f = make(false, 700);

	(void)state;
	f.t->complete = true;
	for (int view = 0; tui_views[view]; view++) {
		for (int place = 0; place <= 100; place += 7) {
			char go[16];

			tui_show(f.t, view);
			snprintf(go, sizeof(go), "g%d%%\r", place);
			type(f.t, go);
			f.c.ascii = false;
			tui_draw(f.t, &f.c);
			for (int i = 0; i < f.c.w * f.c.h; i++)
				if (f.c.cell[i].ch != '?' && tui_ascii(f.c.cell[i].ch) == '?')
					fail_msg("U+%04X has none", f.c.cell[i].ch);
		}
	}
	drop(&f);
}

static void every_action_that_is_explained_has_a_key(void **state)
{
	(void)state;
	for (int a = 1; a < TUI_A_NR; a++) {
		bool bound = false;

		for (u32 key = 1; key < 0x80 && !bound; key++)
			bound = tui_key_act(key) == (enum tui_act)a;
		for (u32 key = TUI_KEY_UP; key < TUI_KEY_OTHER && !bound; key++)
			bound = tui_key_act(key) == (enum tui_act)a;
		if (!bound)
			fail_msg("no key for '%s'", tui_acts[a].keys);
	}
}

static void a_question_is_edited_as_people_expect(void **state)
{
	struct fixture f = make(false, 50);

	(void)state;
	type(f.t, "/tcp pirt");
	tui_key(f.t, TUI_KEY_LEFT);
	tui_key(f.t, TUI_KEY_LEFT);
	tui_key(f.t, TUI_KEY_BACKSPACE);
	type(f.t, "o");
	tui_key(f.t, TUI_KEY_END);
	type(f.t, " 80");
	assert_string_equal(f.t->prompt.text, "tcp port 80");
	tui_key(f.t, TUI_KEY_HOME);
	tui_key(f.t, TUI_KEY_DELETE);
	assert_string_equal(f.t->prompt.text, "cp port 80");
	tui_key(f.t, 0xe9);
	assert_string_equal(f.t->prompt.text, "\xc3\xa9" "cp port 80");
	tui_key(f.t, TUI_KEY_BACKSPACE);
	assert_string_equal(f.t->prompt.text, "cp port 80");
	tui_key(f.t, 'u' & 0x1f);
	tui_key(f.t, 'k' & 0x1f);
	assert_string_equal(f.t->prompt.text, "");
	/* Longer than the line, longer than the room for it. */
	for (int i = 0; i < 400; i++)
		type(f.t, "x");
	assert_row_has(&f, 23, "filter: xxx");
	tui_key(f.t, 27);
	assert_int_equal(f.t->prompt.ask, TUI_ASK_NOTHING);
	drop(&f);
}

static void a_wrong_filter_stays_with_its_reason_and_changes_nothing(void **state)
{
	struct fixture f = make(false, 300);

	(void)state;
	f.t->complete = true;
	type(f.t, "E/tcp and\r");
	assert_int_equal(f.t->prompt.ask, TUI_ASK_FILTER);
	assert_true(f.t->prompt.error[0]);
	assert_string_equal(f.t->filter, "");
	assert_row_has(&f, 23, "tcp and");
	type(f.t, " port 5201\r");
	assert_int_equal(f.t->prompt.ask, TUI_ASK_NOTHING);
	assert_string_equal(f.t->filter, "tcp and port 5201");
	assert_row_has(&f, 2, "only: tcp and port 5201");
	drop(&f);
}

static void the_frame_step_goes_from_1_ns_to_1_s_by_1_2_5(void **state)
{
	struct fixture f = make(false, 50);

	(void)state;
	f.t->clock.mode = TUI_PLAY;
	for (int i = 0; i < 100; i++)
		type(f.t, "-");
	assert_int_equal(f.t->clock.step_ns, 1);
	type(f.t, "+++");
	assert_int_equal(f.t->clock.step_ns, 10);
	type(f.t, "-");
	assert_int_equal(f.t->clock.step_ns, 5);
	for (int i = 0; i < 100; i++)
		type(f.t, "+");
	assert_int_equal(f.t->clock.step_ns, 1000000000);
	drop(&f);
}

static void a_recording_is_played_to_its_end_and_stays_there(void **state)
{
	struct fixture f = make(false, 400);
	u64 wall = 1, last = 0;

	(void)state;
	f.t->complete = true;
	for (int i = 0; i < 20000 && f.t->clock.mode == TUI_FOLLOW; i++) {
		tui_frame(f.t, wall += 33333333);
		/* Figures only ever go forward. */
		assert_true(tui_figures_ns(f.t) >= last);
		last = tui_figures_ns(f.t);
	}
	assert_int_equal(f.t->clock.mode, TUI_PAUSED);
	assert_true(tui_clock_at_end(&f.t->clock, f.t->model));
	assert_row_has(&f, 1, "END");
	drop(&f);
}

static void slow_motion_leaps_only_where_nothing_happens(void **state)
{
	struct fixture f = make(false, 60);
	u64 wall = 1;

	(void)state;
	f.t->complete = true;
	type(f.t, "0");
	f.t->clock.step_ns = 1000;
	type(f.t, " ");
	for (int i = 0; i < 3000 && f.t->clock.mode == TUI_PLAY; i++) {
		u64 before = f.t->clock.cursor_ns, next = tui_model_next_hop(f.t->model, before);

		tui_frame(f.t, wall += 33333333);
		if (f.t->clock.cursor_ns > before + f.t->clock.step_ns && next != TUI_NO &&
		    f.t->clock.mode == TUI_PLAY)
			assert_true(f.t->clock.cursor_ns < next);
	}
	drop(&f);
}

static void pause_freezes_the_screen_while_packets_come_in(void **state)
{
	struct fixture f = make(true, 0);
	struct tui_gen *g = tui_gen_new(f.t->model, f.names, 9);
	struct tui_cells before = { 0 };
	u64 wall = 1;

	(void)state;
	assert_non_null(g);
	for (int i = 0; i < 40; i++) {
		tui_gen_more(g, 20);
		tui_frame(f.t, wall += 33333333);
		tui_draw(f.t, &f.c);
	}
	type(f.t, " ");
	tui_draw(f.t, &f.c);
	assert_int_equal(tui_cells_resize(&before, 80, 24), 0);
	memcpy(before.cell, f.c.cell, sizeof(*before.cell) * 80 * 22);
	for (int i = 0; i < 40; i++) {
		tui_gen_more(g, 20);
		tui_frame(f.t, wall += 33333333);
		tui_draw(f.t, &f.c);
	}
	/* All but the time line, which shows how much more there is. */
	for (int i = 0; i < 80 * 22; i++)
		assert_int_equal(f.c.cell[i].ch, before.cell[i].ch);
	tui_cells_free(&before);
	free(g);
	drop(&f);
}

static void an_opened_packet_stays_when_it_is_forgotten(void **state)
{
	struct fixture f = make(true, 0);
	struct tui_gen *g = tui_gen_new(f.t->model, f.names, 5);
	char id[32];

	(void)state;
	assert_non_null(g);
	tui_gen_more(g, 100);
	assert_true(tui_select_packet(f.t, f.t->model->ent.next - 1));
	snprintf(id, sizeof(id), "#%llu ", (unsigned long long)f.t->sel_id);
	type(f.t, "3");
	assert_row_has(&f, 3, id);
	while (tui_model_ent(f.t->model, 99))
		tui_gen_more(g, 1000);
	assert_row_has(&f, 3, id);
	assert_row_has(&f, 5, "no longer remembered");
	free(g);
	drop(&f);
}

static void any_keys_at_any_size_are_survived(void **state)
{
	(void)state;
	for (u32 seed = 1; seed <= 3; seed++) {
		struct fixture f = make(seed & 1, 0);
		struct tui_gen *g = tui_gen_new(f.t->model, f.names, seed);
		u64 wall = 1;

		assert_non_null(g);
		srand(seed);
		for (int i = 0; i < 1500; i++) {
			u32 r = (u32)rand(), key = r % 3   ? 32 + r / 3 % 95
						   : r % 2 ? TUI_KEY_UP + r / 6 % 16
							   : r / 6 % 0x3000;

			if (i % 20 == 0)
				tui_gen_more(g, (u32)rand() % 200);
			f.t->complete = i > 1200;
			/* Nothing is written to files here. */
			if (key != 'w')
				tui_key(f.t, key);
			if (r % 7 == 0)
				tui_mouse(f.t, rand() % 200, rand() % 60, rand() % 3 - 1);
			if (r % 11 == 0)
				assert_int_equal(
					tui_cells_resize(&f.c, 1 + rand() % 240, 1 + rand() % 70),
					0);
			f.c.ascii = r & 1;
			tui_frame(f.t, wall += 33333333);
			tui_draw(f.t, &f.c);
		}
		free(g);
		drop(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_cut_with_a_sign_and_never_outside),
		cmocka_unit_test(what_cannot_be_drawn_is_a_question_mark),
		cmocka_unit_test(every_glyph_of_the_screen_has_an_ascii_stand_in),
		cmocka_unit_test(every_action_that_is_explained_has_a_key),
		cmocka_unit_test(a_question_is_edited_as_people_expect),
		cmocka_unit_test(a_wrong_filter_stays_with_its_reason_and_changes_nothing),
		cmocka_unit_test(the_frame_step_goes_from_1_ns_to_1_s_by_1_2_5),
		cmocka_unit_test(a_recording_is_played_to_its_end_and_stays_there),
		cmocka_unit_test(slow_motion_leaps_only_where_nothing_happens),
		cmocka_unit_test(pause_freezes_the_screen_while_packets_come_in),
		cmocka_unit_test(an_opened_packet_stays_when_it_is_forgotten),
		cmocka_unit_test(any_keys_at_any_size_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
