// SPDX-License-Identifier: GPL-2.0
/*
 * Is there a network device of that name? Tracing sees all network namespaces at once, so all of them are looked
 * through: the caller's, those with a name, and those of all processes.
 */
#include "src_tracefs.h"

#include <dirent.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NETNS_MAX 1024	/* looked into */

struct search {
	const char *dev;
	ino_t seen[NETNS_MAX];
	unsigned int nr;
	bool found;
};

static bool is_new(struct search *s, ino_t ino)
{
	for (unsigned int i = 0; i < s->nr; i++)
		if (s->seen[i] == ino)
			return false;
	if (s->nr == NETNS_MAX)
		return false;
	s->seen[s->nr++] = ino;
	return true;
}

/* Look into the namespace that path stands for; the caller goes home afterwards. */
static void look(struct search *s, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (!fstat(fd, &st) && is_new(s, st.st_ino) && !setns(fd, CLONE_NEWNET))
		s->found = if_nametoindex(s->dev) != 0;
	close(fd);
}

/* Each entry of dir, or only those that are numbers (pids); suffix leads from it to the namespace. */
static void look_in(struct search *s, const char *dir, bool all, const char *suffix)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[512];

	while (d && !s->found && (e = readdir(d))) {
		if (e->d_name[0] == '.' || (!all && (e->d_name[0] < '0' || e->d_name[0] > '9')))
			continue;
		snprintf(path, sizeof(path), "%s/%.255s%s", dir, e->d_name, suffix);
		look(s, path);
	}
	if (d)
		closedir(d);
}

bool rxs_dev_exists(const char *dev)
{
	struct search *s;
	bool found;
	int home;

	if (if_nametoindex(dev))
		return true;
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	s = calloc(1, sizeof(*s));
	if (home < 0 || !s) {
		/* Cannot be told: not a reason to refuse it. */
		free(s);
		return true;
	}
	s->dev = dev;
	look_in(s, "/run/netns", true, "");
	look_in(s, "/proc", false, "/ns/net");
	/* Without the right to enter a namespace none was entered, and none has to be left. */
	if (s->nr && setns(home, CLONE_NEWNET))
		s->found = true;
	found = s->found;
	close(home);
	free(s);
	return found;
}
