/* SPDX-License-Identifier: GPL-2.0 */
/* One hostile recording through everything that `rxscope report` does with it. */
#ifndef FUZZ_ONE_H
#define FUZZ_ONE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Analyse len bytes as a file. Returns the exit status that report would have, 0 or 4 (bad file), or aborts
 * when a promise is broken: another error, an error without a sentence, outcomes that do not add up.
 */
int fuzz_one(const uint8_t *data, size_t len);

/* The same with the first magic_len bytes replaced, so that the input stays one of the reader meant. */
int fuzz_one_as(const char *magic, size_t magic_len, const uint8_t *data, size_t len);

#endif
