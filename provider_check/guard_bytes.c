#include "guard_bytes.h"

#include <string.h>

enum { GUARD = 0x5C };

void
guard_bytes_fill(void *bytes, size_t length)
{
   memset(bytes, GUARD, length);
}

bool
guard_bytes_are_whole(const void *bytes)
{
   const unsigned char *guard = bytes;
   for (size_t i = 0; i < GUARD_BYTES; i++) {
      if (guard[i] != GUARD) {
         return false;
      }
   }
   return true;
}

void
guard_bytes_judge(struct record *record, const void *bytes, const char *what)
{
   record_judged(record, RULE_BOUNDS);
   if (!guard_bytes_are_whole(bytes)) {
      record_violation(record, RULE_BOUNDS, "bytes were written beyond the end of %s", what);
   }
}
