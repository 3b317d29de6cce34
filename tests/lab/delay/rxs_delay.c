// SPDX-License-Identifier: GPL-2.0
/*
 * Ground truth for the tests: delays IPv4 and IPv6 packets by a known time at PRE_ROUTING and LOCAL_IN.
 * rxscope must show the delay at that stage and nowhere else.
 *
 *	insmod rxs_delay.ko
 *	echo 20000 > /sys/module/rxs_delay/parameters/prerouting_ns
 *
 * Only packets that came in on a real device (not loopback) and carry at least min_bytes are delayed, so
 * that a test can tell its own traffic from neighbour discovery.
 */
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>

static uint prerouting_ns;
module_param(prerouting_ns, uint, 0644);
MODULE_PARM_DESC(prerouting_ns, "delay at PRE_ROUTING, ns");

/*
 * Work rather than time: what a slower function does. On an emulated CPU each look at a clock takes long, and not
 * always as long.
 */
static uint prerouting_loops;
module_param(prerouting_loops, uint, 0644);
MODULE_PARM_DESC(prerouting_loops, "loops at PRE_ROUTING");

static uint local_in_ns;
module_param(local_in_ns, uint, 0644);
MODULE_PARM_DESC(local_in_ns, "delay at LOCAL_IN, ns");

static uint min_bytes;
module_param(min_bytes, uint, 0644);
MODULE_PARM_DESC(min_bytes, "delay only packets of at least so many bytes");

static void delay_ns(const struct sk_buff *skb, const struct nf_hook_state *st,
		     uint ns)
{
	u64 end;

	if (!ns || skb->len < min_bytes || (st->in->flags & IFF_LOOPBACK))
		return;
	/* The clock the tracer reads (mono), so that a wrong clock cannot hide behind a wrong delay. */
	end = ktime_get_mono_fast_ns() + ns;
	while (ktime_get_mono_fast_ns() < end)
		cpu_relax();
}

static void spin(uint loops)
{
	while (loops--)
		barrier();
}

static unsigned int at_prerouting(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *st)
{
	delay_ns(skb, st, READ_ONCE(prerouting_ns));
	if (!(st->in->flags & IFF_LOOPBACK))
		spin(READ_ONCE(prerouting_loops));
	return NF_ACCEPT;
}

static unsigned int at_local_in(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *st)
{
	delay_ns(skb, st, READ_ONCE(local_in_ns));
	return NF_ACCEPT;
}

/* First of its hook: the delay lies between the stage before the hook and all that netfilter does. */
#define DELAY_HOOK(family, num, fn) \
	{ .hook = fn, .pf = family, .hooknum = num, .priority = INT_MIN }

static const struct nf_hook_ops delay_ops[] = {
	DELAY_HOOK(NFPROTO_IPV4, NF_INET_PRE_ROUTING, at_prerouting),
	DELAY_HOOK(NFPROTO_IPV6, NF_INET_PRE_ROUTING, at_prerouting),
	DELAY_HOOK(NFPROTO_IPV4, NF_INET_LOCAL_IN, at_local_in),
	DELAY_HOOK(NFPROTO_IPV6, NF_INET_LOCAL_IN, at_local_in),
};

static int __net_init delay_net_init(struct net *net)
{
	return nf_register_net_hooks(net, delay_ops, ARRAY_SIZE(delay_ops));
}

static void __net_exit delay_net_exit(struct net *net)
{
	nf_unregister_net_hooks(net, delay_ops, ARRAY_SIZE(delay_ops));
}

static struct pernet_operations delay_net_ops = {
	.init = delay_net_init,
	.exit = delay_net_exit,
};

static int __init delay_init(void)
{
	return register_pernet_subsys(&delay_net_ops);
}

static void __exit delay_exit(void)
{
	unregister_pernet_subsys(&delay_net_ops);
}

module_init(delay_init);
module_exit(delay_exit);
MODULE_DESCRIPTION("rxscope test: known delays at PRE_ROUTING and LOCAL_IN");
MODULE_LICENSE("GPL");
