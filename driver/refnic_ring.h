/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Index arithmetic of a descriptor ring. Nothing here knows the kernel, so
 * user space builds it as well (unit tests, the twin).
 *
 * A ring of `count` descriptors is shared by two parties. Software hands
 * descriptors to the NIC at `next_to_use` (the tail register) and takes them
 * back, finished, at `next_to_clean`. One slot always stays empty: head equal
 * to tail has to mean "the NIC owns nothing", or full and empty would look the
 * same to it (8254x SDM 3.2.6, 3.4).
 *
 *            next_to_clean            next_to_use
 *                  |   owned by the NIC   |
 *      ------------v----------------------v--------------
 *       software's |  used = 5            | software's
 */
#ifndef REFNIC_RING_H
#define REFNIC_RING_H

/* Ring lengths: RDLEN and TDLEN count bytes in steps of 128, so descriptors of
 * 16 bytes come in eights (13.4.27, 13.4.38). The lower bound is the in-tree
 * driver's; the upper one is that of the registers of 82544 and later.
 */
#define REFNIC_RING_MIN		80u
#define REFNIC_RING_MAX		4096u
#define REFNIC_RING_STEP	8u

/**
 * refnic_ring_next - the index after @index
 * @index: a valid index
 * @count: length of the ring
 */
static inline unsigned int refnic_ring_next(unsigned int index,
					    unsigned int count)
{
	return index + 1 == count ? 0 : index + 1;
}

/**
 * refnic_ring_used - descriptors that the NIC owns
 * @count: length of the ring
 * @next_to_use: where software hands over next
 * @next_to_clean: where software takes back next
 */
static inline unsigned int refnic_ring_used(unsigned int count,
					    unsigned int next_to_use,
					    unsigned int next_to_clean)
{
	return next_to_use >= next_to_clean ?
	       next_to_use - next_to_clean :
	       next_to_use + count - next_to_clean;
}

/**
 * refnic_ring_unused - descriptors that software may hand over now
 * @count: length of the ring
 * @next_to_use: where software hands over next
 * @next_to_clean: where software takes back next
 *
 * Never more than @count - 1: see the top of this file.
 */
static inline unsigned int refnic_ring_unused(unsigned int count,
					      unsigned int next_to_use,
					      unsigned int next_to_clean)
{
	return count - 1 -
	       refnic_ring_used(count, next_to_use, next_to_clean);
}

/**
 * refnic_ring_count - the nearest length that the NIC can do
 * @wanted: descriptors asked for
 *
 * Rounds up to a whole step after clamping.
 */
static inline unsigned int refnic_ring_count(unsigned int wanted)
{
	if (wanted < REFNIC_RING_MIN)
		wanted = REFNIC_RING_MIN;
	if (wanted > REFNIC_RING_MAX)
		wanted = REFNIC_RING_MAX;
	return (wanted + REFNIC_RING_STEP - 1) / REFNIC_RING_STEP *
	       REFNIC_RING_STEP;
}

#endif /* REFNIC_RING_H */
