// SPDX-License-Identifier: GPL-2.0
/* rxscope stages: the stage table, and which hook this kernel has for each. */
#include <string.h>
#include <sys/utsname.h>

#include "../base/rxs_json.h"
#include "../source/src_tracefs.h"
#include "rxs_cmd.h"

struct stages_args {
	bool json, quick;
};

const struct rxs_opt rxs_opts_stages[] = {
	RXS_OPT_FLAG(struct stages_args, json, "json", 0, "one JSON document, schema rxscope-stages/1"),
	RXS_OPT_FLAG(struct stages_args, quick, "quick", 0,
		     "look only; do not ask the kernel to take each kprobe"),
	RXS_OPT_END
};

static void hook_name(char *buf, size_t size, const struct rxs_probe *q)
{
	if (q->hook->kind == RXS_HOOK_TP)
		snprintf(buf, size, "%s:%s", q->hook->group, q->hook->name);
	else
		snprintf(buf, size, "%s", q->symbol ? q->symbol : q->hook->name);
}

/* What a person wants to know of a state. */
static const char *answer(const struct rxs_probe *q)
{
	switch (q->state) {
	case RXS_PROBE_READY:
		return "yes";
	case RXS_PROBE_SPARE:
		return "spare";
	case RXS_PROBE_UNKNOWN:
		return "unknown";
	case RXS_PROBE_UNWANTED:
		return "not used";
	default:
		return "no";
	}
}

static void print_hook(const struct rxs_probe *q, bool first)
{
	const struct rxs_stage_info *st = &rxs_stages[q->hook->stage];
	char name[128];

	hook_name(name, sizeof(name), q);
	printf("%-18s %-8s %-11s %-8s %-36s %s%s%s\n", first ? st->id : "", first ? st->layer : "",
	       q->hook->kind == RXS_HOOK_TP ? "tracepoint" : "kprobe", rxs_ops[q->hook->op], name, answer(q),
	       q->why ? ": " : "", q->why ? q->why : "");
}

static void print_text(const struct rxs_probes *p, const char *kernel)
{
	unsigned int served = 0;

	printf("kernel %s: %s, %s, %s\n\n", kernel, p->tracing ? "tracefs" : "tracefs not accessible",
	       p->kprobes ? "kprobes" : p->tracing ? "no kprobes" : "kprobes unknown", p->btf ? "BTF" : "no BTF");
	printf("%-18s %-8s %-11s %-8s %-36s %s\n", "STAGE", "LAYER", "KIND", "TELLS", "HOOK", "HERE");
	for (int st = 0; st < RXS_ST_NR; st++) {
		bool first = true, ready = false;

		for (unsigned int i = 0; i < rxs_hooks_nr; i++) {
			if ((int)p->v[i].hook->stage != st)
				continue;
			print_hook(&p->v[i], first);
			ready |= p->v[i].state == RXS_PROBE_READY;
			first = false;
		}
		served += ready;
	}
	if (p->tracing)
		printf("\n%u of %d stages have a hook in this kernel\n", served, RXS_ST_NR);
	else
		printf("\nwhich of them this kernel offers can be told as root, with tracefs mounted\n");
}

static void json_hook(struct rxs_json *j, const struct rxs_probe *q)
{
	char name[128];

	hook_name(name, sizeof(name), q);
	rxs_json_obj_flat(j, NULL);
	rxs_json_str(j, "kind", q->hook->kind == RXS_HOOK_TP ? "tracepoint" : "kprobe");
	rxs_json_str(j, "name", name);
	rxs_json_str(j, "op", rxs_ops[q->hook->op]);
	rxs_json_str(j, "state", rxs_probe_state_id(q->state));
	rxs_json_str(j, "why", q->why);
	rxs_json_str(j, q->hook->kind == RXS_HOOK_TP ? "filter" : "args", q->args);
	rxs_json_end(j);
}

static int print_json(const struct rxs_probes *p, const char *kernel)
{
	struct rxs_json j;

	rxs_json_init(&j, stdout, true);
	rxs_json_obj(&j, NULL);
	rxs_json_str(&j, "schema", "rxscope-stages/1");
	rxs_json_str(&j, "kernel", kernel);
	rxs_json_bool(&j, "tracefs", p->tracing);
	rxs_json_bool(&j, "kprobes", p->kprobes);
	rxs_json_bool(&j, "btf", p->btf);
	rxs_json_arr(&j, "stages");
	for (int st = 0; st < RXS_ST_NR; st++) {
		rxs_json_obj(&j, NULL);
		rxs_json_str(&j, "id", rxs_stages[st].id);
		rxs_json_str(&j, "layer", rxs_stages[st].layer);
		rxs_json_str(&j, "title", rxs_stages[st].title);
		rxs_json_str(&j, "function", rxs_stages[st].func);
		rxs_json_str(&j, "what", rxs_stages[st].what);
		rxs_json_str(&j, "advice", rxs_stages[st].advice);
		rxs_json_arr(&j, "hooks");
		for (unsigned int i = 0; i < rxs_hooks_nr; i++)
			if ((int)p->v[i].hook->stage == st)
				json_hook(&j, &p->v[i]);
		rxs_json_end(&j);
		rxs_json_end(&j);
	}
	return rxs_json_close(&j);
}

int rxs_cmd_stages(int argc, char **argv)
{
	const char *tracing = NULL;
	struct stages_args a = { 0 };
	struct rxs_args args;
	struct rxs_probes *p;
	struct utsname uts;
	char group[64];
	int err, status = rxs_cmd_args(argc, argv, &a, &args);

	if (status >= 0)
		return status;
	if (args.nr || args.dashdash)
		return rxs_cmd_error(RXS_EXIT_USAGE, "stages takes no arguments");
	/* Not to be accessible is one of the answers, not an error. */
	rxs_tracefs_find(&tracing, NULL);
	err = rxs_probes_plan(&p, tracing, true);
	if (err)
		return rxs_cmd_fail(err, NULL);
	rxs_session_group(group, sizeof(group));
	if (p->kprobes && !a.quick)
		rxs_probes_try(p, group, NULL);
	uname(&uts);
	if (a.json)
		print_json(p, uts.release);
	else
		print_text(p, uts.release);
	rxs_probes_free(p);
	return rxs_cmd_flush(stdout, RXS_EXIT_OK);
}
