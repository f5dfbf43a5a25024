#include "guard_bytes.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

bool
guarded_copy_init(struct guarded_copy *copy, const char *bytes, size_t length)
{
   size_t page = (size_t)sysconf(_SC_PAGESIZE);
   size_t readable = (length + page - 1) / page * page;
   *copy = (struct guarded_copy){.mapping_size = readable + page};
   copy->mapping = mmap(NULL, copy->mapping_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
   if (copy->mapping == MAP_FAILED) {
      *copy = (struct guarded_copy){0};
      return false;
   }
   char *end = (char *)copy->mapping + readable;
   if (length > 0) {
      memcpy(end - length, bytes, length);
   }
   copy->bytes = end - length;
   (void)mprotect(copy->mapping, readable, PROT_READ);
   return mprotect(end, page, PROT_NONE) == 0;
}

void
guarded_copy_clear(struct guarded_copy *copy)
{
   if (copy->mapping != NULL) {
      (void)munmap(copy->mapping, copy->mapping_size);
   }
   *copy = (struct guarded_copy){0};
}
