// SPDX-License-Identifier: GPL-2.0
/* Formats, functions and task names of a recording. */
#include "rxs_kernel.h"
#include "rxs_format_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../probes/rxs_stage.h"

#define FORMAT_MAX_BYTES	(256 << 10)	/* the longest of Linux 7.2 has 24 KiB */
#define TASKS_MAX		(1 << 20)

struct rxs_task {
	u32 pid;
	char comm[RXS_COMM_BYTES];	/* "" = free slot */
};

static char *resolve_function(void *priv, unsigned long long *addr, char **module)
{
	struct rxs_kernel *k = priv;
	const char *name, *mod = "";
	u64 start = 0;

	if (!k->ksyms && k->kallsyms) {
		if (rxs_ksyms_parse(&k->ksyms, k->kallsyms, k->kallsyms_bytes))
			k->ksyms = NULL;
		k->kallsyms = NULL;
	}
	name = k->ksyms ? rxs_ksyms_at(k->ksyms, *addr, &start, &mod) : NULL;
	if (!name)
		return NULL;
	*addr = start;
	*module = *mod ? (char *)mod : NULL;
	return (char *)name;
}

void rxs_kernel_set_long(struct rxs_kernel *k, u32 long_bytes)
{
	k->long_bytes = long_bytes;
	tep_set_long_size(k->tep, long_bytes);
}

int rxs_kernel_init(struct rxs_kernel *k)
{
	memset(k, 0, sizeof(*k));
	k->tep = tep_alloc();
	if (!k->tep)
		return -ENOMEM;
	tep_set_loglevel(TEP_LOG_NONE);
	tep_set_file_bigendian(k->tep, TEP_LITTLE_ENDIAN);
	tep_set_local_bigendian(k->tep, TEP_LITTLE_ENDIAN);
	rxs_kernel_set_long(k, sizeof(u64));
	tep_set_function_resolver(k->tep, resolve_function, k);
	return 0;
}

void rxs_kernel_free(struct rxs_kernel *k)
{
	if (k->tep)
		tep_free(k->tep);
	rxs_ksyms_free(k->ksyms);
	free(k->kallsyms);
	free(k->task);
	memset(k, 0, sizeof(*k));
}

void rxs_kernel_set_kallsyms(struct rxs_kernel *k, char *text, size_t len)
{
	free(k->kallsyms);
	k->kallsyms = text;
	k->kallsyms_bytes = len;
}

/* Is there a hook for it, and does it need what the event prints (names of drop reasons)? */
static bool is_wanted(const char *system, const char *name, const char *text, bool *need_print)
{
	*need_print = false;
	for (unsigned int i = 0; i < rxs_hooks_nr; i++) {
		if (rxs_hooks[i].kind != RXS_HOOK_TP || strcmp(rxs_hooks[i].name, name) ||
		    strcmp(rxs_hooks[i].group, system))
			continue;
		*need_print = strstr(rxs_hooks[i].args, "reason=") != NULL;
		return true;
	}
	/* of function_graph, for rxs_graph_read() */
	if (!strcmp(system, "ftrace") && !strcmp(name, "funcgraph_exit"))
		return true;
	return strstr(text, " __probe_ip;") != NULL;
}

/* text is one that was written here or by rxs_format_clean(). */
static int parse_into_tep(struct rxs_kernel *k, const char *system, const char *text)
{
	enum tep_errno err = tep_parse_event(k->tep, text, strlen(text), system);

	return err == TEP_ERRNO__MEM_ALLOC_FAILED ? -ENOMEM : err ? -EBADMSG : 0;
}

/* By number and name only: thousands of events are none of our business, but known. */
static int add_stub(struct rxs_kernel *k, const char *system, const struct rxs_format_head *h)
{
	char text[512];

	snprintf(text, sizeof(text), "name: %s\nID: %u\nformat:\n"
		 "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\n"
		 "print fmt: \"\"\n", h->name, h->id);
	return parse_into_tep(k, system, text);
}

static int add_whole(struct rxs_kernel *k, const char *system, const char *text, const char *symbolic)
{
	char *clean;
	int err;

	err = rxs_format_clean(text, symbolic, &clean);
	if (err)
		return err;
	err = parse_into_tep(k, system, clean);
	free(clean);
	return err;
}

int rxs_kernel_add_format(struct rxs_kernel *k, const char *system, const char *text, size_t len)
{
	struct rxs_format_head h;
	bool need_print;
	char *copy;
	int err;

	k->formats++;
	if (len > FORMAT_MAX_BYTES) {
		k->bad_formats++;
		return -EBADMSG;
	}
	copy = malloc(len + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, len);
	copy[len] = '\0';
	err = rxs_format_head(copy, &h);
	if (err || tep_find_event(k->tep, h.id))
		goto out;	/* of two with one number the first holds */
	if (is_wanted(system, h.name, copy, &need_print))
		err = add_whole(k, system, copy, need_print ? "reason" : NULL);
	else
		err = add_stub(k, system, &h);
out:
	free(copy);
	if (err == -EBADMSG)
		k->bad_formats++;
	return err;
}

static struct rxs_task *find_task(const struct rxs_kernel *k, u32 pid)
{
	u32 i = pid * 2654435761u >> 7 & k->task_mask;

	while (k->task[i].comm[0] && k->task[i].pid != pid)
		i = (i + 1) & k->task_mask;
	return &k->task[i];
}

static int grow_tasks(struct rxs_kernel *k)
{
	struct rxs_kernel more = *k;

	more.task_mask = k->task ? k->task_mask * 2 + 1 : 255;
	more.task = calloc((size_t)more.task_mask + 1, sizeof(*more.task));
	if (!more.task)
		return -ENOMEM;
	for (u32 i = 0; k->task && i <= k->task_mask; i++)
		if (k->task[i].comm[0])
			*find_task(&more, k->task[i].pid) = k->task[i];
	free(k->task);
	k->task = more.task;
	k->task_mask = more.task_mask;
	return 0;
}

int rxs_kernel_set_comm(struct rxs_kernel *k, u32 pid, const char *comm, size_t len)
{
	struct rxs_task *t;
	int err;

	len = strnlen(comm, len < RXS_COMM_BYTES ? len : RXS_COMM_BYTES - 1);
	if (!len)
		return 0;
	if (!k->task || k->nr_tasks >= k->task_mask / 2) {
		err = grow_tasks(k);
		if (err)
			return err;
	}
	t = find_task(k, pid);
	if (!t->comm[0]) {
		if (k->nr_tasks >= TASKS_MAX)
			return 0;
		k->nr_tasks++;
		t->pid = pid;
	}
	memcpy(t->comm, comm, len);
	memset(t->comm + len, 0, sizeof(t->comm) - len);
	return 0;
}

int rxs_kernel_add_cmdlines(struct rxs_kernel *k, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		char *end;
		unsigned long pid = strtoul(text, &end, 10);
		int err;

		if (end > text && end < text + len && *end == ' ') {
			err = rxs_kernel_set_comm(k, pid, end + 1, text + len - end - 1);
			if (err)
				return err;
		}
		text += len + (text[len] == '\n');
	}
	return 0;
}

const char *rxs_kernel_comm(const struct rxs_kernel *k, u32 pid)
{
	struct rxs_task *t;

	if (!k->task)
		return NULL;
	t = find_task(k, pid);
	return t->comm[0] ? t->comm : NULL;
}
