// SPDX-License-Identifier: GPL-2.0
/*
 * The receive side: the ring, and the way of a frame from its descriptor to
 * the stack. Called by the poll, and by open and stop.
 *
 *   refnic_rx_clean()         while the next descriptor has DD set
 *     refnic_rx_one()
 *       refnic_rx_check()     is it a whole, good frame?
 *       refnic_rx_copy()      small: copy it, the buffer stays in its slot
 *       refnic_rx_take()      big: build the skb around the buffer itself,
 *                             and put a new buffer in the slot
 *       refnic_rx_csum()      what the NIC found out about checksums
 *       refnic_rx_deliver()   eth_type_trans(), then GRO or the stack
 *     refnic_rx_refill()      give the descriptors back to the NIC
 *
 * Every slot has a buffer at all times: a big frame leaves the ring only when
 * there is a new buffer for its slot, otherwise it is dropped and its buffer
 * used again. So the ring cannot run dry for want of memory, a state in which
 * no interrupt would ever come to end it.
 */
#include <linux/etherdevice.h>
#include <linux/prefetch.h>
#include <linux/slab.h>

#include "refnic.h"
#include "refnic_trace.h"

/* The stack wants room in front of the frame for headers, and behind it the
 * skb_shared_info that build_skb() puts there.
 */
#define REFNIC_RX_HEADROOM	(NET_SKB_PAD + NET_IP_ALIGN)
#define REFNIC_RX_FRAG_BYTES	\
	(SKB_DATA_ALIGN(REFNIC_RX_HEADROOM + REFNIC_RX_BUF_BYTES) + \
	 SKB_DATA_ALIGN(sizeof(struct skb_shared_info)))

/* Descriptors given back at once during a poll: one write to the tail register
 * for many of them, since each write leaves the CPU and costs more than all
 * else that is done for a frame here.
 */
#define REFNIC_RX_REFILL_BATCH	16

/* What a finished descriptor says. */
struct refnic_rx_frame {
	unsigned int index;
	unsigned int len;
	u16 vlan_tci;
	u8 status;
	u8 errors;
};

static int refnic_rx_buffer_get(struct device *dev,
				struct refnic_rx_buffer *buffer)
{
	void *data;
	dma_addr_t dma;

	data = netdev_alloc_frag(REFNIC_RX_FRAG_BYTES);
	if (!data)
		return -ENOMEM;

	dma = dma_map_single(dev, data + REFNIC_RX_HEADROOM,
			     REFNIC_RX_BUF_BYTES, DMA_FROM_DEVICE);
	if (dma_mapping_error(dev, dma)) {
		skb_free_frag(data);
		return -ENOMEM;
	}

	buffer->data = data;
	buffer->dma = dma;
	return 0;
}

static void refnic_rx_buffer_put(struct device *dev,
				 struct refnic_rx_buffer *buffer)
{
	if (!buffer->data)
		return;
	dma_unmap_single(dev, buffer->dma, REFNIC_RX_BUF_BYTES,
			 DMA_FROM_DEVICE);
	skb_free_frag(buffer->data);
	buffer->data = NULL;
}

/**
 * refnic_rx_ring_free - free a ring and its buffers
 * @adapter: the adapter
 * @ring: a ring that the NIC does not use; may be half built, may be NULL
 *
 * Context: process
 */
void refnic_rx_ring_free(struct refnic_adapter *adapter,
			 struct refnic_rx_ring *ring)
{
	struct device *dev = &adapter->pdev->dev;
	unsigned int i;

	if (!ring)
		return;
	if (ring->buffer) {
		for (i = 0; i < ring->count; i++)
			refnic_rx_buffer_put(dev, &ring->buffer[i]);
	}
	if (ring->desc)
		dma_free_coherent(dev, ring->count * sizeof(*ring->desc),
				  ring->desc, ring->dma);
	kvfree(ring->buffer);
	kfree(ring);
}

/**
 * refnic_rx_ring_new - make a ring with a buffer in every slot
 * @adapter: the adapter
 * @count: descriptors, as refnic_ring_count() gives them
 *
 * Context: process
 * Return: the ring, to be freed with refnic_rx_ring_free(); NULL if there is
 * no memory
 */
struct refnic_rx_ring *refnic_rx_ring_new(struct refnic_adapter *adapter,
					  unsigned int count)
{
	struct device *dev = &adapter->pdev->dev;
	struct refnic_rx_ring *ring;
	unsigned int i;

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
		goto err_free_ring;

	for (i = 0; i < count; i++) {
		if (refnic_rx_buffer_get(dev, &ring->buffer[i]))
			goto err_free_ring;
	}
	return ring;

err_free_ring:
	refnic_rx_ring_free(adapter, ring);
	return NULL;
}

/* Hand every unused descriptor to the NIC. */
static void refnic_rx_refill(struct refnic_adapter *adapter)
{
	struct refnic_rx_ring *ring = adapter->rx_ring;
	unsigned int index = ring->next_to_use;
	struct refnic_rx_desc *desc;
	unsigned int count;
	unsigned int i;

	count = refnic_ring_unused(ring->count, index, ring->next_to_clean);
	if (!count)
		return;

	for (i = 0; i < count; i++) {
		desc = &ring->desc[index];
		desc->buffer_addr = cpu_to_le64(ring->buffer[index].dma);
		/* Or the DD of the last lap would be found next time. */
		desc->status = 0;
		index = refnic_ring_next(index, ring->count);
	}
	ring->next_to_use = index;

	trace_refnic_rx_refill(adapter->netdev, count, index);

	/* From here on the NIC may write to them: see refnic_wr(). */
	refnic_wr(&adapter->hw, REFNIC_RDT, index);
}

/**
 * refnic_rx_set_csum - have the NIC verify checksums, or not
 * @hw: the chip
 * @on: whether
 *
 * Context: process, RTNL
 */
void refnic_rx_set_csum(struct refnic_hw *hw, bool on)
{
	refnic_wr(hw, REFNIC_RXCSUM,
		  on ? REFNIC_RXCSUM_IPOFL | REFNIC_RXCSUM_TUOFL : 0);
}

/**
 * refnic_rx_start - give the NIC the ring
 * @adapter: the adapter, with a ring; the receiver still off
 *
 * The order is that of 14.4. The receiver itself is turned on last, with the
 * filters (refnic_hw_set_filters()).
 *
 * Context: process
 */
void refnic_rx_start(struct refnic_adapter *adapter)
{
	struct refnic_rx_ring *ring = adapter->rx_ring;
	struct refnic_hw *hw = &adapter->hw;

	ring->next_to_use = 0;
	ring->next_to_clean = 0;
	ring->discarding = false;
	memset(ring->desc, 0, ring->count * sizeof(*ring->desc));

	/* Interrupt at once when a frame is there. Restraint is left to ITR,
	 * which counts all causes together.
	 */
	refnic_wr(hw, REFNIC_RDTR, 0);
	refnic_wr(hw, REFNIC_RADV, 0);

	refnic_wr(hw, REFNIC_RDBAL, lower_32_bits(ring->dma));
	refnic_wr(hw, REFNIC_RDBAH, upper_32_bits(ring->dma));
	refnic_wr(hw, REFNIC_RDLEN, ring->count * sizeof(*ring->desc));
	refnic_wr(hw, REFNIC_RDH, 0);
	refnic_wr(hw, REFNIC_RDT, 0);

	refnic_rx_set_csum(hw, adapter->netdev->features & NETIF_F_RXCSUM);
	refnic_rx_refill(adapter);
}

/* Is the descriptor a whole, good frame? */
static enum refnic_skip refnic_rx_check(struct refnic_rx_ring *ring,
					const struct refnic_rx_frame *frame)
{
	bool eop = frame->status & REFNIC_RXD_EOP;

	/* A frame beyond one buffer goes on in the next descriptors. None fits
	 * the MTU, so all its parts are thrown away, the last one included.
	 */
	if (unlikely(ring->discarding || !eop)) {
		ring->discarding = !eop;
		return REFNIC_SKIP_NOT_EOP;
	}
	if (unlikely(frame->errors & REFNIC_RXD_ERR_FRAME))
		return REFNIC_SKIP_FRAME_ERROR;
	if (unlikely(frame->len < ETH_HLEN ||
		     frame->len > REFNIC_RX_BUF_BYTES))
		return REFNIC_SKIP_LENGTH;
	return REFNIC_SKIP_NONE;
}

/* Copybreak: a small frame is copied into an skb of its size. Copying some
 * bytes that are in the cache anyway is cheaper than a new buffer and its
 * mapping, and a socket queue full of small packets does not hold 2 KiB each.
 */
static struct sk_buff *refnic_rx_copy(struct refnic_adapter *adapter,
				      struct refnic_rx_buffer *buffer,
				      unsigned int len)
{
	struct device *dev = &adapter->pdev->dev;
	struct sk_buff *skb;

	skb = napi_alloc_skb(&adapter->napi, len);
	if (unlikely(!skb))
		return NULL;

	/* The buffer stays mapped: borrow it for the CPU, and return it. */
	dma_sync_single_for_cpu(dev, buffer->dma, len, DMA_FROM_DEVICE);
	skb_put_data(skb, buffer->data + REFNIC_RX_HEADROOM, len);
	dma_sync_single_for_device(dev, buffer->dma, len, DMA_FROM_DEVICE);
	return skb;
}

/* A big frame is not copied: the buffer becomes the skb's data. */
static struct sk_buff *refnic_rx_take(struct refnic_adapter *adapter,
				      struct refnic_rx_buffer *buffer,
				      unsigned int len)
{
	struct device *dev = &adapter->pdev->dev;
	struct refnic_rx_buffer fresh;
	struct sk_buff *skb;
	void *data;

	if (unlikely(refnic_rx_buffer_get(dev, &fresh)))
		return NULL;

	dma_unmap_single(dev, buffer->dma, REFNIC_RX_BUF_BYTES,
			 DMA_FROM_DEVICE);
	data = buffer->data;
	*buffer = fresh;

	skb = napi_build_skb(data, REFNIC_RX_FRAG_BYTES);
	if (unlikely(!skb)) {
		skb_free_frag(data);
		return NULL;
	}
	skb_reserve(skb, REFNIC_RX_HEADROOM);
	skb_put(skb, len);
	return skb;
}

/* Without IXSM the NIC looked at the checksums (3.2.9). What it found wrong is
 * handed up unverified: the stack counts and drops it, tools can see it.
 */
static void refnic_rx_csum(struct refnic_adapter *adapter,
			   struct sk_buff *skb,
			   const struct refnic_rx_frame *frame)
{
	struct refnic_rx_stats *stats = &adapter->rx_stats;

	if (!(adapter->netdev->features & NETIF_F_RXCSUM) ||
	    frame->status & REFNIC_RXD_IXSM ||
	    !(frame->status & REFNIC_RXD_TCPCS))
		return;

	u64_stats_update_begin(&stats->syncp);
	if (frame->errors & (REFNIC_RXD_ERR_TCPE | REFNIC_RXD_ERR_IPE)) {
		stats->csum_bad++;
	} else {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		stats->csum_good++;
	}
	u64_stats_update_end(&stats->syncp);
}

/* With GRO on, the packet may be joined to others of its flow and goes up in a
 * list at the end of the poll. With GRO off, it goes up here and now, all the
 * way to the socket, before the next descriptor is looked at.
 */
static void refnic_rx_deliver(struct refnic_adapter *adapter,
			      struct sk_buff *skb)
{
	struct net_device *netdev = adapter->netdev;
	bool gro = netdev->features & NETIF_F_GRO;

	skb->protocol = eth_type_trans(skb, netdev);

	trace_refnic_rx_skb(netdev, skb, gro);
	if (gro)
		napi_gro_receive(&adapter->napi, skb);
	else
		netif_receive_skb(skb);
}

static void refnic_rx_skip(struct refnic_adapter *adapter,
			   const struct refnic_rx_frame *frame,
			   enum refnic_skip reason)
{
	struct refnic_rx_stats *stats = &adapter->rx_stats;

	trace_refnic_rx_skip(adapter->netdev, frame->index, frame->len,
			     frame->status, frame->errors, reason);

	u64_stats_update_begin(&stats->syncp);
	switch (reason) {
	case REFNIC_SKIP_NONE:
		break;
	case REFNIC_SKIP_NOT_EOP:
		/* Counted once a frame, with its last descriptor. */
		if (frame->status & REFNIC_RXD_EOP)
			stats->too_long++;
		break;
	case REFNIC_SKIP_LENGTH:
		stats->too_long++;
		break;
	case REFNIC_SKIP_FRAME_ERROR:
		stats->frame_errors++;
		break;
	case REFNIC_SKIP_NO_MEMORY:
		stats->no_memory++;
		break;
	case REFNIC_SKIP_FAULT:
		stats->fault_dropped++;
		break;
	case REFNIC_SKIP_DOWN:
		stats->down_dropped++;
		break;
	}
	u64_stats_update_end(&stats->syncp);
}

static void refnic_rx_count(struct refnic_rx_stats *stats,
			    const struct refnic_rx_frame *frame, bool copy)
{
	u64_stats_update_begin(&stats->syncp);
	stats->packets++;
	stats->bytes += frame->len;
	if (copy)
		stats->copied++;
	if (frame->status & REFNIC_RXD_VP)
		stats->vlan++;
	u64_stats_update_end(&stats->syncp);
}

/* One finished descriptor. */
static void refnic_rx_one(struct refnic_adapter *adapter,
			  const struct refnic_rx_frame *frame)
{
	struct refnic_rx_ring *ring = adapter->rx_ring;
	struct refnic_rx_buffer *buffer = &ring->buffer[frame->index];
	bool copy = frame->len <= READ_ONCE(adapter->rx_copybreak);
	enum refnic_skip reason;
	struct sk_buff *skb;

	reason = refnic_rx_check(ring, frame);
	if (unlikely(reason)) {
		refnic_rx_skip(adapter, frame, reason);
		return;
	}
	refnic_rx_count(&adapter->rx_stats, frame, copy);

	if (refnic_fault_drop(&adapter->faults)) {
		refnic_rx_skip(adapter, frame, REFNIC_SKIP_FAULT);
		return;
	}

	skb = copy ? refnic_rx_copy(adapter, buffer, frame->len) :
		     refnic_rx_take(adapter, buffer, frame->len);
	if (unlikely(!skb)) {
		refnic_rx_skip(adapter, frame, REFNIC_SKIP_NO_MEMORY);
		return;
	}

	trace_refnic_rx_desc(adapter->netdev, &adapter->napi, skb,
			     frame->index, frame->status, frame->errors, copy);
	refnic_fault_rx(&adapter->faults);

	refnic_rx_csum(adapter, skb, frame);
	if (frame->status & REFNIC_RXD_VP)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q),
				       frame->vlan_tci);
	refnic_rx_deliver(adapter, skb);
}

/* The next descriptor that the NIC is through with. False if there is none. */
static bool refnic_rx_next(struct refnic_rx_ring *ring,
			   struct refnic_rx_frame *frame)
{
	const struct refnic_rx_desc *desc = &ring->desc[ring->next_to_clean];

	/* The NIC sets DD with its last write to a descriptor. */
	frame->status = READ_ONCE(desc->status);
	if (!(frame->status & REFNIC_RXD_DD))
		return false;

	/* Without this the CPU may have read length and errors, and even the
	 * frame, ahead of the status, from a time when the NIC had not written
	 * them yet.
	 */
	dma_rmb();
	frame->errors = desc->errors;
	frame->len = le16_to_cpu(desc->length);
	frame->vlan_tci = le16_to_cpu(desc->special);
	frame->index = ring->next_to_clean;

	ring->next_to_clean = refnic_ring_next(frame->index, ring->count);
	prefetch(&ring->desc[ring->next_to_clean]);
	return true;
}

/**
 * refnic_rx_clean - take finished frames off the ring
 * @adapter: the adapter
 * @budget: descriptors to take at most
 *
 * Context: the poll
 * Return: descriptors taken
 */
int refnic_rx_clean(struct refnic_adapter *adapter, int budget)
{
	struct refnic_rx_ring *ring = adapter->rx_ring;
	struct refnic_rx_frame frame;
	int work = 0;

	while (work < budget && refnic_rx_next(ring, &frame)) {
		work++;
		refnic_rx_one(adapter, &frame);

		if (refnic_ring_unused(ring->count, ring->next_to_use,
				       ring->next_to_clean) >=
		    REFNIC_RX_REFILL_BATCH)
			refnic_rx_refill(adapter);
	}

	refnic_rx_refill(adapter);
	return work;
}

/**
 * refnic_rx_drain - drop, and count, what the poll has not come to
 * @adapter: the adapter; receiver off, poll disabled
 *
 * Context: process
 */
void refnic_rx_drain(struct refnic_adapter *adapter)
{
	struct refnic_rx_ring *ring = adapter->rx_ring;
	struct refnic_rx_frame frame;
	enum refnic_skip reason;

	while (refnic_rx_next(ring, &frame)) {
		reason = refnic_rx_check(ring, &frame);
		if (!reason) {
			refnic_rx_count(&adapter->rx_stats, &frame, false);
			reason = REFNIC_SKIP_DOWN;
		}
		refnic_rx_skip(adapter, &frame, reason);
	}
}
