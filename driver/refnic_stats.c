// SPDX-License-Identifier: GPL-2.0
/*
 * Statistics: what the NIC counted, what the driver counted, and how they are
 * shown. Each counter is one row of a table here; ethtool -S and the summing
 * up both walk it.
 */
#include <linux/ethtool.h>
#include <linux/kernel.h>

#include "refnic.h"

/* The register keeps counting in some emulations instead of clearing. */
#define REFNIC_STAT_MAY_STAY	BIT(0)
/* A pair of registers. */
#define REFNIC_STAT_WIDE	BIT(1)

struct refnic_hw_stat {
	const char *name;
	u16 offset;
	u16 reg;
	u8 flags;
};

#define HW(_field, _reg, _flags) {					\
	.name = "nic_" #_field,						\
	.offset = offsetof(struct refnic_hw_stats, _field),		\
	.reg = REFNIC_##_reg,						\
	.flags = _flags,						\
}

/* 13.7, under the manual's names */
static const struct refnic_hw_stat refnic_hw_table[] = {
	HW(gprc, GPRC, 0),		/* good packets received */
	HW(gorc, GORCL, REFNIC_STAT_WIDE), /* their bytes, with CRC */
	HW(gptc, GPTC, 0),		/* good packets transmitted */
	HW(gotc, GOTCL, REFNIC_STAT_WIDE),
	HW(bprc, BPRC, 0),		/* broadcasts received */
	HW(mprc, MPRC, 0),		/* multicasts received */
	HW(bptc, BPTC, 0),
	HW(mptc, MPTC, 0),
	HW(mpc, MPC, REFNIC_STAT_MAY_STAY),	/* missed: FIFO was full */
	HW(rnbc, RNBC, REFNIC_STAT_MAY_STAY),	/* no buffer was there */
	HW(tpr, TPR, 0),		/* all received, good or bad */
	HW(tor, TORL, REFNIC_STAT_WIDE),
	HW(tpt, TPT, 0),
	HW(tot, TOTL, REFNIC_STAT_WIDE),
	HW(prc64, PRC64, 0),		/* received, by size */
	HW(prc127, PRC127, 0),
	HW(prc255, PRC255, 0),
	HW(prc511, PRC511, 0),
	HW(prc1023, PRC1023, 0),
	HW(prc1522, PRC1522, 0),
	HW(ptc64, PTC64, 0),		/* transmitted, by size */
	HW(ptc127, PTC127, 0),
	HW(ptc255, PTC255, 0),
	HW(ptc511, PTC511, 0),
	HW(ptc1023, PTC1023, 0),
	HW(ptc1522, PTC1522, 0),
	HW(crcerrs, CRCERRS, 0),
	HW(algnerrc, ALGNERRC, 0),	/* alignment errors */
	HW(symerrs, SYMERRS, 0),
	HW(rxerrc, RXERRC, 0),
	HW(cexterr, CEXTERR, 0),	/* carrier extension errors */
	HW(sec, SEC, 0),		/* sequence errors */
	HW(rlec, RLEC, 0),		/* length errors */
	HW(ruc, RUC, 0),		/* undersized */
	HW(roc, ROC, 0),		/* oversized */
	HW(rfc, RFC, 0),		/* fragments */
	HW(rjc, RJC, 0),		/* jabber */
	HW(scc, SCC, 0),		/* single collisions */
	HW(mcc, MCC, 0),		/* multiple collisions */
	HW(ecol, ECOL, 0),		/* excessive collisions */
	HW(latecol, LATECOL, 0),
	HW(colc, COLC, 0),
	HW(dc, DC, 0),			/* deferred */
	HW(tncrs, TNCRS, 0),		/* sent without carrier */
	HW(xonrxc, XONRXC, 0),		/* pause frames */
	HW(xoffrxc, XOFFRXC, 0),
};

struct refnic_sw_stat {
	const char *name;
	size_t offset;
};

#define RX(_name, _field) \
	{ _name, offsetof(struct refnic_rx_stats, _field) }
#define TX(_name, _field) \
	{ _name, offsetof(struct refnic_tx_stats, _field) }

static const struct refnic_sw_stat refnic_rx_table[] = {
	RX("rx_packets", packets),
	RX("rx_bytes", bytes),
	RX("rx_copybreak", copied),
	RX("rx_csum_good", csum_good),
	RX("rx_csum_bad", csum_bad),
	RX("rx_vlan", vlan),
	RX("rx_frame_errors", frame_errors),
	RX("rx_too_long", too_long),
	RX("rx_no_memory", no_memory),
	RX("rx_fault_dropped", fault_dropped),
	RX("rx_down_dropped", down_dropped),
};

static const struct refnic_sw_stat refnic_tx_table[] = {
	TX("tx_packets", packets),
	TX("tx_bytes", bytes),
	TX("tx_dropped", dropped),
	TX("tx_csum", csum),
	TX("tx_stopped", stopped),
	TX("tx_timeouts", timeouts),
};

static u64 *refnic_stat_at(void *base, size_t offset)
{
	return base + offset;
}

/* By the manual a register clears when read, and a second read finds what came
 * since: next to nothing. QEMU lets some go on counting. Then the register is
 * the sum itself.
 */
static void refnic_stat_add_staying(struct refnic_hw *hw, u32 reg, u64 *sum)
{
	u32 value = refnic_rd(hw, reg);
	u32 again;

	if (!value)
		return;
	again = refnic_rd(hw, reg);
	if (again >= value)
		*sum = max_t(u64, *sum, again);
	else
		*sum += value + again;
}

static void refnic_stat_add(struct refnic_hw *hw,
			    const struct refnic_hw_stat *stat, u64 *sum)
{
	if (stat->flags & REFNIC_STAT_MAY_STAY) {
		refnic_stat_add_staying(hw, stat->reg, sum);
		return;
	}
	*sum += refnic_rd(hw, stat->reg);
	if (stat->flags & REFNIC_STAT_WIDE)
		*sum += (u64)refnic_rd(hw, stat->reg + 4) << 32;
}

/**
 * refnic_stats_update - take in the NIC's counters
 * @adapter: the adapter
 *
 * At least every 2 s (the link watch does it): at 1 Gbit/s the narrowest
 * counter of frames lasts 48 minutes, but reading late costs accuracy when the
 * NIC is reset.
 *
 * Context: process
 */
void refnic_stats_update(struct refnic_adapter *adapter)
{
	const struct refnic_hw_stat *stat;
	unsigned int i;

	spin_lock(&adapter->stats_lock);
	for (i = 0; i < ARRAY_SIZE(refnic_hw_table); i++) {
		stat = &refnic_hw_table[i];
		refnic_stat_add(&adapter->hw, stat,
				refnic_stat_at(&adapter->hw_stats,
					       stat->offset));
	}
	spin_unlock(&adapter->stats_lock);
}

static void refnic_stats_read(struct refnic_adapter *adapter,
			      struct refnic_rx_stats *rx,
			      struct refnic_tx_stats *tx)
{
	const struct refnic_rx_stats *rx_live = &adapter->rx_stats;
	const struct refnic_tx_stats *tx_live = &adapter->tx_stats;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&rx_live->syncp);
		*rx = *rx_live;
	} while (u64_stats_fetch_retry(&rx_live->syncp, start));

	do {
		start = u64_stats_fetch_begin(&tx_live->syncp);
		tx->packets = tx_live->packets;
		tx->bytes = tx_live->bytes;
	} while (u64_stats_fetch_retry(&tx_live->syncp, start));

	do {
		start = u64_stats_fetch_begin(&tx_live->xmit_syncp);
		tx->dropped = tx_live->dropped;
		tx->csum = tx_live->csum;
		tx->stopped = tx_live->stopped;
	} while (u64_stats_fetch_retry(&tx_live->xmit_syncp, start));
	tx->timeouts = tx_live->timeouts;
}

/**
 * refnic_get_stats64 - ndo_get_stats64
 * @netdev: the device
 * @stats: gets the sums
 *
 * Packets and bytes are counted by software, as they pass; once all is quiet
 * rx_packets equals the register GPRC and tx_packets equals GPTC. Errors are
 * those that only the NIC can see.
 *
 * Context: process
 */
void refnic_get_stats64(struct net_device *netdev,
			struct rtnl_link_stats64 *stats)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);
	const struct refnic_hw_stats *hw = &adapter->hw_stats;
	struct refnic_rx_stats rx;
	struct refnic_tx_stats tx;

	refnic_stats_update(adapter);
	refnic_stats_read(adapter, &rx, &tx);

	stats->rx_packets = rx.packets;
	stats->rx_bytes = rx.bytes;
	stats->rx_dropped = rx.no_memory + rx.fault_dropped +
			    rx.down_dropped;
	stats->tx_packets = tx.packets;
	stats->tx_bytes = tx.bytes;
	stats->tx_dropped = tx.dropped;

	spin_lock(&adapter->stats_lock);
	stats->multicast = hw->mprc;
	stats->rx_missed_errors = hw->mpc;
	stats->rx_crc_errors = hw->crcerrs;
	stats->rx_frame_errors = hw->algnerrc;
	stats->rx_length_errors = hw->rlec + hw->ruc + hw->roc + rx.too_long;
	stats->rx_errors = hw->rxerrc + hw->crcerrs + hw->algnerrc +
			   hw->cexterr + stats->rx_length_errors;
	stats->collisions = hw->colc;
	stats->tx_aborted_errors = hw->ecol;
	stats->tx_window_errors = hw->latecol;
	stats->tx_carrier_errors = hw->tncrs;
	stats->tx_errors = hw->ecol + hw->latecol + hw->tncrs;
	spin_unlock(&adapter->stats_lock);
}

/**
 * refnic_stats_count - how many counters ethtool -S shows
 *
 * Return: the number
 */
unsigned int refnic_stats_count(void)
{
	return ARRAY_SIZE(refnic_rx_table) + ARRAY_SIZE(refnic_tx_table) +
	       ARRAY_SIZE(refnic_hw_table);
}

/**
 * refnic_stats_names - their names
 * @data: gets ETH_GSTRING_LEN bytes for each
 *
 * Context: process
 */
void refnic_stats_names(u8 *data)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refnic_rx_table); i++)
		ethtool_sprintf(&data, "%s", refnic_rx_table[i].name);
	for (i = 0; i < ARRAY_SIZE(refnic_tx_table); i++)
		ethtool_sprintf(&data, "%s", refnic_tx_table[i].name);
	for (i = 0; i < ARRAY_SIZE(refnic_hw_table); i++)
		ethtool_sprintf(&data, "%s", refnic_hw_table[i].name);
}

/**
 * refnic_stats_values - their values, fresh from the NIC
 * @adapter: the adapter
 * @data: gets one for each name
 *
 * Context: process
 */
void refnic_stats_values(struct refnic_adapter *adapter, u64 *data)
{
	struct refnic_rx_stats rx;
	struct refnic_tx_stats tx;
	unsigned int i;

	refnic_stats_update(adapter);
	refnic_stats_read(adapter, &rx, &tx);

	for (i = 0; i < ARRAY_SIZE(refnic_rx_table); i++)
		*data++ = *refnic_stat_at(&rx, refnic_rx_table[i].offset);
	for (i = 0; i < ARRAY_SIZE(refnic_tx_table); i++)
		*data++ = *refnic_stat_at(&tx, refnic_tx_table[i].offset);

	spin_lock(&adapter->stats_lock);
	for (i = 0; i < ARRAY_SIZE(refnic_hw_table); i++)
		*data++ = *refnic_stat_at(&adapter->hw_stats,
					  refnic_hw_table[i].offset);
	spin_unlock(&adapter->stats_lock);
}
