// SPDX-License-Identifier: GPL-2.0
/*
 * Filters. The expression is compiled and run by libpcap, so it means exactly what it means to
 * tcpdump: on the frame as it came in, from its Ethernet header on.
 */
#include "rxs_filter.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#define SNAPLEN_BYTES 262144

struct rxs_filter {
	bool has_expr;
	struct bpf_program prog;
	int stage;   /* -1 = all */
	int outcome; /* -1 = all */
	char *dev;   /* NULL = all */
	u64 slower_than_ns;
};

static int compile(struct rxs_filter *f, const char *expr, struct rxs_err *e)
{
	pcap_t *pc = pcap_open_dead(DLT_EN10MB, SNAPLEN_BYTES);
	int rc = 0;

	if (!pc)
		return rxs_err_set(e, -ENOMEM, "out of memory for the packet filter");
	/* optimized; no netmask: "ip broadcast" is refused with libpcap's words */
	if (pcap_compile(pc, &f->prog, expr, 1, PCAP_NETMASK_UNKNOWN) < 0)
		rc = rxs_err_set(e, -EINVAL, "filter '%s': %s (syntax: man pcap-filter)", expr,
				 pcap_geterr(pc));
	else
		f->has_expr = true;
	pcap_close(pc);
	return rc;
}

static bool given(const char *s)
{
	return s && *s;
}

static bool blank(const char *s)
{
	return !s || !s[strspn(s, " \t\r\n")];
}

static int set_up(struct rxs_filter *f, const struct rxs_filter_opts *o, struct rxs_err *e)
{
	f->slower_than_ns = o->slower_than_ns;
	if (given(o->stage)) {
		f->stage = rxs_stage_by_id(o->stage);
		if (f->stage < 0)
			return rxs_err_set(e, -ENOENT, "no stage '%s' (see: rxscope stages)",
					   o->stage);
	}
	if (given(o->outcome)) {
		f->outcome = rxs_outcome_by_id(o->outcome);
		if (f->outcome < 0)
			return rxs_err_set(e, -ENOENT,
					   "no outcome '%s' (there are: open, delivered, consumed, "
					   "forwarded, merged, dropped, incomplete)",
					   o->outcome);
	}
	if (given(o->dev)) {
		f->dev = strdup(o->dev);
		if (!f->dev)
			return rxs_err_set(e, -ENOMEM, "out of memory for the packet filter");
	}
	return blank(o->expr) ? 0 : compile(f, o->expr, e);
}

int rxs_filter_new(struct rxs_filter **out, const struct rxs_filter_opts *o, struct rxs_err *e)
{
	struct rxs_filter *f = calloc(1, sizeof(*f));
	int rc;

	if (!f)
		return rxs_err_set(e, -ENOMEM, "out of memory for the packet filter");
	f->stage = -1;
	f->outcome = -1;
	rc = set_up(f, o, e);
	if (rc) {
		rxs_filter_free(f);
		return rc;
	}
	*out = f;
	return 0;
}

void rxs_filter_free(struct rxs_filter *f)
{
	if (!f)
		return;
	if (f->has_expr)
		pcap_freecode(&f->prog);
	free(f->dev);
	free(f);
}

static bool match_expr(const struct rxs_filter *f, const struct rxs_packet *p)
{
	struct pcap_pkthdr h = {.caplen = p->hdr_len};

	if (!p->hdr_len)
		return false;
	h.len = rxs_packet_frame_bytes(p);
	if (h.len < h.caplen)
		h.len = h.caplen;
	return pcap_offline_filter(&f->prog, &h, p->hdr) != 0;
}

bool rxs_filter_match(const struct rxs_filter *f, const struct rxs_packet *p,
		      const struct rxs_strtab *t)
{
	if (!f)
		return true;
	if (f->outcome >= 0 && p->outcome != (u32)f->outcome)
		return false;
	if (f->slower_than_ns && rxs_packet_total_ns(p) < f->slower_than_ns)
		return false;
	if (f->stage >= 0 && !rxs_packet_hop(p, (enum rxs_stage)f->stage))
		return false;
	if (f->dev && strcmp(rxs_strtab_get(t, p->dev), f->dev))
		return false;
	return !f->has_expr || match_expr(f, p);
}
