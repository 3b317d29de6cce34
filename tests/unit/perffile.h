/* SPDX-License-Identifier: GPL-2.0 */
/* perf.data made by hand, record by record. */
#ifndef PERFFILE_H
#define PERFFILE_H

#include "recording.h"

#define PF_COUNTER_ID	7	/* of an attribute that is no tracepoint */
#define PF_TRACE_ID	8
#define PF_CHAIN_ID	9	/* a tracepoint with call chains and values read */

struct pf {
	struct rec_buf data;	/* records */
	u64 sample_type;
	s32 clockid;		/* -1: perf's */
	bool single;		/* only one attribute, no identifiers */
};

/* An empty recording with all attributes. */
struct pf pf_new(void);
/* A record's header at the end of b; pf_end() with what it returns sets its size. */
size_t pf_begin(struct rec_buf *b, u32 type, u16 misc);
void pf_end(struct rec_buf *b, size_t at);
/* A netif_receive_skb of the skb. */
void pf_sample(struct pf *p, u64 ts_ns, u32 cpu, u64 skb);
/* A sample of the attribute with that id. */
void pf_sample_of(struct pf *p, u64 id, u64 ts_ns, u32 cpu, const struct rec_buf *raw);
void pf_finished_round(struct pf *p);
void pf_lost(struct pf *p, u64 count, u64 ts_ns, u32 cpu);
void pf_comm(struct pf *p, u32 tid, const char *name, u64 ts_ns);
void pf_forked(struct pf *p, u32 parent, u32 child, u64 ts_ns);
/* The whole as perf record writes it to a file, and to a pipe. */
void pf_file_mode(struct rec_buf *b, const struct pf *p);
void pf_pipe_mode(struct rec_buf *b, const struct pf *p);

#endif
