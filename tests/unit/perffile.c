// SPDX-License-Identifier: GPL-2.0
/* See perffile.h; the layout is that of tools/perf/Documentation/perf.data-file-format.txt. */
#include "perffile.h"

#include <stdlib.h>
#include <string.h>

#include <linux/perf_event.h>

#define TYPE (PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU | \
	      PERF_SAMPLE_PERIOD | PERF_SAMPLE_RAW)

size_t pf_begin(struct rec_buf *b, u32 type, u16 misc)
{
	size_t at = b->len;

	rec_u32(b, type);
	rec_u16(b, misc);
	rec_u16(b, 0);
	return at;
}

void pf_end(struct rec_buf *b, size_t at)
{
	u16 size;

	rec_zero(b, -(b->len - at) & 7);
	size = b->len - at;
	memcpy(b->p + at + 6, &size, sizeof(size));
}

/* sample_id at the end of a record that is no sample */
static void tail(struct rec_buf *b, u64 ts_ns, u32 cpu)
{
	rec_u32(b, 1);
	rec_u32(b, 1);
	rec_u64(b, ts_ns);
	rec_u32(b, cpu);
	rec_u32(b, 0);
	rec_u64(b, PF_TRACE_ID);
}

void pf_sample_of(struct pf *p, u64 id, u64 ts_ns, u32 cpu, const struct rec_buf *raw)
{
	struct rec_buf *b = &p->data;
	size_t at = pf_begin(b, PERF_RECORD_SAMPLE, 1);
	bool chain = id == PF_CHAIN_ID;

	if (p->sample_type & PERF_SAMPLE_IDENTIFIER)
		rec_u64(b, id);
	rec_u64(b, 0xffffffff81000000);
	rec_u32(b, 1);
	rec_u32(b, 1);
	if (p->sample_type & PERF_SAMPLE_TIME)
		rec_u64(b, ts_ns);
	rec_u32(b, cpu);
	rec_u32(b, 0);
	rec_u64(b, 1);
	if (chain) {
		rec_u64(b, 2);		/* group of two: value and id each */
		for (u64 i = 0; i < 4; i++)
			rec_u64(b, i);
		rec_u64(b, 3);		/* call chain */
		rec_zero(b, 3 * 8);
	}
	rec_u32(b, raw->len);
	rec_put(b, raw->p, raw->len);
	pf_end(b, at);
}

void pf_sample(struct pf *p, u64 ts_ns, u32 cpu, u64 skb)
{
	struct rec_buf raw = { 0 };

	rec_netif(&raw, skb, 60, "r0");
	rec_zero(&raw, -(raw.len + 4) & 7);
	pf_sample_of(p, PF_TRACE_ID, ts_ns, cpu, &raw);
	free(raw.p);
}

void pf_finished_round(struct pf *p)
{
	pf_end(&p->data, pf_begin(&p->data, 68, 0));
}

void pf_lost(struct pf *p, u64 count, u64 ts_ns, u32 cpu)
{
	size_t at = pf_begin(&p->data, PERF_RECORD_LOST, 0);

	rec_u64(&p->data, PF_TRACE_ID);
	rec_u64(&p->data, count);
	tail(&p->data, ts_ns, cpu);
	pf_end(&p->data, at);
}

void pf_comm(struct pf *p, u32 tid, const char *name, u64 ts_ns)
{
	size_t at = pf_begin(&p->data, PERF_RECORD_COMM, 0);
	char padded[16] = "";

	strcpy(padded, name);
	rec_u32(&p->data, tid);
	rec_u32(&p->data, tid);
	rec_put(&p->data, padded, sizeof(padded));
	tail(&p->data, ts_ns, 0);
	pf_end(&p->data, at);
}

void pf_forked(struct pf *p, u32 parent, u32 child, u64 ts_ns)
{
	size_t at = pf_begin(&p->data, PERF_RECORD_FORK, 0);

	rec_u32(&p->data, parent);
	rec_u32(&p->data, parent);
	rec_u32(&p->data, child);
	rec_u32(&p->data, parent);
	rec_u64(&p->data, ts_ns);
	tail(&p->data, ts_ns, 0);
	pf_end(&p->data, at);
}

static void put_attr(struct rec_buf *b, const struct pf *p, u64 id)
{
	struct perf_event_attr a = { .size = sizeof(a), .sample_type = p->sample_type, .sample_id_all = 1 };

	a.type = id == PF_COUNTER_ID ? PERF_TYPE_SOFTWARE : PERF_TYPE_TRACEPOINT;
	a.config = REC_NETIF;
	if (id == PF_COUNTER_ID)
		a.sample_type &= ~(u64)PERF_SAMPLE_RAW;
	if (id == PF_CHAIN_ID) {
		a.sample_type |= PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_READ;
		a.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_ID;
	}
	if (p->clockid >= 0) {
		a.use_clockid = 1;
		a.clockid = p->clockid;
	}
	rec_put(b, &a, sizeof(a));
}

static void tracing_data(struct rec_buf *b)
{
	u8 machine[2] = { 0, 8 };

	rec_put(b, "\x17\x08\x44tracing", 10);
	rec_str(b, "0.6");
	rec_put(b, machine, sizeof(machine));
	rec_u32(b, 4096);
	rec_tracing_parts(b, NULL, "5 early\n");
}

static void feature_string(struct rec_buf *b, const char *s)
{
	rec_u32(b, 64);
	rec_put(b, s, strlen(s));
	rec_zero(b, 64 - strlen(s));
}

static const u64 ids[] = { PF_TRACE_ID, PF_COUNTER_ID, PF_CHAIN_ID };

/* Header, ids, attributes, data, table of features, features. */
void pf_file_mode(struct rec_buf *b, const struct pf *p)
{
	unsigned int nr = p->single ? 1 : RXS_ARRAY_SIZE(ids);
	u64 attr_bytes = sizeof(struct perf_event_attr) + 16, at;
	struct rec_buf tracing = { 0 }, release = { 0 };

	rec_put(b, "PERFILE2", 8);
	rec_u64(b, 104);
	rec_u64(b, attr_bytes);
	at = 104 + nr * 8;
	rec_u64(b, at);
	rec_u64(b, nr * attr_bytes);
	at += nr * attr_bytes;
	rec_u64(b, at);
	rec_u64(b, p->data.len);
	rec_u64(b, 0);
	rec_u64(b, 0);
	rec_u64(b, 1 << 1 | 1 << 4);	/* TRACING_DATA, OSRELEASE */
	rec_zero(b, 24);
	for (unsigned int i = 0; i < nr; i++)
		rec_u64(b, ids[i]);
	for (unsigned int i = 0; i < nr; i++) {
		put_attr(b, p, ids[i]);
		rec_u64(b, 104 + i * 8);
		rec_u64(b, 8);
	}
	rec_put(b, p->data.p, p->data.len);
	tracing_data(&tracing);
	feature_string(&release, "6.1.0-perf");
	at = b->len + 32;
	rec_u64(b, at);
	rec_u64(b, tracing.len);
	rec_u64(b, at + tracing.len);
	rec_u64(b, release.len);
	rec_put(b, tracing.p, tracing.len);
	rec_put(b, release.p, release.len);
	free(tracing.p);
	free(release.p);
}

void pf_pipe_mode(struct rec_buf *b, const struct pf *p)
{
	struct rec_buf tracing = { 0 };
	size_t at;

	rec_put(b, "PERFILE2", 8);
	rec_u64(b, 16);
	for (unsigned int i = 0; i < (p->single ? 1 : RXS_ARRAY_SIZE(ids)); i++) {
		at = pf_begin(b, 64, 0);
		put_attr(b, p, ids[i]);
		rec_u64(b, ids[i]);
		pf_end(b, at);
	}
	at = pf_begin(b, 80, 0);
	rec_u64(b, 4);
	feature_string(b, "6.1.0-perf");
	pf_end(b, at);
	tracing_data(&tracing);
	rec_zero(&tracing, -tracing.len & 7);
	at = pf_begin(b, 66, 0);
	rec_u32(b, tracing.len);
	rec_u32(b, 0);
	pf_end(b, at);
	rec_put(b, tracing.p, tracing.len);
	rec_put(b, p->data.p, p->data.len);
	free(tracing.p);
}

struct pf pf_new(void)
{
	return (struct pf){ .sample_type = TYPE, .clockid = -1 };
}
