#include "memory_use.h"

#define MEGABYTE (1024 * 1024)

void
memory_use_init(struct memory_use *use, unsigned limit_mb)
{
   *use = (struct memory_use){.limit = (uint64_t)limit_mb * MEGABYTE};
}

void
memory_use_note(struct memory_use *use, struct descendants *descendants)
{
   uint64_t bytes = descendants_resident_bytes(descendants, use->limit);
   use->most = bytes > use->most ? bytes : use->most;
}

bool
memory_use_is_over(const struct memory_use *use)
{
   return use->most > use->limit;
}

unsigned
memory_use_mb(const struct memory_use *use)
{
   return (unsigned)((double)use->most / MEGABYTE + 0.999);
}
