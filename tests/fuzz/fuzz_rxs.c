// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer: .rxs. Its blocks have checksums, which would keep nearly every input out: they are made right
 * first, where a block is to be seen.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "../../tracer/source/rxs_format.h"
#include "fuzz_one.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void mend_blocks(uint8_t *p, size_t len)
{
	size_t at = 0;

	while (len - at >= RXS_BLOCK_HEADER_BYTES) {
		uint8_t *b = p + at;
		uint32_t header = rxs_get_le(b + 6, 2), stored = rxs_get_le(b + 8, 4);

		if (memcmp(b, RXS_BLOCK_SYNC, RXS_BLOCK_SYNC_BYTES) || header < RXS_BLOCK_HEADER_BYTES ||
		    header > len - at || stored > len - at - header) {
			at++;
			continue;
		}
		rxs_put_le(b + 40, crc32(0, b + header, stored), 4);
		rxs_put_le(b + 44, crc32(0, b, 44), 4);
		at += header + stored;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len + 1);

	if (!copy)
		abort();
	memcpy(copy, data, len);
	mend_blocks(copy, len);
	fuzz_one_as(RXS_FILE_MAGIC, RXS_FILE_MAGIC_BYTES, copy, len);
	free(copy);
	return 0;
}
