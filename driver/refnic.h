/* SPDX-License-Identifier: GPL-2.0 */
/*
 * refnic: a NAPI driver for the Intel 82540EM, written to be read.
 *
 * One file per concern; each function below stands under the name of the file
 * that has it. Start with refnic_napi.c. All state is in struct
 * refnic_adapter: there is not one mutable variable outside it.
 */
#ifndef REFNIC_H
#define REFNIC_H

#include <linux/cache.h>
#include <linux/if_vlan.h>
#include <linux/io.h>
#include <linux/interrupt.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/u64_stats_sync.h>
#include <linux/workqueue.h>

#include "refnic_regs.h"
#include "refnic_ring.h"

#define REFNIC_NAME		"refnic"

#define REFNIC_RX_RING_DEFAULT	256u
#define REFNIC_TX_RING_DEFAULT	256u
#define REFNIC_COPYBREAK_BYTES	256u	/* as most drivers of its age */
#define REFNIC_ITR_USECS	50u	/* at most 20,000 interrupts a second */
#define REFNIC_LINK_INTERVAL	(2 * HZ)
#define REFNIC_TX_TIMEOUT	(5 * HZ)

/* The NIC's buffer size (RCTL.BSIZE). A frame never gets two buffers as long
 * as the MTU leaves room for header, VLAN tag and CRC in one.
 */
#define REFNIC_RX_BUF_BYTES	2048u
#define REFNIC_MTU_MAX		(REFNIC_RX_BUF_BYTES - VLAN_ETH_HLEN - \
				 ETH_FCS_LEN)

enum refnic_flag {
	REFNIC_FLAG_DOWN,	/* rings are not to be touched */
};

/* Why a descriptor became no skb. The numbers are part of the tracepoint. */
enum refnic_skip {
	REFNIC_SKIP_NONE = 0,
	REFNIC_SKIP_NOT_EOP = 1,	/* part of a frame beyond one buffer */
	REFNIC_SKIP_FRAME_ERROR = 2,	/* the NIC marked the frame as bad */
	REFNIC_SKIP_LENGTH = 3,		/* a length that no frame can have */
	REFNIC_SKIP_NO_MEMORY = 4,
	REFNIC_SKIP_FAULT = 5,		/* debugfs: rx_drop_every */
	REFNIC_SKIP_DOWN = 6,		/* still in the ring when it stopped */
};

/**
 * struct refnic_hw - how to reach the chip
 * @regs: BAR0, mapped
 */
struct refnic_hw {
	void __iomem *regs;
};

/**
 * struct refnic_rx_buffer - the memory behind one receive descriptor
 * @data: page fragment of REFNIC_RX_FRAG_BYTES; every slot has one, always
 * @dma: bus address of the part that the NIC writes
 */
struct refnic_rx_buffer {
	void *data;
	dma_addr_t dma;
};

/**
 * struct refnic_rx_ring - the receive ring
 * @desc: descriptors, coherent memory shared with the NIC
 * @buffer: what is behind each descriptor
 * @dma: bus address of @desc
 * @count: descriptors
 * @next_to_use: next descriptor to hand to the NIC
 * @next_to_clean: next descriptor that the NIC will finish
 * @discarding: in the middle of a frame that is too long
 *
 * After open only the poll touches it, so it needs no lock: NAPI runs one
 * poll of a device at a time.
 */
struct refnic_rx_ring {
	struct refnic_rx_desc *desc;
	struct refnic_rx_buffer *buffer;
	dma_addr_t dma;
	unsigned int count;
	unsigned int next_to_use;
	unsigned int next_to_clean;
	bool discarding;
};

/**
 * struct refnic_tx_buffer - what one transmit descriptor points to
 * @skb: the packet, on its first descriptor only
 * @eop: its last descriptor, on the first one only; NULL means nothing to
 *	clean here, and is what tells the cleaner that a slot is not in use
 * @dma: mapping to undo
 * @len: bytes mapped; 0 for a context descriptor, which maps nothing
 * @is_page: mapped as a page fragment, not as linear data
 */
struct refnic_tx_buffer {
	struct sk_buff *skb;
	struct refnic_tx_desc *eop;
	dma_addr_t dma;
	unsigned int len;
	bool is_page;
};

/**
 * struct refnic_tx_ring - the transmit ring
 * @desc: descriptors, coherent memory shared with the NIC
 * @buffer: what each descriptor points to
 * @dma: bus address of @desc
 * @count: descriptors
 * @next_to_use: next to fill; written by xmit, under the queue's lock
 * @next_to_clean: next to clean; written by the poll
 */
struct refnic_tx_ring {
	struct refnic_tx_desc *desc;
	struct refnic_tx_buffer *buffer;
	dma_addr_t dma;
	unsigned int count;
	unsigned int next_to_use ____cacheline_aligned_in_smp;
	unsigned int next_to_clean ____cacheline_aligned_in_smp;
};

/**
 * struct refnic_rx_stats - what the receive side counted; written by the poll,
 *	and while that is disabled by refnic_rx_drain()
 * @packets: good frames taken off the ring, dropped ones included
 * @bytes: their bytes, without CRC
 * @copied: handed up in a small copy (copybreak)
 * @csum_good: checksum verified by the NIC
 * @csum_bad: found wrong by the NIC; handed up all the same
 * @vlan: VLAN tag taken out by the NIC
 * @frame_errors: marked bad by the NIC
 * @too_long: frames over more than one buffer, and impossible lengths
 * @no_memory: dropped for want of memory
 * @fault_dropped: dropped by order of debugfs
 * @down_dropped: in the ring when the device was stopped or reset
 * @syncp: lets 32-bit readers see whole values
 */
struct refnic_rx_stats {
	u64 packets;
	u64 bytes;
	u64 copied;
	u64 csum_good;
	u64 csum_bad;
	u64 vlan;
	u64 frame_errors;
	u64 too_long;
	u64 no_memory;
	u64 fault_dropped;
	u64 down_dropped;
	struct u64_stats_sync syncp;
};

/**
 * struct refnic_tx_stats - what the transmit side counted
 * @packets: packets sent; written by the poll
 * @bytes: their bytes, without CRC
 * @syncp: for @packets and @bytes
 * @dropped: not mapped, not padded, or not sent before the device stopped;
 *	written by xmit, or while the queue is stopped
 * @csum: checksum left to the NIC
 * @stopped: the queue was stopped for want of descriptors
 * @xmit_syncp: for the last three
 * @timeouts: resets after a transmit that never ended; under RTNL
 */
struct refnic_tx_stats {
	u64 packets;
	u64 bytes;
	struct u64_stats_sync syncp;
	u64 dropped;
	u64 csum;
	u64 stopped;
	struct u64_stats_sync xmit_syncp;
	u64 timeouts;
};

/* The NIC's own counters, summed up: see the table in refnic_stats.c. */
struct refnic_hw_stats {
	u64 crcerrs, algnerrc, symerrs, rxerrc, mpc, scc, ecol, mcc, latecol;
	u64 colc, dc, tncrs, sec, cexterr, rlec, xonrxc, xoffrxc;
	u64 prc64, prc127, prc255, prc511, prc1023, prc1522;
	u64 gprc, bprc, mprc, gptc, gorc, gotc, rnbc, ruc, rfc, roc, rjc;
	u64 tor, tot, tpr, tpt;
	u64 ptc64, ptc127, ptc255, ptc511, ptc1023, ptc1522, mptc, bptc;
};

/* Knobs of /sys/kernel/debug/refnic/DEVICE: see the table in
 * refnic_debugfs.c.
 */
enum refnic_knob_id {
	REFNIC_KNOB_POLL_DELAY_NS,
	REFNIC_KNOB_POLL_DELAY_EVERY,
	REFNIC_KNOB_RX_DELAY_NS,
	REFNIC_KNOB_RX_DELAY_EVERY,
	REFNIC_KNOB_RX_DROP_EVERY,
	REFNIC_KNOBS
};

struct refnic_knob {
	struct refnic_adapter *adapter;
	u64 value;
	u64 max;
};

/**
 * struct refnic_faults - faults made on purpose, for tests
 * @armed: some knob is on; all that the fast path looks at
 * @knob: the settings
 * @polls: polls since a knob was last written
 * @frames: good frames since a knob was last written
 * @polls_delayed: delays made, ever
 * @rx_delayed: delays made, ever
 * @rx_dropped: frames dropped, ever
 */
struct refnic_faults {
	bool armed;
	struct refnic_knob knob[REFNIC_KNOBS];
	u64 polls;
	u64 frames;
	u64 polls_delayed;
	u64 rx_delayed;
	u64 rx_dropped;
};

/**
 * struct refnic_adapter - everything about one NIC
 * @hw: register access
 * @netdev: its network device; this struct is netdev_priv() of it
 * @pdev: its PCI device
 * @rx_ring: receive ring, from open to stop; replaced while down only
 * @tx_ring: transmit ring, likewise
 * @flags: bits of enum refnic_flag
 * @rx_copybreak: frames up to this many bytes are copied
 * @rx_wanted: descriptors for the next open, set by ethtool -G
 * @tx_wanted: likewise
 * @itr_usecs: interrupt throttling
 * @napi: its place in the kernel's polling
 * @faults: faults made on purpose
 * @rx_stats: counted by the receive side
 * @tx_stats: counted by the transmit side
 * @stats_lock: protects @hw_stats and the registers it is summed from
 * @hw_stats: counted by the NIC
 * @link_work: watches the link; kicked by the interrupt, and every 2 s
 * @reset_work: resets after a transmit timeout
 * @debugfs_dir: this NIC's folder there
 */
struct refnic_adapter {
	struct refnic_hw hw;
	struct net_device *netdev;
	struct pci_dev *pdev;
	struct refnic_rx_ring *rx_ring;
	struct refnic_tx_ring *tx_ring;
	unsigned long flags;
	unsigned int rx_copybreak;
	unsigned int rx_wanted;
	unsigned int tx_wanted;
	unsigned int itr_usecs;
	struct napi_struct napi;
	struct refnic_faults faults;

	struct refnic_rx_stats rx_stats;
	struct refnic_tx_stats tx_stats;
	spinlock_t stats_lock;
	struct refnic_hw_stats hw_stats;

	struct delayed_work link_work;
	struct work_struct reset_work;
	struct dentry *debugfs_dir;
};

static inline u32 refnic_rd(const struct refnic_hw *hw, u32 reg)
{
	return readl(hw->regs + reg);
}

/* writel() orders the write after all earlier writes to memory, descriptors
 * included: a doorbell needs no barrier of its own.
 */
static inline void refnic_wr(const struct refnic_hw *hw, u32 reg, u32 value)
{
	writel(value, hw->regs + reg);
}

/* PCI writes are posted. A read from the same device pushes them out. */
static inline void refnic_flush(const struct refnic_hw *hw)
{
	refnic_rd(hw, REFNIC_STATUS);
}

/* refnic_main.c */
void refnic_up(struct refnic_adapter *adapter);
void refnic_down(struct refnic_adapter *adapter);
int refnic_set_rings(struct refnic_adapter *adapter, unsigned int rx_count,
		     unsigned int tx_count);

/* refnic_hw.c */
int refnic_hw_reset(struct refnic_hw *hw);
int refnic_hw_read_mac(struct refnic_hw *hw, u8 *addr);
void refnic_hw_set_mac(struct refnic_hw *hw, unsigned int entry,
		       const u8 *addr);
void refnic_hw_set_filters(struct refnic_hw *hw, struct net_device *netdev);
void refnic_hw_set_vlan(struct refnic_hw *hw, bool on);
void refnic_hw_set_itr(struct refnic_hw *hw, unsigned int usecs);
int refnic_hw_phy_read(struct refnic_hw *hw, unsigned int reg, u16 *value);
int refnic_hw_phy_write(struct refnic_hw *hw, unsigned int reg, u16 value);
void refnic_hw_setup_link(struct refnic_hw *hw);
bool refnic_hw_link(struct refnic_hw *hw, u32 *speed, u8 *duplex);

/* refnic_napi.c */
irqreturn_t refnic_interrupt(int irq, void *data);
int refnic_poll(struct napi_struct *napi, int budget);
void refnic_irq_mask(struct refnic_hw *hw);
void refnic_irq_unmask(struct refnic_hw *hw);

/* refnic_rx.c */
struct refnic_rx_ring *refnic_rx_ring_new(struct refnic_adapter *adapter,
					  unsigned int count);
void refnic_rx_ring_free(struct refnic_adapter *adapter,
			 struct refnic_rx_ring *ring);
void refnic_rx_start(struct refnic_adapter *adapter);
void refnic_rx_set_csum(struct refnic_hw *hw, bool on);
int refnic_rx_clean(struct refnic_adapter *adapter, int budget);
void refnic_rx_drain(struct refnic_adapter *adapter);

/* refnic_tx.c */
struct refnic_tx_ring *refnic_tx_ring_new(struct refnic_adapter *adapter,
					  unsigned int count);
void refnic_tx_ring_free(struct refnic_adapter *adapter,
			 struct refnic_tx_ring *ring);
void refnic_tx_start(struct refnic_adapter *adapter);
void refnic_tx_drain(struct refnic_adapter *adapter);
void refnic_tx_set_duplex(struct refnic_hw *hw, u8 duplex);
bool refnic_tx_clean(struct refnic_adapter *adapter, int budget);
netdev_tx_t refnic_xmit(struct sk_buff *skb, struct net_device *netdev);

/* refnic_stats.c */
void refnic_stats_update(struct refnic_adapter *adapter);
void refnic_get_stats64(struct net_device *netdev,
			struct rtnl_link_stats64 *stats);
unsigned int refnic_stats_count(void);
void refnic_stats_names(u8 *data);
void refnic_stats_values(struct refnic_adapter *adapter, u64 *data);

/* refnic_ethtool.c */
extern const struct ethtool_ops refnic_ethtool_ops;

/* refnic_debugfs.c */
void refnic_debugfs_init(void);
void refnic_debugfs_exit(void);
void refnic_debugfs_add(struct refnic_adapter *adapter);
void refnic_debugfs_del(struct refnic_adapter *adapter);
void refnic_fault_poll_armed(struct refnic_faults *faults);
bool refnic_fault_drop_armed(struct refnic_faults *faults);
void refnic_fault_rx_armed(struct refnic_faults *faults);

/* Called once a poll, before it looks at a ring. */
static inline void refnic_fault_poll(struct refnic_faults *faults)
{
	if (unlikely(READ_ONCE(faults->armed)))
		refnic_fault_poll_armed(faults);
}

/* Called once a good frame; true if it is to be dropped. */
static inline bool refnic_fault_drop(struct refnic_faults *faults)
{
	return unlikely(READ_ONCE(faults->armed)) &&
	       refnic_fault_drop_armed(faults);
}

/* Called once a frame, between its descriptor and its way up. */
static inline void refnic_fault_rx(struct refnic_faults *faults)
{
	if (unlikely(READ_ONCE(faults->armed)))
		refnic_fault_rx_armed(faults);
}

#endif /* REFNIC_H */
