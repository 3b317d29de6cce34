// SPDX-License-Identifier: GPL-2.0
/*
 * rxscope lab: boots the virtual machine. The work is done by lab/lab.sh; this command finds it, and knows how
 * to make a recording with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../run/rxs_graph_read.h"
#include "rxs_cmd.h"

struct lab_args {
	const char *output;
	const char *kernel, *kernel_image, *modules, *driver, *scenario, *truth, *out, *stream, *wire, *timeout;
	const char *accel, *smp, *mem, *mitigation, *autoneg, *console, *append;
	bool self_check, graph, deterministic, in_memory, shell, verbose, keep;
	struct rxs_opt_list env, add;
};

#define OWN_OPTIONS 3

/* All but the first three are lab.sh's own, and are handed on to it as they are. */
const struct rxs_opt rxs_opts_lab[] = {
	RXS_OPT_TEXT(struct lab_args, output, "output", 'o', "FILE", NULL,
		     "record in the guest, around the command or the scenario, and bring the recording out"),
	RXS_OPT_FLAG(struct lab_args, self_check, "self-check", 0,
		     "record twice and compare: is QEMU deterministic on this machine? Exits with 1 when not"),
	RXS_OPT_FLAG(struct lab_args, graph, "graph", 0,
		     "run it once more and record functions, beside -o FILE.rxs as FILE.graph.dat, for rxscope diff "
		     "--explain"),
	RXS_OPT_TEXT(struct lab_args, kernel, "kernel", 0, "NAME", NULL, "one of lab/kernels.list (6.1 if not given)"),
	RXS_OPT_TEXT(struct lab_args, kernel_image, "kernel-image", 0, "FILE", NULL,
		     "a kernel of your own (bzImage or ELF), with --modules"),
	RXS_OPT_TEXT(struct lab_args, modules, "modules", 0, "DIR", NULL,
		     "the folder that holds that kernel's lib/modules"),
	RXS_OPT_TEXT(struct lab_args, append, "append", 0, "TEXT", NULL, "more for the kernel's command line"),
	RXS_OPT_TEXT(struct lab_args, driver, "driver", 0, "DRIVER", NULL,
		     "refnic, e1000, none, or a module FILE.ko (refnic if not given)"),
	RXS_OPT_TEXT(struct lab_args, scenario, "scenario", 0, "NAME", NULL,
		     "traffic: ping, tcp, udp, vlan, drop, frag, flood, mixed"),
	RXS_OPT_FLAG(struct lab_args, deterministic, "deterministic", 0,
		     "one virtual nanosecond is one guest instruction: the same figures in every run"),
	RXS_OPT_FLAG(struct lab_args, in_memory, "in-memory", 0,
		     "the guest sees nothing of this machine but rxscope and the lab's own programs (with "
		     "--deterministic: always)"),
	RXS_OPT_LIST(struct lab_args, add, "add", 0, "FILE|NAME", "and this program, with its libraries"),
	RXS_OPT_TEXT(struct lab_args, truth, "truth", 0, "FILE", NULL,
		     "what the scenario did, counted by others, as JSON"),
	RXS_OPT_TEXT(struct lab_args, out, "out", 0, "DIR", NULL, "this folder is /out in the guest"),
	RXS_OPT_TEXT(struct lab_args, stream, "stream", 0, "-|SOCKET", NULL,
		     "where what the guest writes to /dev/rxs goes; - is standard output"),
	RXS_OPT_TEXT(struct lab_args, wire, "wire", 0, "FILE", NULL,
		     "every frame that reached the receiving NIC, as pcap"),
	RXS_OPT_LIST(struct lab_args, env, "env", 0, "NAME=VALUE", "in the command's environment"),
	RXS_OPT_TEXT(struct lab_args, timeout, "timeout", 0, "SECONDS", NULL,
		     "for all of it, boot included (120 if not given)"),
	RXS_OPT_FLAG(struct lab_args, shell, "shell", 0, "the command, or a shell, with this terminal"),
	RXS_OPT_TEXT(struct lab_args, accel, "accel", 0, "HOW", NULL,
		     "auto, tcg or kvm (auto: KVM where a trial shows that it works)"),
	RXS_OPT_TEXT(struct lab_args, smp, "smp", 0, "N", NULL, "CPUs of the guest (2 if not given)"),
	RXS_OPT_TEXT(struct lab_args, mem, "mem", 0, "MB", NULL, "its memory (1024 if not given)"),
	RXS_OPT_TEXT(struct lab_args, mitigation, "mitigation", 0, "on|off", NULL,
		     "the NIC's interrupt throttling (on if not given; off with --deterministic)"),
	RXS_OPT_TEXT(struct lab_args, autoneg, "autoneg", 0, "on|off", NULL,
		     "link negotiation as on a wire, 2 s until the link is up (off if not given)"),
	RXS_OPT_TEXT(struct lab_args, console, "console", 0, "FILE", NULL, "keep the guest's console log"),
	RXS_OPT_FLAG(struct lab_args, verbose, "verbose", 0, "show it, and QEMU's command line"),
	RXS_OPT_FLAG(struct lab_args, keep, "keep", 0, "keep the run's folder"),
	RXS_OPT_END
};

#define REST_MAX 32	/* words of a command */
#define MAX_WORDS (128 + 4 * RXS_OPT_LIST_MAX)

struct words {
	const char *w[MAX_WORDS];
	char dashed[32][40];	/* option names as lab.sh wants them */
	unsigned int nr;
};

static void add(struct words *words, const char *w)
{
	if (words->nr < MAX_WORDS - 1)
		words->w[words->nr++] = w;
}

/* The folder of this executable, or "" when the kernel does not tell. */
static void own_folder(char *buf, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", buf, size - 1);
	char *slash;

	buf[n > 0 ? n : 0] = 0;
	slash = strrchr(buf, '/');
	if (slash)
		*slash = 0;
}

static bool is_lab(char *path, size_t size, const char *folder, const char *below)
{
	int n = snprintf(path, size, "%s%s", folder, below);

	return n > 0 && (size_t)n < size && !access(path, R_OK);
}

/* The lab's build folder, unless the user chose one. */
static void choose_build_folder(const char *folder)
{
	setenv("O", folder, 0);
}

/* The guest records with the rxscope of the build folder: let that be this one. */
static void link_self(const char *folder)
{
	char exe[PATH_MAX], link[PATH_MAX], old[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1), m;

	if (n <= 0 || (size_t)snprintf(link, sizeof(link), "%s/rxscope", folder) >= sizeof(link))
		return;
	exe[n] = 0;
	m = readlink(link, old, sizeof(old) - 1);
	old[m > 0 ? m : 0] = 0;
	if (m > 0 && !strcmp(old, exe))
		return;
	if (m > 0)
		unlink(link);
	/* Where this fails lab.sh does, and knows what it misses; a file that is there is the user's own. */
	(void)!symlink(exe, link);
}

/* An installed lab keeps its kernels and what it builds in the user's cache, unless O names a folder. */
static void choose_cache_folder(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME"), *folder;
	char parent[PATH_MAX], path[PATH_MAX];

	if (cache && cache[0])
		snprintf(parent, sizeof(parent), "%s", cache);
	else
		snprintf(parent, sizeof(parent), "%s/.cache", home ? home : "/tmp");
	if ((size_t)snprintf(path, sizeof(path), "%s/rxscope", parent) >= sizeof(path))
		return;
	choose_build_folder(path);
	folder = getenv("O");
	if (!folder)
		return;
	if (!strcmp(folder, path))
		mkdir(parent, 0777);
	mkdir(folder, 0777);
	link_self(folder);
}

/* Where lab.sh is: $RXSCOPE_LAB, the source tree this executable lies in, or where it was installed. */
static int find_lab(char *path, size_t size)
{
	const char *env = getenv("RXSCOPE_LAB");
	char folder[PATH_MAX], own[PATH_MAX];

	if (env && env[0]) {
		if (is_lab(path, size, env, "/lab.sh") || (is_lab(path, size, env, "") && strstr(env, ".sh")))
			return RXS_EXIT_OK;
		return rxs_cmd_error(RXS_EXIT_CANNOT, "no lab.sh in %s (RXSCOPE_LAB)", env);
	}
	own_folder(own, sizeof(own));
	if (is_lab(path, size, own, "/../libexec/rxscope/lab/lab.sh")) {
		choose_cache_folder();
		return RXS_EXIT_OK;
	}
	memcpy(folder, own, sizeof(folder));
	for (char *slash; folder[0]; *slash = 0) {
		if (is_lab(path, size, folder, "/lab/lab.sh")) {
			choose_build_folder(own);
			return RXS_EXIT_OK;
		}
		slash = strrchr(folder, '/');
		if (!slash)
			break;
	}
	return rxs_cmd_error(RXS_EXIT_CANNOT,
			     "the lab is not installed here; set RXSCOPE_LAB to the lab folder of the source tree");
}

/* The options as lab.sh reads them, from the table: a row added above is handed on without a line here. */
static void hand_on(struct words *words, const struct lab_args *a)
{
	for (const struct rxs_opt *o = rxs_opts_lab + OWN_OPTIONS; o->type; o++) {
		const char *at = (const char *)a + o->offset;
		char *name = words->dashed[o - rxs_opts_lab];

		snprintf(name, sizeof(words->dashed[0]), "--%s", o->name);
		if (o->type == RXS_OPT_T_FLAG && *(const bool *)at) {
			add(words, name);
		} else if (o->type == RXS_OPT_T_TEXT && *(const char *const *)at) {
			add(words, name);
			add(words, *(const char *const *)at);
		} else if (o->type == RXS_OPT_T_LIST) {
			const struct rxs_opt_list *l = (const struct rxs_opt_list *)at;

			for (unsigned int i = 0; i < l->nr; i++) {
				add(words, name);
				add(words, l->v[i]);
			}
		}
	}
}

/* lab.sh runs under the shell; from now on a reader that goes away is its business. */
static void become(char *const argv[])
{
	signal(SIGPIPE, SIG_DFL);
	execvp(argv[0], argv);
	rxs_cmd_error(RXS_EXIT_CANNOT, "cannot run %s: %s", argv[0], strerror(errno));
	_exit(RXS_EXIT_CANNOT);
}

static int run_and_wait(char *const argv[])
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return rxs_cmd_error(RXS_EXIT_INTERNAL, "cannot start the lab: %s", strerror(errno));
	if (!pid)
		become(argv);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return rxs_cmd_error(RXS_EXIT_INTERNAL, "cannot wait for the lab: %s", strerror(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A name may lie on another file system than the folder the guest wrote to. */
static int copy_file(const char *from, const char *to)
{
	char buf[65536];
	int in = open(from, O_RDONLY | O_CLOEXEC), out, err = 0;
	ssize_t n = 0;

	if (in < 0)
		return -errno;
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (out < 0) {
		err = -errno;
		close(in);
		return err;
	}
	while (!err && (n = read(in, buf, sizeof(buf))) > 0)
		for (ssize_t at = 0, w; at < n; at += w) {
			w = write(out, buf + at, (size_t)(n - at));
			if (w < 0) {
				err = -errno;
				break;
			}
		}
	if (!err && n < 0)
		err = -errno;
	close(in);
	if (close(out) && !err)
		err = -errno;
	return err;
}

/*
 * Run the lab with the command that words end with, which writes the file NAME in /out, and bring that to output.
 * /out is a folder of our own unless --out names one.
 */
static int run_for_file(struct words *words, const struct lab_args *a, const char *const *command, const char *name,
			const char *output)
{
	char made[PATH_MAX - 32], file[PATH_MAX];
	const char *folder = a->out, *tmp = getenv("TMPDIR");
	int status, err;

	if (!folder) {
		snprintf(made, sizeof(made), "%s/rxscope-lab.XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
		folder = mkdtemp(made);
		if (!folder)
			return rxs_cmd_error(RXS_EXIT_CANNOT, "cannot make the folder %s: %s", made, strerror(errno));
		add(words, "--out");
		add(words, folder);
	}
	add(words, "--");
	for (; *command; command++)
		add(words, *command);
	status = run_and_wait((char *const *)words->w);
	if ((size_t)snprintf(file, sizeof(file), "%s/%s", folder, name) >= sizeof(file))
		err = -ENAMETOOLONG;
	else
		err = access(file, R_OK) ? -errno : copy_file(file, output);
	unlink(file);
	if (!a->out)
		rmdir(folder);
	if (status)
		return status;
	if (err)
		return rxs_cmd_error(RXS_EXIT_INTERNAL, "cannot bring the recording to %s: %s", output,
				     strerror(-err));
	return RXS_EXIT_OK;
}

static int record(struct words *words, const struct lab_args *a, const struct rxs_args *args)
{
	static const char *const words_of_ours[] = { "rxscope", "record", "-q", "-o", "/out/rec.rxs" };
	const char *command[RXS_ARRAY_SIZE(words_of_ours) + REST_MAX + 2];
	unsigned int nr = 0;

	for (; nr < RXS_ARRAY_SIZE(words_of_ours); nr++)
		command[nr] = words_of_ours[nr];
	if (args->nr_rest)
		command[nr++] = "--";
	for (int i = 0; i < args->nr_rest; i++)
		command[nr++] = args->rest[i];
	command[nr] = NULL;
	return run_for_file(words, a, command, "rec.rxs", a->output);
}

/* In a run of its own: what records functions costs more than what it looks at. */
static int record_graph(struct words *words, const struct lab_args *a)
{
	static const char *const command[] = { "sh", "/run/rxs/guest/graph.sh", "/out/graph.dat", NULL };
	char output[PATH_MAX];

	if (rxs_graph_name(output, sizeof(output), a->output))
		return rxs_cmd_error(RXS_EXIT_USAGE, "the name %s is too long", a->output);
	add(words, "--add");
	add(words, "trace-cmd");
	return run_for_file(words, a, command, "graph.dat", output);
}

/* 1 when they hold the same, 0 when not: *at is the first byte that differs, or the shorter one's size. -errno. */
static int same_files(const char *a, const char *b, unsigned long long *at)
{
	FILE *fa = fopen(a, "re"), *fb = fopen(b, "re");
	int ca, cb, rc = fa && fb ? 0 : -errno;

	*at = 0;
	while (!rc) {
		ca = getc(fa);
		cb = getc(fb);
		if (ca != cb)
			break;
		if (ca == EOF)
			rc = ferror(fa) || ferror(fb) ? -EIO : 1;
		else
			++*at;
	}
	if (fa)
		fclose(fa);
	if (fb)
		fclose(fb);
	return rc;
}

static int tell_self_check(const char *first, const char *second)
{
	unsigned long long at;
	int rc = same_files(first, second, &at);

	if (rc < 0)
		return rxs_cmd_error(RXS_EXIT_INTERNAL, "cannot compare the recordings: %s", strerror(-rc));
	if (rc)
		printf("deterministic: two recordings are the same, all %llu bytes\n", at);
	else
		printf("not deterministic on this machine: two recordings differ from byte %llu on\n", at);
	return rxs_cmd_flush(stdout, rc ? RXS_EXIT_OK : RXS_EXIT_FINDING);
}

/* Record twice. The first recording is kept when -o names a file. */
static int self_check(const struct words *words, const struct lab_args *a, const struct rxs_args *args)
{
	char folder[PATH_MAX - 16], first[PATH_MAX], second[PATH_MAX];
	const char *tmp = getenv("TMPDIR");
	struct lab_args once = *a;
	struct words again = *words;
	int status;

	snprintf(folder, sizeof(folder), "%s/rxscope-lab.XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
	if (!mkdtemp(folder))
		return rxs_cmd_error(RXS_EXIT_CANNOT, "cannot make the folder %s: %s", folder, strerror(errno));
	snprintf(first, sizeof(first), "%s/first", folder);
	snprintf(second, sizeof(second), "%s/second", folder);
	once.output = a->output ? a->output : first;
	status = record(&again, &once, args);
	if (!status) {
		again = *words;
		once.output = second;
		status = record(&again, &once, args);
	}
	if (!status)
		status = tell_self_check(a->output ? a->output : first, second);
	unlink(first);
	unlink(second);
	rmdir(folder);
	return status;
}

/* What does not go together. */
static int check_args(const struct lab_args *a, const struct rxs_args *args)
{
	bool records = a->output || a->self_check;

	if (args->nr)
		return rxs_cmd_error(RXS_EXIT_USAGE, "unexpected '%s'; the command comes after --", args->arg[0]);
	if (args->nr_rest > REST_MAX)
		return rxs_cmd_error(RXS_EXIT_USAGE, "the command has too many words; put them into a script");
	if (a->self_check && !a->deterministic)
		return rxs_cmd_error(RXS_EXIT_USAGE, "--self-check goes with --deterministic");
	if (records && !args->nr_rest && !a->scenario)
		return rxs_cmd_error(RXS_EXIT_USAGE, "what shall be recorded? Give --scenario, or a command after --");
	if (a->graph && (!a->deterministic || !a->output || !a->scenario || args->nr_rest))
		return rxs_cmd_error(RXS_EXIT_USAGE, "--graph goes with --deterministic, --scenario and -o, without a command");
	if (records && (a->stream || a->shell))
		return rxs_cmd_error(RXS_EXIT_USAGE, "%s does not go with --stream or --shell",
				     a->output ? "-o" : "--self-check");
	return RXS_EXIT_OK;
}

int rxs_cmd_lab(int argc, char **argv)
{
	struct words words = { 0 }, again;
	struct lab_args a = { 0 };
	struct rxs_args args;
	char lab[PATH_MAX];
	int status = rxs_cmd_args(argc, argv, &a, &args);

	if (status >= 0)
		return status;
	status = check_args(&a, &args);
	if (status)
		return status;
	status = find_lab(lab, sizeof(lab));
	if (status)
		return status;
	add(&words, "bash");
	add(&words, lab);
	hand_on(&words, &a);
	again = words;
	if (a.self_check)
		status = self_check(&words, &a, &args);
	else if (a.output)
		status = record(&words, &a, &args);
	if (a.graph && !status)
		status = record_graph(&again, &a);
	if (a.self_check || a.output)
		return status;
	if (args.nr_rest)
		add(&words, "--");
	for (int i = 0; i < args.nr_rest; i++)
		add(&words, args.rest[i]);
	become((char *const *)words.w);
	return RXS_EXIT_CANNOT;
}
