// SPDX-License-Identifier: GPL-2.0
/*
 * rxscope doctor: what this kernel and this user may do, and how to mend what is missing. It tries the
 * things it talks about (a trace instance, every kprobe) and takes them back.
 */
#include <inttypes.h>
#include <string.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../base/rxs_fmt.h"
#include "../base/rxs_json.h"
#include "../source/src_tracefs.h"
#include "rxs_cmd.h"

struct doctor_args {
	bool json;
};

const struct rxs_opt rxs_opts_doctor[] = {
	RXS_OPT_FLAG(struct doctor_args, json, "json", 0, "one JSON document, schema rxscope-doctor/1"),
	RXS_OPT_END
};

enum level {
	LEVEL_OK,
	LEVEL_NOTE,	/* works, but less well */
	LEVEL_MISSING,	/* takes something away */
};

struct finding {
	enum level level;
	char text[512];
	char mend[512];		/* "" = nothing to mend */
};

/* What the checks look at, found out once. */
struct patient {
	struct utsname uts;
	const char *tracing;	/* NULL: not accessible */
	struct rxs_err tracing_why;
	struct rxs_probes *probes;
	struct rxs_err probes_why;
	bool instance;		/* a trace instance could be made */
	struct rxs_err instance_why;
	u32 clock_res_ns;
	char *clocks;
	int kprobes;		/* taken by the kernel in a trial */
	unsigned int tracepoints;
};

static const char *const level_ids[] = {
	[LEVEL_OK] = "ok", [LEVEL_NOTE] = "note", [LEVEL_MISSING] = "missing",
};

static void find_text(struct finding *f, enum level level, const char *text)
{
	f->level = level;
	snprintf(f->text, sizeof(f->text), "%s", text);
}

static void find_mend(struct finding *f, const char *mend)
{
	snprintf(f->mend, sizeof(f->mend), "%s", mend);
}

/* First line of a small file; false: not readable. */
static bool read_line(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "re");
	bool ok;

	if (!f)
		return false;
	ok = fgets(buf, (int)size, f);
	if (ok)
		buf[strcspn(buf, "\n")] = '\0';
	fclose(f);
	return ok;
}

static void check_user(const struct patient *p, struct finding *f)
{
	(void)p;
	if (!geteuid()) {
		find_text(f, LEVEL_OK, "root");
		return;
	}
	f->level = LEVEL_MISSING;
	snprintf(f->text, sizeof(f->text), "user id %d, not root", geteuid());
	find_mend(f, "run it with sudo, or try it in the lab: rxscope lab");
}

static void check_tracefs(const struct patient *p, struct finding *f)
{
	find_text(f, p->tracing ? LEVEL_OK : LEVEL_MISSING, p->tracing ? p->tracing : "not usable");
	if (!p->tracing)
		find_mend(f, p->tracing_why.text);
}

static void check_lockdown(const struct patient *p, struct finding *f)
{
	char line[128];

	(void)p;
	if (!read_line("/sys/kernel/security/lockdown", line, sizeof(line)) || strstr(line, "[none]")) {
		find_text(f, LEVEL_OK, "none");
	} else if (strstr(line, "[integrity]")) {
		find_text(f, LEVEL_OK, "integrity: tracing is allowed");
	} else {
		find_text(f, LEVEL_MISSING, "confidentiality: the kernel forbids tracing");
		find_mend(f, "boot without lockdown=confidentiality");
	}
}

static void check_instance(const struct patient *p, struct finding *f)
{
	find_text(f, p->instance ? LEVEL_OK : LEVEL_MISSING,
		  p->instance ? "a trace instance can be made" : "no trace instance can be made");
	if (!p->instance)
		find_mend(f, p->tracing ? p->instance_why.text : "see tracefs");
}

static void check_kprobes(const struct patient *p, struct finding *f)
{
	char line[16];

	if (!p->tracing) {
		find_text(f, LEVEL_NOTE, "cannot be told without tracefs");
	} else if (!p->probes->kprobes) {
		find_text(f, LEVEL_MISSING, "not in this kernel (CONFIG_KPROBE_EVENTS): most stages are missing");
		find_mend(f, "boot a kernel of a distribution, or try it in the lab: rxscope lab");
	} else if (p->kprobes <= 0) {
		find_text(f, LEVEL_MISSING, "the kernel takes none");
		find_mend(f, p->probes_why.text);
	} else if (read_line("/sys/kernel/debug/kprobes/enabled", line, sizeof(line)) && line[0] == '0') {
		find_text(f, LEVEL_MISSING, "switched off");
		find_mend(f, "echo 1 > /sys/kernel/debug/kprobes/enabled");
	} else {
		f->level = LEVEL_OK;
		snprintf(f->text, sizeof(f->text), "%d functions of the stage table can be probed", p->kprobes);
	}
}

static void check_btf(const struct patient *p, struct finding *f)
{
	if (p->probes->btf) {
		find_text(f, LEVEL_OK, RXS_BTF_VMLINUX);
		return;
	}
	find_text(f, LEVEL_MISSING, "none: kprobes tell the skb's address only, no lengths, devices or headers");
	find_mend(f, "boot a kernel with CONFIG_DEBUG_INFO_BTF");
}

static void check_symbols(const struct patient *p, struct finding *f)
{
	if (!p->probes->ksyms) {
		find_text(f, LEVEL_NOTE, "/proc/kallsyms cannot be read: functions are tried by name alone");
		find_mend(f, "boot a kernel with CONFIG_KALLSYMS");
	} else if (!rxs_ksyms_has_addresses(p->probes->ksyms)) {
		find_text(f, LEVEL_NOTE, "addresses are hidden: where a packet was dropped has no name");
		find_mend(f, "run it as root, with sysctl kernel.kptr_restrict=1 or 0");
	} else {
		f->level = LEVEL_OK;
		snprintf(f->text, sizeof(f->text), "%u functions", rxs_ksyms_count(p->probes->ksyms));
	}
}

static void check_tracepoints(const struct patient *p, struct finding *f)
{
	size_t used = 0;

	if (!p->tracing) {
		find_text(f, LEVEL_NOTE, "cannot be told without tracefs");
		return;
	}
	f->level = p->tracepoints ? LEVEL_OK : LEVEL_MISSING;
	used = (size_t)snprintf(f->text, sizeof(f->text), "%u of the stage table", p->tracepoints);
	for (unsigned int i = 0; i < rxs_hooks_nr; i++) {
		const struct rxs_probe *q = &p->probes->v[i];

		if (q->hook->kind != RXS_HOOK_TP || q->state != RXS_PROBE_ABSENT ||
		    !strcmp(q->hook->group, "refnic") || used >= sizeof(f->text))
			continue;
		used += (size_t)snprintf(f->text + used, sizeof(f->text) - used, "; no %s:%s", q->hook->group,
					 q->hook->name);
	}
	if (!p->tracepoints)
		find_mend(f, "boot a kernel with CONFIG_NET and CONFIG_TRACEPOINTS");
}

static void check_clock(const struct patient *p, struct finding *f)
{
	char ns[RXS_FMT_MAX], source[64] = "?";

	read_line("/sys/devices/system/clocksource/clocksource0/current_clocksource", source, sizeof(source));
	if (p->clocks && !strstr(p->clocks, "mono")) {
		find_text(f, LEVEL_NOTE, "no trace clock mono; use record --clock local");
		return;
	}
	f->level = p->clock_res_ns >= 50 ? LEVEL_NOTE : LEVEL_OK;
	snprintf(f->text, sizeof(f->text), "mono, of clock source %s, resolution %s", source,
		 rxs_fmt_ns(ns, sizeof(ns), p->clock_res_ns));
	if (f->level == LEVEL_NOTE)
		find_mend(f, "a finer one is tsc: see /sys/devices/system/clocksource/clocksource0/"
			  "available_clocksource (emulated machines have none)");
}

static void check_left_behind(const struct patient *p, struct finding *f)
{
	unsigned int nr = p->tracing ? rxs_session_left_behind(p->tracing) : 0;

	if (!nr) {
		find_text(f, LEVEL_OK, "nothing");
		return;
	}
	f->level = LEVEL_NOTE;
	snprintf(f->text, sizeof(f->text), "%u instances or probe groups of an rxscope that was killed", nr);
	find_mend(f, "none needed: the next start removes them");
}

static const struct check {
	const char *id;
	void (*fn)(const struct patient *p, struct finding *f);
} checks[] = {
	{ "user", check_user },
	{ "tracefs", check_tracefs },
	{ "lockdown", check_lockdown },
	{ "instance", check_instance },
	{ "kprobes", check_kprobes },
	{ "btf", check_btf },
	{ "symbols", check_symbols },
	{ "tracepoints", check_tracepoints },
	{ "clock", check_clock },
	{ "left-behind", check_left_behind },
};

#define NR_CHECKS RXS_ARRAY_SIZE(checks)

/* --- examination */

static void try_instance(struct patient *p)
{
	struct rxs_session s = { 0 };

	if (!p->tracing)
		return;
	if (!rxs_session_open(&s, p->tracing, NULL, &p->instance_why)) {
		p->instance = true;
		p->clocks = tracefs_instance_file_read(s.instance, "trace_clock", NULL);
	}
	rxs_session_close(&s);
}

static int examine(struct patient *p)
{
	char group[64];
	int err;

	uname(&p->uts);
	rxs_tracefs_find(&p->tracing, &p->tracing_why);
	err = rxs_probes_plan(&p->probes, p->tracing, true);
	if (err)
		return err;
	try_instance(p);
	rxs_session_group(group, sizeof(group));
	if (p->probes->kprobes)
		p->kprobes = rxs_probes_try(p->probes, group, &p->probes_why);
	for (unsigned int i = 0; i < rxs_hooks_nr; i++)
		p->tracepoints += p->probes->v[i].hook->kind == RXS_HOOK_TP &&
				  p->probes->v[i].state == RXS_PROBE_READY;
	p->clock_res_ns = rxs_clock_resolution_ns("mono");
	return 0;
}

static bool can_trace(const struct patient *p)
{
	return p->instance && p->tracepoints;
}

static bool can_kprobe(const struct patient *p)
{
	return p->instance && p->kprobes > 0;
}

static bool has_backend(const struct patient *p)
{
	return can_trace(p) || can_kprobe(p);
}

static const char *best_backend(const struct patient *p)
{
	return can_kprobe(p) ? "kprobe" : can_trace(p) ? "tracepoint" : "none";
}

/* --- output */

static void print_text(const struct patient *p, const struct finding *f)
{
	printf("rxscope %s on kernel %s (%s)\n\n", RXS_VERSION, p->uts.release, p->uts.machine);
	for (unsigned int i = 0; i < NR_CHECKS; i++) {
		printf("%-8s %-12s %s\n", level_ids[f[i].level], checks[i].id, f[i].text);
		if (f[i].mend[0])
			printf("%-8s %-12s -> %s\n", "", "", f[i].mend);
	}
	printf("\nbackends: kprobe %s, tracepoint %s, bpf not in this build\n", can_kprobe(p) ? "usable" : "no",
	       can_trace(p) ? "usable" : "no");
	if (has_backend(p))
		printf("rxscope record and live will use: %s\n", best_backend(p));
	else
		printf("rxscope record and live cannot run here; recordings can be read all the same\n");
}

static void json_backend(struct rxs_json *j, const char *name, bool usable)
{
	rxs_json_obj_flat(j, NULL);
	rxs_json_str(j, "name", name);
	rxs_json_bool(j, "usable", usable);
	rxs_json_end(j);
}

static void print_json(const struct patient *p, const struct finding *f)
{
	struct rxs_json j;

	rxs_json_init(&j, stdout, true);
	rxs_json_obj(&j, NULL);
	rxs_json_str(&j, "schema", "rxscope-doctor/1");
	rxs_json_str(&j, "version", RXS_VERSION);
	rxs_json_str(&j, "kernel", p->uts.release);
	rxs_json_str(&j, "machine", p->uts.machine);
	rxs_json_bool(&j, "usable", has_backend(p));
	rxs_json_str(&j, "backend", best_backend(p));
	rxs_json_arr(&j, "backends");
	json_backend(&j, "kprobe", can_kprobe(p));
	json_backend(&j, "tracepoint", can_trace(p));
	json_backend(&j, "bpf", false);
	rxs_json_end(&j);
	rxs_json_arr(&j, "checks");
	for (unsigned int i = 0; i < NR_CHECKS; i++) {
		rxs_json_obj_flat(&j, NULL);
		rxs_json_str(&j, "id", checks[i].id);
		rxs_json_str(&j, "level", level_ids[f[i].level]);
		rxs_json_str(&j, "text", f[i].text);
		rxs_json_str(&j, "mend", f[i].mend[0] ? f[i].mend : NULL);
		rxs_json_end(&j);
	}
	rxs_json_close(&j);
}

int rxs_cmd_doctor(int argc, char **argv)
{
	struct finding f[NR_CHECKS] = { 0 };
	struct doctor_args a = { 0 };
	struct patient p = { 0 };
	struct rxs_args args;
	int err, status = rxs_cmd_args(argc, argv, &a, &args);

	if (status >= 0)
		return status;
	if (args.nr || args.dashdash)
		return rxs_cmd_error(RXS_EXIT_USAGE, "doctor takes no arguments");
	err = examine(&p);
	if (err)
		return rxs_cmd_fail(err, NULL);
	for (unsigned int i = 0; i < NR_CHECKS; i++)
		checks[i].fn(&p, &f[i]);
	if (a.json)
		print_json(&p, f);
	else
		print_text(&p, f);
	status = has_backend(&p) ? RXS_EXIT_OK : RXS_EXIT_CANNOT;
	rxs_probes_free(p.probes);
	free(p.clocks);
	return rxs_cmd_flush(stdout, status);
}
