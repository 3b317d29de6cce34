// SPDX-License-Identifier: GPL-2.0
/*
 * Names of tasks. An event carries a pid; the name is asked of /proc as soon as the pid is seen, and of the
 * kernel's own list of names (saved_cmdlines) when the task is gone already.
 */
#include "src_tracefs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SLOTS		4096
#define FRESH_NS	1000000000ull	/* a task may exec: an older name is asked for again */
#define LIST_NS		100000000ull	/* saved_cmdlines is read no more often than this */

struct slot {
	int pid;
	u64 asked_ns;
	char name[16];		/* TASK_COMM_LEN */
};

struct rxs_comm {
	char *list_path;
	u64 list_ns;
	struct slot slot[SLOTS];
};

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

struct rxs_comm *rxs_comm_new(const char *tracing)
{
	struct rxs_comm *c = calloc(1, sizeof(*c));

	if (c && asprintf(&c->list_path, "%s/saved_cmdlines", tracing) < 0) {
		free(c);
		return NULL;
	}
	return c;
}

void rxs_comm_free(struct rxs_comm *c)
{
	if (!c)
		return;
	free(c->list_path);
	free(c);
}

static bool ask_proc(struct slot *s, int pid)
{
	char path[64], text[32];
	bool ok;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	ok = fgets(text, sizeof(text), f) && text[0];
	fclose(f);
	if (ok) {
		text[strcspn(text, "\n")] = '\0';
		snprintf(s->name, sizeof(s->name), "%.15s", text);
	}
	return ok;
}

/* Lines "PID NAME". What it says of other tasks is kept for when they are asked for. */
static void ask_list(struct rxs_comm *c, u64 now)
{
	char line[64], name[16];
	FILE *f;
	int pid;

	if (c->list_ns && now - c->list_ns < LIST_NS)
		return;
	c->list_ns = now;
	f = fopen(c->list_path, "re");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		struct slot *s;

		if (sscanf(line, "%d %15[^\n]", &pid, name) != 2 || !strcmp(name, "<...>"))
			continue;
		s = &c->slot[(unsigned int)pid % SLOTS];
		if (s->pid == pid && s->name[0])
			continue;
		s->pid = pid;
		s->asked_ns = 0;
		memcpy(s->name, name, sizeof(name));
	}
	fclose(f);
}

const char *rxs_comm_get(struct rxs_comm *c, int pid)
{
	struct slot *s = &c->slot[(unsigned int)pid % SLOTS];
	u64 now = now_ns();

	if (s->pid == pid && s->asked_ns && now - s->asked_ns < FRESH_NS)
		return s->name[0] ? s->name : NULL;
	if (s->pid != pid)
		*s = (struct slot){ .pid = pid };
	/* A task that is gone keeps the name it had. */
	if (!ask_proc(s, pid) && !s->name[0])
		ask_list(c, now);
	s->pid = pid;
	s->asked_ns = now;
	return s->name[0] ? s->name : NULL;
}
