// SPDX-License-Identifier: GPL-2.0
/* libFuzzer: perf.data, file and pipe. */
#include "fuzz_one.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	fuzz_one_as("PERFILE2", 8, data, len);
	return 0;
}
