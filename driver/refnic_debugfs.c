// SPDX-License-Identifier: GPL-2.0
/*
 * Faults made on purpose, so that a tool can be checked against the truth:
 * /sys/kernel/debug/refnic/PCI-NAME/
 *
 *   poll_delay_ns      wait in a poll, after refnic_poll_begin
 *   poll_delay_every   ... in every Nth poll
 *   rx_delay_ns        wait between refnic_rx_desc and refnic_rx_skb
 *   rx_delay_every     ... for every Nth frame
 *   rx_drop_every      drop every Nth good frame; 0 for none
 *   polls_delayed, rx_delayed, rx_dropped    how often it was done
 *
 * A wait keeps the CPU busy and looks at the clock, so that it is as long as
 * asked for and not a timer's tick longer. Writing a knob starts the counting
 * of "every Nth" anew.
 */
#include <linux/debugfs.h>
#include <linux/ktime.h>

#include "refnic.h"

/* The CPU does nothing else meanwhile, and 64 frames may wait in one poll. */
#define REFNIC_DELAY_MAX_NS	(10 * NSEC_PER_MSEC)

struct refnic_knob_row {
	const char *name;
	u64 initial;
	u64 max;
};

static const struct refnic_knob_row refnic_knob_table[REFNIC_KNOBS] = {
	[REFNIC_KNOB_POLL_DELAY_NS] = {
		"poll_delay_ns", 0, REFNIC_DELAY_MAX_NS
	},
	[REFNIC_KNOB_POLL_DELAY_EVERY] = { "poll_delay_every", 1, U32_MAX },
	[REFNIC_KNOB_RX_DELAY_NS] = {
		"rx_delay_ns", 0, REFNIC_DELAY_MAX_NS
	},
	[REFNIC_KNOB_RX_DELAY_EVERY] = { "rx_delay_every", 1, U32_MAX },
	[REFNIC_KNOB_RX_DROP_EVERY] = { "rx_drop_every", 0, U32_MAX },
};

static u64 refnic_knob(const struct refnic_faults *faults,
		       enum refnic_knob_id id)
{
	return READ_ONCE(faults->knob[id].value);
}

/* Is it the turn of the @count-th? @every is 0 for never. */
static bool refnic_fault_turn(u64 count, u64 every)
{
	return every && !do_div(count, (u32)every);
}

static void refnic_fault_wait(u64 ns)
{
	u64 end = ktime_get_ns() + ns;

	while (ktime_get_ns() < end)
		cpu_relax();
}

/**
 * refnic_fault_poll_armed - delay this poll, if it is its turn
 * @faults: the adapter's
 *
 * Context: the poll
 */
void refnic_fault_poll_armed(struct refnic_faults *faults)
{
	u64 ns = refnic_knob(faults, REFNIC_KNOB_POLL_DELAY_NS);
	u64 every = refnic_knob(faults, REFNIC_KNOB_POLL_DELAY_EVERY);

	if (!ns || !refnic_fault_turn(++faults->polls, every))
		return;
	refnic_fault_wait(ns);
	faults->polls_delayed++;
}

/**
 * refnic_fault_drop_armed - count a good frame; is it to be dropped?
 * @faults: the adapter's
 *
 * Context: the poll
 * Return: whether
 */
bool refnic_fault_drop_armed(struct refnic_faults *faults)
{
	u64 every = refnic_knob(faults, REFNIC_KNOB_RX_DROP_EVERY);

	if (!refnic_fault_turn(++faults->frames, every))
		return false;
	faults->rx_dropped++;
	return true;
}

/**
 * refnic_fault_rx_armed - delay this frame, if it is its turn
 * @faults: the adapter's; the frame was counted by refnic_fault_drop_armed()
 *
 * Context: the poll
 */
void refnic_fault_rx_armed(struct refnic_faults *faults)
{
	u64 ns = refnic_knob(faults, REFNIC_KNOB_RX_DELAY_NS);
	u64 every = refnic_knob(faults, REFNIC_KNOB_RX_DELAY_EVERY);

	if (!ns || !refnic_fault_turn(faults->frames, every))
		return;
	refnic_fault_wait(ns);
	faults->rx_delayed++;
}

static int refnic_knob_get(void *data, u64 *value)
{
	struct refnic_knob *knob = data;

	*value = knob->value;
	return 0;
}

static int refnic_knob_set(void *data, u64 value)
{
	struct refnic_knob *knob = data;
	struct refnic_faults *faults = &knob->adapter->faults;

	if (value > knob->max)
		return -ERANGE;

	WRITE_ONCE(knob->value, value);
	WRITE_ONCE(faults->polls, 0);
	WRITE_ONCE(faults->frames, 0);
	WRITE_ONCE(faults->armed,
		   refnic_knob(faults, REFNIC_KNOB_POLL_DELAY_NS) ||
		   refnic_knob(faults, REFNIC_KNOB_RX_DELAY_NS) ||
		   refnic_knob(faults, REFNIC_KNOB_RX_DROP_EVERY));
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(refnic_knob_fops, refnic_knob_get, refnic_knob_set,
			 "%llu\n");

/**
 * refnic_debugfs_add - make an adapter's files
 * @adapter: the adapter
 *
 * Without debugfs nothing is made and nothing fails: the driver works as well.
 *
 * Context: process
 */
void refnic_debugfs_add(struct refnic_adapter *adapter)
{
	struct refnic_faults *faults = &adapter->faults;
	struct dentry *root;
	struct dentry *dir;
	unsigned int i;

	root = debugfs_lookup(REFNIC_NAME, NULL);
	dir = debugfs_create_dir(pci_name(adapter->pdev), root);
	dput(root);
	adapter->debugfs_dir = dir;

	for (i = 0; i < REFNIC_KNOBS; i++) {
		faults->knob[i].adapter = adapter;
		faults->knob[i].value = refnic_knob_table[i].initial;
		faults->knob[i].max = refnic_knob_table[i].max;
		debugfs_create_file_unsafe(refnic_knob_table[i].name, 0600,
					   dir, &faults->knob[i],
					   &refnic_knob_fops);
	}
	debugfs_create_u64("polls_delayed", 0400, dir, &faults->polls_delayed);
	debugfs_create_u64("rx_delayed", 0400, dir, &faults->rx_delayed);
	debugfs_create_u64("rx_dropped", 0400, dir, &faults->rx_dropped);
}

/**
 * refnic_debugfs_del - remove an adapter's files
 * @adapter: the adapter
 *
 * Context: process
 */
void refnic_debugfs_del(struct refnic_adapter *adapter)
{
	debugfs_remove(adapter->debugfs_dir);
}

/**
 * refnic_debugfs_init - make the driver's folder
 *
 * It is found again by its name, so no variable need hold it.
 *
 * Context: process
 */
void refnic_debugfs_init(void)
{
	debugfs_create_dir(REFNIC_NAME, NULL);
}

/**
 * refnic_debugfs_exit - remove the driver's folder
 *
 * Context: process
 */
void refnic_debugfs_exit(void)
{
	debugfs_lookup_and_remove(REFNIC_NAME, NULL);
}
