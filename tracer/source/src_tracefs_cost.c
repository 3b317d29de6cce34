// SPDX-License-Identifier: GPL-2.0
/*
 * The price of a probe and the grain of the clock, measured where the probes run.
 *
 * What a probe adds between two stages is all of it: entering, fetching, writing the record, leaving. So
 * it is measured from outside: how much longer does a call take that passes one probe? prctl(PR_SET_NAME)
 * is short, works without side effects when the name stays as it is, and passes both a kernel function
 * (__set_task_comm) and a static tracepoint (task:task_rename).
 */
#include "src_tracefs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define CALLS	400
#define COST_EVENT "rxs_cost"

static u64 clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/* The median is deaf to interrupts and to being scheduled away. */
static u64 median_call_ns(void)
{
	u64 took[CALLS], before;
	char name[16];

	if (prctl(PR_GET_NAME, name))
		return 0;
	for (unsigned int i = 0; i < CALLS; i++) {
		before = clock_ns(CLOCK_MONOTONIC);
		prctl(PR_SET_NAME, name);
		took[i] = clock_ns(CLOCK_MONOTONIC) - before;
	}
	qsort(took, CALLS, sizeof(took[0]), by_value);
	return took[CALLS / 2];
}

static bool enable(const struct rxs_session *s, const char *system, const char *event, const char *on)
{
	return tracefs_event_file_write(s->instance, system, event, "enable", on) > 0;
}

int rxs_cost_define(const struct rxs_session *s)
{
	/*
	 * As much as most rows of hooks.def fetch: a pointer and three members. Only through pointers that
	 * are pointers: the kernel warns when a probe reads from an address that cannot be one.
	 */
	static const char args[] = "skb=$arg1:x64 head=+8($arg1):x64 len=+16($arg1):u32 ifindex=+24($arg1):u32";

	return tracefs_kprobe_raw(s->group, COST_EVENT, "__set_task_comm", args) ? -errno : 0;
}

/*
 * First with, then without: the kprobe was enabled together with all others. Enabling and disabling one alone, while
 * no other is there, makes the kernel build and tear down the code that calls kprobes, twice in short time; an
 * emulated machine with several CPUs was seen to crash over it.
 */
u64 rxs_cost_measure(const struct rxs_session *s, bool kprobe)
{
	const char *system = kprobe ? s->group : "task", *event = kprobe ? COST_EVENT : "task_rename";
	u64 with, without;

	if (!enable(s, system, event, "1"))
		return 0;
	tracefs_trace_on(s->instance);
	median_call_ns();	/* warm up: an emulated CPU translates code at its first run */
	with = median_call_ns();
	tracefs_trace_off(s->instance);
	enable(s, system, event, "0");
	median_call_ns();
	without = median_call_ns();
	return with > without ? with - without : 0;
}

/* Some clock sources are coarse, whatever clock_getres() says: acpi_pm counts 3.58 MHz, hpet 10 MHz or more. */
static u32 clocksource_ns(void)
{
	static const struct { const char *name; u32 ns; } known[] = {
		{ "acpi_pm", 280 }, { "hpet", 100 }, { "pit", 840 }, { "jiffies", 10000000 },
		{ "refined-jiffies", 10000000 },
	};
	char text[64] = "";
	FILE *f;

	f = fopen("/sys/devices/system/clocksource/clocksource0/current_clocksource", "re");
	if (!f)
		return 0;
	if (fgets(text, sizeof(text), f))
		text[strcspn(text, "\n")] = '\0';
	fclose(f);
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(known); i++)
		if (!strcmp(text, known[i].name))
			return known[i].ns;
	return 0;
}

u32 rxs_clock_resolution_ns(const char *clock)
{
	struct timespec res;
	u32 coarse;

	if (!strcmp(clock, "counter") || !strcmp(clock, "uptime"))
		return strcmp(clock, "uptime") ? 0 : 10000000;
	coarse = strncmp(clock, "mono", 4) && strcmp(clock, "boot") && strcmp(clock, "tai") ?
		 0 : clocksource_ns();
	if (coarse)
		return coarse;
	if (clock_getres(CLOCK_MONOTONIC, &res))
		return 0;
	return res.tv_sec ? 1000000000 : res.tv_nsec;
}
