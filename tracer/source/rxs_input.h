/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An opened file or pipe that a source reads: its first bytes can be looked at before it is known whose
 * it is, and they are not lost for the reader afterwards.
 */
#ifndef RXS_INPUT_H
#define RXS_INPUT_H

#include "../base/rxs_err.h"
#include "../base/rxs_types.h"

struct rxs_input {
	int fd;
	bool is_pipe;		/* cannot be read at an offset (until rxs_input_spool()) */
	u64 size_bytes;		/* 0 for a pipe */
	u64 pos;		/* bytes given by rxs_input_read() so far */
	const char *name;	/* as given; "standard input" for "-" */
	u8 head[4096];		/* bytes of a pipe read ahead */
	u32 head_len, head_pos;
};

/*
 * Open the file uri, or standard input for "-". Free with rxs_input_close(). -errno of open(2);
 * -EISDIR for a folder; -EBADMSG for an empty file.
 */
int rxs_input_open(struct rxs_input **out, const char *uri, struct rxs_err *e);
void rxs_input_close(struct rxs_input *in);	/* NULL is fine */

/*
 * The first bytes, at most size, without consuming them. Waits for at least 16 of a pipe, so that a slow
 * stream is recognised by its first message. Bytes, or -errno. Only before the first read.
 */
ssize_t rxs_input_peek(struct rxs_input *in, void *buf, size_t size, struct rxs_err *e);
/* Next bytes in order: as many as there are, at most size; waits for at least one. 0 = the end, else -errno. */
ssize_t rxs_input_read(struct rxs_input *in, void *buf, size_t size);
/* Would rxs_input_read() return at once? Always for files. */
bool rxs_input_ready(const struct rxs_input *in);
/*
 * size bytes at offset: the number read, less only at the end of the file, or -errno (-ESPIPE for a pipe).
 * Does not move the position of rxs_input_read().
 */
ssize_t rxs_input_pread(struct rxs_input *in, void *buf, size_t size, u64 offset);
/* Make a pipe readable at offsets: its rest goes to an unnamed temporary file. 0 or -errno. */
int rxs_input_spool(struct rxs_input *in, struct rxs_err *e);

#endif
