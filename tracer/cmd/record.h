/* SPDX-License-Identifier: GPL-2.0 */
/* rxscope record's parts: the loop (cmd_record.c), the output file (record_out.c), and what is written to it. */
#ifndef RXS_RECORD_H
#define RXS_RECORD_H

#include "../decode/rxs_file.h"
#include "../run/rxs_run.h"
#include "../run/rxs_select.h"
#include "../source/tracedat_write.h"
#include "rxs_cmd.h"

struct record_args {
	const char *out, *dev, *backend, *clock, *format, *ready_file, *instance, *expr;
	u64 duration_ns, packets;
	u32 buffer_kb, level;
	bool quiet, no_probe_cost;
};

struct record;

/* A format to record in. All return 0 or -errno with a sentence in r->e, unless said otherwise. */
struct record_kind {
	int (*open)(struct record *r);		/* attach; nothing is recorded yet */
	int (*start)(struct record *r);		/* begin, and open the output */
	void (*stop)(struct record *r);		/* detach; step() takes what is left */
	int (*step)(struct record *r);		/* as rxs_run_step() */
	int (*pollfd)(struct record *r);
	int (*flush)(struct record *r);		/* what was taken so far can be read by others */
	int (*finish)(struct record *r);	/* complete the output; r->bytes is its size */
	void (*close)(struct record *r);
};

extern const struct record_kind record_rxs;	/* record_rxs.c */
extern const struct record_kind record_dat;	/* record_dat.c */

struct record {
	const struct record_args *args;
	const struct record_kind *kind;
	struct rxs_source_opts source;
	char *filter;		/* pcap expression, or NULL */
	char **command;		/* NULL: none */
	struct rxs_err e;
	int write_err;		/* the first of the output; -EPIPE: its reader went away */

	/* output */
	int fd;
	char *tmp;		/* a regular file before it gets its name, or NULL */
	bool stream;		/* no regular file: somebody may be watching */
	u64 bytes;

	/* counted for the summary */
	u64 events, packets;
	u64 lost[RXS_LOST_NR], lost_unknown;

	/* the loop */
	int signal_fd;
	pid_t child;		/* 0: none, or reaped */
	int child_status;
	bool stopping;
	u64 start_ns, stop_ns, flushed_ns, kill_ns;

	/* record_rxs.c */
	struct rxs_run *run;
	struct rxs_select *select;	/* NULL: all events are written */
	struct rxs_writer *writer;
	/* record_dat.c */
	struct rxs_source *src;
	struct rxs_tracedat_writer *dat;
};

/*
 * Open the output. A regular file gets a temporary name beside its own, and its own by record_out_name(): a
 * start that fails leaves the old file alone. Anything else (a pipe, a port) is written to as it is.
 */
int record_out_open(struct record *r);
int record_out_name(struct record *r);
void record_out_close(struct record *r);	/* removes a file that did not get its name */
/* Folder of the output, for temporary files; to be freed. NULL: out of memory. */
char *record_out_dir(const struct record *r);

/* Count a loss for the summary. */
void record_count_lost(struct record *r, enum rxs_lost_kind kind, u64 count);
/* Say what a person should know of the source ("no kprobes …") unless -q. */
void record_say_note(const struct record *r, const struct rxs_source_info *info);

#endif
