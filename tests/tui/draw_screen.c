// SPDX-License-Identifier: GPL-2.0
/*
 * Draws one screen of made-up traffic and prints it: draw_screen [-a] [-c|-g|-v] [-t THEME] [-k
 * KEYS] [-p PACKETS] [-m KIB] VIEW WxH [PLACE]. PLACE is a time as the screen's "go to" takes it;
 * without one the end is shown. -a ASCII, -c with colours (SGR), -g as SVG, -v as a terminal
 * (libvterm) shows the SGR form: text, then the runs of equal looks of each row, then what the
 * looks are. -K the key table instead. -k keys to press first (arrows are ~< ~> ~^ ~v).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../tui/tui.h"
#include "gen.h"
#include "vt_dump.h"

static void press(struct tui *t, const char *keys)
{
	static const struct {
		char c;
		u32 key;
	} special[] = {
		{ '<', TUI_KEY_LEFT }, { '>', TUI_KEY_RIGHT }, { '^', TUI_KEY_UP },	{ 'v', TUI_KEY_DOWN },
		{ 'p', TUI_KEY_PGUP }, { 'n', TUI_KEY_PGDN }, { 'h', TUI_KEY_HOME }, { 'e', TUI_KEY_END },
	};

	for (; *keys; keys++) {
		u32 key = (u8)*keys;

		if (*keys == '~' && keys[1]) {
			keys++;
			for (size_t i = 0; i < RXS_ARRAY_SIZE(special); i++)
				if (special[i].c == *keys)
					key = special[i].key;
		}
		tui_key(t, key);
	}
}

static int show(struct tui *t, int w, int h, bool ascii, char form)
{
	struct tui_cells c = { .ascii = ascii };
	int err = tui_cells_resize(&c, w, h);

	if (err)
		return err;
	/* Twice: lists settle on what they show while they are drawn. */
	tui_draw(t, &c);
	tui_draw(t, &c);
	err = form == 'v'   ? vt_dump(&c, &t->style, stdout)
	      : form == 'c' ? tui_cells_ansi(&c, &t->style, stdout)
	      : form == 'g' ? tui_cells_svg(&c, &t->style, "rxscope", stdout)
			    : tui_cells_text(&c, stdout);
	tui_cells_free(&c);
	return err;
}

/* The key table as it stands in docs/tui.md. */
static int print_keys(void)
{
	const char *group = "";

	for (int i = 0; i < TUI_A_NR; i++) {
		const struct tui_act_info *a = &tui_acts[i];
		bool first = true;

		if (!a->help[0])
			continue;
		for (int k = 0; k < i; k++)
			first &= !tui_acts[k].help[0] || strcmp(tui_acts[k].group, a->group);
		if (!first)
			continue;
		group = a->group;
		printf("%s| %s | |\n|---|---|\n", i > 1 ? "\n" : "", group);
		for (int k = i; k < TUI_A_NR; k++)
			if (tui_acts[k].help[0] && !strcmp(tui_acts[k].group, group))
				printf("| `%s` | %s |\n", tui_acts[k].keys, tui_acts[k].help);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct tui_opts o = {.memory_bytes = 64 << 20,
			     .style = {.theme = TUI_THEME_DEFAULT, .colors = 256}};
	const char *keys = "";
	int opt, w = 80, h = 24, theme;
	u32 packets = 600;
	struct tui *t;
	bool ascii = false, list_keys = false;
	char form = 't';
	u64 ns, seq;

	while ((opt = getopt(argc, argv, "acgvKt:k:p:m:")) != -1) {
		switch (opt) {
		case 'a':
			ascii = true;
			break;
		case 'c':
		case 'g':
		case 'v':
			form = (char)opt;
			break;
		case 't':
			theme = tui_theme_by_id(optarg);
			o.style.theme = theme < 0 ? TUI_THEME_DEFAULT : (enum tui_theme)theme;
			break;
		case 'K':
			list_keys = true;
			break;
		case 'k':
			keys = optarg;
			break;
		case 'p':
			packets = (u32)atoi(optarg);
			break;
		case 'm':
			o.memory_bytes = (u64)atoi(optarg) << 10;
			break;
		default:
			return 2;
		}
	}
	if (list_keys)
		return print_keys();
	if (argc - optind < 2 || tui_view_by_id(argv[optind]) < 0 ||
	    sscanf(argv[optind + 1], "%dx%d", &w, &h) != 2)
		return 2;
	o.strtab = rxs_strtab_new();
	if (!o.strtab || tui_new(&t, &o))
		return 1;
	snprintf(t->source, sizeof(t->source), "made-up.rxs");
	snprintf(t->kernel, sizeof(t->kernel), "6.1.0-test");
	tui_gen_feed(t->model, o.strtab, packets, 1);
	t->complete = true;
	tui_show(t, tui_view_by_id(argv[optind]));
	ns = t->model->head_ns;
	if (argc - optind > 2 && tui_parse_place(t, argv[optind + 2], &ns, &seq))
		return 2;
	tui_clock_goto(&t->clock, t->model, ns);
	press(t, keys);
	if (show(t, w, h, ascii, form))
		return 1;
	tui_free(t);
	rxs_strtab_free(o.strtab);
	return 0;
}
