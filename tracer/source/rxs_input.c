// SPDX-License-Identifier: GPL-2.0
/*
 * Files and pipes as sources see them. Files are read, not mapped: a file that shrinks while it is read
 * must not raise SIGBUS, and memory stays flat however long it is.
 */
#include "rxs_input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PEEK_MIN_BYTES 16

static int open_fd(const char *uri, struct rxs_err *e)
{
	int fd;

	/* A copy, so that closing the source leaves the descriptor of its caller alone. */
	fd = strcmp(uri, "-") ? open(uri, O_RDONLY | O_CLOEXEC) : fcntl(0, F_DUPFD_CLOEXEC, 3);
	if (fd >= 0)
		return fd;
	if (errno == ENOENT)
		return rxs_err_set(e, -ENOENT, "%s: no such file", uri);
	if (errno == EACCES)
		return rxs_err_set(e, -EACCES, "%s: not readable for this user", uri);
	return rxs_err_set(e, -errno, "%s: %s", uri, strerror(errno));
}

int rxs_input_open(struct rxs_input **out, const char *uri, struct rxs_err *e)
{
	struct rxs_input *in;
	struct stat st;
	int fd, err;

	fd = open_fd(uri, e);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st)) {
		err = rxs_err_set(e, -errno, "%s: %s", uri, strerror(errno));
		goto out_close;
	}
	if (S_ISDIR(st.st_mode)) {
		err = rxs_err_set(e, -EISDIR, "%s: is a folder, not a recording", uri);
		goto out_close;
	}
	if (S_ISREG(st.st_mode) && !st.st_size) {
		err = rxs_err_set(e, -EBADMSG, "%s: the file is empty", uri);
		goto out_close;
	}
	in = calloc(1, sizeof(*in));
	if (!in) {
		err = -ENOMEM;
		goto out_close;
	}
	in->fd = fd;
	in->name = strcmp(uri, "-") ? uri : "standard input";
	in->name = strdup(in->name);
	if (!in->name) {
		free(in);
		err = -ENOMEM;
		goto out_close;
	}
	in->is_pipe = !S_ISREG(st.st_mode);
	in->size_bytes = in->is_pipe ? 0 : st.st_size;
	*out = in;
	return 0;

out_close:
	close(fd);
	return err;
}

void rxs_input_close(struct rxs_input *in)
{
	if (!in)
		return;
	close(in->fd);
	free((char *)in->name);
	free(in);
}

static ssize_t read_some(int fd, void *buf, size_t size)
{
	ssize_t n;

	do {
		n = read(fd, buf, size);
		/* A descriptor somebody else made non-blocking: wait for it, as read() would have. */
		if (n < 0 && errno == EAGAIN) {
			struct pollfd p = { .fd = fd, .events = POLLIN };

			poll(&p, 1, -1);
			errno = EINTR;
		}
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

ssize_t rxs_input_peek(struct rxs_input *in, void *buf, size_t size, struct rxs_err *e)
{
	ssize_t n;

	if (!in->is_pipe) {
		n = rxs_input_pread(in, buf, size, 0);
		return n < 0 ? rxs_err_set(e, n, "%s: %s", in->name, strerror(-n)) : n;
	}
	while (in->head_len < PEEK_MIN_BYTES) {
		n = read_some(in->fd, in->head + in->head_len, sizeof(in->head) - in->head_len);
		if (n < 0)
			return rxs_err_set(e, n, "%s: %s", in->name, strerror(-n));
		if (!n)
			break;
		in->head_len += n;
	}
	if (!in->head_len)
		return rxs_err_set(e, -EBADMSG, "%s: nothing came before the end of the stream", in->name);
	if (size > in->head_len)
		size = in->head_len;
	memcpy(buf, in->head, size);
	return size;
}

ssize_t rxs_input_read(struct rxs_input *in, void *buf, size_t size)
{
	size_t ahead = in->head_len - in->head_pos;
	ssize_t n;

	if (ahead) {
		n = size < ahead ? size : ahead;
		memcpy(buf, in->head + in->head_pos, n);
		in->head_pos += n;
	} else if (in->is_pipe) {
		n = read_some(in->fd, buf, size);
	} else {
		n = rxs_input_pread(in, buf, size, in->pos);
	}
	if (n > 0)
		in->pos += n;
	return n;
}

bool rxs_input_ready(const struct rxs_input *in)
{
	struct pollfd p = { .fd = in->fd, .events = POLLIN };

	return !in->is_pipe || in->head_len > in->head_pos || poll(&p, 1, 0) != 0;
}

ssize_t rxs_input_pread(struct rxs_input *in, void *buf, size_t size, u64 offset)
{
	size_t done = 0;
	ssize_t n;

	if (in->is_pipe)
		return -ESPIPE;
	while (done < size) {
		if (offset + done > INT64_MAX || offset + done < offset)
			break;
		n = pread(in->fd, (char *)buf + done, size - done, offset + done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		done += n;
	}
	return done;
}

static int write_all(int fd, const u8 *buf, size_t len)
{
	ssize_t n;

	for (; len; buf += n, len -= n) {
		n = write(fd, buf, len);
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return -errno;
	}
	return 0;
}

static int spool_to(struct rxs_input *in, int fd, u64 *size)
{
	u8 buf[65536];
	ssize_t n;
	int err;

	while ((n = rxs_input_read(in, buf, sizeof(buf))) > 0) {
		err = write_all(fd, buf, n);
		if (err)
			return err;
		*size += n;
	}
	return n;
}

int rxs_input_spool(struct rxs_input *in, struct rxs_err *e)
{
	const char *dir = getenv("TMPDIR");
	u64 size = 0;
	int fd, err;

	if (!in->is_pipe)
		return 0;
	dir = dir && *dir ? dir : "/tmp";
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0) {
		char path[4096];

		/* Not every file system has O_TMPFILE. */
		snprintf(path, sizeof(path), "%s/rxscope-XXXXXX", dir);
		fd = mkostemp(path, O_CLOEXEC);
		if (fd < 0)
			return rxs_err_set(e, -errno, "%s: no temporary file in %s: %s (set TMPDIR)",
					   in->name, dir, strerror(errno));
		unlink(path);
	}
	err = spool_to(in, fd, &size);
	if (err) {
		close(fd);
		return rxs_err_set(e, err, "%s: keeping the stream in %s: %s (set TMPDIR)", in->name,
				   dir, strerror(-err));
	}
	close(in->fd);
	in->fd = fd;
	in->is_pipe = false;
	in->size_bytes = size;
	in->pos = 0;
	in->head_len = in->head_pos = 0;
	return 0;
}
