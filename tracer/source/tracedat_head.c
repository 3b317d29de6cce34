// SPDX-License-Identifier: GPL-2.0
/* trace.dat from its first byte to the events: version 6 here, the sections of version 7 as well. */
#include "src_tracedat.h"

#include <stdio.h>
#include <stdlib.h>

#include "../base/rxs_fmt.h"

#define SECTIONS_MAX	4096	/* chained option sections; a loop ends there */
#define SECTION_MAX_BYTES (256 << 20)
#define OPTION_MAX_BYTES (64 << 20)

static int bad(struct tracedat *d, struct rxs_err *e, int err, const char *what)
{
	if (err == -EBADMSG)
		return rxs_err_set(e, err, "%s: damaged or cut off trace.dat (%s)", d->in->name, what);
	return err;
}

/* "[local] global counter": the one in brackets. */
static void use_trace_clock(struct tracedat *d, const char *text)
{
	const char *p = strchr(text, '[');

	if (p)
		snprintf(d->clock_name, sizeof(d->clock_name), "%.*s", (int)strcspn(p + 1, "]"), p + 1);
	rxs_fmt_plain(d->clock_name);
}

/* Version 6, BUFFER: offset of the instance's table of CPUs, and its name. */
static int v6_buffer(struct tracedat *d, const char *data, u32 len)
{
	if (len < 9)
		return -EBADMSG;
	return tracedat_add_instance(d, data + 8, kbuf_u64((const u8 *)data));
}

/* Version 6: options up to the one of id 0. *has_clock: a trace_clock text follows the table of CPUs. */
static int v6_options(struct tracedat *d, struct tracing_cur *c, bool *has_clock)
{
	char *data;
	u32 len;
	u16 id;
	int err;

	for (;;) {
		err = tracing_u16(c, &id);
		if (err || id == TRACEDAT_DONE)
			return err;
		err = tracing_u32(c, &len);
		err = err ? err : tracing_text(c, len, &data);
		if (err)
			return err;
		if (id == TRACEDAT_TRACECLOCK)
			*has_clock = true;
		err = id == TRACEDAT_BUFFER ? v6_buffer(d, data, len) : tracedat_option(d, id, data, len);
		free(data);
		if (err)
			return err;
	}
}

/* Version 6: options, the word that says what follows, and the table of CPUs of one instance. */
static int v6_cpus(struct tracedat *d, u32 instance, struct tracing_cur *c, bool *has_clock)
{
	char word[10];
	u64 at, size;
	int err;

	err = tracing_get(c, word, sizeof(word));
	if (!err && !memcmp(word, "options", 7)) {
		err = v6_options(d, c, has_clock);
		err = err ? err : tracing_get(c, word, sizeof(word));
	}
	if (err)
		return err;
	if (!memcmp(word, "latency", 7))
		return -ENODATA;
	if (memcmp(word, "flyrecord", 9))
		return -EBADMSG;
	for (u32 i = 0, nr = d->nr_cpus; !err && i < nr; i++) {
		err = tracing_u64(c, &at);
		err = err ? err : tracing_u64(c, &size);
		err = err ? err : tracedat_add_cpu(d, instance, i, at, size, false);
	}
	return err;
}

static int v6_instances(struct tracedat *d)
{
	struct tracing_cur c = { .in = d->in, .end = d->in->size_bytes };
	u32 nr = d->nr_instances;
	bool ignored;
	int err = 0;

	/* Instance 0 is the top one, whose options told of the others. */
	for (u32 i = 1; !err && i < nr; i++) {
		c.pos = d->instance[i].offset;
		err = v6_cpus(d, i, &c, &ignored);
		/* An instance that is damaged or beyond the end of the file costs its own events only. */
		if (err == -EBADMSG || err == -ENODATA) {
			d->cut_off = true;
			err = 0;
		}
	}
	return err;
}

static int read_v6(struct tracedat *d, u64 pos, struct rxs_err *e)
{
	struct tracing_cur c = { .in = d->in, .pos = pos, .end = d->in->size_bytes };
	bool has_clock = false;
	char *text;
	u64 size;
	int err;

	err = tracing_header_info(&d->kernel, &c);
	if (err)
		return bad(d, e, err, "header page");
	err = tracing_ftrace_formats(&d->kernel, &c);
	err = err ? err : tracing_formats(&d->kernel, &c);
	if (err)
		return bad(d, e, err, "event formats");
	err = tracing_kallsyms(&d->kernel, &c);
	err = err ? err : tracing_printk_formats(&d->kernel, &c);
	if (err)
		return bad(d, e, err, "symbols");
	err = tracing_cmdlines(&d->kernel, &c);
	err = err ? err : tracing_u32(&c, &d->nr_cpus);
	err = err ? err : tracedat_add_instance(d, "", 0);
	err = err ? err : v6_cpus(d, 0, &c, &has_clock);
	if (err)
		return err == -ENODATA ? err : bad(d, e, err, "table of CPUs");
	/* A bug in old trace-cmd leaves the clock out though the option says that it is there. */
	if (has_clock && !tracing_u64(&c, &size) && !tracing_text(&c, size, &text)) {
		use_trace_clock(d, text);
		free(text);
	}
	return v6_instances(d);
}

/* Open the section at pos: of that id, in memory when it is compressed. *mem is to be freed. */
static int open_section(struct tracedat *d, u64 pos, u16 want, struct tracing_cur *c, u8 **mem)
{
	u32 description, packed, size;
	u16 id, flags;
	u64 len;
	char *raw;
	int err;

	*mem = NULL;
	*c = (struct tracing_cur){ .in = d->in, .pos = pos, .end = d->in->size_bytes };
	err = tracing_u16(c, &id);
	err = err ? err : tracing_u16(c, &flags);
	err = err ? err : tracing_u32(c, &description);
	err = err ? err : tracing_u64(c, &len);
	if (err)
		return err;
	if (id != want)
		return -EBADMSG;
	if (!(flags & 1)) {
		if (len < c->end - c->pos)
			c->end = c->pos + len;
		return 0;
	}
	err = tracing_u32(c, &packed);
	err = err ? err : tracing_u32(c, &size);
	if (!err && size > SECTION_MAX_BYTES)
		err = -EBADMSG;
	err = err ? err : tracing_text(c, packed, &raw);
	if (err)
		return err;
	*mem = malloc(size ? size : 1);
	err = *mem ? tracedat_unpack(d->codec, *mem, size, raw, packed) : -ENOMEM;
	free(raw);
	if (err) {
		free(*mem);
		*mem = NULL;
		return err;
	}
	*c = (struct tracing_cur){ .mem = *mem, .end = size };
	return 0;
}

/* Version 7, BUFFER: where the section is, name, clock, page size, and a row per CPU. */
static int v7_buffer(struct tracedat *d, const char *data, u32 len)
{
	struct tracing_cur c = { .mem = (const u8 *)data, .end = len };
	struct tracing_cur section = { .in = d->in, .end = d->in->size_bytes };
	u32 page_bytes, nr, cpu, instance;
	char name[256], clock[32];
	u64 offset, size;
	u16 id, flags;
	int err;

	err = tracing_u64(&c, &section.pos);
	err = err ? err : tracing_string(&c, name, sizeof(name));
	err = err ? err : tracing_string(&c, clock, sizeof(clock));
	err = err ? err : tracing_u32(&c, &page_bytes);
	err = err ? err : tracing_u32(&c, &nr);
	for (u32 i = 0; !err && i < d->nr_instances; i++)
		if (!strcmp(d->instance[i].name, name))
			return 0;	/* told twice */
	err = err ? err : tracedat_add_instance(d, name, 0);
	instance = d->nr_instances - 1;
	/* The section's flags say whether its pages are compressed. */
	err = err ? err : tracing_u16(&section, &id);
	err = err ? err : tracing_u16(&section, &flags);
	if (err)
		return err;
	if (id != TRACEDAT_BUFFER)
		return -EBADMSG;
	if (d->clock_name[0] && strcmp(d->clock_name, clock))
		d->clocks_differ = true;
	else
		strcpy(d->clock_name, rxs_fmt_plain(clock));
	if (page_bytes >= 4096 && page_bytes <= 16 << 20)
		d->kernel.page_bytes = page_bytes;
	while (!err && nr--) {
		err = tracing_u32(&c, &cpu);
		err = err ? err : tracing_u64(&c, &offset);
		err = err ? err : tracing_u64(&c, &size);
		/* The size of compressed data leaves out the number of chunks before it. */
		if (flags & 1 && size)
			size += sizeof(u32);
		err = err ? err : tracedat_add_cpu(d, instance, cpu, offset, size, flags & 1);
	}
	return err;
}

/* The sections that options point to are read when all options are known: formats need the header. */
struct sections {
	u64 header_info, ftrace, formats, kallsyms, cmdlines;
	bool has_text;		/* a latency trace */
};

static int v7_option(struct tracedat *d, struct sections *s, u16 id, const char *data, u32 len)
{
	u64 at = len >= 8 ? kbuf_u64((const u8 *)data) : 0;

	switch (id) {
	case TRACEDAT_BUFFER:
		return v7_buffer(d, data, len);
	case TRACEDAT_BUFFER_TEXT:
		s->has_text = true;
		return 0;
	case TRACEDAT_HEADER_INFO:
		s->header_info = at;
		return 0;
	case TRACEDAT_FTRACE_EVENTS:
		s->ftrace = at;
		return 0;
	case TRACEDAT_EVENT_FORMATS:
		s->formats = at;
		return 0;
	case TRACEDAT_KALLSYMS:
		s->kallsyms = at;
		return 0;
	case TRACEDAT_CMDLINES:
		s->cmdlines = at;
		return 0;
	default:
		return tracedat_option(d, id, data, len);
	}
}

/* One section of options; *next is where the next one is, 0 = none. */
static int v7_options(struct tracedat *d, struct sections *s, u64 pos, u64 *next)
{
	struct tracing_cur c;
	char *data;
	u8 *mem;
	u32 len;
	u16 id;
	int err;

	*next = 0;
	err = open_section(d, pos, 0, &c, &mem);
	while (!err) {
		err = tracing_u16(&c, &id);
		err = err ? err : tracing_u32(&c, &len);
		err = err ? err : len > OPTION_MAX_BYTES ? -EBADMSG : tracing_text(&c, len, &data);
		if (err)
			break;
		if (id == TRACEDAT_DONE) {
			if (len >= 8)
				*next = kbuf_u64((const u8 *)data);
			free(data);
			break;
		}
		err = v7_option(d, s, id, data, len);
		free(data);
	}
	free(mem);
	return err;
}

static int with_section(struct tracedat *d, u64 pos, u16 id,
			int (*read)(struct rxs_kernel *k, struct tracing_cur *c))
{
	struct tracing_cur c;
	u8 *mem;
	int err;

	err = open_section(d, pos, id, &c, &mem);
	if (err)
		return err;
	err = read(&d->kernel, &c);
	free(mem);
	return err;
}

int tracedat_read_sections(struct tracedat *d, u64 pos, struct rxs_err *e)
{
	struct tracing_cur c = { .in = d->in, .pos = pos, .end = d->in->size_bytes };
	struct sections s = { 0 };
	char name[32], version[64];
	u64 next;
	int err;

	err = tracing_string(&c, name, sizeof(name));
	err = err ? err : tracing_string(&c, version, sizeof(version));
	err = err ? err : tracing_u64(&c, &next);
	if (err)
		return bad(d, e, err, "head");
	if (!strcmp(name, "zstd"))
		d->codec = TRACEDAT_ZSTD;
	else if (!strcmp(name, "zlib"))
		d->codec = TRACEDAT_ZLIB;
	else if (strcmp(name, "none"))
		return rxs_err_set(e, -EBADMSG, "%s: compressed with \"%s\", which is not known here",
				   d->in->name, name);
	for (u32 i = 0; next && i < SECTIONS_MAX; i++) {
		err = v7_options(d, &s, next, &next);
		if (err)
			return bad(d, e, err, "options");
	}
	if (!s.header_info || !s.formats)
		return bad(d, e, -EBADMSG, "no event formats");
	err = with_section(d, s.header_info, TRACEDAT_HEADER_INFO, tracing_header_info);
	if (!err && s.ftrace)
		err = with_section(d, s.ftrace, TRACEDAT_FTRACE_EVENTS, tracing_ftrace_formats);
	err = err ? err : with_section(d, s.formats, TRACEDAT_EVENT_FORMATS, tracing_formats);
	if (err)
		return bad(d, e, err, "event formats");
	/* Without these the events are still good. */
	if (s.kallsyms)
		err = with_section(d, s.kallsyms, TRACEDAT_KALLSYMS, tracing_kallsyms);
	if (s.cmdlines && err != -ENOMEM)
		err = with_section(d, s.cmdlines, TRACEDAT_CMDLINES, tracing_cmdlines);
	if (err && err != -EBADMSG)
		return err;
	return d->nr_bufs || !s.has_text ? 0 : -ENODATA;
}

int tracedat_read_head(struct tracedat *d, struct rxs_err *e)
{
	struct tracing_cur c = { .in = d->in, .pos = 10, .end = d->in->size_bytes };
	char version[16];
	u8 endian, long_bytes;
	u32 page_bytes;
	int err;

	err = tracing_string(&c, version, sizeof(version));
	err = err ? err : tracing_get(&c, &endian, 1);
	err = err ? err : tracing_get(&c, &long_bytes, 1);
	err = err ? err : tracing_u32(&c, &page_bytes);
	if (err)
		return bad(d, e, err, "head");
	d->version = strtoul(version, NULL, 10);
	if (d->version != 6 && d->version != 7)
		return rxs_err_set(e, -EBADMSG, "%s: trace.dat version %.8s is not known here (6 and 7 are)",
				   d->in->name, version);
	if (endian)
		return rxs_err_set(e, -EBADMSG, "%s: recorded on a big-endian machine; such recordings "
				   "can only be read on one", d->in->name);
	if (page_bytes < 1024 || page_bytes > 16 << 20)
		return bad(d, e, -EBADMSG, "page size");
	err = rxs_kernel_init(&d->kernel);
	if (err)
		return err;
	rxs_kernel_set_long(&d->kernel, long_bytes == 4 ? 4 : 8);
	d->kernel.page_bytes = page_bytes;
	err = d->version == 6 ? read_v6(d, c.pos, e) : tracedat_read_sections(d, c.pos, e);
	if (err == -ENODATA)
		return rxs_err_set(e, -EBADMSG, "%s: holds the text of a latency tracer, no events",
				   d->in->name);
	return err;
}
