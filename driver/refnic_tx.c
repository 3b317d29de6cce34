// SPDX-License-Identifier: GPL-2.0
/*
 * The transmit side: the ring, and the way of a packet from the stack to the
 * NIC and of its memory back.
 *
 *   refnic_xmit()           the stack hands a packet over
 *     refnic_tx_context()   tells the NIC where a checksum is to be put
 *     refnic_tx_map()       one descriptor for each piece of memory
 *     write to TDT          the NIC starts to fetch
 *   refnic_tx_clean()       the poll: what has DD set is sent
 *
 * xmit (under the queue's lock) moves next_to_use, the poll moves
 * next_to_clean, on different CPUs and with no lock between them. They meet
 * in refnic_tx_buffer.eop and in the stopping and waking of the queue.
 */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/slab.h>

#include "refnic.h"
#include "refnic_trace.h"

/* The most that a packet can need: a context, the head, all fragments. */
#define REFNIC_TX_DESCS_MAX	(MAX_SKB_FRAGS + 2)

/* Wake with room for some packets, or the queue would stop with the next. */
#define REFNIC_TX_WAKE		(2 * REFNIC_TX_DESCS_MAX)

static unsigned int refnic_tx_unused(const struct refnic_tx_ring *ring)
{
	return refnic_ring_unused(ring->count, READ_ONCE(ring->next_to_use),
				  READ_ONCE(ring->next_to_clean));
}

/**
 * refnic_tx_ring_new - make an empty ring
 * @adapter: the adapter
 * @count: descriptors, as refnic_ring_count() gives them
 *
 * Context: process
 * Return: the ring, to be freed with refnic_tx_ring_free(); NULL if there is
 * no memory
 */
struct refnic_tx_ring *refnic_tx_ring_new(struct refnic_adapter *adapter,
					  unsigned int count)
{
	struct device *dev = &adapter->pdev->dev;
	struct refnic_tx_ring *ring;

	ring = kzalloc(sizeof(*ring), GFP_KERNEL);
	if (!ring)
		return NULL;
	ring->count = count;

	ring->buffer = kvcalloc(count, sizeof(*ring->buffer), GFP_KERNEL);
	if (!ring->buffer)
		goto err_free_ring;

	ring->desc = dma_alloc_coherent(dev, count * sizeof(*ring->desc),
					&ring->dma, GFP_KERNEL);
	if (!ring->desc)
		goto err_free_buffer;
	return ring;

err_free_buffer:
	kvfree(ring->buffer);
err_free_ring:
	kfree(ring);
	return NULL;
}

/**
 * refnic_tx_ring_free - free a ring
 * @adapter: the adapter
 * @ring: a drained ring that the NIC does not use; may be NULL
 *
 * Context: process
 */
void refnic_tx_ring_free(struct refnic_adapter *adapter,
			 struct refnic_tx_ring *ring)
{
	if (!ring)
		return;
	dma_free_coherent(&adapter->pdev->dev,
			  ring->count * sizeof(*ring->desc), ring->desc,
			  ring->dma);
	kvfree(ring->buffer);
	kfree(ring);
}

/**
 * refnic_tx_set_duplex - set the collision distance
 * @hw: the chip
 * @duplex: DUPLEX_HALF or DUPLEX_FULL
 *
 * Turns the transmitter on. The distance depends on duplex (13.4.33), which is
 * known only when the link is up.
 *
 * Context: process
 */
void refnic_tx_set_duplex(struct refnic_hw *hw, u8 duplex)
{
	u32 tctl = REFNIC_TCTL_EN | REFNIC_TCTL_PSP | REFNIC_TCTL_CT;

	tctl |= duplex == DUPLEX_HALF ? REFNIC_TCTL_COLD_HD :
					REFNIC_TCTL_COLD_FD;
	refnic_wr(hw, REFNIC_TCTL, tctl);
}

/**
 * refnic_tx_start - give the NIC the ring and turn the transmitter on
 * @adapter: the adapter, with an empty ring
 *
 * The order is that of 14.5.
 *
 * Context: process
 */
void refnic_tx_start(struct refnic_adapter *adapter)
{
	struct refnic_tx_ring *ring = adapter->tx_ring;
	struct refnic_hw *hw = &adapter->hw;

	ring->next_to_use = 0;
	ring->next_to_clean = 0;
	memset(ring->desc, 0, ring->count * sizeof(*ring->desc));

	refnic_wr(hw, REFNIC_TDBAL, lower_32_bits(ring->dma));
	refnic_wr(hw, REFNIC_TDBAH, upper_32_bits(ring->dma));
	refnic_wr(hw, REFNIC_TDLEN, ring->count * sizeof(*ring->desc));
	refnic_wr(hw, REFNIC_TDH, 0);
	refnic_wr(hw, REFNIC_TDT, 0);

	refnic_wr(hw, REFNIC_TIPG, REFNIC_TIPG_COPPER);
	/* Delays of TXDW, for descriptors that ask for one (IDE): none does. */
	refnic_wr(hw, REFNIC_TIDV, REFNIC_TIDV_LEAST);
	refnic_wr(hw, REFNIC_TADV, 0);
	refnic_tx_set_duplex(hw, DUPLEX_FULL);
}

/* Undo the mappings from @index through @last. Returns the index after it. */
static unsigned int refnic_tx_unmap(struct refnic_adapter *adapter,
				    unsigned int index, unsigned int last)
{
	struct refnic_tx_ring *ring = adapter->tx_ring;
	struct device *dev = &adapter->pdev->dev;
	struct refnic_tx_buffer *buffer;
	unsigned int end = refnic_ring_next(last, ring->count);

	do {
		buffer = &ring->buffer[index];
		if (buffer->len && buffer->is_page)
			dma_unmap_page(dev, buffer->dma, buffer->len,
				       DMA_TO_DEVICE);
		else if (buffer->len)
			dma_unmap_single(dev, buffer->dma, buffer->len,
					 DMA_TO_DEVICE);
		buffer->len = 0;
		index = refnic_ring_next(index, ring->count);
	} while (index != end);
	return end;
}

static void refnic_tx_count_sent(struct refnic_tx_stats *stats,
				 unsigned int packets, unsigned int bytes)
{
	u64_stats_update_begin(&stats->syncp);
	stats->packets += packets;
	stats->bytes += bytes;
	u64_stats_update_end(&stats->syncp);
}

static void refnic_tx_count_dropped(struct refnic_tx_stats *stats)
{
	u64_stats_update_begin(&stats->xmit_syncp);
	stats->dropped++;
	u64_stats_update_end(&stats->xmit_syncp);
}

static bool refnic_tx_is_sent(const struct refnic_tx_desc *eop)
{
	return READ_ONCE(eop->upper) & cpu_to_le32(REFNIC_TXD_DD);
}

/**
 * refnic_tx_drain - empty the ring, and count what was not sent as dropped
 * @adapter: the adapter; transmitter off, queue stopped, poll disabled
 *
 * Context: process
 */
void refnic_tx_drain(struct refnic_adapter *adapter)
{
	struct refnic_tx_ring *ring = adapter->tx_ring;
	unsigned int index = ring->next_to_clean;
	struct refnic_tx_buffer *first;

	while (index != ring->next_to_use) {
		first = &ring->buffer[index];
		if (refnic_tx_is_sent(first->eop))
			refnic_tx_count_sent(&adapter->tx_stats, 1,
					     first->skb->len);
		else
			refnic_tx_count_dropped(&adapter->tx_stats);
		index = refnic_tx_unmap(adapter, index,
					first->eop - ring->desc);
		dev_kfree_skb_any(first->skb);
		first->skb = NULL;
		first->eop = NULL;
	}
	ring->next_to_clean = index;
	netdev_reset_queue(adapter->netdev);
}

/* The queue was stopped by refnic_tx_stop_if_full(). */
static void refnic_tx_wake(struct refnic_adapter *adapter)
{
	struct net_device *netdev = adapter->netdev;

	/* next_to_clean must be seen before the queue is looked at: pairs with
	 * the barrier in refnic_tx_stop_if_full(), which stops the queue before
	 * it looks at next_to_clean. One of the two sees the other's write.
	 */
	smp_mb();
	if (unlikely(netif_queue_stopped(netdev)) &&
	    refnic_tx_unused(adapter->tx_ring) >= REFNIC_TX_WAKE)
		netif_wake_queue(netdev);
}

/**
 * refnic_tx_clean - free what the NIC has sent
 * @adapter: the adapter
 * @budget: the poll's; 0 if called for the console (netpoll)
 *
 * Context: the poll
 * Return: false if there may be more to do
 */
bool refnic_tx_clean(struct refnic_adapter *adapter, int budget)
{
	struct refnic_tx_ring *ring = adapter->tx_ring;
	unsigned int index = ring->next_to_clean;
	struct refnic_tx_buffer *first;
	struct refnic_tx_desc *eop;
	unsigned int packets = 0;
	unsigned int bytes = 0;

	while (packets < ring->count) {
		first = &ring->buffer[index];
		eop = READ_ONCE(first->eop);
		if (!eop)
			break;

		/* The rest of the packet's slots were written before eop:
		 * pairs with smp_wmb() in refnic_tx_publish().
		 */
		smp_rmb();
		if (!refnic_tx_is_sent(eop))
			break;

		packets++;
		bytes += first->skb->len;
		index = refnic_tx_unmap(adapter, index, eop - ring->desc);
		napi_consume_skb(first->skb, budget);
		first->skb = NULL;
		first->eop = NULL;
	}
	if (!packets)
		return true;

	trace_refnic_tx_cleaned(adapter->netdev, packets, bytes, index);
	WRITE_ONCE(ring->next_to_clean, index);
	refnic_tx_count_sent(&adapter->tx_stats, packets, bytes);
	netdev_completed_queue(adapter->netdev, packets, bytes);
	refnic_tx_wake(adapter);
	return packets < ring->count;
}

/* Stop the queue if fewer than @needed descriptors are left. */
static bool refnic_tx_stop_if_full(struct refnic_adapter *adapter,
				   unsigned int needed)
{
	struct refnic_tx_stats *stats = &adapter->tx_stats;
	struct net_device *netdev = adapter->netdev;

	if (likely(refnic_tx_unused(adapter->tx_ring) >= needed))
		return false;

	netif_stop_queue(netdev);
	/* Pairs with the barrier in refnic_tx_wake(): the poll may have made
	 * room before it could see that the queue is stopped.
	 */
	smp_mb();
	if (refnic_tx_unused(adapter->tx_ring) < needed) {
		u64_stats_update_begin(&stats->xmit_syncp);
		stats->stopped++;
		u64_stats_update_end(&stats->xmit_syncp);
		return true;
	}
	netif_start_queue(netdev);
	return false;
}

/* The next data descriptors are to get a checksum from here to there. */
static void refnic_tx_context(struct refnic_adapter *adapter,
			      struct sk_buff *skb, unsigned int index)
{
	struct refnic_tx_ring *ring = adapter->tx_ring;
	struct refnic_tx_stats *stats = &adapter->tx_stats;
	struct refnic_tx_context *context;
	unsigned int start;

	start = skb_checksum_start_offset(skb);
	context = (struct refnic_tx_context *)&ring->desc[index];
	context->ip = 0;
	context->tucss = start;
	context->tucso = start + skb->csum_offset;
	context->tucse = 0;
	context->cmd_and_length = cpu_to_le32(REFNIC_TXD_DEXT);
	context->tso = 0;

	u64_stats_update_begin(&stats->xmit_syncp);
	stats->csum++;
	u64_stats_update_end(&stats->xmit_syncp);
}

static void refnic_tx_fill(struct refnic_tx_ring *ring, unsigned int index,
			   dma_addr_t dma, unsigned int len, bool is_page,
			   u32 lower, u32 upper)
{
	struct refnic_tx_buffer *buffer = &ring->buffer[index];
	struct refnic_tx_desc *desc = &ring->desc[index];

	buffer->dma = dma;
	buffer->len = len;
	buffer->is_page = is_page;

	desc->buffer_addr = cpu_to_le64(dma);
	desc->lower = cpu_to_le32(lower | len);
	desc->upper = cpu_to_le32(upper);
}

/* Map the packet from slot @index on. Returns the index of its last
 * descriptor, or -ENOMEM with the mappings from @index on still to be undone
 * up to *@filled, exclusive.
 */
static int refnic_tx_map(struct refnic_adapter *adapter, struct sk_buff *skb,
			 unsigned int index, u32 lower, u32 upper,
			 unsigned int *filled)
{
	struct refnic_tx_ring *ring = adapter->tx_ring;
	struct device *dev = &adapter->pdev->dev;
	unsigned int len = skb_headlen(skb);
	unsigned int last = index;
	const skb_frag_t *frag;
	dma_addr_t dma;
	int i;

	*filled = index;
	dma = dma_map_single(dev, skb->data, len, DMA_TO_DEVICE);
	for (i = 0;; i++) {
		if (unlikely(dma_mapping_error(dev, dma)))
			return -ENOMEM;

		last = *filled;
		refnic_tx_fill(ring, last, dma, len, i > 0, lower, upper);
		*filled = refnic_ring_next(last, ring->count);
		if (i == skb_shinfo(skb)->nr_frags)
			break;

		frag = &skb_shinfo(skb)->frags[i];
		len = skb_frag_size(frag);
		dma = skb_frag_dma_map(dev, frag, 0, len, DMA_TO_DEVICE);
	}

	/* RS: only the last one reports, for the whole packet. */
	ring->desc[last].lower |= cpu_to_le32(REFNIC_TXD_EOP | REFNIC_TXD_RS);
	return last;
}

/* Let the poll see the packet. The NIC does not see it before the doorbell. */
static void refnic_tx_publish(struct refnic_tx_ring *ring, struct sk_buff *skb,
			      unsigned int first, unsigned int last)
{
	ring->buffer[first].skb = skb;
	/* All slots before eop: pairs with smp_rmb() in refnic_tx_clean(). */
	smp_wmb();
	WRITE_ONCE(ring->buffer[first].eop, &ring->desc[last]);
	WRITE_ONCE(ring->next_to_use, refnic_ring_next(last, ring->count));
}

static void refnic_tx_doorbell(struct refnic_adapter *adapter)
{
	refnic_wr(&adapter->hw, REFNIC_TDT, adapter->tx_ring->next_to_use);
}

/* The packet is lost. Those before it may still wait for a doorbell that
 * xmit_more had put off.
 */
static netdev_tx_t refnic_tx_dropped(struct refnic_adapter *adapter)
{
	refnic_tx_count_dropped(&adapter->tx_stats);
	refnic_tx_doorbell(adapter);
	return NETDEV_TX_OK;
}

/**
 * refnic_xmit - ndo_start_xmit
 * @skb: the packet; the driver's from now on, unless NETDEV_TX_BUSY
 * @netdev: the device
 *
 * Context: the queue's lock, softirqs off
 * Return: NETDEV_TX_OK, or NETDEV_TX_BUSY if it does not fit
 */
netdev_tx_t refnic_xmit(struct sk_buff *skb, struct net_device *netdev)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);
	struct refnic_tx_ring *ring = adapter->tx_ring;
	unsigned int first = ring->next_to_use;
	unsigned int index = first;
	u32 lower = REFNIC_TXD_DEXT | REFNIC_TXD_TYPE_DATA | REFNIC_TXD_IFCS;
	unsigned int filled;
	u32 upper = 0;
	int last;

	/* Not left to TCTL.PSP: chips of this family may pad with garbage when
	 * the packet is in several pieces (as the in-tree driver notes).
	 */
	if (eth_skb_pad(skb))
		return refnic_tx_dropped(adapter);

	if (refnic_tx_stop_if_full(adapter, skb_shinfo(skb)->nr_frags + 2))
		return NETDEV_TX_BUSY;

	if (skb_vlan_tag_present(skb)) {
		lower |= REFNIC_TXD_VLE;
		upper |= (u32)skb_vlan_tag_get(skb) << REFNIC_TXD_VLAN_SHIFT;
	}
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		refnic_tx_context(adapter, skb, index);
		index = refnic_ring_next(index, ring->count);
		upper |= REFNIC_TXD_TXSM;
	}

	last = refnic_tx_map(adapter, skb, index, lower, upper, &filled);
	if (unlikely(last < 0)) {
		while (index != filled)
			index = refnic_tx_unmap(adapter, index, index);
		dev_kfree_skb_any(skb);
		return refnic_tx_dropped(adapter);
	}

	skb_tx_timestamp(skb);
	refnic_tx_publish(ring, skb, first, last);
	trace_refnic_tx_queued(netdev, skb, first,
			       refnic_ring_used(ring->count, ring->next_to_use,
						first));

	/* Stop ahead of time: NETDEV_TX_BUSY means a packet put back. */
	refnic_tx_stop_if_full(adapter, REFNIC_TX_DESCS_MAX);

	if (__netdev_sent_queue(netdev, skb->len, netdev_xmit_more()))
		refnic_tx_doorbell(adapter);
	return NETDEV_TX_OK;
}
