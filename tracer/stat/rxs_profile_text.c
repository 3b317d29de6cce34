// SPDX-License-Identifier: GPL-2.0
/*
 * Profiles as text (docs/baseline.md): one fact a line, words separated by blanks, in a fixed order, so that a
 * version control system shows what changed.
 */
#include "rxs_profile.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HEADER "rxscope-baseline 1"
#define PAIRS_A_LINE 8

/* A name as one word: what would part it, or could not be read back, becomes %XX. */
static void put_word(FILE *out, const char *s)
{
	if (!*s) {
		fputs("-", out);
		return;
	}
	for (const char *p = s; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c <= ' ' || c == '%' || c == '#' || c == 0x7f || (c == '-' && p == s && !p[1]))
			fprintf(out, "%%%02X", c);
		else
			putc(c, out);
	}
}

/*
 * For pictures only: of noisy recordings eight neighbouring buckets (an eighth of an octave) become one, so that
 * the file stays small. Deterministic ones have few values, and keep them.
 */
static void save_hist(FILE *out, const char *name, const struct rxs_hist *h, bool coarse)
{
	u32 group = coarse ? 8 : 1;
	unsigned int pairs = 0;

	for (u32 b = h->lo / group * group; h->bucket && b <= h->hi && b < RXS_HIST_BUCKETS; b += group) {
		u64 n = 0;

		for (u32 k = b; k < b + group && k < RXS_HIST_BUCKETS; k++)
			n += h->bucket[k];
		if (!n)
			continue;
		if (pairs % PAIRS_A_LINE == 0)
			fprintf(out, "%shist %s", pairs ? "\n" : "", name);
		fprintf(out, " %" PRIu64 ":%" PRIu64, rxs_hist_bucket_low(b), n);
		pairs++;
	}
	if (pairs)
		putc('\n', out);
}

static void save_figures(FILE *out, const double v[RXS_FIG_NR])
{
	for (int f = 0; f < RXS_FIG_NR; f++)
		fprintf(out, " %s %.10g", rxs_figure_name(f), v[f]);
	putc('\n', out);
}

static void save_dist(FILE *out, unsigned int metric, const struct rxs_dist *d, bool blocks)
{
	const char *name = rxs_metric_name(metric);

	if (!d->count)
		return;
	fprintf(out, "dist %s %" PRIu64 " %" PRIu64 " %s\n", name, d->count, d->sum, d->exact ? "exact" : "sampled");
	fprintf(out, "figures %s", name);
	save_figures(out, d->v);
	for (u32 b = 0; blocks && b < d->nr_blocks; b++) {
		fprintf(out, "part %s", name);
		save_figures(out, d->block[b]);
	}
	save_hist(out, name, &d->hist, blocks);
}

int rxs_profile_save(const struct rxs_profile *p, FILE *out)
{
	fputs(HEADER "\nrecording ", out);
	put_word(out, p->name);
	fputs("\nkernel ", out);
	put_word(out, p->kernel);
	fprintf(out, "\ndeterministic %s\nseen %" PRIu64 "\n", p->deterministic ? "yes" : "no", p->seen);
	for (int o = 0; o < RXS_OUT_NR; o++)
		fprintf(out, "outcome %s %" PRIu64 "\n", rxs_outcome_id(o), p->outcome[o]);
	fprintf(out, "lost %" PRIu64 " %s\n", p->lost, p->lost_unknown ? "more" : "exactly");
	fprintf(out, "polls %" PRIu64 "\nbudget_exhausted %" PRIu64 "\ntime_squeeze %" PRIu64 "\n", p->polls,
		p->budget_exhausted, p->time_squeeze);
	for (int i = 0; i < RXS_ST_NR; i++)
		if (p->hits[i])
			fprintf(out, "hits %s %" PRIu64 "\n", rxs_stages[i].id, p->hits[i]);
	for (int i = 0; i < RXS_ST_NR; i++)
		for (int k = 0; k < RXS_ST_NR; k++)
			if (p->step[i][k])
				fprintf(out, "step %s %s %" PRIu64 "\n", rxs_stages[i].id, rxs_stages[k].id,
					p->step[i][k]);
	for (u32 i = 0; i < p->nr_drops; i++) {
		fputs("drop ", out);
		put_word(out, p->drops[i].reason);
		fprintf(out, " %s ", p->drops[i].stage < RXS_ST_NR ? rxs_stages[p->drops[i].stage].id : "-");
		put_word(out, p->drops[i].function);
		fprintf(out, " %" PRIu64 "\n", p->drops[i].count);
	}
	for (unsigned int m = 0; m < RXS_METRIC_NR; m++)
		save_dist(out, m, &p->dist[m], !p->deterministic);
	fputs("end\n", out);
	return ferror(out) ? -EIO : 0;
}

#define WORDS_MAX 32

struct loader {
	struct rxs_profile *p;
	unsigned int line;
	char *word[WORDS_MAX];
	unsigned int nr;
	struct rxs_err *e;
};

static int bad(struct loader *l, const char *what)
{
	return rxs_err_set(l->e, -EBADMSG, "line %u: %s", l->line, what);
}

/* Undo put_word() in place. */
static char *get_word(char *s)
{
	char *to = s;

	if (!strcmp(s, "-"))
		*s = 0;
	for (char *p = s; *p; to++) {
		if (p[0] == '%' && isxdigit((unsigned char)p[1]) && isxdigit((unsigned char)p[2])) {
			char hex[3] = { p[1], p[2], 0 };

			*to = (char)strtol(hex, NULL, 16);
			p += 3;
		} else {
			*to = *p++;
		}
	}
	*to = 0;
	return s;
}

static bool number(const char *s, u64 *out)
{
	char *end;

	errno = 0;
	*out = strtoull(s, &end, 10);
	return isdigit((unsigned char)*s) && !*end && !errno;
}

static int load_text(struct loader *l, char **to)
{
	char *s = l->nr == 2 ? strdup(get_word(l->word[1])) : NULL;

	if (!s)
		return l->nr == 2 ? -ENOMEM : bad(l, "one word is expected");
	free(*to);
	*to = s;
	return 0;
}

static int load_number(struct loader *l, unsigned int at, u64 *to)
{
	return l->nr > at && number(l->word[at], to) ? 0 : bad(l, "a number is expected");
}

static int load_drop(struct loader *l)
{
	struct rxs_profile_drop *more, *d;
	int stage;

	if (l->nr != 5)
		return bad(l, "drop REASON STAGE FUNCTION COUNT is expected");
	more = realloc(l->p->drops, (l->p->nr_drops + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	l->p->drops = more;
	d = &more[l->p->nr_drops++];
	stage = rxs_stage_by_id(l->word[2]);
	d->stage = (u16)(stage < 0 ? RXS_ST_NR : stage);
	d->reason = strdup(get_word(l->word[1]));
	d->function = strdup(get_word(l->word[3]));
	d->count = 0;
	if (!d->reason || !d->function)
		return -ENOMEM;
	return load_number(l, 4, &d->count);
}

static int load_figures(struct loader *l, double v[RXS_FIG_NR])
{
	char *end;

	for (unsigned int i = 2; i + 1 < l->nr; i += 2) {
		int f = rxs_figure_by_name(l->word[i]);
		double x = strtod(l->word[i + 1], &end);

		if (*end)
			return bad(l, "a number is expected");
		if (f >= 0)
			v[f] = x;
	}
	return 0;
}

static int load_hist(struct loader *l, struct rxs_hist *h)
{
	for (unsigned int i = 2; i < l->nr; i++) {
		char *colon = strchr(l->word[i], ':');
		u64 value, n;

		if (colon)
			*colon = 0;
		if (!colon || !number(l->word[i], &value) || !number(colon + 1, &n) || !n)
			return bad(l, "VALUE:COUNT is expected");
		if (rxs_hist_add(h, value))
			return -ENOMEM;
		h->bucket[rxs_hist_bucket_of(value)] += n - 1;
		h->count += n - 1;
		h->sum += value * (n - 1);
	}
	return 0;
}

/* Lines about one metric. One that this program does not know is passed over: a newer one wrote it. */
static int load_dist_line(struct loader *l)
{
	int metric = l->nr > 1 ? rxs_metric_by_name(l->word[1]) : -ENOENT, err;
	struct rxs_dist *d;

	if (metric < 0)
		return l->nr > 1 ? 0 : bad(l, "the name of a metric is expected");
	d = &l->p->dist[metric];
	if (!strcmp(l->word[0], "dist")) {
		err = load_number(l, 2, &d->count);
		if (!err)
			err = load_number(l, 3, &d->sum);
		d->exact = l->nr > 4 && !strcmp(l->word[4], "exact");
		return err;
	}
	if (!strcmp(l->word[0], "figures"))
		return load_figures(l, d->v);
	if (!strcmp(l->word[0], "hist"))
		return load_hist(l, &d->hist);
	if (d->nr_blocks == RXS_PROFILE_BLOCKS)
		return bad(l, "too many parts");
	return load_figures(l, d->block[d->nr_blocks++]);
}

static int load_step(struct loader *l)
{
	int from = l->nr > 2 ? rxs_stage_by_id(l->word[1]) : -1, to = l->nr > 2 ? rxs_stage_by_id(l->word[2]) : -1;
	u64 n;

	if (l->nr < 4)
		return bad(l, "step STAGE STAGE COUNT is expected");
	return load_number(l, 3, from >= 0 && to >= 0 ? &l->p->step[from][to] : &n);
}

static int load_outcome(struct loader *l)
{
	int o = l->nr > 1 ? rxs_outcome_by_id(l->word[1]) : -1;
	u64 n;

	return load_number(l, 2, o >= 0 ? &l->p->outcome[o] : &n);
}

static int load_hits(struct loader *l)
{
	int st = l->nr > 1 ? rxs_stage_by_id(l->word[1]) : -1;
	u64 n;

	return load_number(l, 2, st >= 0 ? &l->p->hits[st] : &n);
}

static int load_line(struct loader *l)
{
	const char *key = l->word[0];
	struct rxs_profile *p = l->p;

	if (!strcmp(key, "recording"))
		return load_text(l, &p->name);
	if (!strcmp(key, "kernel"))
		return load_text(l, &p->kernel);
	if (!strcmp(key, "seen"))
		return load_number(l, 1, &p->seen);
	if (!strcmp(key, "polls"))
		return load_number(l, 1, &p->polls);
	if (!strcmp(key, "budget_exhausted"))
		return load_number(l, 1, &p->budget_exhausted);
	if (!strcmp(key, "time_squeeze"))
		return load_number(l, 1, &p->time_squeeze);
	if (!strcmp(key, "drop"))
		return load_drop(l);
	if (!strcmp(key, "step"))
		return load_step(l);
	if (!strcmp(key, "outcome"))
		return load_outcome(l);
	if (!strcmp(key, "hits"))
		return load_hits(l);
	if (!strcmp(key, "dist") || !strcmp(key, "figures") || !strcmp(key, "hist") || !strcmp(key, "part"))
		return load_dist_line(l);
	if (!strcmp(key, "deterministic"))
		p->deterministic = l->nr > 1 && !strcmp(l->word[1], "yes");
	if (!strcmp(key, "lost")) {
		p->lost_unknown = l->nr > 2 && !strcmp(l->word[2], "more");
		return load_number(l, 1, &p->lost);
	}
	return 0;
}

static void split(struct loader *l, char *text)
{
	char *save = NULL;

	l->nr = 0;
	text[strcspn(text, "#")] = 0;
	for (char *w = strtok_r(text, " \t\r\n", &save); w && l->nr < WORDS_MAX; w = strtok_r(NULL, " \t\r\n", &save))
		l->word[l->nr++] = w;
}

static int load_lines(struct loader *l, FILE *in, char **text, size_t *cap)
{
	bool begun = false;
	int err = 0;

	while (!err && getline(text, cap, in) >= 0) {
		l->line++;
		split(l, *text);
		if (!l->nr)
			continue;
		if (!begun && (l->nr != 2 || strcmp(l->word[0], "rxscope-baseline")))
			return bad(l, "this is no rxscope baseline");
		if (!begun && strcmp(l->word[1], "1"))
			return bad(l, "a newer rxscope wrote this baseline");
		if (begun && !strcmp(l->word[0], "end"))
			return 1;
		if (begun)
			err = load_line(l);
		begun = true;
	}
	if (err)
		return err;
	return begun ? bad(l, "the end is missing") : 0;
}

int rxs_profile_load(FILE *in, unsigned int *line, struct rxs_profile **out, struct rxs_err *e)
{
	struct loader l = { .p = calloc(1, sizeof(*l.p)), .line = *line, .e = e };
	char *text = NULL;
	size_t cap = 0;
	int rc;

	if (!l.p)
		return -ENOMEM;
	rc = load_lines(&l, in, &text, &cap);
	free(text);
	*line = l.line;
	if (rc == 1 && (!l.p->name || !l.p->kernel))
		rc = bad(&l, "recording or kernel is missing");
	if (rc == 1)
		*out = l.p;
	else
		rxs_profile_free(l.p);
	return rc;
}
