/*
 * le32: reads and writes a little-endian int32, the form of headers and lengths in MongoDB's wire protocol and in BSON.
 */
#ifndef FAAS_COMMON_LE32_H
#define FAAS_COMMON_LE32_H

#include <stdint.h>

static inline uint32_t
le32_read(const unsigned char *bytes)
{
   return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static inline void
le32_write(unsigned char *bytes, uint32_t value)
{
   for (int i = 0; i < 4; i++) {
      bytes[i] = (unsigned char)(value >> (8 * i));
   }
}

#endif
