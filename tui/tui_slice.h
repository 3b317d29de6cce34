/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model's statistics over time: slices, and the view at the cursor. Used by tui_model.c only.
 */
#ifndef TUI_SLICE_H
#define TUI_SLICE_H

#include "tui_model.h"

/*
 * Slices of one level kept before the oldest two become one of the next: what is long ago is kept
 * coarser.
 */
#define TUI_SLICES_PER_LEVEL 256

/*
 * A record of that time comes next: close the open slice when it ends before. seq, poll, loss are
 * the numbers of the next packet, poll and loss.
 */
void tui_slice_advance(struct tui_model *m, u64 at_ns, u64 seq, u64 poll, u64 loss);
/* Forget all slices; the next record opens a new one. */
void tui_slice_clear(struct tui_model *m);

#endif
