// SPDX-License-Identifier: GPL-2.0
/* A comparison as JUnit XML, the form that CI systems show as test results: one test case per judgement. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static int put_pictures(const struct rxs_diff_report *r, unsigned int metric, FILE *out)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return -ENOMEM;
	rxs_diff_pictures(r->d, metric, f, 0, false);
	if (fclose(f)) {
		free(text);
		return -ENOMEM;
	}
	put_xml(out, text);
	free(text);
	return 0;
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
			err = put_pictures(r, (unsigned int)j->metric, out);
		fputs("</failure>\n    </testcase>\n", out);
	} else {
		fputs("\"/>\n    </testcase>\n", out);
	}
	return err;
}

int rxs_diff_junit(const struct rxs_diff_report *r, FILE *out)
{
	unsigned int fails = rxs_diff_count(r, true), unsure = rxs_diff_count(r, false);
	int err = 0;

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", out);
	fprintf(out, "<testsuites name=\"rxscope\" tests=\"%u\" failures=\"%u\" errors=\"0\" time=\"0\">\n", r->nr_j,
		fails);
	fprintf(out, "  <testsuite name=\"rxscope diff\" tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\""
		" time=\"0\">\n", r->nr_j, fails, unsure);
	for (unsigned int i = 0; i < r->nr_j && !err; i++)
		err = test_case(r, &r->j[i], out);
	fputs("  </testsuite>\n</testsuites>\n", out);
	return err ? err : ferror(out) ? -EIO : 0;
}
