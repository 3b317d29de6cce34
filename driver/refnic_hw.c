// SPDX-License-Identifier: GPL-2.0
/*
 * The chip apart from its rings: reset, EEPROM, PHY and link, address filters.
 * Everything here takes a struct refnic_hw and knows of no adapter.
 */
#include <linux/delay.h>
#include <linux/ethtool.h>
#include <linux/iopoll.h>
#include <linux/mii.h>

#include "refnic.h"

#define REFNIC_RESET_TIMEOUT_US		100000
#define REFNIC_EERD_TIMEOUT_US		10000
#define REFNIC_MDIC_TIMEOUT_US		10000

static void refnic_hw_clear_filters(struct refnic_hw *hw)
{
	unsigned int i;

	for (i = 0; i < REFNIC_RAR_ENTRIES; i++)
		refnic_hw_set_mac(hw, i, NULL);
	for (i = 0; i < REFNIC_MTA_WORDS; i++)
		refnic_wr(hw, REFNIC_MTA(i), 0);
	for (i = 0; i < REFNIC_VFTA_WORDS; i++)
		refnic_wr(hw, REFNIC_VFTA(i), 0);
}

/**
 * refnic_hw_reset - stop all that the chip does, and put it in a known state
 * @hw: the chip
 *
 * When it returns, the chip does not interrupt, and reads or writes no memory.
 * Registers are set explicitly even where a reset sets them: emulated chips
 * are known to take CTRL.RST lightly.
 *
 * Context: process
 * Return: 0, or -EIO if nothing answers
 */
int refnic_hw_reset(struct refnic_hw *hw)
{
	u32 ctrl;
	int err;

	/* A bus without a device reads as ones. */
	if (refnic_rd(hw, REFNIC_STATUS) == ~0u)
		return -EIO;

	refnic_irq_mask(hw);
	refnic_wr(hw, REFNIC_RCTL, 0);
	refnic_wr(hw, REFNIC_TCTL, REFNIC_TCTL_PSP);
	refnic_flush(hw);
	/* Let transfers under way end; a reset amidst one can hang the bus. */
	usleep_range(10000, 12000);

	/* After RST the chip must be left alone while it loads its EEPROM
	 * (14.7).
	 */
	refnic_wr(hw, REFNIC_CTRL,
		  refnic_rd(hw, REFNIC_CTRL) | REFNIC_CTRL_RST);
	usleep_range(5000, 6000);
	err = read_poll_timeout(refnic_rd, ctrl, !(ctrl & REFNIC_CTRL_RST),
				100, REFNIC_RESET_TIMEOUT_US, false, hw,
				REFNIC_CTRL);
	if (err)
		return -EIO;

	refnic_irq_mask(hw);
	refnic_rd(hw, REFNIC_ICR);
	refnic_wr(hw, REFNIC_MANC,
		  refnic_rd(hw, REFNIC_MANC) & ~REFNIC_MANC_ARP_EN);
	refnic_hw_clear_filters(hw);
	return 0;
}

static int refnic_hw_eeprom_read(struct refnic_hw *hw, unsigned int word,
				 u16 *value)
{
	u32 eerd;
	int err;

	refnic_wr(hw, REFNIC_EERD,
		  word << REFNIC_EERD_ADDR_SHIFT | REFNIC_EERD_START);
	err = read_poll_timeout(refnic_rd, eerd, eerd & REFNIC_EERD_DONE, 5,
				REFNIC_EERD_TIMEOUT_US, false, hw, REFNIC_EERD);
	if (err)
		return err;
	*value = eerd >> REFNIC_EERD_DATA_SHIFT;
	return 0;
}

/**
 * refnic_hw_read_mac - the address that the EEPROM holds
 * @hw: the chip
 * @addr: gets it: ETH_ALEN bytes; not touched on error
 *
 * Words 0 to 2 (5.6), low byte first. Believed only if the checksum over
 * the EEPROM is right.
 *
 * Context: process
 * Return: 0, -ETIMEDOUT, or -EBADMSG if the checksum is wrong
 */
int refnic_hw_read_mac(struct refnic_hw *hw, u8 *addr)
{
	u16 word[REFNIC_EEPROM_WORDS];
	unsigned int i;
	u16 sum = 0;
	int err;

	for (i = 0; i < REFNIC_EEPROM_WORDS; i++) {
		err = refnic_hw_eeprom_read(hw, i, &word[i]);
		if (err)
			return err;
		sum += word[i];
	}
	if (sum != REFNIC_EEPROM_SUM)
		return -EBADMSG;

	for (i = 0; i < ETH_ALEN; i++)
		addr[i] = i % 2 ? word[i / 2] >> 8 : word[i / 2] & 0xff;
	return 0;
}

/**
 * refnic_hw_set_mac - accept frames to this address
 * @hw: the chip
 * @entry: of the receive address array; 0 is the device's own address
 * @addr: the address; NULL empties the entry
 *
 * Context: any
 */
void refnic_hw_set_mac(struct refnic_hw *hw, unsigned int entry,
		       const u8 *addr)
{
	u32 low = 0;
	u32 high = 0;

	if (addr) {
		low = addr[0] | addr[1] << 8 | addr[2] << 16 |
		      (u32)addr[3] << 24;
		high = addr[4] | addr[5] << 8 | REFNIC_RAH_AV;
	}
	/* Invalid while half of it is old and half new. */
	refnic_wr(hw, REFNIC_RAH(entry), 0);
	refnic_wr(hw, REFNIC_RAL(entry), low);
	refnic_wr(hw, REFNIC_RAH(entry), high);
}

/* Bit of the multicast table: 12 bits of the address' end (RCTL.MO = 0). */
static void refnic_hw_hash(u32 *mta, const u8 *addr)
{
	unsigned int hash = (addr[4] >> 4 | addr[5] << 4) & 0xfff;

	mta[hash / 32] |= BIT(hash % 32);
}

/* Multicast: a table of 4096 bits (13.5.1). It lets some through that were not
 * asked for; the stack sorts them out.
 */
static void refnic_hw_set_multicast(struct refnic_hw *hw,
				    struct net_device *netdev)
{
	u32 mta[REFNIC_MTA_WORDS] = {};
	struct netdev_hw_addr *ha;
	unsigned int i;

	netdev_for_each_mc_addr(ha, netdev)
		refnic_hw_hash(mta, ha->addr);
	for (i = 0; i < REFNIC_MTA_WORDS; i++)
		refnic_wr(hw, REFNIC_MTA(i), mta[i]);
}

/* Further unicast addresses go after our own. False if there are too many. */
static bool refnic_hw_set_unicast(struct refnic_hw *hw,
				  struct net_device *netdev)
{
	struct netdev_hw_addr *ha;
	unsigned int entry = 1;

	if (netdev_uc_count(netdev) >= REFNIC_RAR_ENTRIES)
		return false;
	netdev_for_each_uc_addr(ha, netdev)
		refnic_hw_set_mac(hw, entry++, ha->addr);
	while (entry < REFNIC_RAR_ENTRIES)
		refnic_hw_set_mac(hw, entry++, NULL);
	return true;
}

/**
 * refnic_hw_set_filters - turn the receiver on, for what the device wants
 * @hw: the chip
 * @netdev: has the address lists, flags and MTU
 *
 * Context: netif_addr_lock held
 */
void refnic_hw_set_filters(struct refnic_hw *hw, struct net_device *netdev)
{
	u32 rctl = REFNIC_RCTL_EN | REFNIC_RCTL_BAM | REFNIC_RCTL_SECRC |
		   REFNIC_RCTL_BSIZE_2048;

	if (netdev->mtu > ETH_DATA_LEN)
		rctl |= REFNIC_RCTL_LPE;
	if (netdev->flags & IFF_PROMISC)
		rctl |= REFNIC_RCTL_UPE | REFNIC_RCTL_MPE;
	if (netdev->flags & IFF_ALLMULTI)
		rctl |= REFNIC_RCTL_MPE;

	refnic_hw_set_mac(hw, 0, netdev->dev_addr);
	refnic_hw_set_multicast(hw, netdev);
	if (!refnic_hw_set_unicast(hw, netdev))
		rctl |= REFNIC_RCTL_UPE;

	/* Only if something changed: QEMU delivers nothing for a second after
	 * each write to RCTL.
	 */
	if (refnic_rd(hw, REFNIC_RCTL) != rctl)
		refnic_wr(hw, REFNIC_RCTL, rctl);
}

/**
 * refnic_hw_set_vlan - have the NIC take tags out and put tags in, or not
 * @hw: the chip
 * @on: whether; one bit stands for both directions
 *
 * Context: process, RTNL
 */
void refnic_hw_set_vlan(struct refnic_hw *hw, bool on)
{
	u32 ctrl = refnic_rd(hw, REFNIC_CTRL);

	if (on)
		ctrl |= REFNIC_CTRL_VME;
	else
		ctrl &= ~REFNIC_CTRL_VME;
	refnic_wr(hw, REFNIC_VET, ETH_P_8021Q);
	refnic_wr(hw, REFNIC_CTRL, ctrl);
}

/**
 * refnic_hw_set_itr - throttle interrupts
 * @hw: the chip
 * @usecs: least time between two of them; 0 is none
 *
 * Context: process
 */
void refnic_hw_set_itr(struct refnic_hw *hw, unsigned int usecs)
{
	refnic_wr(hw, REFNIC_ITR, usecs * 1000 / REFNIC_ITR_UNIT_NS);
}

static int refnic_hw_mdic(struct refnic_hw *hw, u32 command, u32 *mdic)
{
	int err;

	refnic_wr(hw, REFNIC_MDIC, command | REFNIC_MDIC_PHY_1);
	err = read_poll_timeout(refnic_rd, *mdic, *mdic & REFNIC_MDIC_READY,
				50, REFNIC_MDIC_TIMEOUT_US, false, hw,
				REFNIC_MDIC);
	if (err)
		return err;
	return *mdic & REFNIC_MDIC_ERROR ? -EIO : 0;
}

/**
 * refnic_hw_phy_read - read a register of the PHY
 * @hw: the chip
 * @reg: MII_*
 * @value: gets it; not touched on error
 *
 * Context: process, RTNL
 * Return: 0, -ETIMEDOUT or -EIO
 */
int refnic_hw_phy_read(struct refnic_hw *hw, unsigned int reg, u16 *value)
{
	u32 mdic;
	int err;

	err = refnic_hw_mdic(hw, REFNIC_MDIC_READ |
			     reg << REFNIC_MDIC_REG_SHIFT, &mdic);
	if (err)
		return err;
	*value = mdic;
	return 0;
}

/**
 * refnic_hw_phy_write - write a register of the PHY
 * @hw: the chip
 * @reg: MII_*
 * @value: what to write
 *
 * Context: process, RTNL
 * Return: 0, -ETIMEDOUT or -EIO
 */
int refnic_hw_phy_write(struct refnic_hw *hw, unsigned int reg, u16 value)
{
	u32 mdic;

	return refnic_hw_mdic(hw, REFNIC_MDIC_WRITE |
			      reg << REFNIC_MDIC_REG_SHIFT | value, &mdic);
}

/**
 * refnic_hw_setup_link - let MAC and PHY find a link by themselves
 * @hw: the chip
 *
 * Context: process, RTNL
 */
void refnic_hw_setup_link(struct refnic_hw *hw)
{
	u32 ctrl = refnic_rd(hw, REFNIC_CTRL);
	u16 bmcr;

	/* No pause frames: they would hide who is slow. */
	refnic_wr(hw, REFNIC_FCAL, 0);
	refnic_wr(hw, REFNIC_FCAH, 0);
	refnic_wr(hw, REFNIC_FCT, 0);
	refnic_wr(hw, REFNIC_FCTTV, 0);

	ctrl &= ~(REFNIC_CTRL_FRCSPD | REFNIC_CTRL_FRCDPX |
		  REFNIC_CTRL_RFCE | REFNIC_CTRL_TFCE);
	refnic_wr(hw, REFNIC_CTRL, ctrl | REFNIC_CTRL_SLU | REFNIC_CTRL_ASDE);

	/* The driver before us may have put the PHY to sleep. */
	if (!refnic_hw_phy_read(hw, MII_BMCR, &bmcr) && bmcr & BMCR_PDOWN)
		refnic_hw_phy_write(hw, MII_BMCR,
				    (bmcr & ~BMCR_PDOWN) | BMCR_ANENABLE |
				    BMCR_ANRESTART);
}

/**
 * refnic_hw_link - the link's state
 * @hw: the chip
 * @speed: gets SPEED_*
 * @duplex: gets DUPLEX_*
 *
 * Context: any
 * Return: whether it is up; if not, the other two are unknown
 */
bool refnic_hw_link(struct refnic_hw *hw, u32 *speed, u8 *duplex)
{
	u32 status = refnic_rd(hw, REFNIC_STATUS);

	if (!(status & REFNIC_STATUS_LU)) {
		*speed = SPEED_UNKNOWN;
		*duplex = DUPLEX_UNKNOWN;
		return false;
	}

	if (status & REFNIC_STATUS_SPEED_1000)
		*speed = SPEED_1000;
	else if (status & REFNIC_STATUS_SPEED_100)
		*speed = SPEED_100;
	else
		*speed = SPEED_10;
	*duplex = status & REFNIC_STATUS_FD ? DUPLEX_FULL : DUPLEX_HALF;
	return true;
}
