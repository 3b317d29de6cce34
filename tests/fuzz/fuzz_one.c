// SPDX-License-Identifier: GPL-2.0
/* One hostile recording: opened, decoded, joined, counted, shown. */
#include "fuzz_one.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../tracer/run/rxs_run.h"

#define EXIT_OK		0
#define EXIT_BADFILE	4

static void promise(int kept, const char *what)
{
	if (kept)
		return;
	fprintf(stderr, "broken promise: %s\n", what);
	abort();
}

static int status_of(int err, const struct rxs_err *e)
{
	promise(err != -EINVAL && err != -EFAULT, "an error of a file is no wrong use");
	promise(e->text[0] || err == -ENOMEM, "an error comes with a sentence");
	promise(!strchr(e->text, '\n'), "a sentence is one line");
	return EXIT_BADFILE;
}

static void check_outcomes(struct rxs_run *r)
{
	struct rxs_source_info info = { 0 };
	struct rxs_snapshot *s;
	uint64_t sum = 0;

	rxs_run_info(r, &info);
	promise(info.kind && info.name, "a source says what it is");
	if (rxs_run_snapshot(r, &s))
		return;
	for (int i = 0; i < RXS_OUT_NR; i++)
		sum += s->outcome[i];
	promise(sum == s->seen, "outcomes add up to the packets seen");
	rxs_snapshot_free(s);
}

static int analyse(const char *path)
{
	const char *const files[] = { path, NULL };
	struct rxs_run_opts o = { .files = files, .stat = { .from = -1, .to = -1 } };
	struct rxs_run_sink sink = { 0 };
	struct rxs_err e = { "" };
	struct rxs_run *r;
	int ret;

	ret = rxs_run_open(&r, &o, &sink, &e);
	if (ret)
		return status_of(ret, &e);
	ret = rxs_run_start(r, &e);
	while (!ret || ret > 0) {
		ret = rxs_run_step(r, 10000, &e);
		if (ret <= 0)
			break;
	}
	check_outcomes(r);
	rxs_run_close(r);
	return ret < 0 ? status_of(ret, &e) : EXIT_OK;
}

int fuzz_one(const uint8_t *data, size_t len)
{
	char path[64];
	int fd, status;

	fd = memfd_create("recording", 0);
	if (fd < 0 || write(fd, data, len) != (ssize_t)len) {
		perror("memfd");
		abort();
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	status = analyse(path);
	close(fd);
	return status;
}

int fuzz_one_as(const char *magic, size_t magic_len, const uint8_t *data, size_t len)
{
	uint8_t *copy;
	int status;

	if (len < magic_len)
		return fuzz_one(data, len);
	copy = malloc(len);
	if (!copy)
		abort();
	memcpy(copy, data, len);
	memcpy(copy, magic, magic_len);
	status = fuzz_one(copy, len);
	free(copy);
	return status;
}
