// SPDX-License-Identifier: GPL-2.0
/* Own tracefs instance and own group of kprobes; and what is left of those whose owner was killed. */
#include "src_tracefs.h"

#include <dirent.h>
#include <errno.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NO_ACCESS "needs root: run it with sudo, or try it in the lab: rxscope lab"

/*
 * libtracefs mounts tracefs when it is asked where it is; looking at a machine must not change it. (It has a
 * function to ask whether it is mounted, which leaks.)
 */
static bool is_mounted(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *m;
	bool found = false;

	while (mounts && !found && (m = getmntent(mounts)))
		found = !strcmp(m->mnt_type, "tracefs") ||
			(!strcmp(m->mnt_type, "debugfs") && !access("/sys/kernel/debug/tracing/events", F_OK));
	if (mounts)
		endmntent(mounts);
	return found;
}

int rxs_tracefs_find(const char **tracing, struct rxs_err *e)
{
	const char *path;

	if (!is_mounted()) {
		if (access("/sys/kernel/tracing", F_OK) && access("/sys/kernel/debug", F_OK))
			return rxs_err_set(e, -ENOENT, "this kernel has no tracefs (CONFIG_TRACING is "
					   "off); try the lab: rxscope lab");
		return rxs_err_set(e, -ENOENT,
				   "tracefs is not mounted; run: mount -t tracefs nodev /sys/kernel/tracing");
	}
	path = tracefs_tracing_dir();
	if (!path || access(path, R_OK | X_OK))
		return rxs_err_set(e, -EACCES, "reading the kernel's trace buffers in %s " NO_ACCESS,
				   path ? path : "/sys/kernel/tracing");
	*tracing = path;
	return 0;
}

/* Start time in clock ticks after boot; 0: no such process. */
static unsigned long long start_time(int pid)
{
	char path[64], text[1024], *p;
	unsigned long long start = 0;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	/* The name, in parentheses, may hold spaces and parentheses of its own. */
	p = strrchr(text, ')');
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	if (p)
		start = strtoull(p, NULL, 10);
	return start;
}

/* "rxscope-123-4567" or "rxscope_123_4567" of a process that is gone? */
static bool is_left_behind(const char *name, char sep)
{
	unsigned long long start;
	char a, b, end;
	int pid;

	if (sscanf(name, "rxscope%c%d%c%llu%c", &a, &pid, &b, &start, &end) != 4 || a != sep || b != sep ||
	    pid <= 0)
		return false;
	return start_time(pid) != start;
}

/* Every entry of a folder that a dead one left behind; remove (may be NULL) says whether it is gone. */
static unsigned int each_left_behind(const char *tracing, const char *folder, char sep,
				     bool (*remove)(const char *tracing, const char *name))
{
	char path[512];
	struct dirent *d;
	unsigned int nr = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", tracing, folder);
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((d = readdir(dir)))
		if (is_left_behind(d->d_name, sep))
			nr += !remove || remove(tracing, d->d_name);
	closedir(dir);
	return nr;
}

/*
 * The kernel refuses to remove an instance while anyone has its files open, which guards a living rxscope a
 * second time (for one in another pid namespace, whose pid means nothing here).
 */
static bool remove_instance(const char *tracing, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/instances/%.255s", tracing, name);
	return !rmdir(path);
}

static bool remove_group(const char *tracing, const char *name)
{
	return !rxs_probes_undefine(tracing, name, NULL);
}

unsigned int rxs_session_left_behind(const char *tracing)
{
	return each_left_behind(tracing, "instances", '-', NULL) + each_left_behind(tracing, "events", '_', NULL);
}

unsigned int rxs_session_sweep(const char *tracing)
{
	/* Instances first: as long as one is there, its events keep the probes busy. */
	unsigned int nr = each_left_behind(tracing, "instances", '-', remove_instance);

	return nr + each_left_behind(tracing, "events", '_', remove_group);
}

int rxs_session_write(const struct rxs_session *s, const char *file, const char *text, struct rxs_err *e)
{
	if (tracefs_instance_file_write(s->instance, file, text) >= 0)
		return 0;
	return rxs_err_set(e, -errno, "cannot write '%s' to %s of the trace instance %s: %s", text, file,
			   tracefs_instance_get_name(s->instance), strerror(errno));
}

void rxs_session_group(char *group, size_t size)
{
	snprintf(group, size, "rxscope_%d_%llu", getpid(), start_time(getpid()));
}

int rxs_session_open(struct rxs_session *s, const char *tracing, const char *name, struct rxs_err *e)
{
	char own[64];
	int err;

	s->tracing = tracing;
	rxs_session_group(s->group, sizeof(s->group));
	snprintf(own, sizeof(own), "rxscope-%d-%llu", getpid(), start_time(getpid()));
	s->instance = tracefs_instance_create(name ? name : own);
	if (!s->instance) {
		err = -errno;
		return rxs_err_set(e, err == -EACCES ? -EPERM : err, err == -EACCES || err == -EPERM ?
				   "making a trace instance " NO_ACCESS :
				   "cannot make the trace instance %s: %s", name ? name : own, strerror(-err));
	}
	/* Somebody else's has settings of its own, which would have to be put back, and may be in use. */
	if (!tracefs_instance_is_new(s->instance)) {
		tracefs_instance_free(s->instance);
		s->instance = NULL;
		return rxs_err_set(e, -EBUSY, "there is a trace instance %s already; if nobody uses it: rmdir "
				   "%s/instances/%s", name ? name : own, tracing, name ? name : own);
	}
	return rxs_session_write(s, "tracing_on", "0", e);
}

void rxs_session_close(struct rxs_session *s)
{
	if (!s->instance)
		return;
	tracefs_trace_off(s->instance);
	tracefs_instance_destroy(s->instance);
	tracefs_instance_free(s->instance);
	s->instance = NULL;
	rxs_probes_undefine(s->tracing, s->group, NULL);
}
