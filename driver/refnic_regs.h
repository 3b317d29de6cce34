/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registers and descriptors of the 82540EM, as far as refnic uses them.
 *
 * Section numbers are those of Intel's "PCI/PCI-X Family of Gigabit Ethernet
 * Controllers Software Developer's Manual" (8254x SDM, 317453). Values that a
 * tracepoint prints are plain numbers: user space parses the print format.
 */
#ifndef REFNIC_REGS_H
#define REFNIC_REGS_H

#include <linux/types.h>

#define REFNIC_PCI_DEVICE_ID	0x100e	/* 82540EM, copper (5.2) */

/* General: 13.4.1 (CTRL), 13.4.2 (STATUS) */
#define REFNIC_CTRL		0x00000
#define  REFNIC_CTRL_FD		0x00000001	/* full duplex */
#define  REFNIC_CTRL_ASDE	0x00000020	/* take speed from the PHY */
#define  REFNIC_CTRL_SLU	0x00000040	/* set link up */
#define  REFNIC_CTRL_FRCSPD	0x00000800	/* force speed */
#define  REFNIC_CTRL_FRCDPX	0x00001000	/* force duplex */
#define  REFNIC_CTRL_RST	0x04000000	/* reset, clears itself */
#define  REFNIC_CTRL_RFCE	0x08000000	/* obey pause frames */
#define  REFNIC_CTRL_TFCE	0x10000000	/* send pause frames */
#define  REFNIC_CTRL_VME	0x40000000	/* VLAN tags: strip, insert */
#define REFNIC_STATUS		0x00008
#define  REFNIC_STATUS_FD	0x00000001	/* full duplex */
#define  REFNIC_STATUS_LU	0x00000002	/* link up */
#define  REFNIC_STATUS_SPEED	0x000000c0	/* resolved speed */
#define  REFNIC_STATUS_SPEED_100	0x00000040
#define  REFNIC_STATUS_SPEED_1000	0x00000080

/* EEPROM read: 13.4.4; what the words mean: 5.6 */
#define REFNIC_EERD		0x00014
#define  REFNIC_EERD_START	0x00000001
#define  REFNIC_EERD_DONE	0x00000010
#define  REFNIC_EERD_ADDR_SHIFT	8
#define  REFNIC_EERD_DATA_SHIFT	16
#define REFNIC_EEPROM_WORDS	64		/* words under the checksum */
#define REFNIC_EEPROM_SUM	0xbaba		/* what they add up to: 5.6.35 */

/* PHY access: 13.4.7 */
#define REFNIC_MDIC		0x00020
#define  REFNIC_MDIC_REG_SHIFT	16
#define  REFNIC_MDIC_PHY_1	0x00200000	/* the internal PHY's address */
#define  REFNIC_MDIC_WRITE	0x04000000
#define  REFNIC_MDIC_READ	0x08000000
#define  REFNIC_MDIC_READY	0x10000000
#define  REFNIC_MDIC_ERROR	0x40000000

/* Flow control: 13.4.8-13.4.10, 13.4.12 */
#define REFNIC_FCAL		0x00028
#define REFNIC_FCAH		0x0002c
#define REFNIC_FCT		0x00030
#define REFNIC_FCTTV		0x00170

/* VLAN ether type: 13.4.11 */
#define REFNIC_VET		0x00038

/* Interrupts: 13.4.17 (ICR) to 13.4.21 (IMC) */
#define REFNIC_ICR		0x000c0	/* cause; reading it clears it */
#define REFNIC_ITR		0x000c4	/* least time between interrupts */
#define  REFNIC_ITR_UNIT_NS	256
#define  REFNIC_ITR_MAX		0xffff
#define REFNIC_ICS		0x000c8	/* cause an interrupt */
#define REFNIC_IMS		0x000d0	/* mask set: enables */
#define REFNIC_IMC		0x000d8	/* mask clear: disables */

/* The causes, the same in all of them */
#define  REFNIC_ICR_TXDW	0x00000001	/* tx descriptor written back */
#define  REFNIC_ICR_TXQE	0x00000002	/* tx queue empty */
#define  REFNIC_ICR_LSC		0x00000004	/* link status change */
#define  REFNIC_ICR_RXSEQ	0x00000008	/* rx sequence error */
#define  REFNIC_ICR_RXDMT0	0x00000010	/* few rx descriptors left */
#define  REFNIC_ICR_RXO		0x00000040	/* receiver overrun */
#define  REFNIC_ICR_RXT0	0x00000080	/* rx timer: a frame is there */

/* What refnic wants to hear of. TXQE would come with every TXDW. */
#define REFNIC_IRQ_ENABLE	(REFNIC_ICR_TXDW | REFNIC_ICR_LSC | \
				 REFNIC_ICR_RXSEQ | REFNIC_ICR_RXDMT0 | \
				 REFNIC_ICR_RXO | REFNIC_ICR_RXT0)
#define REFNIC_IRQ_LINK		(REFNIC_ICR_LSC | REFNIC_ICR_RXSEQ)

/* Receive control: 13.4.22; initialisation: 14.4 */
#define REFNIC_RCTL		0x00100
#define  REFNIC_RCTL_EN		0x00000002	/* enable */
#define  REFNIC_RCTL_UPE	0x00000008	/* unicast promiscuous */
#define  REFNIC_RCTL_MPE	0x00000010	/* multicast promiscuous */
#define  REFNIC_RCTL_LPE	0x00000020	/* frames beyond 1522 bytes */
#define  REFNIC_RCTL_BAM	0x00008000	/* accept broadcast */
#define  REFNIC_RCTL_BSIZE_2048	0x00000000	/* bytes per buffer */
#define  REFNIC_RCTL_SECRC	0x04000000	/* strip the frame's CRC */

/* Receive ring: 13.4.25 (RDBAL) to 13.4.31 (RADV) */
#define REFNIC_RDBAL		0x02800
#define REFNIC_RDBAH		0x02804
#define REFNIC_RDLEN		0x02808
#define REFNIC_RDH		0x02810
#define REFNIC_RDT		0x02818
#define REFNIC_RDTR		0x02820
#define REFNIC_RADV		0x0282c

/* Receive checksum control: 13.4.48 */
#define REFNIC_RXCSUM		0x05000
#define  REFNIC_RXCSUM_IPOFL	0x00000100	/* check IPv4 headers */
#define  REFNIC_RXCSUM_TUOFL	0x00000200	/* check TCP and UDP */

/* Transmit control: 13.4.33 (TCTL), 13.4.34 (TIPG); initialisation: 14.5 */
#define REFNIC_TCTL		0x00400
#define  REFNIC_TCTL_EN		0x00000002	/* enable */
#define  REFNIC_TCTL_PSP	0x00000008	/* pad short packets */
#define  REFNIC_TCTL_CT		0x000000f0	/* 15 tries after collision */
#define  REFNIC_TCTL_COLD_FD	0x00040000	/* collision distance 64 */
#define  REFNIC_TCTL_COLD_HD	0x00200000	/* 512 byte times */
#define REFNIC_TIPG		0x00410
#define  REFNIC_TIPG_COPPER	0x00602008	/* IPGT 8, IPGR1 8, IPGR2 6 */

/* Transmit ring: 13.4.36 (TDBAL) to 13.4.41 (TIDV), 13.4.45 (TADV) */
#define REFNIC_TDBAL		0x03800
#define REFNIC_TDBAH		0x03804
#define REFNIC_TDLEN		0x03808
#define REFNIC_TDH		0x03810
#define REFNIC_TDT		0x03818
#define REFNIC_TIDV		0x03820
#define  REFNIC_TIDV_LEAST	8		/* times 1.024 us; 0 is not allowed */
#define REFNIC_TADV		0x0382c

/* Filters: 13.5.1 (MTA) to 13.5.4 (VFTA) */
#define REFNIC_MTA(i)		(0x05200 + 4 * (i))
#define  REFNIC_MTA_WORDS	128
#define REFNIC_RAL(i)		(0x05400 + 8 * (i))
#define REFNIC_RAH(i)		(0x05404 + 8 * (i))
#define  REFNIC_RAH_AV		0x80000000	/* address valid */
#define  REFNIC_RAR_ENTRIES	16		/* entry 0: our own address */
#define REFNIC_VFTA(i)		(0x05600 + 4 * (i))
#define  REFNIC_VFTA_WORDS	128

/* Management control (MANC): ARP must come to the host. */
#define REFNIC_MANC		0x05820
#define  REFNIC_MANC_ARP_EN	0x00002000	/* answer ARP by firmware */

/* Statistics: 13.7. The registers clear when read; of a pair the low half is
 * read first, reading the high half clears both.
 */
#define REFNIC_CRCERRS		0x04000
#define REFNIC_ALGNERRC		0x04004
#define REFNIC_SYMERRS		0x04008
#define REFNIC_RXERRC		0x0400c
#define REFNIC_MPC		0x04010
#define REFNIC_SCC		0x04014
#define REFNIC_ECOL		0x04018
#define REFNIC_MCC		0x0401c
#define REFNIC_LATECOL		0x04020
#define REFNIC_COLC		0x04028
#define REFNIC_DC		0x04030
#define REFNIC_TNCRS		0x04034
#define REFNIC_SEC		0x04038
#define REFNIC_CEXTERR		0x0403c
#define REFNIC_RLEC		0x04040
#define REFNIC_XONRXC		0x04048
#define REFNIC_XOFFRXC		0x04050
#define REFNIC_PRC64		0x0405c
#define REFNIC_PRC127		0x04060
#define REFNIC_PRC255		0x04064
#define REFNIC_PRC511		0x04068
#define REFNIC_PRC1023		0x0406c
#define REFNIC_PRC1522		0x04070
#define REFNIC_GPRC		0x04074
#define REFNIC_BPRC		0x04078
#define REFNIC_MPRC		0x0407c
#define REFNIC_GPTC		0x04080
#define REFNIC_GORCL		0x04088
#define REFNIC_GOTCL		0x04090
#define REFNIC_RNBC		0x040a0
#define REFNIC_RUC		0x040a4
#define REFNIC_RFC		0x040a8
#define REFNIC_ROC		0x040ac
#define REFNIC_RJC		0x040b0
#define REFNIC_TORL		0x040c0
#define REFNIC_TOTL		0x040c8
#define REFNIC_TPR		0x040d0
#define REFNIC_TPT		0x040d4
#define REFNIC_PTC64		0x040d8
#define REFNIC_PTC127		0x040dc
#define REFNIC_PTC255		0x040e0
#define REFNIC_PTC511		0x040e4
#define REFNIC_PTC1023		0x040e8
#define REFNIC_PTC1522		0x040ec
#define REFNIC_MPTC		0x040f0
#define REFNIC_BPTC		0x040f4

/**
 * struct refnic_rx_desc - receive descriptor, legacy format (3.2.3)
 * @buffer_addr: where the NIC puts the frame; written by software
 * @length: bytes in this buffer; from here on all is written by the NIC
 * @csum: raw checksum of the packet, not used
 * @status: REFNIC_RXD_*
 * @errors: REFNIC_RXD_ERR_*, valid with EOP
 * @special: VLAN tag (TCI) when status has VP
 */
struct refnic_rx_desc {
	__le64 buffer_addr;
	__le16 length;
	__le16 csum;
	u8 status;
	u8 errors;
	__le16 special;
};

/* 3.2.3.1 */
#define REFNIC_RXD_DD		0x01	/* done: the NIC is through with it */
#define REFNIC_RXD_EOP		0x02	/* last descriptor of the frame */
#define REFNIC_RXD_IXSM		0x04	/* ignore the checksum bits */
#define REFNIC_RXD_VP		0x08	/* was a VLAN frame, tag in special */
#define REFNIC_RXD_TCPCS	0x20	/* TCP or UDP checksum was checked */
#define REFNIC_RXD_IPCS		0x40	/* IPv4 checksum was checked */
#define REFNIC_RXD_PIF		0x80	/* passed an inexact filter */

/* 3.2.3.2 */
#define REFNIC_RXD_ERR_CE	0x01	/* CRC or alignment */
#define REFNIC_RXD_ERR_SE	0x02	/* symbol */
#define REFNIC_RXD_ERR_SEQ	0x04	/* sequence */
#define REFNIC_RXD_ERR_CXE	0x10	/* carrier extension */
#define REFNIC_RXD_ERR_TCPE	0x20	/* TCP or UDP checksum wrong */
#define REFNIC_RXD_ERR_IPE	0x40	/* IPv4 checksum wrong */
#define REFNIC_RXD_ERR_RXE	0x80	/* data error */

/* The frame itself is bad. A wrong checksum is the stack's to judge. */
#define REFNIC_RXD_ERR_FRAME	(REFNIC_RXD_ERR_CE | REFNIC_RXD_ERR_SE | \
				 REFNIC_RXD_ERR_SEQ | REFNIC_RXD_ERR_CXE | \
				 REFNIC_RXD_ERR_RXE)

/**
 * struct refnic_tx_desc - transmit data descriptor (3.3.7)
 * @buffer_addr: where the NIC reads the bytes
 * @lower: length, descriptor type, commands
 * @upper: status (written by the NIC), offload options, VLAN tag
 */
struct refnic_tx_desc {
	__le64 buffer_addr;
	__le32 lower;
	__le32 upper;
};

/* lower: bits 19:0 are the length */
#define REFNIC_TXD_TYPE_DATA	0x00100000	/* DTYP, with DEXT */
#define REFNIC_TXD_EOP		0x01000000	/* end of packet */
#define REFNIC_TXD_IFCS		0x02000000	/* append the CRC */
#define REFNIC_TXD_RS		0x08000000	/* report status: set DD */
#define REFNIC_TXD_DEXT		0x20000000	/* not the legacy format */
#define REFNIC_TXD_VLE		0x40000000	/* insert the VLAN tag */

/* upper */
#define REFNIC_TXD_DD		0x00000001	/* done */
#define REFNIC_TXD_TXSM		0x00000200	/* insert TCP/UDP checksum */
#define REFNIC_TXD_VLAN_SHIFT	16

/**
 * struct refnic_tx_context - context descriptor (3.3.6)
 * @ip: IPv4 checksum: start, offset, end; not used
 * @tucss: where the checksum starts to be summed, in bytes of the frame
 * @tucso: where it is put
 * @tucse: where summing ends; 0 is the end of the frame
 * @cmd_and_length: type and commands; payload length for segmentation
 * @tso: header length and MSS for segmentation, not used
 *
 * It sends nothing: it tells the NIC how to treat the data descriptors that
 * follow. It takes a slot of the ring and shares the slot's memory.
 */
struct refnic_tx_context {
	__le32 ip;
	u8 tucss;
	u8 tucso;
	__le16 tucse;
	__le32 cmd_and_length;
	__le32 tso;
};

#endif /* REFNIC_REGS_H */
