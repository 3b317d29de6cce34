// SPDX-License-Identifier: GPL-2.0
/* Several sources as one, and how a file finds the source that reads it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "recording.h"

/* A source that plays a script: times, 0 = -EAGAIN once, -1 = an error; then the end. */
struct script {
	const s64 *step;
	unsigned int pos;
	const char *clock, *name, *note;
	int fd;
	bool *closed;
	bool started, stopped;
};

static int script_start(struct rxs_source *s, struct rxs_err *e)
{
	(void)e;
	((struct script *)s->priv)->started = true;
	return 0;
}

static void script_stop(struct rxs_source *s)
{
	((struct script *)s->priv)->stopped = true;
}

static int script_next(struct rxs_source *s, struct rxs_raw *r, struct rxs_err *e)
{
	struct script *p = s->priv;
	s64 v = p->step[p->pos];

	if (v == INT64_MAX)
		return 0;
	p->pos++;
	if (!v)
		return -EAGAIN;
	if (v < 0)
		return rxs_err_set(e, -EIO, "the disk said no");
	*r = (struct rxs_raw){ .ts_ns = v, .kind = RXS_RAW_TEP, .data = p->name, .len_bytes = 1 };
	return 1;
}

static int script_pollfd(struct rxs_source *s)
{
	return ((struct script *)s->priv)->fd;
}

static u64 script_position(struct rxs_source *s)
{
	return ((struct script *)s->priv)->pos;
}

static const char *script_comm(struct rxs_source *s, int pid)
{
	return pid == 1 ? ((struct script *)s->priv)->name : NULL;
}

static void script_info(struct rxs_source *s, struct rxs_source_info *i)
{
	struct script *p = s->priv;

	*i = (struct rxs_source_info){ .kind = "test", .name = p->name, .clock = p->clock, .note = p->note };
}

static void script_close(struct rxs_source *s)
{
	struct script *p = s->priv;

	if (p->closed)
		*p->closed = true;
	free(p);
}

static const struct rxs_source_ops script_ops = {
	.name = "script", .start = script_start, .stop = script_stop, .next = script_next,
	.pollfd = script_pollfd, .position = script_position, .comm = script_comm, .info = script_info,
	.close = script_close,
};

static struct rxs_source *script(const s64 *step, const char *name, const char *clock)
{
	struct rxs_source *s = calloc(1, sizeof(*s));
	struct script *p = calloc(1, sizeof(*p));

	p->step = step;
	p->name = name;
	p->clock = clock;
	p->fd = -1;
	s->ops = &script_ops;
	s->priv = p;
	return s;
}

#define END INT64_MAX

static struct rxs_source *merge(struct rxs_source *a, struct rxs_source *b)
{
	struct rxs_source *src[] = { a, b }, *m = NULL;

	assert_int_equal(rxs_merge_open(&m, src, 2, NULL), 0);
	return m;
}

static void records_come_by_time_with_their_stream(void **state)
{
	static const s64 a[] = { 10, 20, 50, END }, b[] = { 5, 20, 30, 60, 70, END };
	static const struct { u64 ts; u16 stream; } want[] = {
		{ 5, 1 }, { 10, 0 }, { 20, 0 }, { 20, 1 }, { 30, 1 }, { 50, 0 }, { 60, 1 }, { 70, 1 },
	};
	struct rxs_source *m = merge(script(a, "a", "mono"), script(b, "b", "mono"));
	struct rxs_raw r;

	(void)state;
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(want); i++) {
		assert_int_equal(m->ops->next(m, &r, NULL), 1);
		assert_int_equal(r.ts_ns, want[i].ts);
		assert_int_equal(r.stream, want[i].stream);
		assert_string_equal(r.data, want[i].stream ? "b" : "a");
	}
	assert_int_equal(m->ops->next(m, &r, NULL), 0);
	assert_int_equal(m->ops->next(m, &r, NULL), 0);
	assert_int_equal(m->ops->position(m), 8);
	rxs_source_close(m);
}

static void a_source_with_nothing_now_holds_the_others(void **state)
{
	static const s64 a[] = { 10, 40, END }, b[] = { 0, 20, END };
	struct rxs_source *m = merge(script(a, "a", "mono"), script(b, "b", "mono"));
	struct rxs_raw r;

	(void)state;
	((struct script *)rxs_merge_nth(m, 1)->priv)->fd = 77;
	assert_int_equal(m->ops->next(m, &r, NULL), -EAGAIN);
	assert_int_equal(m->ops->pollfd(m), 77);
	assert_int_equal(m->ops->next(m, &r, NULL), 1);
	assert_int_equal(r.ts_ns, 10);
	assert_int_equal(m->ops->next(m, &r, NULL), 1);
	assert_int_equal(r.ts_ns, 20);
	assert_int_equal(m->ops->next(m, &r, NULL), 1);
	assert_int_equal(r.ts_ns, 40);
	assert_int_equal(m->ops->next(m, &r, NULL), 0);
	rxs_source_close(m);
}

static void an_error_of_one_is_handed_on_with_its_sentence(void **state)
{
	static const s64 a[] = { 10, END }, b[] = { 5, -1, END };
	struct rxs_source *m = merge(script(a, "a", "mono"), script(b, "b", "mono"));
	struct rxs_err e = { "" };
	struct rxs_raw r;

	(void)state;
	assert_int_equal(m->ops->next(m, &r, &e), 1);
	assert_int_equal(m->ops->next(m, &r, &e), -EIO);
	assert_string_equal(e.text, "the disk said no");
	rxs_source_close(m);
}

static void the_parts_of_a_merge_can_be_reached(void **state)
{
	static const s64 none[] = { END };
	bool closed[2] = { false, false };
	struct rxs_source *a = script(none, "a", "mono"), *b = script(none, "b", "mono"), *m;

	(void)state;
	((struct script *)a->priv)->closed = &closed[0];
	((struct script *)b->priv)->closed = &closed[1];
	assert_ptr_equal(rxs_merge_nth(a, 0), a);
	assert_null(rxs_merge_nth(a, 1));
	m = merge(a, b);
	assert_ptr_equal(rxs_merge_nth(m, 0), a);
	assert_ptr_equal(rxs_merge_nth(m, 1), b);
	assert_null(rxs_merge_nth(m, 2));
	assert_string_equal(m->ops->comm(m, 1), "a");
	assert_null(m->ops->comm(m, 2));
	assert_int_equal(m->ops->start(m, NULL), 0);
	m->ops->stop(m);
	assert_true(((struct script *)b->priv)->started && ((struct script *)b->priv)->stopped);
	rxs_source_close(m);
	assert_true(closed[0] && closed[1]);
}

static void clocks_that_differ_are_said(void **state)
{
	static const s64 none[] = { END };
	struct rxs_source *m = merge(script(none, "host.dat", "local"), script(none, "guest.perf", "mono"));
	struct rxs_source_info i;

	(void)state;
	m->ops->info(m, &i);
	assert_string_equal(i.name, "host.dat");
	assert_non_null(strstr(i.note, "clocks differ"));
	assert_non_null(strstr(i.note, "guest.perf has \"mono\""));
	rxs_source_close(m);
	m = merge(script(none, "a", "mono"), script(none, "b", "mono"));
	((struct script *)rxs_merge_nth(m, 1)->priv)->note = "b is cut off";
	m->ops->info(m, &i);
	assert_string_equal(i.note, "b is cut off");
	rxs_source_close(m);
}

/* --- which source --- */

static void refused(const char *uri, int want, const char *sentence)
{
	struct rxs_source_opts o = { .uri = uri };
	struct rxs_source *s = NULL;
	struct rxs_err e = { "" };

	assert_int_equal(rxs_source_open(&s, &o, &e), want);
	assert_null(s);
	assert_non_null(strstr(e.text, sentence));
	assert_null(strchr(e.text, '\n'));
}

static void put_file(const char *path, const char *content)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(content, f);
	fclose(f);
}

static void what_is_no_recording_is_refused_with_a_reason(void **state)
{
	char dir[] = "/tmp/rxs-test-XXXXXX", path[128];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/missing", dir);
	refused(path, -ENOENT, "no such file");
	snprintf(path, sizeof(path), "%s/file", dir);
	put_file(path, "");
	refused(path, -EBADMSG, "is empty");
	put_file(path, "hello");
	refused(path, -EBADMSG, "not a recording known here");
	if (geteuid()) {	/* root may read all */
		chmod(path, 0);
		refused(path, -EACCES, "not readable");
	}
	unlink(path);
	refused(dir, -EISDIR, "is a folder");
	snprintf(path, sizeof(path), "%s/kernel", dir);
	mkdir(path, 0700);
	strcat(path, "/metadata");
	put_file(path, "x");
	refused(dir, -EBADMSG, "LTTng CTF");
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	rmdir(dir);
}

static void a_file_is_told_by_its_content(void **state)
{
	struct rec_tracedat t = { .version = 6, .clock = "mono" };
	struct rxs_source_info i;
	struct rec_buf b = { 0 };
	struct rxs_source *s;
	struct rxs_err e;
	int err;

	(void)state;
	rec_tracedat(&b, &t);
	s = rec_open(b.p, b.len, &e, &err);
	assert_non_null(s);
	s->ops->info(s, &i);
	assert_string_equal(i.kind, "trace.dat");
	assert_int_equal(i.size_bytes, b.len);
	rxs_source_close(s);
	/* Bytes of a pipe that were looked at are not lost. */
	s = rec_open_pipe(b.p, b.len, &e, &err);
	assert_non_null(s);
	rxs_source_close(s);
	free(b.p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_by_time_with_their_stream),
		cmocka_unit_test(a_source_with_nothing_now_holds_the_others),
		cmocka_unit_test(an_error_of_one_is_handed_on_with_its_sentence),
		cmocka_unit_test(the_parts_of_a_merge_can_be_reached),
		cmocka_unit_test(clocks_that_differ_are_said),
		cmocka_unit_test(what_is_no_recording_is_refused_with_a_reason),
		cmocka_unit_test(a_file_is_told_by_its_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
