// SPDX-License-Identifier: GPL-2.0
/* The file that rxscope record writes. */
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int cannot(struct record *r, int err)
{
	return rxs_err_set(&r->e, err, "cannot write %s: %s", r->args->out, strerror(-err));
}

int record_out_open(struct record *r)
{
	const char *path = r->args->out;
	struct stat st;

	if (!strcmp(path, "-")) {
		r->fd = STDOUT_FILENO;
		r->stream = fstat(r->fd, &st) || !S_ISREG(st.st_mode);
		return 0;
	}
	if (!stat(path, &st) && !S_ISREG(st.st_mode)) {
		r->stream = true;
		r->fd = open(path, O_WRONLY | O_CLOEXEC);
		return r->fd < 0 ? cannot(r, -errno) : 0;
	}
	if (asprintf(&r->tmp, "%s.%d", path, getpid()) < 0) {
		r->tmp = NULL;
		return -ENOMEM;
	}
	r->fd = open(r->tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (r->fd >= 0)
		return 0;
	free(r->tmp);
	r->tmp = NULL;
	return cannot(r, -errno);
}

int record_out_name(struct record *r)
{
	if (!r->tmp)
		return 0;
	if (rename(r->tmp, r->args->out))
		return cannot(r, -errno);
	free(r->tmp);
	r->tmp = NULL;
	return 0;
}

void record_out_close(struct record *r)
{
	if (r->tmp)
		unlink(r->tmp);
	free(r->tmp);
	r->tmp = NULL;
	if (r->fd > STDERR_FILENO)
		close(r->fd);
	r->fd = -1;
}

char *record_out_dir(const struct record *r)
{
	const char *path = r->args->out, *slash = strrchr(path, '/'), *tmp = getenv("TMPDIR");

	if (r->stream)
		return strdup(tmp && *tmp ? tmp : "/tmp");
	if (!slash)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}
