/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: one at every step of a packet's way through the driver.
 *
 * Fields bear the names that include/trace/events/{net,napi}.h give them, so
 * that one can follow a value from here into the stack: `skbaddr`, `napi`,
 * `name`, `len`, `work`, `budget`. Each record holds values, never something
 * to be looked up through a pointer when it is printed: by then the object
 * may be gone, and perf and trace-cmd could not follow it anyhow.
 *
 * The format macros are explained in samples/trace_events of the kernel.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM refnic

#if !defined(REFNIC_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define REFNIC_TRACE_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tracepoint.h>

#include "refnic.h"
#include "refnic_compat.h"

/* User space knows no enum of ours: replaced by numbers in the format file. */
TRACE_DEFINE_ENUM(REFNIC_SKIP_NOT_EOP);
TRACE_DEFINE_ENUM(REFNIC_SKIP_FRAME_ERROR);
TRACE_DEFINE_ENUM(REFNIC_SKIP_LENGTH);
TRACE_DEFINE_ENUM(REFNIC_SKIP_NO_MEMORY);
TRACE_DEFINE_ENUM(REFNIC_SKIP_FAULT);
TRACE_DEFINE_ENUM(REFNIC_SKIP_DOWN);

#define refnic_show_skip(reason)					\
	__print_symbolic(reason,					\
		{ REFNIC_SKIP_NOT_EOP,		"NOT_EOP" },		\
		{ REFNIC_SKIP_FRAME_ERROR,	"FRAME_ERROR" },	\
		{ REFNIC_SKIP_LENGTH,		"LENGTH" },		\
		{ REFNIC_SKIP_NO_MEMORY,	"NO_MEMORY" },		\
		{ REFNIC_SKIP_FAULT,		"FAULT" },		\
		{ REFNIC_SKIP_DOWN,		"DOWN" })

#define refnic_show_icr(icr)						\
	__print_flags(icr, "|",						\
		{ REFNIC_ICR_TXDW,	"TXDW" },			\
		{ REFNIC_ICR_TXQE,	"TXQE" },			\
		{ REFNIC_ICR_LSC,	"LSC" },			\
		{ REFNIC_ICR_RXSEQ,	"RXSEQ" },			\
		{ REFNIC_ICR_RXDMT0,	"RXDMT0" },			\
		{ REFNIC_ICR_RXO,	"RXO" },			\
		{ REFNIC_ICR_RXT0,	"RXT0" })

#define refnic_show_rx_status(status)					\
	__print_flags(status, "|",					\
		{ REFNIC_RXD_DD,	"DD" },				\
		{ REFNIC_RXD_EOP,	"EOP" },			\
		{ REFNIC_RXD_IXSM,	"IXSM" },			\
		{ REFNIC_RXD_VP,	"VP" },				\
		{ REFNIC_RXD_TCPCS,	"TCPCS" },			\
		{ REFNIC_RXD_IPCS,	"IPCS" },			\
		{ REFNIC_RXD_PIF,	"PIF" })

/* The interrupt was this NIC's. */
TRACE_EVENT(refnic_irq,

	TP_PROTO(const struct net_device *dev, int irq, u32 icr),

	TP_ARGS(dev, irq, icr),

	TP_STRUCT__entry(
		__string(	name,	dev->name	)
		__field(	int,	irq		)
		__field(	u32,	icr		)
	),

	TP_fast_assign(
		refnic_assign_str(name, dev->name);
		__entry->irq = irq;
		__entry->icr = icr;
	),

	TP_printk("dev=%s irq=%d icr=0x%08x (%s)",
		  __get_str(name), __entry->irq, __entry->icr,
		  refnic_show_icr(__entry->icr))
);

DECLARE_EVENT_CLASS(refnic_napi_template,

	TP_PROTO(const struct net_device *dev,
		 const struct napi_struct *napi),

	TP_ARGS(dev, napi),

	TP_STRUCT__entry(
		__field(	const void *,	napi		)
		__string(	name,		dev->name	)
	),

	TP_fast_assign(
		__entry->napi = napi;
		refnic_assign_str(name, dev->name);
	),

	TP_printk("dev=%s napi=%p", __get_str(name), __entry->napi)
);

/* Interrupts are masked; now the device is put on this CPU's poll_list. */
DEFINE_EVENT(refnic_napi_template, refnic_napi_schedule,
	TP_PROTO(const struct net_device *dev,
		 const struct napi_struct *napi),
	TP_ARGS(dev, napi)
);

/* The device is off poll_list; now interrupts are unmasked. */
DEFINE_EVENT(refnic_napi_template, refnic_irq_enable,
	TP_PROTO(const struct net_device *dev,
		 const struct napi_struct *napi),
	TP_ARGS(dev, napi)
);

TRACE_EVENT(refnic_poll_begin,

	TP_PROTO(const struct net_device *dev,
		 const struct napi_struct *napi, int budget),

	TP_ARGS(dev, napi, budget),

	TP_STRUCT__entry(
		__field(	const void *,	napi		)
		__string(	name,		dev->name	)
		__field(	int,		budget		)
	),

	TP_fast_assign(
		__entry->napi = napi;
		refnic_assign_str(name, dev->name);
		__entry->budget = budget;
	),

	TP_printk("dev=%s napi=%p budget=%d",
		  __get_str(name), __entry->napi, __entry->budget)
);

TRACE_EVENT(refnic_poll_end,

	TP_PROTO(const struct net_device *dev,
		 const struct napi_struct *napi, int work, int budget,
		 bool completed),

	TP_ARGS(dev, napi, work, budget, completed),

	TP_STRUCT__entry(
		__field(	const void *,	napi		)
		__string(	name,		dev->name	)
		__field(	int,		work		)
		__field(	int,		budget		)
		__field(	u8,		completed	)
	),

	TP_fast_assign(
		__entry->napi = napi;
		refnic_assign_str(name, dev->name);
		__entry->work = work;
		__entry->budget = budget;
		__entry->completed = completed;
	),

	TP_printk("dev=%s napi=%p work=%d budget=%d completed=%d",
		  __get_str(name), __entry->napi, __entry->work,
		  __entry->budget, __entry->completed)
);

/* A descriptor was taken off the ring and there is an skb for it. */
TRACE_EVENT(refnic_rx_desc,

	TP_PROTO(const struct net_device *dev,
		 const struct napi_struct *napi, const struct sk_buff *skb,
		 unsigned int index, u8 status, u8 errors, bool copybreak),

	TP_ARGS(dev, napi, skb, index, status, errors, copybreak),

	TP_STRUCT__entry(
		__field(	const void *,	skbaddr		)
		__field(	const void *,	head		)
		__field(	const void *,	napi		)
		__string(	name,		dev->name	)
		__field(	unsigned int,	index		)
		__field(	unsigned int,	len		)
		__field(	u8,		status		)
		__field(	u8,		errors		)
		__field(	u8,		copybreak	)
	),

	TP_fast_assign(
		__entry->skbaddr = skb;
		__entry->head = skb->head;
		__entry->napi = napi;
		refnic_assign_str(name, dev->name);
		__entry->index = index;
		__entry->len = skb->len;
		__entry->status = status;
		__entry->errors = errors;
		__entry->copybreak = copybreak;
	),

	TP_printk("dev=%s napi=%p skbaddr=%p head=%p index=%u len=%u status=0x%02x (%s) errors=0x%02x copybreak=%d",
		  __get_str(name), __entry->napi, __entry->skbaddr,
		  __entry->head, __entry->index, __entry->len,
		  __entry->status, refnic_show_rx_status(__entry->status),
		  __entry->errors, __entry->copybreak)
);

/* A descriptor was taken off the ring and no skb came of it. */
TRACE_EVENT(refnic_rx_skip,

	TP_PROTO(const struct net_device *dev, unsigned int index,
		 unsigned int len, u8 status, u8 errors,
		 enum refnic_skip reason),

	TP_ARGS(dev, index, len, status, errors, reason),

	TP_STRUCT__entry(
		__string(	name,		dev->name	)
		__field(	unsigned int,	index		)
		__field(	unsigned int,	len		)
		__field(	u8,		status		)
		__field(	u8,		errors		)
		__field(	u8,		reason		)
	),

	TP_fast_assign(
		refnic_assign_str(name, dev->name);
		__entry->index = index;
		__entry->len = len;
		__entry->status = status;
		__entry->errors = errors;
		__entry->reason = reason;
	),

	TP_printk("dev=%s index=%u len=%u status=0x%02x (%s) errors=0x%02x reason=%s",
		  __get_str(name), __entry->index, __entry->len,
		  __entry->status, refnic_show_rx_status(__entry->status),
		  __entry->errors, refnic_show_skip(__entry->reason))
);

/* The skb is handed up: the driver's last act for this packet. */
TRACE_EVENT(refnic_rx_skb,

	TP_PROTO(const struct net_device *dev, const struct sk_buff *skb,
		 bool gro),

	TP_ARGS(dev, skb, gro),

	TP_STRUCT__entry(
		__field(	const void *,	skbaddr		)
		__string(	name,		dev->name	)
		__field(	unsigned int,	len		)
		__field(	u16,		protocol	)
		__field(	u8,		gro		)
	),

	TP_fast_assign(
		__entry->skbaddr = skb;
		refnic_assign_str(name, dev->name);
		__entry->len = skb->len;
		__entry->protocol = ntohs(skb->protocol);
		__entry->gro = gro;
	),

	TP_printk("dev=%s skbaddr=%p len=%u protocol=0x%04x gro=%d",
		  __get_str(name), __entry->skbaddr, __entry->len,
		  __entry->protocol, __entry->gro)
);

/* Empty buffers are given back to the NIC. */
TRACE_EVENT(refnic_rx_refill,

	TP_PROTO(const struct net_device *dev, unsigned int count,
		 unsigned int next_to_use),

	TP_ARGS(dev, count, next_to_use),

	TP_STRUCT__entry(
		__string(	name,		dev->name	)
		__field(	unsigned int,	count		)
		__field(	unsigned int,	next_to_use	)
	),

	TP_fast_assign(
		refnic_assign_str(name, dev->name);
		__entry->count = count;
		__entry->next_to_use = next_to_use;
	),

	TP_printk("dev=%s count=%u next_to_use=%u",
		  __get_str(name), __entry->count, __entry->next_to_use)
);

/* A packet is in the transmit ring. */
TRACE_EVENT(refnic_tx_queued,

	TP_PROTO(const struct net_device *dev, const struct sk_buff *skb,
		 unsigned int index, unsigned int descs),

	TP_ARGS(dev, skb, index, descs),

	TP_STRUCT__entry(
		__field(	const void *,	skbaddr		)
		__string(	name,		dev->name	)
		__field(	unsigned int,	index		)
		__field(	unsigned int,	len		)
		__field(	unsigned int,	descs		)
	),

	TP_fast_assign(
		__entry->skbaddr = skb;
		refnic_assign_str(name, dev->name);
		__entry->index = index;
		__entry->len = skb->len;
		__entry->descs = descs;
	),

	TP_printk("dev=%s skbaddr=%p index=%u len=%u descs=%u",
		  __get_str(name), __entry->skbaddr, __entry->index,
		  __entry->len, __entry->descs)
);

/* The NIC has sent them; their memory is free. */
TRACE_EVENT(refnic_tx_cleaned,

	TP_PROTO(const struct net_device *dev, unsigned int packets,
		 unsigned int bytes, unsigned int index),

	TP_ARGS(dev, packets, bytes, index),

	TP_STRUCT__entry(
		__string(	name,		dev->name	)
		__field(	unsigned int,	packets		)
		__field(	unsigned int,	bytes		)
		__field(	unsigned int,	index		)
	),

	TP_fast_assign(
		refnic_assign_str(name, dev->name);
		__entry->packets = packets;
		__entry->bytes = bytes;
		__entry->index = index;
	),

	TP_printk("dev=%s packets=%u bytes=%u index=%u",
		  __get_str(name), __entry->packets, __entry->bytes,
		  __entry->index)
);

#endif /* REFNIC_TRACE_H */

/* Outside of the guard: define_trace.h reads this file again. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE refnic_trace
#include <trace/define_trace.h>
