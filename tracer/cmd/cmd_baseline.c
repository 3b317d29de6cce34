// SPDX-License-Identifier: GPL-2.0
/* rxscope baseline: the figures of recordings, kept as a small text file, and recordings compared with it. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rxs_gate.h"

struct baseline_args {
	struct rxs_gate_args gate;
	const char *dir;
	bool update;
};

const struct rxs_opt rxs_opts_baseline[] = {
	RXS_OPT_TEXT(struct baseline_args, dir, "dir", 0, "DIR", "baselines", "the folder that holds the baselines"),
	RXS_OPT_FLAG(struct baseline_args, update, "update", 0, "save: replace a baseline that is there"),
	RXS_GATE_ROWS(struct baseline_args, gate),
	RXS_OPT_END
};

static int file_of(char *path, size_t size, const struct baseline_args *a, const char *name)
{
	int n;

	if (!name[0] || name[0] == '.' || strchr(name, '/'))
		return rxs_cmd_error(RXS_EXIT_USAGE, "'%s' is no name for a baseline; --dir chooses the folder", name);
	n = snprintf(path, size, "%s/%s.baseline", a->dir, name);
	if (n < 0 || (size_t)n + 8 >= size)
		return rxs_cmd_error(RXS_EXIT_USAGE, "the name of the baseline is too long");
	return RXS_EXIT_OK;
}

static int add_all(struct rxs_profiles *set, char **file, int nr, const struct rxs_gate_args *a)
{
	int status = RXS_EXIT_OK;

	for (int i = 0; i < nr && !status; i++)
		status = rxs_profiles_add(set, file[i], a);
	return status;
}

/* Names of machines and folders have no place in a file made to be committed. */
static void strip_folder(struct rxs_profile *p)
{
	char *slash = strrchr(p->name, '/');

	if (slash)
		memmove(p->name, slash + 1, strlen(slash));
}

static int write_profiles(const struct rxs_profiles *set, const char *path)
{
	char part[PATH_MAX + 8];
	FILE *f;
	int err = 0;

	snprintf(part, sizeof(part), "%s.part", path);
	f = fopen(part, "we");
	if (!f)
		return -errno;
	for (u32 i = 0; i < set->nr && !err; i++) {
		strip_folder(set->p[i]);
		err = rxs_profile_save(set->p[i], f);
	}
	if (fclose(f) && !err)
		err = -errno;
	if (!err && rename(part, path))
		err = -errno;
	if (err)
		unlink(part);
	return err;
}

static int save(const struct baseline_args *a, const char *path, char **file, int nr)
{
	struct rxs_profiles set = { 0 };
	int status, err;

	if (!access(path, F_OK) && !a->update)
		return rxs_cmd_error(RXS_EXIT_USAGE, "%s is there already; --update replaces it", path);
	status = add_all(&set, file, nr, &a->gate);
	if (!status) {
		if (mkdir(a->dir, 0777) && errno != EEXIST)
			status = rxs_cmd_error(RXS_EXIT_CANNOT, "cannot make the folder %s: %s", a->dir, strerror(errno));
	}
	if (!status) {
		err = write_profiles(&set, path);
		if (err)
			status = rxs_cmd_error(RXS_EXIT_CANNOT, "cannot write %s: %s", path, strerror(-err));
		else
			printf("%s: %u recording%s\n", path, set.nr, set.nr == 1 ? "" : "s");
	}
	rxs_profiles_free(&set);
	return status ? status : rxs_cmd_flush(stdout, RXS_EXIT_OK);
}

static int check(const struct baseline_args *a, const char *path, char **file, int nr)
{
	struct rxs_profiles base = { 0 }, new_ = { 0 };
	int status = rxs_gate_check(&a->gate);

	if (!status && access(path, R_OK))
		status = rxs_cmd_error(RXS_EXIT_BADFILE, "cannot read %s: %s; rxscope baseline save makes it", path,
				       strerror(errno));
	if (!status)
		status = rxs_profiles_add(&base, path, &a->gate);
	if (!status)
		status = add_all(&new_, file, nr, &a->gate);
	if (!status)
		status = rxs_gate(&base, &new_, &a->gate);
	rxs_profiles_free(&base);
	rxs_profiles_free(&new_);
	return status;
}

int rxs_cmd_baseline(int argc, char **argv)
{
	struct baseline_args a = { 0 };
	struct rxs_args args;
	char path[PATH_MAX];
	int status = rxs_cmd_args(argc, argv, &a, &args);

	if (status >= 0)
		return status;
	if (args.nr < 3)
		return rxs_cmd_error(RXS_EXIT_USAGE, "usage: rxscope baseline save|check NAME FILE...");
	status = file_of(path, sizeof(path), &a, args.arg[1]);
	if (status)
		return status;
	if (!strcmp(args.arg[0], "save"))
		return save(&a, path, args.arg + 2, args.nr - 2);
	if (!strcmp(args.arg[0], "check"))
		return check(&a, path, args.arg + 2, args.nr - 2);
	return rxs_cmd_error(RXS_EXIT_USAGE, "baseline save or check, not '%s'", args.arg[0]);
}
