// SPDX-License-Identifier: GPL-2.0
/*
 * Missed kprobes. The kernel does not run a kprobe that is hit while another one runs on that CPU, and only
 * counts it, in kprobe_profile. Looked at now and then, the count also tells when.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src_tracefs.h"

#define PROBES_MAX 512
#define LOOK_NS 100000000ULL	/* a look costs some microseconds a probe */
#define LATE_NS 1000000000ULL	/* a reader that never catches up is not waited for */
#define CALLS 256		/* between two looks at the clock, while there are events */

struct miss {
	char name[128];
	u64 told;		/* missed, as told so far */
	u64 found;		/* and more that are not told yet */
};

struct rxs_misses {
	const char *tracing, *group;	/* borrowed */
	u64 sum;			/* of everybody's kprobes, at the last look */
	u64 looked_ns, found_ns;	/* monotonic clock */
	u64 clean_ns;			/* trace clock: what was read when the last look found nothing new */
	u32 calls, nr, telling;
	bool found, ready;
	struct miss v[PROBES_MAX];
};

static u64 now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

struct rxs_misses *rxs_misses_new(const char *tracing, const char *group)
{
	struct rxs_misses *m = calloc(1, sizeof(*m));

	if (m) {
		m->tracing = tracing;
		m->group = group;
		m->looked_ns = now_ns();
	}
	return m;
}

void rxs_misses_free(struct rxs_misses *m)
{
	free(m);
}

static FILE *open_file(const struct rxs_misses *m, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", m->tracing, name);
	return fopen(path, "re");
}

/* All that kprobe_profile has: whether it grew is cheaper to know than whose kprobe it was. */
static u64 sum_of_misses(const struct rxs_misses *m)
{
	FILE *profile = open_file(m, "kprobe_profile");
	unsigned long long hits, missed;
	char line[512], name[128];
	u64 sum = 0;

	while (profile && fgets(line, sizeof(line), profile))
		if (sscanf(line, "%127s %llu %llu", name, &hits, &missed) == 3)
			sum += missed;
	if (profile)
		fclose(profile);
	return sum;
}

static void found_one(struct rxs_misses *m, struct miss *miss, const char *name, u64 missed)
{
	if (!miss->name[0])
		memcpy(miss->name, name, strlen(name) + 1);
	if (missed <= miss->told + miss->found)
		return;
	miss->found = missed - miss->told;
	m->found = true;
}

/*
 * kprobe_profile has "name hits missed" and no group; kprobe_events has the groups. Both list the same probes
 * in the same order.
 */
static void look_closer(struct rxs_misses *m)
{
	FILE *events = open_file(m, "kprobe_events"), *profile = open_file(m, "kprobe_profile");
	char event[1024], line[512], name[128];
	size_t len = strlen(m->group);
	u32 nr = 0;

	while (events && profile && nr < PROBES_MAX && fgets(event, sizeof(event), events) &&
	       fgets(line, sizeof(line), profile)) {
		const char *colon = strchr(event, ':');
		unsigned long long hits, missed;

		if (!colon || strncmp(colon + 1, m->group, len) || colon[1 + len] != '/')
			continue;
		if (sscanf(line, "%127s %llu %llu", name, &hits, &missed) == 3 &&
		    !strncmp(colon + 2 + len, name, strlen(name)))
			found_one(m, &m->v[nr], name, missed);
		nr++;
	}
	m->nr = nr > m->nr ? nr : m->nr;
	if (events)
		fclose(events);
	if (profile)
		fclose(profile);
}

static void look(struct rxs_misses *m, u64 now, u64 last_ns)
{
	u64 sum = sum_of_misses(m);

	m->looked_ns = now;
	if (sum != m->sum) {
		m->sum = sum;
		look_closer(m);
	}
	if (!m->found)
		m->clean_ns = last_ns;
	else if (!m->found_ns)
		m->found_ns = now;
}

void rxs_misses_look(struct rxs_misses *m, u64 last_ns, bool drained, bool end)
{
	u64 now;

	if (m->ready || (!end && !drained && ++m->calls % CALLS))
		return;
	now = now_ns();
	/* What was missed before the look may lie among events not read yet: told when those have been. */
	if (m->found && !end)
		m->ready = drained || now - m->found_ns >= LATE_NS;
	else if (end || now - m->looked_ns >= LOOK_NS)
		look(m, now, last_ns);
	if (m->found && end)
		m->ready = true;
}

int rxs_misses_next(struct rxs_misses *m, u64 last_ns, struct rxs_raw *raw)
{
	if (!m->ready)
		return 0;
	while (m->telling < m->nr) {
		struct miss *miss = &m->v[m->telling++];

		if (!miss->found)
			continue;
		*raw = (struct rxs_raw){
			.kind = RXS_RAW_LOST,
			.lost_kind = RXS_LOST_KPROBE,
			.cpu = -1,
			.ts_ns = last_ns,
			.lost = miss->found,
			.lost_since_ns = m->clean_ns,
			.data = miss->name,
			.len_bytes = (u32)strlen(miss->name),
		};
		miss->told += miss->found;
		miss->found = 0;
		return 1;
	}
	m->clean_ns = last_ns;
	m->ready = m->found = false;
	m->found_ns = 0;
	m->telling = 0;
	return 0;
}
