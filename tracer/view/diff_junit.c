// SPDX-License-Identifier: GPL-2.0
/* A comparison as JUnit XML, the form that CI systems show as test results: one test case per judgement. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rxs_diff_view.h"

/* XML 1.0 text: five characters are escaped; control characters, which XML has not, become '?'. */
static void put_xml(FILE *out, const char *s)
{
	static const char special[] = "&<>\"'";
	static const char *const name[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&apos;" };

	for (; *s; s++) {
		const char *at = strchr(special, *s);

		if (at)
			fputs(name[at - special], out);
		else if ((unsigned char)*s < 0x20 && *s != '\n' && *s != '\t')
			putc('?', out);
		else
			putc(*s, out);
	}
}

/* The pictures of a metric, or, when it is below 0, the functions behind the comparison. */
static int put_made(const struct rxs_diff_report *r, int metric, FILE *out)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int err = 0;

	if (!f)
		return -ENOMEM;
	if (metric < 0)
		rxs_diff_explain_text(r->graph, f, "", "");
	else
		rxs_diff_pictures(r->d, (unsigned int)metric, f, 0, false);
	if (fclose(f))
		err = -ENOMEM;
	else
		put_xml(out, text);
	free(text);
	return err;
}

static int test_case(const struct rxs_diff_report *r, const struct rxs_judgement *j, FILE *out)
{
	const char *tag = rxs_verdict_fails(j->verdict) ? "failure" : "skipped";
	int err = 0;

	fputs("    <testcase classname=\"rxscope.diff\" name=\"", out);
	put_xml(out, j->rule->text);
	if (j->metric >= 0 && j->rule->metric < 0)
		fprintf(out, " (%s)", rxs_metric_name((unsigned int)j->metric));
	fputs("\" time=\"0\"", out);
	if (j->verdict == RXS_VERDICT_PASS) {
		fputs("/>\n", out);
		return 0;
	}
	fprintf(out, ">\n      <%s message=\"", tag);
	put_xml(out, j->text);
	if (rxs_verdict_fails(j->verdict)) {
		fputs("\" type=\"regression\">", out);
		put_xml(out, j->text);
		putc('\n', out);
		if (j->metric >= 0)
			err = put_made(r, j->metric, out);
		fputs("</failure>\n    </testcase>\n", out);
	} else {
		fputs("\"/>\n    </testcase>\n", out);
	}
	return err;
}

static void property(FILE *out, const char *name, const struct rxs_profile *p)
{
	fprintf(out, "      <property name=\"%s\" value=\"", name);
	put_xml(out, p->name);
	fputs("\"/>\n", out);
}

static void properties(const struct rxs_diff *d, FILE *out)
{
	fputs("    <properties>\n", out);
	for (u32 i = 0; i < d->nr_base; i++)
		property(out, "base", d->base[i]);
	for (u32 i = 0; i < d->nr_new; i++)
		property(out, "new", d->new_[i]);
	fputs("    </properties>\n", out);
}

static int system_out(const struct rxs_diff_report *r, FILE *out)
{
	int err = 0;

	fputs("    <system-out>", out);
	if (r->graph)
		err = put_made(r, -1, out);
	fputs("</system-out>\n    <system-err></system-err>\n", out);
	return err;
}

/* What the schemas of Ant's JUnit task and of Jenkins' xUnit plugin have in common. */
int rxs_diff_junit(const struct rxs_diff_report *r, FILE *out)
{
	unsigned int fails = rxs_diff_count(r, true), unsure = rxs_diff_count(r, false);
	time_t now = (time_t)r->now_s;
	char at[32] = "";
	struct tm tm;
	int err = 0;

	if (!gmtime_r(&now, &tm) || !strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%S", &tm))
		return -EINVAL;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", out);
	fprintf(out, "  <testsuite name=\"rxscope diff\" package=\"rxscope\" id=\"0\" timestamp=\"%s\""
		" hostname=\"localhost\" tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\" time=\"0\">\n",
		at, r->nr_j, fails, unsure);
	properties(r->d, out);
	for (unsigned int i = 0; i < r->nr_j && !err; i++)
		err = test_case(r, &r->j[i], out);
	if (!err)
		err = system_out(r, out);
	fputs("  </testsuite>\n</testsuites>\n", out);
	return err ? err : ferror(out) ? -EIO : 0;
}
