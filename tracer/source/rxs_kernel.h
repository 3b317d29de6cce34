/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a recording says of the kernel it was made on: event formats, functions, task names. Shared by the
 * readers of trace.dat and perf.data. Everything given here may be hostile.
 */
#ifndef RXS_KERNEL_H
#define RXS_KERNEL_H

#include <traceevent/event-parse.h>

#include "../base/rxs_err.h"
#include "../base/rxs_types.h"
#include "rxs_ksyms.h"

#define RXS_COMM_BYTES 16	/* TASK_COMM_LEN, with its NUL */

struct rxs_task;

struct rxs_kernel {
	struct tep_handle *tep;
	u32 long_bytes;		/* of the kernel recorded: 4 or 8 */
	u32 page_bytes;		/* of its trace ring's pages, 0 = not known */
	char *kallsyms;		/* text not looked at yet; owned */
	size_t kallsyms_bytes;
	struct rxs_ksyms *ksyms;
	struct rxs_task *task;	/* hash by pid */
	u32 nr_tasks, task_mask;
	u32 formats, bad_formats;
};

/* 0 or -ENOMEM. */
int rxs_kernel_init(struct rxs_kernel *k);
/* 4 or 8. */
void rxs_kernel_set_long(struct rxs_kernel *k, u32 long_bytes);
void rxs_kernel_free(struct rxs_kernel *k);

/*
 * Take one events/SYSTEM/NAME/format file (text of len bytes, NUL not needed). Events that no hook stands
 * for are entered by number and name only. 0; -EBADMSG when it is no format (counted); -ENOMEM.
 */
int rxs_kernel_add_format(struct rxs_kernel *k, const char *system, const char *text, size_t len);

/* Take ownership of /proc/kallsyms as it was (malloc()ed, NUL behind len bytes). Read when first needed. */
void rxs_kernel_set_kallsyms(struct rxs_kernel *k, char *text, size_t len);

/* The name of a task from now on, len bytes or to the NUL. 0 or -ENOMEM. Beyond a million tasks: ignored. */
int rxs_kernel_set_comm(struct rxs_kernel *k, u32 pid, const char *comm, size_t len);
/* Names as in saved_cmdlines: "PID NAME" a line. text is NUL-terminated. */
int rxs_kernel_add_cmdlines(struct rxs_kernel *k, const char *text);
/* Name of the task, borrowed until the next set, or NULL. */
const char *rxs_kernel_comm(const struct rxs_kernel *k, u32 pid);

#endif
