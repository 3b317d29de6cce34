// SPDX-License-Identifier: GPL-2.0
/* libFuzzer: trace.dat, versions 6 and 7. */
#include "fuzz_one.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	fuzz_one_as("\x17\x08\x44tracing", 10, data, len);
	return 0;
}
