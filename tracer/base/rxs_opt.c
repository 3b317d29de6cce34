// SPDX-License-Identifier: GPL-2.0
/* Command line options as rows of a table. */
#include "rxs_opt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct parser {
	const struct rxs_opt *opts;
	char *vals;
	char **argv;
	int argc;
	int at;			/* argument being looked at */
	bool help;
	struct rxs_err *e;
};

/* A row's name as people write it: "--dev" or "-i". */
static void written_name(char *buf, size_t size, const struct rxs_opt *o, bool by_letter)
{
	if (by_letter)
		snprintf(buf, size, "-%c", o->letter);
	else
		snprintf(buf, size, "--%s", o->name);
}

static bool is_choice(const char *choices, const char *word)
{
	size_t len = strcspn(word, "|");

	if (word[len])
		return false;
	for (const char *c = choices; c; c = strchr(c, '|') ? strchr(c, '|') + 1 : NULL)
		if (len && !strncmp(c, word, len) && (c[len] == '|' || !c[len]))
			return true;
	return false;
}

static int number_of(const struct rxs_opt *o, const char *text, u64 *n)
{
	switch (o->type) {
	case RXS_OPT_T_TIME:
		return rxs_parse_time(text, o->unit_ns, n);
	case RXS_OPT_T_BYTES:
		return rxs_parse_bytes(text, n);
	default:
		return rxs_parse_count(text, n);
	}
}

static const char *number_kind(const struct rxs_opt *o)
{
	switch (o->type) {
	case RXS_OPT_T_TIME:
		return o->unit_ns ? "a time such as 10s or 5ms" : "a time with its unit, such as 5ms or 20us";
	case RXS_OPT_T_BYTES:
		return "a size such as 4096, 64k or 1M";
	default:
		return "a number such as 20 or 64k";
	}
}

static int set_number(const struct rxs_opt *o, char *vals, const char *name, const char *text,
		      struct rxs_err *e)
{
	u64 max = o->max ? o->max : UINT64_MAX, n;
	int err = number_of(o, text, &n);

	if (err == -EINVAL)
		return rxs_err_set(e, -EINVAL, "%s takes %s, not '%s'", name, number_kind(o), text);
	if (o->type == RXS_OPT_T_U32 && max > UINT32_MAX)
		max = UINT32_MAX;
	if (err || n < o->min || n > max) {
		if (o->max || o->min)
			return rxs_err_set(e, -EINVAL, "%s takes %llu to %llu, not '%s'", name,
					   (unsigned long long)o->min, (unsigned long long)max, text);
		return rxs_err_set(e, -EINVAL, "%s: '%s' is too big a number", name, text);
	}
	if (o->type == RXS_OPT_T_U32)
		*(u32 *)(vals + o->offset) = n;
	else
		*(u64 *)(vals + o->offset) = n;
	return 0;
}

static int set_value(const struct rxs_opt *o, char *vals, const char *name, const char *text, struct rxs_err *e)
{
	struct rxs_opt_list *list;

	switch (o->type) {
	case RXS_OPT_T_FLAG:
		*(bool *)(vals + o->offset) = true;
		return 0;
	case RXS_OPT_T_CHOICE:
		if (!is_choice(o->choices, text))
			return rxs_err_set(e, -EINVAL, "%s takes one of %s, not '%s'", name, o->choices, text);
		/* fall through */
	case RXS_OPT_T_TEXT:
		*(const char **)(vals + o->offset) = text;
		return 0;
	case RXS_OPT_T_LIST:
		list = (struct rxs_opt_list *)(vals + o->offset);
		if (list->nr == RXS_OPT_LIST_MAX)
			return rxs_err_set(e, -EINVAL, "%s may be given at most %d times", name,
					   RXS_OPT_LIST_MAX);
		list->v[list->nr++] = text;
		return 0;
	default:
		return set_number(o, vals, name, text, e);
	}
}

static int unknown_option(struct parser *p, const char *name, size_t len)
{
	const char *names[128], *near;
	unsigned int nr = 0;
	char word[64];

	for (const struct rxs_opt *o = p->opts; o->type && nr < RXS_ARRAY_SIZE(names) - 1; o++)
		names[nr++] = o->name;
	names[nr++] = "help";
	snprintf(word, sizeof(word), "%.*s", (int)len, name);
	near = rxs_nearest(word, names, nr);
	if (near)
		return rxs_err_set(p->e, -EINVAL, "unknown option --%s; did you mean --%s?", word, near);
	return rxs_err_set(p->e, -EINVAL, "unknown option --%s; see --help", word);
}

/* The value of a row that takes one: what hangs on it, or the next argument. */
static int take_value(struct parser *p, const struct rxs_opt *o, bool by_letter, const char *attached)
{
	char name[64];

	written_name(name, sizeof(name), o, by_letter);
	if (!attached) {
		if (p->at + 1 >= p->argc || !strcmp(p->argv[p->at + 1], "--"))
			return rxs_err_set(p->e, -EINVAL, "%s needs a value: %s %s", name, name, o->metavar);
		attached = p->argv[++p->at];
	}
	return set_value(o, p->vals, name, attached, p->e);
}

static int parse_long(struct parser *p, const char *word)
{
	const char *eq = strchr(word, '=');
	size_t len = eq ? (size_t)(eq - word) : strlen(word);
	const struct rxs_opt *o;

	if (len == 4 && !strncmp(word, "help", 4)) {
		p->help = true;
		return 0;
	}
	for (o = p->opts; o->type; o++)
		if (!strncmp(o->name, word, len) && !o->name[len])
			break;
	if (!o->type)
		return unknown_option(p, word, len);
	if (o->type != RXS_OPT_T_FLAG)
		return take_value(p, o, false, eq ? eq + 1 : NULL);
	if (eq)
		return rxs_err_set(p->e, -EINVAL, "--%s takes no value", o->name);
	return set_value(o, p->vals, o->name, NULL, p->e);
}

static int parse_letters(struct parser *p, const char *letters)
{
	const struct rxs_opt *o;
	int err;

	for (; *letters; letters++) {
		if (*letters == 'h') {
			p->help = true;
			continue;
		}
		for (o = p->opts; o->type && o->letter != *letters; o++)
			;
		if (!o->type)
			return rxs_err_set(p->e, -EINVAL, "unknown option -%c; see --help", *letters);
		if (o->type != RXS_OPT_T_FLAG)
			return take_value(p, o, true, letters[1] ? letters + 1 : NULL);
		err = set_value(o, p->vals, o->name, NULL, p->e);
		if (err)
			return err;
	}
	return 0;
}

static int set_defaults(const struct rxs_opt *opts, char *vals, struct rxs_err *e)
{
	int err;

	for (const struct rxs_opt *o = opts; o->type; o++) {
		if (!o->deflt)
			continue;
		err = set_value(o, vals, o->name, o->deflt, e);
		if (err)
			return err;
	}
	return 0;
}

int rxs_opt_parse(const struct rxs_opt *opts, int argc, char **argv, void *vals, struct rxs_args *args,
		  struct rxs_err *e)
{
	struct parser p = { .opts = opts, .vals = vals, .argv = argv, .argc = argc, .e = e };
	int err = set_defaults(opts, vals, e), kept = 1;

	memset(args, 0, sizeof(*args));
	args->arg = argv + (argc > 0);
	args->rest = argv + argc;
	for (p.at = 1; !err && p.at < argc; p.at++) {
		char *word = argv[p.at];

		if (!strcmp(word, "--")) {
			args->dashdash = true;
			args->rest = argv + p.at + 1;
			args->nr_rest = argc - p.at - 1;
			break;
		}
		if (word[0] != '-' || !word[1])
			argv[kept++] = word;
		else if (word[1] == '-')
			err = parse_long(&p, word + 2);
		else
			err = parse_letters(&p, word + 1);
	}
	args->nr = kept - 1 > 0 ? kept - 1 : 0;
	return err ? err : p.help;
}

/* Words of text, filled to width columns, from column indent on; the first line's beginning is printed already. */
static void fill(FILE *out, const char *text, unsigned int col, unsigned int indent, unsigned int width)
{
	bool first = true;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (!first && col + 1 + len > width) {
			fprintf(out, "\n%*s", (int)indent, "");
			col = indent;
			first = true;
		}
		if (!first) {
			putc(' ', out);
			col++;
		}
		fwrite(text, 1, len, out);
		col += len;
		text += len;
		text += strspn(text, " ");
		first = false;
	}
	putc('\n', out);
}

static void help_text(const struct rxs_opt *o, char *buf, size_t size)
{
	int n = snprintf(buf, size, "%s", o->help);

	if (o->choices && n >= 0 && (size_t)n < size)
		n += snprintf(buf + n, size - n, ": %s", o->choices);
	if (o->deflt && n >= 0 && (size_t)n < size)
		snprintf(buf + n, size - n, " (default %s)", o->deflt);
}

static void help_row(const struct rxs_opt *o, FILE *out, unsigned int indent, unsigned int width)
{
	char left[64], text[512];
	int n;

	n = snprintf(left, sizeof(left), o->letter ? "  -%c, --%s" : "  %.0d    --%s", o->letter, o->name);
	if (o->metavar && n > 0 && n < (int)sizeof(left))
		n += snprintf(left + n, sizeof(left) - n, " %s", o->metavar);
	fputs(left, out);
	if (n + 2 > (int)indent)
		fprintf(out, "\n%*s", (int)indent, "");
	else
		fprintf(out, "%*s", (int)indent - n, "");
	help_text(o, text, sizeof(text));
	fill(out, text, indent, indent, width);
}

static const struct rxs_opt help_opt = {
	.name = "help", .letter = 'h', .type = RXS_OPT_T_FLAG, .help = "this text",
};

void rxs_opt_help(const struct rxs_opt *opts, FILE *out, unsigned int width_columns)
{
	unsigned int width = width_columns ? width_columns : 80;

	for (const struct rxs_opt *o = opts; o->type; o++)
		help_row(o, out, 26, width);
	help_row(&help_opt, out, 26, width);
}

/* What roff would take for its own is escaped: backslash, a dash (a hyphen otherwise), a leading dot or quote. */
static void put_roff(FILE *out, const char *s)
{
	if (*s == '.' || *s == '\'')
		fputs("\\&", out);
	for (; *s; s++) {
		if (*s == '-' || *s == '\\')
			putc('\\', out);
		putc(*s == '\\' ? 'e' : *s, out);
	}
}

static void man_row(const struct rxs_opt *o, FILE *out)
{
	char text[512];

	fputs(".TP\n", out);
	if (o->letter)
		fprintf(out, "\\fB\\-%c\\fR, ", o->letter);
	fputs("\\fB\\-\\-", out);
	put_roff(out, o->name);
	fputs("\\fR", out);
	if (o->metavar) {
		fputs(" \\fI", out);
		put_roff(out, o->metavar);
		fputs("\\fR", out);
	}
	putc('\n', out);
	help_text(o, text, sizeof(text));
	put_roff(out, text);
	fputs(".\n", out);
}

void rxs_opt_man(const struct rxs_opt *opts, FILE *out)
{
	for (const struct rxs_opt *o = opts; o->type; o++)
		man_row(o, out);
	man_row(&help_opt, out);
}
