// SPDX-License-Identifier: GPL-2.0
/* The running kernel's ring buffer pages to a trace.dat file. */
#include "tracedat_write.h"
#include "src_tracedat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define BUFFER_BYTES (256 << 10)	/* a write per page would make more events than it stores */

struct cpu_file {
	FILE *f;		/* NULL until its first page */
	u64 bytes;
};

struct rxs_tracedat_writer {
	char *dir;
	struct cpu_file *cpu;
	u32 nr_cpus, page_bytes;
};

/* The head of the file as it grows. */
struct head {
	u8 *p;
	size_t len, max;
	int err;
};

static void add(struct head *h, const void *data, size_t len)
{
	u8 *more;

	if (h->err)
		return;
	if (h->len + len > h->max) {
		h->max = 2 * (h->len + len);
		more = realloc(h->p, h->max);
		if (!more) {
			h->err = -ENOMEM;
			return;
		}
		h->p = more;
	}
	if (len)
		memcpy(h->p + h->len, data, len);
	h->len += len;
}

/* Numbers stand in the machine's own order; the file says which that is. */
static void add_u16(struct head *h, u16 v)
{
	add(h, &v, sizeof(v));
}

static void add_u32(struct head *h, u32 v)
{
	add(h, &v, sizeof(v));
}

static void add_u64(struct head *h, u64 v)
{
	add(h, &v, sizeof(v));
}

static void add_option(struct head *h, u16 id, const void *data, u32 len)
{
	add_u16(h, id);
	add_u32(h, len);
	add(h, data, len);
}

/* A file of tracefs or proc, whole; "" when it is not there. */
static char *slurp(const char *path, size_t *len)
{
	size_t max = 65536;
	char *text = malloc(max), *more;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	*len = 0;
	while (text && fd >= 0 && (n = read(fd, text + *len, max - *len)) > 0) {
		*len += (size_t)n;
		if (*len < max)
			continue;
		more = realloc(text, max *= 2);
		if (!more)
			free(text);
		text = more;
	}
	if (fd >= 0)
		close(fd);
	return text;
}

/* The file behind its size; bits: of the size. */
static void add_file(struct head *h, const char *path, unsigned int bits)
{
	size_t len;
	char *text = slurp(path, &len);

	if (!text) {
		h->err = h->err ? h->err : -ENOMEM;
		return;
	}
	if (bits == 32)
		add_u32(h, (u32)len);
	else
		add_u64(h, len);
	add(h, text, len);
	free(text);
}

/* Formats of the events in one system: their number, then each. */
static void add_system(struct head *h, const char *tracing, const char *system)
{
	char **events = tracefs_system_events(tracing, system);
	u32 nr = events ? (u32)tracefs_list_size(events) : 0;
	char path[512];

	add_u32(h, nr);
	for (u32 i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), "%s/events/%s/%s/format", tracing, system, events[i]);
		add_file(h, path, 64);
	}
	tracefs_list_free(events);
}

/* Systems of the hook table that this kernel has, and the probes' own group. */
static u32 list_systems(const struct rxs_session *s, const char **system, u32 max)
{
	u32 nr = 0;
	char path[512];

	for (unsigned int i = 0; i <= rxs_hooks_nr && nr < max; i++) {
		const char *name = i < rxs_hooks_nr ? rxs_hooks[i].group : s->group;
		bool known = !*name;

		for (u32 k = 0; k < nr; k++)
			known |= !strcmp(system[k], name);
		snprintf(path, sizeof(path), "%s/events/%s", s->tracing, name);
		if (!known && !access(path, F_OK))
			system[nr++] = name;
	}
	return nr;
}

static void add_formats(struct head *h, const struct rxs_session *s)
{
	const char *system[32];
	u32 nr = list_systems(s, system, RXS_ARRAY_SIZE(system));

	add_system(h, s->tracing, "ftrace");
	add_u32(h, nr);
	for (u32 i = 0; i < nr; i++) {
		add(h, system[i], strlen(system[i]) + 1);
		add_system(h, s->tracing, system[i]);
	}
}

static void add_tracing_file(struct head *h, const struct rxs_session *s, const char *name, unsigned int bits)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", s->tracing, name);
	add_file(h, path, bits);
}

static void add_start(struct head *h, const struct rxs_session *s, u32 page_bytes)
{
	const u16 probe = 1;
	const u8 little = *(const u8 *)&probe;
	const u8 order_and_long[2] = { !little, sizeof(long) };

	add(h, "\x17\x08\x44" "tracing" "6", 12);
	add(h, order_and_long, sizeof(order_and_long));
	add_u32(h, page_bytes);
	add(h, "header_page", 12);
	add_tracing_file(h, s, "events/header_page", 64);
	add(h, "header_event", 13);
	add_tracing_file(h, s, "events/header_event", 64);
}

/* What the kernel counted on each CPU: readers find losses there that no page tells of. */
static void add_stats(struct head *h, const struct rxs_session *s, u32 nr_cpus)
{
	char name[64], *text, *stat;

	for (u32 i = 0; i < nr_cpus; i++) {
		snprintf(name, sizeof(name), "per_cpu/cpu%u/stats", i);
		text = tracefs_instance_file_read(s->instance, name, NULL);
		if (text && asprintf(&stat, "CPU: %u\n%s", i, text) >= 0) {
			add_option(h, TRACEDAT_CPUSTAT, stat, (u32)strlen(stat) + 1);
			free(stat);
		}
		free(text);
	}
}

static void add_options(struct head *h, const struct rxs_session *s, u32 nr_cpus)
{
	struct utsname u;
	char text[sizeof(u)];

	add(h, "options  ", 10);
	add_stats(h, s, nr_cpus);
	/* Without data: the clock's name follows the table of CPUs. */
	add_option(h, TRACEDAT_TRACECLOCK, NULL, 0);
	if (!uname(&u)) {
		snprintf(text, sizeof(text), "%.64s %.64s %.64s %.64s", u.sysname, u.nodename, u.release,
			 u.machine);
		add_option(h, TRACEDAT_UNAME, text, (u32)strlen(text) + 1);
	}
	add_u16(h, TRACEDAT_DONE);
}

/* The table of CPUs. All that stands before the pages must be known by then: they begin at a page's boundary. */
static void add_table(struct head *h, const struct rxs_tracedat_writer *w, const char *clock)
{
	char text[80];
	u64 at;

	snprintf(text, sizeof(text), "[%s]\n", clock);
	add(h, "flyrecord", 10);
	at = h->len + 16 * (u64)w->nr_cpus + 8 + strlen(text);
	at = (at + w->page_bytes - 1) / w->page_bytes * w->page_bytes;
	for (u32 i = 0; i < w->nr_cpus; i++) {
		add_u64(h, w->cpu[i].bytes ? at : 0);
		add_u64(h, w->cpu[i].bytes);
		at += w->cpu[i].bytes;
	}
	add_u64(h, strlen(text));
	add(h, text, strlen(text));
	while (!h->err && h->len % w->page_bytes)
		add(h, "", 1);
}

static int write_all(int fd, const u8 *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static int copy_cpu(int fd, const struct cpu_file *c)
{
	u8 buf[65536];
	u64 done = 0;
	int err = 0;

	if (c->f && fflush(c->f))
		return -errno;
	while (done < c->bytes && !err) {
		ssize_t n = pread(fileno(c->f), buf, sizeof(buf), (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		err = write_all(fd, buf, (size_t)n);
		done += (u64)n;
	}
	return err;
}

s64 rxs_tracedat_writer_finish(struct rxs_tracedat_writer *w, int fd, const struct rxs_session *s,
			       const char *clock, struct rxs_err *e)
{
	struct head h = { 0 };
	s64 bytes;
	int err;

	if (!w->page_bytes)
		w->page_bytes = (u32)sysconf(_SC_PAGESIZE);
	add_start(&h, s, w->page_bytes);
	add_formats(&h, s);
	add_file(&h, RXS_KSYMS_PROC, 32);
	add_tracing_file(&h, s, "printk_formats", 32);
	add_tracing_file(&h, s, "saved_cmdlines", 64);
	add_u32(&h, w->nr_cpus);
	add_options(&h, s, w->nr_cpus);
	add_table(&h, w, clock);
	err = h.err ? h.err : write_all(fd, h.p, h.len);
	bytes = (s64)h.len;
	for (u32 i = 0; i < w->nr_cpus && !err; i++) {
		err = copy_cpu(fd, &w->cpu[i]);
		bytes += (s64)w->cpu[i].bytes;
	}
	free(h.p);
	return err ? rxs_err_set(e, err, "cannot write the recording: %s", strerror(-err)) : bytes;
}

/* --- pages */

/* Not every file system has O_TMPFILE. */
static int open_unnamed(const char *dir)
{
	char path[4096];
	int fd;

	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	if (snprintf(path, sizeof(path), "%s/.rxscope-XXXXXX", dir) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	unlink(path);
	return fd;
}

static int open_cpu(const struct rxs_tracedat_writer *w, struct cpu_file *c)
{
	int fd = open_unnamed(w->dir);

	if (fd < 0)
		return fd;
	c->f = fdopen(fd, "w+");
	if (!c->f) {
		close(fd);
		return -ENOMEM;
	}
	return setvbuf(c->f, NULL, _IOFBF, BUFFER_BYTES) ? -ENOMEM : 0;
}

int rxs_tracedat_writer_page(void *ctx, int cpu, const void *page, u32 size_bytes)
{
	struct rxs_tracedat_writer *w = ctx;
	struct cpu_file *c = &w->cpu[cpu];
	int err;

	err = c->f ? 0 : open_cpu(w, c);
	if (err)
		return err;
	w->page_bytes = size_bytes;
	if (fwrite(page, size_bytes, 1, c->f) != 1)
		return errno ? -errno : -EIO;
	c->bytes += size_bytes;
	return 0;
}

int rxs_tracedat_writer_new(struct rxs_tracedat_writer **out, const char *dir, u32 nr_cpus, struct rxs_err *e)
{
	struct rxs_tracedat_writer *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	w->dir = strdup(dir);
	w->cpu = calloc(nr_cpus ? nr_cpus : 1, sizeof(*w->cpu));
	if (!w->dir || !w->cpu) {
		rxs_tracedat_writer_free(w);
		return -ENOMEM;
	}
	w->nr_cpus = nr_cpus;
	/* A folder that takes no files is told now and not after the recording. */
	err = open_cpu(w, &w->cpu[0]);
	if (err) {
		rxs_tracedat_writer_free(w);
		return rxs_err_set(e, err, "no temporary file in %s: %s", dir, strerror(-err));
	}
	*out = w;
	return 0;
}

void rxs_tracedat_writer_free(struct rxs_tracedat_writer *w)
{
	if (!w)
		return;
	for (u32 i = 0; w->cpu && i < w->nr_cpus; i++)
		if (w->cpu[i].f)
			fclose(w->cpu[i].f);
	free(w->cpu);
	free(w->dir);
	free(w);
}
