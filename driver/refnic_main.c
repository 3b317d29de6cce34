// SPDX-License-Identifier: GPL-2.0
/*
 * The driver's frame: module, PCI device, network device. What runs when:
 *
 *   insmod             refnic_init(): registers the driver, nothing else
 *   a NIC is found     refnic_probe(): makes its net_device
 *   ip link set up     refnic_open(): rings, interrupt, refnic_up()
 *   ip link set down   refnic_stop()
 *   unbind, rmmod      refnic_remove()
 *
 * refnic_up() and refnic_down() start and stop the NIC with its rings and its
 * interrupt kept; a reset, and new ring sizes, go through them as well.
 */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>

#include "refnic.h"

/* ---- up and down ---- */

/* The receiver runs from here on. */
static void refnic_set_filters(struct refnic_adapter *adapter)
{
	struct net_device *netdev = adapter->netdev;

	netif_addr_lock_bh(netdev);
	refnic_hw_set_filters(&adapter->hw, netdev);
	netif_addr_unlock_bh(netdev);
}

/**
 * refnic_up - start the NIC
 * @adapter: the adapter, with rings, after refnic_hw_reset()
 *
 * Context: process, RTNL
 */
void refnic_up(struct refnic_adapter *adapter)
{
	struct net_device *netdev = adapter->netdev;
	struct refnic_hw *hw = &adapter->hw;

	refnic_hw_setup_link(hw);
	refnic_hw_set_vlan(hw, netdev->features & NETIF_F_HW_VLAN_CTAG_RX);
	refnic_hw_set_itr(hw, adapter->itr_usecs);
	refnic_tx_start(adapter);
	refnic_rx_start(adapter);

	clear_bit(REFNIC_FLAG_DOWN, &adapter->flags);
	refnic_set_filters(adapter);
	napi_enable(&adapter->napi);
	refnic_irq_unmask(hw);
	/* Not just start: after a reset packets may be waiting in the qdisc. */
	netif_wake_queue(netdev);
	queue_delayed_work(system_wq, &adapter->link_work, 0);
}

/**
 * refnic_down - stop the NIC, so that nobody touches the rings any more
 * @adapter: the adapter
 *
 * Each step rules one party out: the poll, the interrupt, the link watch,
 * xmit, and at last the NIC itself. The poll goes first, as it could unmask
 * interrupts and wake the queue again.
 *
 * Context: process, RTNL
 */
void refnic_down(struct refnic_adapter *adapter)
{
	struct net_device *netdev = adapter->netdev;

	/* Under the lock: set_rx_mode must not turn the receiver on again. */
	netif_addr_lock_bh(netdev);
	set_bit(REFNIC_FLAG_DOWN, &adapter->flags);
	refnic_wr(&adapter->hw, REFNIC_RCTL, 0);
	netif_addr_unlock_bh(netdev);

	napi_disable(&adapter->napi);
	refnic_irq_mask(&adapter->hw);
	synchronize_irq(adapter->pdev->irq);
	cancel_delayed_work_sync(&adapter->link_work);
	netif_carrier_off(netdev);
	netif_tx_disable(netdev);

	/* What was received before it stopped is worth counting. */
	refnic_stats_update(adapter);
	refnic_hw_reset(&adapter->hw);
	refnic_rx_drain(adapter);
	refnic_tx_drain(adapter);
}

/* Watch the link: kicked by the NIC's interrupt, and by itself every 2 s. */
static void refnic_link_work(struct work_struct *work)
{
	struct refnic_adapter *adapter =
		container_of(to_delayed_work(work), struct refnic_adapter,
			     link_work);
	struct net_device *netdev = adapter->netdev;
	u32 speed;
	u8 duplex;
	bool up;

	up = refnic_hw_link(&adapter->hw, &speed, &duplex);
	if (up && !netif_carrier_ok(netdev)) {
		netdev_info(netdev, "link is up, %u Mbit/s, %s duplex\n",
			    speed, duplex == DUPLEX_FULL ? "full" : "half");
		refnic_tx_set_duplex(&adapter->hw, duplex);
		netif_carrier_on(netdev);
	} else if (!up && netif_carrier_ok(netdev)) {
		netdev_info(netdev, "link is down\n");
		netif_carrier_off(netdev);
	}

	refnic_stats_update(adapter);
	if (!test_bit(REFNIC_FLAG_DOWN, &adapter->flags))
		queue_delayed_work(system_wq, &adapter->link_work,
				   REFNIC_LINK_INTERVAL);
}

/* The NIC has not sent what it was given: start it anew. */
static void refnic_reset_work(struct work_struct *work)
{
	struct refnic_adapter *adapter =
		container_of(work, struct refnic_adapter, reset_work);

	rtnl_lock();
	if (netif_running(adapter->netdev)) {
		adapter->tx_stats.timeouts++;
		refnic_down(adapter);
		refnic_up(adapter);
	}
	rtnl_unlock();
}

/**
 * refnic_set_rings - set the ring sizes, while the NIC runs or not
 * @adapter: the adapter
 * @rx_count: descriptors, as refnic_ring_count() gives them
 * @tx_count: likewise
 *
 * New rings are made before the old ones are given up: without memory for
 * them nothing changes, and traffic goes on.
 *
 * Context: process, RTNL
 * Return: 0 or -ENOMEM
 */
int refnic_set_rings(struct refnic_adapter *adapter, unsigned int rx_count,
		     unsigned int tx_count)
{
	struct refnic_rx_ring *rx_ring;
	struct refnic_tx_ring *tx_ring;

	if (!netif_running(adapter->netdev))
		goto done;

	rx_ring = refnic_rx_ring_new(adapter, rx_count);
	if (!rx_ring)
		return -ENOMEM;
	tx_ring = refnic_tx_ring_new(adapter, tx_count);
	if (!tx_ring) {
		refnic_rx_ring_free(adapter, rx_ring);
		return -ENOMEM;
	}

	refnic_down(adapter);
	swap(adapter->rx_ring, rx_ring);
	swap(adapter->tx_ring, tx_ring);
	refnic_up(adapter);

	refnic_tx_ring_free(adapter, tx_ring);
	refnic_rx_ring_free(adapter, rx_ring);
done:
	adapter->rx_wanted = rx_count;
	adapter->tx_wanted = tx_count;
	return 0;
}

/* ---- network device ---- */

static int refnic_open(struct net_device *netdev)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);
	int err = -ENOMEM;

	netif_carrier_off(netdev);

	adapter->rx_ring = refnic_rx_ring_new(adapter, adapter->rx_wanted);
	if (!adapter->rx_ring)
		return -ENOMEM;
	adapter->tx_ring = refnic_tx_ring_new(adapter, adapter->tx_wanted);
	if (!adapter->tx_ring)
		goto err_free_rx;

	err = refnic_hw_reset(&adapter->hw);
	if (err)
		goto err_free_tx;

	/* INTx: a line that other devices may share. */
	err = request_irq(adapter->pdev->irq, refnic_interrupt, IRQF_SHARED,
			  netdev->name, netdev);
	if (err)
		goto err_free_tx;

	refnic_up(adapter);
	return 0;

err_free_tx:
	refnic_tx_ring_free(adapter, adapter->tx_ring);
	adapter->tx_ring = NULL;
err_free_rx:
	refnic_rx_ring_free(adapter, adapter->rx_ring);
	adapter->rx_ring = NULL;
	return err;
}

static int refnic_stop(struct net_device *netdev)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);

	refnic_down(adapter);
	free_irq(adapter->pdev->irq, netdev);
	refnic_tx_ring_free(adapter, adapter->tx_ring);
	refnic_rx_ring_free(adapter, adapter->rx_ring);
	adapter->tx_ring = NULL;
	adapter->rx_ring = NULL;
	return 0;
}

/* Called with netif_addr_lock held. */
static void refnic_set_rx_mode(struct net_device *netdev)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);

	if (!test_bit(REFNIC_FLAG_DOWN, &adapter->flags))
		refnic_hw_set_filters(&adapter->hw, netdev);
}

static int refnic_set_mac_address(struct net_device *netdev, void *p)
{
	int err;

	err = eth_mac_addr(netdev, p);
	if (err)
		return err;

	netif_addr_lock_bh(netdev);
	refnic_set_rx_mode(netdev);
	netif_addr_unlock_bh(netdev);
	return 0;
}

/* Within max_mtu a frame fits a buffer: only the receiver's limit changes. */
static int refnic_change_mtu(struct net_device *netdev, int mtu)
{
	WRITE_ONCE(netdev->mtu, mtu);

	netif_addr_lock_bh(netdev);
	refnic_set_rx_mode(netdev);
	netif_addr_unlock_bh(netdev);
	return 0;
}

/* One bit of the NIC turns VLAN tags on for both directions. */
static netdev_features_t refnic_fix_features(struct net_device *netdev,
					     netdev_features_t features)
{
	if (features & NETIF_F_HW_VLAN_CTAG_RX)
		features |= NETIF_F_HW_VLAN_CTAG_TX;
	else
		features &= ~NETIF_F_HW_VLAN_CTAG_TX;
	return features;
}

static int refnic_set_features(struct net_device *netdev,
			       netdev_features_t features)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);
	netdev_features_t changed = features ^ netdev->features;

	/* refnic_up() sets them otherwise. */
	if (!netif_running(netdev))
		return 0;
	if (changed & NETIF_F_HW_VLAN_CTAG_RX)
		refnic_hw_set_vlan(&adapter->hw,
				   features & NETIF_F_HW_VLAN_CTAG_RX);
	if (changed & NETIF_F_RXCSUM)
		refnic_rx_set_csum(&adapter->hw, features & NETIF_F_RXCSUM);
	return 0;
}

/* The context descriptor has one byte for where a checksum goes. */
static netdev_features_t refnic_features_check(struct sk_buff *skb,
					       struct net_device *netdev,
					       netdev_features_t features)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    skb_checksum_start_offset(skb) + skb->csum_offset > U8_MAX)
		features &= ~NETIF_F_CSUM_MASK;
	return vlan_features_check(skb, features);
}

static void refnic_tx_timeout(struct net_device *netdev, unsigned int txqueue)
{
	struct refnic_adapter *adapter = netdev_priv(netdev);

	queue_work(system_wq, &adapter->reset_work);
}

static const struct net_device_ops refnic_netdev_ops = {
	.ndo_open		= refnic_open,
	.ndo_stop		= refnic_stop,
	.ndo_start_xmit		= refnic_xmit,
	.ndo_features_check	= refnic_features_check,
	.ndo_get_stats64	= refnic_get_stats64,
	.ndo_set_rx_mode	= refnic_set_rx_mode,
	.ndo_set_mac_address	= refnic_set_mac_address,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_change_mtu		= refnic_change_mtu,
	.ndo_fix_features	= refnic_fix_features,
	.ndo_set_features	= refnic_set_features,
	.ndo_tx_timeout		= refnic_tx_timeout,
};

/* ---- PCI device ---- */

static void refnic_setup_netdev(struct refnic_adapter *adapter)
{
	struct net_device *netdev = adapter->netdev;

	netdev->netdev_ops = &refnic_netdev_ops;
	netdev->ethtool_ops = &refnic_ethtool_ops;
	netdev->watchdog_timeo = REFNIC_TX_TIMEOUT;
	netdev->max_mtu = REFNIC_MTU_MAX;

	netdev->hw_features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_RXCSUM |
			      NETIF_F_HW_VLAN_CTAG_RX |
			      NETIF_F_HW_VLAN_CTAG_TX;
	netdev->features = netdev->hw_features;
	netdev->vlan_features = NETIF_F_SG | NETIF_F_HW_CSUM;
	netdev->priv_flags |= IFF_UNICAST_FLT | IFF_LIVE_ADDR_CHANGE;

	adapter->rx_wanted = REFNIC_RX_RING_DEFAULT;
	adapter->tx_wanted = REFNIC_TX_RING_DEFAULT;
	adapter->rx_copybreak = REFNIC_COPYBREAK_BYTES;
	adapter->itr_usecs = REFNIC_ITR_USECS;
	set_bit(REFNIC_FLAG_DOWN, &adapter->flags);

	spin_lock_init(&adapter->stats_lock);
	u64_stats_init(&adapter->rx_stats.syncp);
	u64_stats_init(&adapter->tx_stats.syncp);
	u64_stats_init(&adapter->tx_stats.xmit_syncp);
	INIT_DELAYED_WORK(&adapter->link_work, refnic_link_work);
	INIT_WORK(&adapter->reset_work, refnic_reset_work);
	netif_napi_add(netdev, &adapter->napi, refnic_poll);
}

/* Bring the chip to rest and learn its address. */
static int refnic_setup_hw(struct refnic_adapter *adapter)
{
	struct net_device *netdev = adapter->netdev;
	struct device *dev = &adapter->pdev->dev;
	u8 addr[ETH_ALEN];
	int err;

	err = refnic_hw_reset(&adapter->hw);
	if (err) {
		dev_err(dev, "the NIC does not come out of reset\n");
		return err;
	}

	err = refnic_hw_read_mac(&adapter->hw, addr);
	if (!err && is_valid_ether_addr(addr)) {
		eth_hw_addr_set(netdev, addr);
		return 0;
	}
	dev_warn(dev, "no valid address in the EEPROM (%d): using a random one\n",
		 err);
	eth_hw_addr_random(netdev);
	return 0;
}

static int refnic_map(struct refnic_adapter *adapter)
{
	struct pci_dev *pdev = adapter->pdev;
	int err;

	err = pci_enable_device_mem(pdev);
	if (err)
		return err;

	/* A conventional PCI card: 32 address lines. */
	err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32));
	if (err)
		goto err_disable;

	err = pci_request_mem_regions(pdev, REFNIC_NAME);
	if (err)
		goto err_disable;

	adapter->hw.regs = pci_ioremap_bar(pdev, 0);
	if (!adapter->hw.regs) {
		err = -ENOMEM;
		goto err_release;
	}

	/* Leave to read and write memory by itself. */
	pci_set_master(pdev);
	return 0;

err_release:
	pci_release_mem_regions(pdev);
err_disable:
	pci_disable_device(pdev);
	return err;
}

static void refnic_unmap(struct refnic_adapter *adapter)
{
	pci_clear_master(adapter->pdev);
	iounmap(adapter->hw.regs);
	pci_release_mem_regions(adapter->pdev);
	pci_disable_device(adapter->pdev);
}

static int refnic_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct refnic_adapter *adapter;
	struct net_device *netdev;
	int err;

	netdev = alloc_etherdev(sizeof(*adapter));
	if (!netdev)
		return -ENOMEM;
	SET_NETDEV_DEV(netdev, &pdev->dev);
	pci_set_drvdata(pdev, netdev);
	adapter = netdev_priv(netdev);
	adapter->netdev = netdev;
	adapter->pdev = pdev;

	err = refnic_map(adapter);
	if (err)
		goto err_free_netdev;

	refnic_setup_netdev(adapter);
	err = refnic_setup_hw(adapter);
	if (err)
		goto err_del_napi;

	err = register_netdev(netdev);
	if (err)
		goto err_del_napi;

	refnic_debugfs_add(adapter);
	netdev_info(netdev, "refnic on %s, %pM\n", pci_name(pdev),
		    netdev->dev_addr);
	return 0;

err_del_napi:
	netif_napi_del(&adapter->napi);
	refnic_unmap(adapter);
err_free_netdev:
	free_netdev(netdev);
	return err;
}

static void refnic_remove(struct pci_dev *pdev)
{
	struct net_device *netdev = pci_get_drvdata(pdev);
	struct refnic_adapter *adapter = netdev_priv(netdev);

	refnic_debugfs_del(adapter);
	/* Stops it first if it is up. */
	unregister_netdev(netdev);
	/* Only now can no transmit timeout queue it again. */
	cancel_work_sync(&adapter->reset_work);
	netif_napi_del(&adapter->napi);
	refnic_unmap(adapter);
	free_netdev(netdev);
}

/* Before the machine restarts: the next kernel must not be written over. */
static void refnic_shutdown(struct pci_dev *pdev)
{
	struct net_device *netdev = pci_get_drvdata(pdev);

	rtnl_lock();
	netif_device_detach(netdev);
	dev_close(netdev);
	rtnl_unlock();
	pci_clear_master(pdev);
}

static const struct pci_device_id refnic_pci_ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, REFNIC_PCI_DEVICE_ID) },
	{ }
};
MODULE_DEVICE_TABLE(pci, refnic_pci_ids);

static struct pci_driver refnic_driver = {
	.name		= REFNIC_NAME,
	.id_table	= refnic_pci_ids,
	.probe		= refnic_probe,
	.remove		= refnic_remove,
	.shutdown	= refnic_shutdown,
};

/* ---- module ---- */

static int __init refnic_init(void)
{
	int err;

	refnic_debugfs_init();
	err = pci_register_driver(&refnic_driver);
	if (err)
		refnic_debugfs_exit();
	return err;
}
module_init(refnic_init);

static void __exit refnic_exit(void)
{
	pci_unregister_driver(&refnic_driver);
	refnic_debugfs_exit();
}
module_exit(refnic_exit);

MODULE_DESCRIPTION("Reference NAPI driver for the Intel 82540EM");
MODULE_LICENSE("GPL");
