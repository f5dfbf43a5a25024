/*
 * le32: a little-endian int32, as headers and lengths of MongoDB's wire protocol and of BSON have it.
 */
#ifndef FAAS_COMMON_LE32_H
#define FAAS_COMMON_LE32_H

#include <stdint.h>

static inline uint32_t
le32_read(const unsigned char *bytes)
{
   return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

#endif
