// SPDX-License-Identifier: GPL-2.0
/* Files, filter and the run to its end, for the commands that read recordings. */
#include "rxs_analysis.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STEP_EVENTS	16384
#define PROGRESS_BYTES	(50ULL << 20)	/* smaller files are read before a bar is of use */

static char *join(char **arg, int nr)
{
	size_t len = 1;
	char *s;

	for (int i = 0; i < nr; i++)
		len += strlen(arg[i]) + 1;
	s = calloc(1, len);
	for (int i = 0; s && i < nr; i++) {
		if (i)
			strcat(s, " ");
		strcat(s, arg[i]);
	}
	return s;
}

/* One expression of the option's and the arguments'. Allocated; NULL when there is none. */
static char *both_filters(const char *option, char **arg, int nr)
{
	char *rest, *both;

	if (!option || !option[0])
		return nr ? join(arg, nr) : NULL;
	if (!nr)
		return strdup(option);
	rest = join(arg, nr);
	if (!rest || asprintf(&both, "(%s) and (%s)", option, rest) < 0)
		both = NULL;
	free(rest);
	return both;
}

int rxs_inputs_of(struct rxs_inputs *in, const struct rxs_args *args, const struct rxs_filter_args *fa,
		  struct rxs_filter_opts *filter)
{
	bool wanted = fa->expr && fa->expr[0];
	s16 stage;

	memset(in, 0, sizeof(*in));
	if (!args->nr)
		return rxs_cmd_error(RXS_EXIT_USAGE, "which recording? Give a FILE, or - for standard input");
	if (args->dashdash)
		return rxs_cmd_error(RXS_EXIT_USAGE, "nothing is expected after --");
	if (rxs_stage_option("stage", fa->stage, &stage))
		return RXS_EXIT_USAGE;
	while (in->nr < args->nr &&
	       (!in->nr || !strcmp(args->arg[in->nr], "-") || !access(args->arg[in->nr], F_OK)))
		in->nr++;
	in->files = calloc((size_t)in->nr + 1, sizeof(*in->files));
	in->expr = both_filters(fa->expr, args->arg + in->nr, args->nr - in->nr);
	if (!in->files || (!in->expr && (wanted || in->nr < args->nr)))
		return rxs_cmd_fail(-ENOMEM, NULL);
	memcpy(in->files, args->arg, (size_t)in->nr * sizeof(*in->files));
	*filter = (struct rxs_filter_opts){ .expr = in->expr, .stage = fa->stage, .outcome = fa->outcome,
					    .dev = fa->dev, .slower_than_ns = fa->slower_than_ns };
	return RXS_EXIT_OK;
}

void rxs_inputs_free(struct rxs_inputs *in)
{
	free(in->files);
	free(in->expr);
}

int rxs_stage_option(const char *option, const char *id, s16 *out)
{
	const char *names[RXS_ST_NR], *near;
	int st;

	*out = -1;
	if (!id)
		return RXS_EXIT_OK;
	st = rxs_stage_by_id(id);
	if (st >= 0) {
		*out = (s16)st;
		return RXS_EXIT_OK;
	}
	for (int i = 0; i < RXS_ST_NR; i++)
		names[i] = rxs_stages[i].id;
	near = rxs_nearest(id, names, RXS_ST_NR);
	return rxs_cmd_error(RXS_EXIT_USAGE, "--%s: no stage '%s'%s%s%s; rxscope stages lists them", option, id,
			     near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static u64 now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000 + (u64)ts.tv_nsec / 1000000;
}

static void draw_progress(const struct rxs_run *r, u64 size)
{
	u64 at = rxs_run_position_bytes(r);
	unsigned int done = (unsigned int)(at >= size ? 40 : at * 40 / size);

	fprintf(stderr, "\r[%.*s%*s] %3u %%", (int)done, "########################################",
		(int)(40 - done), "", (unsigned int)(at >= size ? 100 : at * 100 / size));
	fflush(stderr);
}

int rxs_run_to_end(struct rxs_run *r, const bool *stop, struct rxs_err *e)
{
	u64 size = rxs_run_size_bytes(r), drawn_ms = 0;
	bool bar = size > PROGRESS_BYTES && isatty(STDERR_FILENO);
	int rc;

	while (((rc = rxs_run_step(r, STEP_EVENTS, e)) > 0 || rc == -EAGAIN) && !(stop && *stop)) {
		if (rc == -EAGAIN) {
			struct pollfd fd = { .fd = rxs_run_pollfd(r), .events = POLLIN };

			/* A live source has timers of its own, too: look again after a while all the same. */
			poll(&fd, 1, 100);
		}
		if (bar && now_ms() - drawn_ms >= 100) {
			draw_progress(r, size);
			drawn_ms = now_ms();
		}
	}
	if (drawn_ms)
		fprintf(stderr, "\r%*s\r", 60, "");
	return rc > 0 || rc == -EAGAIN ? 0 : rc;
}

void rxs_run_info_for_view(struct rxs_run_info *ri, struct rxs_run *r, const char *const *files,
			   const char *filter, bool correct, FILE *out)
{
	memset(ri, 0, sizeof(*ri));
	rxs_run_info(r, &ri->source);
	ri->files = files;
	ri->strtab = rxs_run_strtab(r);
	ri->filter = filter ? filter : "";
	ri->corrected_ns = correct ? ri->source.probe_cost_ns : 0;
	ri->color = rxs_cmd_color(out);
	ri->width = rxs_cmd_width(out);
	ri->utf8 = rxs_cmd_utf8(out);
}
