// SPDX-License-Identifier: GPL-2.0
/*
 * What ethtool shows and sets. Called under RTNL.
 */
#include <linux/ethtool.h>
#include <linux/mii.h>

#include "refnic.h"

/* ethtool -d: control and ring registers, none of which changes by reading */
static const u32 refnic_dump_regs[] = {
	REFNIC_CTRL, REFNIC_STATUS, REFNIC_ITR, REFNIC_IMS,
	REFNIC_RCTL, REFNIC_RDBAL, REFNIC_RDBAH, REFNIC_RDLEN, REFNIC_RDH,
	REFNIC_RDT, REFNIC_RDTR, REFNIC_RADV, REFNIC_RXCSUM,
	REFNIC_TCTL, REFNIC_TDBAL, REFNIC_TDBAH, REFNIC_TDLEN, REFNIC_TDH,
	REFNIC_TDT, REFNIC_TIDV, REFNIC_TADV,
	REFNIC_RAL(0), REFNIC_RAH(0),
};

static void refnic_get_drvinfo(struct net_device *netdev,
			       struct ethtool_drvinfo *info)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);

	strscpy(info->driver, REFNIC_NAME, sizeof(info->driver));
	strscpy(info->bus_info, pci_name(adapter->pdev),
		sizeof(info->bus_info));
}

static int refnic_get_regs_len(struct net_device *netdev)
{
	return sizeof(refnic_dump_regs);
}

static void refnic_get_regs(struct net_device *netdev,
			    struct ethtool_regs *regs, void *data)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);
	u32 *out = data;
	unsigned int i;

	regs->version = 1;
	for (i = 0; i < ARRAY_SIZE(refnic_dump_regs); i++)
		out[i] = refnic_rd(&adapter->hw, refnic_dump_regs[i]);
}

static int refnic_nway_reset(struct net_device *netdev)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);
	u16 bmcr;
	int err;

	err = refnic_hw_phy_read(&adapter->hw, MII_BMCR, &bmcr);
	if (err)
		return err;
	return refnic_hw_phy_write(&adapter->hw, MII_BMCR,
				   bmcr | BMCR_ANENABLE | BMCR_ANRESTART);
}

static int refnic_get_link_ksettings(struct net_device *netdev,
				     struct ethtool_link_ksettings *cmd)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);
	struct refnic_hw *hw = &adapter->hw;
	u32 advertising = ADVERTISED_Autoneg | ADVERTISED_TP;
	u16 ctrl1000;
	u16 adv;
	int err;

	err = refnic_hw_phy_read(hw, MII_ADVERTISE, &adv);
	if (!err)
		err = refnic_hw_phy_read(hw, MII_CTRL1000, &ctrl1000);
	if (err)
		return err;
	advertising |= mii_adv_to_ethtool_adv_t(adv) |
		       mii_ctrl1000_to_ethtool_adv_t(ctrl1000);

	ethtool_convert_legacy_u32_to_link_mode(cmd->link_modes.supported,
						SUPPORTED_10baseT_Half |
						SUPPORTED_10baseT_Full |
						SUPPORTED_100baseT_Half |
						SUPPORTED_100baseT_Full |
						SUPPORTED_1000baseT_Full |
						SUPPORTED_Autoneg |
						SUPPORTED_TP);
	ethtool_convert_legacy_u32_to_link_mode(cmd->link_modes.advertising,
						advertising);
	cmd->base.port = PORT_TP;
	cmd->base.phy_address = 1;
	cmd->base.autoneg = AUTONEG_ENABLE;
	refnic_hw_link(hw, &cmd->base.speed, &cmd->base.duplex);
	if (!netif_carrier_ok(netdev)) {
		cmd->base.speed = SPEED_UNKNOWN;
		cmd->base.duplex = DUPLEX_UNKNOWN;
	}
	return 0;
}

/* Speed is only ever negotiated; one can choose what is offered. */
static int refnic_set_link_ksettings(struct net_device *netdev,
				     const struct ethtool_link_ksettings *cmd)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);
	struct refnic_hw *hw = &adapter->hw;
	u32 advertising;
	u16 ctrl1000;
	u16 adv;
	int err;

	if (cmd->base.autoneg != AUTONEG_ENABLE)
		return -EOPNOTSUPP;
	ethtool_convert_link_mode_to_legacy_u32(&advertising,
						cmd->link_modes.advertising);

	err = refnic_hw_phy_read(hw, MII_ADVERTISE, &adv);
	if (!err)
		err = refnic_hw_phy_read(hw, MII_CTRL1000, &ctrl1000);
	if (err)
		return err;

	adv &= ~ADVERTISE_ALL;
	adv |= ethtool_adv_to_mii_adv_t(advertising) & ADVERTISE_ALL;
	ctrl1000 &= ~(ADVERTISE_1000FULL | ADVERTISE_1000HALF);
	ctrl1000 |= ethtool_adv_to_mii_ctrl1000_t(advertising) &
		    ADVERTISE_1000FULL;
	if (!(adv & ADVERTISE_ALL) && !(ctrl1000 & ADVERTISE_1000FULL))
		return -EINVAL;

	err = refnic_hw_phy_write(hw, MII_ADVERTISE, adv);
	if (!err)
		err = refnic_hw_phy_write(hw, MII_CTRL1000, ctrl1000);
	return err ? err : refnic_nway_reset(netdev);
}

static void refnic_get_ringparam(struct net_device *netdev,
				 struct ethtool_ringparam *ring,
				 struct kernel_ethtool_ringparam *kernel_ring,
				 struct netlink_ext_ack *extack)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);

	ring->rx_max_pending = REFNIC_RING_MAX;
	ring->tx_max_pending = REFNIC_RING_MAX;
	ring->rx_pending = adapter->rx_wanted;
	ring->tx_pending = adapter->tx_wanted;
}

static int refnic_set_ringparam(struct net_device *netdev,
				struct ethtool_ringparam *ring,
				struct kernel_ethtool_ringparam *kernel_ring,
				struct netlink_ext_ack *extack)
{
	return refnic_set_rings(netdev_priv(netdev),
				refnic_ring_count(ring->rx_pending),
				refnic_ring_count(ring->tx_pending));
}

static int refnic_get_coalesce(struct net_device *netdev,
			       struct ethtool_coalesce *ec,
			       struct kernel_ethtool_coalesce *kernel_coal,
			       struct netlink_ext_ack *extack)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);

	ec->rx_coalesce_usecs = adapter->itr_usecs;
	return 0;
}

static int refnic_set_coalesce(struct net_device *netdev,
			       struct ethtool_coalesce *ec,
			       struct kernel_ethtool_coalesce *kernel_coal,
			       struct netlink_ext_ack *extack)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);

	if (ec->rx_coalesce_usecs >
	    REFNIC_ITR_MAX * REFNIC_ITR_UNIT_NS / 1000) {
		NL_SET_ERR_MSG_MOD(extack, "rx-usecs can be 16776 at most");
		return -ERANGE;
	}
	adapter->itr_usecs = ec->rx_coalesce_usecs;
	if (netif_running(netdev))
		refnic_hw_set_itr(&adapter->hw, adapter->itr_usecs);
	return 0;
}

static int refnic_get_tunable(struct net_device *netdev,
			      const struct ethtool_tunable *tuna, void *data)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);

	if (tuna->id != ETHTOOL_RX_COPYBREAK)
		return -EOPNOTSUPP;
	*(u32 *)data = adapter->rx_copybreak;
	return 0;
}

static int refnic_set_tunable(struct net_device *netdev,
			      const struct ethtool_tunable *tuna,
			      const void *data)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);
	u32 bytes;

	if (tuna->id != ETHTOOL_RX_COPYBREAK)
		return -EOPNOTSUPP;
	bytes = *(const u32 *)data;
	if (bytes > REFNIC_RX_BUF_BYTES)
		return -ERANGE;
	WRITE_ONCE(adapter->rx_copybreak, bytes);
	return 0;
}

static int refnic_get_sset_count(struct net_device *netdev, int sset)
{
	return sset == ETH_SS_STATS ? refnic_stats_count() : -EOPNOTSUPP;
}

static void refnic_get_strings(struct net_device *netdev, u32 sset, u8 *data)
{
	if (sset == ETH_SS_STATS)
		refnic_stats_names(data);
}

static void refnic_get_ethtool_stats(struct net_device *netdev,
				     struct ethtool_stats *stats, u64 *data)
{
	refnic_stats_values(netdev_priv(netdev), data);
}

const struct ethtool_ops refnic_ethtool_ops = {
	.supported_coalesce_params = ETHTOOL_COALESCE_RX_USECS,
	.get_drvinfo		= refnic_get_drvinfo,
	.get_regs_len		= refnic_get_regs_len,
	.get_regs		= refnic_get_regs,
	.get_link		= ethtool_op_get_link,
	.nway_reset		= refnic_nway_reset,
	.get_link_ksettings	= refnic_get_link_ksettings,
	.set_link_ksettings	= refnic_set_link_ksettings,
	.get_ringparam		= refnic_get_ringparam,
	.set_ringparam		= refnic_set_ringparam,
	.get_coalesce		= refnic_get_coalesce,
	.set_coalesce		= refnic_set_coalesce,
	.get_tunable		= refnic_get_tunable,
	.set_tunable		= refnic_set_tunable,
	.get_sset_count		= refnic_get_sset_count,
	.get_strings		= refnic_get_strings,
	.get_ethtool_stats	= refnic_get_ethtool_stats,
	.get_ts_info		= ethtool_op_get_ts_info,
};
