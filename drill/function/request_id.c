#include "request_id.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static void
random_words(uint32_t *words, size_t count)
{
   if (getrandom(words, count * sizeof *words, 0) < 0) {
      memset(words, 0, count * sizeof *words);
   }
}

void
request_id_new(char *id, size_t size)
{
   uint32_t r[4];
   random_words(r, 4);
   snprintf(id,
            size,
            "%08x-%04x-4%03x-%04x-%04x%08x",
            r[0],
            r[1] >> 16,
            r[1] & 0xfff,
            0x8000 | (r[2] >> 16 & 0x3fff),
            r[2] & 0xffff,
            r[3]);
}

void
request_id_trace(char *id, size_t size)
{
   uint32_t r[5];
   random_words(r, 5);
   snprintf(id,
            size,
            "Root=1-%08x-%08x%08x%08x;Parent=%08x%08x;Sampled=0",
            (unsigned)time(NULL),
            r[0],
            r[1],
            r[2],
            r[3],
            r[4]);
}
