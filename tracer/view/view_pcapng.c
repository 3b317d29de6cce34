// SPDX-License-Identifier: GPL-2.0
/*
 * The packets' headers as pcapng (draft-ietf-opsawg-pcapng), each with its way through the kernel as a comment:
 * Wireshark shows it under the frame. One interface per device; what was lost is in the statistics block.
 */
#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SHB 0x0a0d0d0a	/* section header, §4.1 */
#define BLOCK_IDB 0x00000001	/* interface description, §4.2 */
#define BLOCK_EPB 0x00000006	/* enhanced packet, §4.3 */
#define BLOCK_ISB 0x00000005	/* interface statistics, §4.6 */

#define OPT_END 0
#define OPT_COMMENT 1
#define OPT_SHB_OS 3
#define OPT_SHB_USERAPPL 4
#define OPT_IF_NAME 2
#define OPT_IF_TSRESOL 9
#define OPT_EPB_DROPCOUNT 4
#define OPT_EPB_PACKETID 5
#define OPT_ISB_IFDROP 5

#define LINKTYPE_ETHERNET 1

/* One block under construction: body and options, without its type and its two lengths. */
struct block {
	u8 *data;
	size_t len, cap;
	bool failed;	/* out of memory */
};

struct view_pcapng {
	struct block b;
	u32 *dev;	/* string id by interface number */
	u32 nr_dev;
	u64 lost;	/* since the last packet written */
	u64 lost_sum;
	u64 last_ns;
};

static void put(struct block *b, const void *data, size_t len)
{
	static const u8 zero[4];
	size_t padded = (len + 3) & ~(size_t)3;

	if (b->len + padded > b->cap) {
		size_t cap = (b->len + padded) * 2 + 256;
		u8 *more = realloc(b->data, cap);

		if (!more) {
			b->failed = true;
			return;
		}
		b->data = more;
		b->cap = cap;
	}
	if (len)
		memcpy(b->data + b->len, data, len);
	memcpy(b->data + b->len + len, zero, padded - len);
	b->len += padded;
}

static void put_u32(struct block *b, u32 v)
{
	put(b, &v, sizeof(v));
}

static void put_option(struct block *b, u16 code, const void *data, size_t len)
{
	u16 head[2] = { code, (u16)(len > UINT16_MAX ? UINT16_MAX : len) };

	put(b, head, sizeof(head));
	put(b, data, head[1]);
}

static void put_text(struct block *b, u16 code, const char *s)
{
	put_option(b, code, s, strlen(s));
}

/* Type, total length, body, total length again; numbers in this machine's order, as the header's magic says. */
static int write_block(struct rxs_view *v, u32 type)
{
	struct view_pcapng *pn = v->priv;
	u32 total = (u32)pn->b.len + 12;
	bool failed = pn->b.failed;

	fwrite(&type, 4, 1, v->opts.out);
	fwrite(&total, 4, 1, v->opts.out);
	fwrite(pn->b.data, 1, pn->b.len, v->opts.out);
	fwrite(&total, 4, 1, v->opts.out);
	pn->b.len = 0;
	pn->b.failed = false;
	return failed ? -ENOMEM : 0;
}

static int pcapng_begin(struct rxs_view *v, const struct rxs_run_info *ri)
{
	struct view_pcapng *pn = v->priv;
	const u16 version[2] = { 1, 0 };
	const u64 unknown = UINT64_MAX;	/* section length */
	char text[160];

	put_u32(&pn->b, 0x1a2b3c4d);
	put(&pn->b, version, sizeof(version));
	put(&pn->b, &unknown, sizeof(unknown));
	if (ri->source.kernel && ri->source.kernel[0]) {
		snprintf(text, sizeof(text), "Linux %s", ri->source.kernel);
		put_text(&pn->b, OPT_SHB_OS, text);
	}
	put_text(&pn->b, OPT_SHB_USERAPPL, "rxscope " RXS_VERSION);
	snprintf(text, sizeof(text), "Times are of the trace clock (%s), not of the calendar.",
		 ri->source.clock && ri->source.clock[0] ? ri->source.clock : "not known");
	put_text(&pn->b, OPT_COMMENT, text);
	put_option(&pn->b, OPT_END, NULL, 0);
	return write_block(v, BLOCK_SHB);
}

/* Number of the interface of that device, described in the file when it is new; or -errno. */
static int interface_of(struct rxs_view *v, u32 dev)
{
	const u16 link[2] = { LINKTYPE_ETHERNET, 0 };
	struct view_pcapng *pn = v->priv;
	const u8 tsresol = 9;
	const char *name;
	u32 *more;
	int err;

	for (u32 i = 0; i < pn->nr_dev; i++)
		if (pn->dev[i] == dev)
			return (int)i;
	more = realloc(pn->dev, (pn->nr_dev + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	pn->dev = more;
	name = rxs_strtab_get(v->ri->strtab, dev);
	put(&pn->b, link, sizeof(link));
	put_u32(&pn->b, RXS_HDR_MAX_BYTES);
	put_text(&pn->b, OPT_IF_NAME, name[0] ? name : "unknown");
	put_option(&pn->b, OPT_IF_TSRESOL, &tsresol, 1);
	put_option(&pn->b, OPT_END, NULL, 0);
	err = write_block(v, BLOCK_IDB);
	if (err)
		return err;
	pn->dev[pn->nr_dev] = dev;
	return (int)pn->nr_dev++;
}

static int put_comment(struct rxs_view *v, const struct rxs_packet *p)
{
	struct view_pcapng *pn = v->priv;
	struct text t = { .ri = v->ri, .strtab = v->ri->strtab };
	char *text = NULL;
	size_t len = 0;

	t.out = open_memstream(&text, &len);
	if (!t.out)
		return -ENOMEM;
	text_packet_steps(&t, p);
	if (fclose(t.out)) {
		free(text);
		return -ENOMEM;
	}
	put_option(&pn->b, OPT_COMMENT, text, len);
	free(text);
	return 0;
}

static int pcapng_packet(struct rxs_view *v, const struct rxs_packet *p)
{
	/* A probe fetches a fixed number of bytes, which may be more than the frame has. */
	u32 frame = rxs_packet_frame_bytes(p), captured = frame && frame < p->hdr_len ? frame : p->hdr_len;
	int interface = interface_of(v, p->dev), err;
	struct view_pcapng *pn = v->priv;

	if (interface < 0)
		return interface;
	put_u32(&pn->b, (u32)interface);
	put_u32(&pn->b, (u32)(p->first_ns >> 32));
	put_u32(&pn->b, (u32)p->first_ns);
	put_u32(&pn->b, captured);
	put_u32(&pn->b, frame > captured ? frame : captured);
	put(&pn->b, p->hdr, captured);
	err = put_comment(v, p);
	put_option(&pn->b, OPT_EPB_PACKETID, &p->id, sizeof(p->id));
	if (pn->lost)
		put_option(&pn->b, OPT_EPB_DROPCOUNT, &pn->lost, sizeof(pn->lost));
	put_option(&pn->b, OPT_END, NULL, 0);
	pn->lost = 0;
	pn->last_ns = p->last_ns > pn->last_ns ? p->last_ns : pn->last_ns;
	return err ? err : write_block(v, BLOCK_EPB);
}

static int pcapng_lost(struct rxs_view *v, const struct rxs_lost *l)
{
	struct view_pcapng *pn = v->priv;

	/* A loss without a number is at least one. */
	pn->lost += l->count ? l->count : 1;
	pn->lost_sum += l->count ? l->count : 1;
	return 0;
}

static int pcapng_end(struct rxs_view *v, const struct rxs_snapshot *s, const struct rxs_decode_stats *d)
{
	struct view_pcapng *pn = v->priv;
	u64 now = s ? s->now_ns : pn->last_ns;

	(void)d;
	if (!pn->nr_dev || !pn->lost_sum)
		return 0;
	put_u32(&pn->b, 0);
	put_u32(&pn->b, (u32)(now >> 32));
	put_u32(&pn->b, (u32)now);
	put_option(&pn->b, OPT_ISB_IFDROP, &pn->lost_sum, sizeof(pn->lost_sum));
	put_text(&pn->b, OPT_COMMENT, "trace events lost, of all interfaces");
	put_option(&pn->b, OPT_END, NULL, 0);
	return write_block(v, BLOCK_ISB);
}

static void pcapng_free(struct rxs_view *v)
{
	struct view_pcapng *pn = v->priv;

	free(pn->b.data);
	free(pn->dev);
}

const struct rxs_view_ops rxs_view_pcapng = {
	.name = "pcapng",
	.priv_bytes = sizeof(struct view_pcapng),
	.begin = pcapng_begin,
	.packet = pcapng_packet,
	.lost = pcapng_lost,
	.end = pcapng_end,
	.free = pcapng_free,
};
