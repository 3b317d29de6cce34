/* SPDX-License-Identifier: GPL-2.0 */
/* Fixed-width types in the kernel's names, and small helpers every layer uses. */
#ifndef RXS_TYPES_H
#define RXS_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#define RXS_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define rxs_container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))

#endif
