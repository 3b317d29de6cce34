// SPDX-License-Identifier: GPL-2.0
/*
 * From the interrupt to the poll and back: the file to read first.
 *
 *   refnic_interrupt()   the NIC raises its line. Reading ICR tells why and
 *     |                  lowers the line. Interrupts are masked at the NIC,
 *     |                  the device goes on this CPU's poll_list, the softirq
 *     |                  NET_RX is raised. Nothing else is done here: while a
 *     v                  hard interrupt runs, this CPU can do nothing else.
 *   net_rx_action()      (kernel) the softirq takes devices off poll_list
 *     v
 *   refnic_poll()        cleans what was sent, takes frames off the ring, at
 *     |                  most `budget` of them. If more are waiting it stays
 *     |                  on poll_list, so that others get their turn.
 *     v
 *   napi_complete_done() nothing is left: off poll_list, interrupts unmasked
 *
 * Under load the NIC is polled again and again with its interrupts masked and
 * interrupts cost nothing; when idle the next frame interrupts at once. No
 * lock is needed, because between napi_schedule_prep() and
 * napi_complete_done() the device belongs to one CPU.
 */
#include "refnic.h"
#include "refnic_trace.h"

/**
 * refnic_irq_mask - keep the NIC from interrupting
 * @hw: the chip
 *
 * Causes are still noted in ICR. What is noted and not read by then raises
 * the line as soon as it is unmasked, so nothing gets lost in between.
 *
 * Context: any
 */
void refnic_irq_mask(struct refnic_hw *hw)
{
	refnic_wr(hw, REFNIC_IMC, ~0u);
	refnic_flush(hw);
}

/**
 * refnic_irq_unmask - let the NIC interrupt
 * @hw: the chip
 *
 * Context: any
 */
void refnic_irq_unmask(struct refnic_hw *hw)
{
	refnic_wr(hw, REFNIC_IMS, REFNIC_IRQ_ENABLE);
	refnic_flush(hw);
}

/**
 * refnic_interrupt - the NIC's interrupt handler
 * @irq: the line, which others may share
 * @data: the net_device
 *
 * Context: hard interrupt
 * Return: IRQ_NONE if it was not this NIC
 */
irqreturn_t refnic_interrupt(int irq, void *data)
{
	struct net_device *netdev = data;
	struct refnic_adapter *adapter = netdev_priv(netdev);
	struct refnic_hw *hw = &adapter->hw;
	u32 icr;

	/* Reading acknowledges: it clears every cause and drops the line. */
	icr = refnic_rd(hw, REFNIC_ICR);
	if (!icr)
		return IRQ_NONE;

	trace_refnic_irq(netdev, irq, icr);

	if (icr & REFNIC_IRQ_LINK &&
	    !test_bit(REFNIC_FLAG_DOWN, &adapter->flags))
		mod_delayed_work(system_wq, &adapter->link_work, 0);

	/* False if a poll is under way: this interrupt came from a neighbour
	 * on the line, and its cause was read away under the poll's feet. NAPI
	 * remembers that (NAPIF_STATE_MISSED) and polls once more.
	 */
	if (napi_schedule_prep(&adapter->napi)) {
		refnic_irq_mask(hw);
		trace_refnic_napi_schedule(netdev, &adapter->napi);
		__napi_schedule(&adapter->napi);
	}

	return IRQ_HANDLED;
}

/**
 * refnic_poll - do the work that interrupts announced
 * @napi: the adapter's
 * @budget: frames to take at most; 0 if only transmit is to be cleaned
 *
 * Context: softirq, or a kernel thread with softirqs off
 * Return: frames taken; @budget means "not done, call again"
 */
int refnic_poll(struct napi_struct *napi, int budget)
{
	struct refnic_adapter *adapter =
		container_of(napi, struct refnic_adapter, napi);
	struct net_device *netdev = adapter->netdev;
	bool completed = false;
	bool tx_done;
	int work;

	trace_refnic_poll_begin(netdev, napi, budget);
	refnic_fault_poll(&adapter->faults);

	/* First transmit: it gives memory back, and is not budgeted. */
	tx_done = refnic_tx_clean(adapter, budget);
	work = refnic_rx_clean(adapter, budget);

	if (!tx_done || work >= budget)
		work = budget;
	else
		completed = napi_complete_done(napi, work);

	trace_refnic_poll_end(netdev, napi, work, budget, completed);

	/* A frame that arrived since the ring was last looked at is noted in
	 * ICR. Unmasking makes it interrupt: it cannot be left lying.
	 */
	if (completed) {
		trace_refnic_irq_enable(netdev, napi);
		refnic_irq_unmask(&adapter->hw);
	}
	return work;
}
