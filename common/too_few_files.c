#include "too_few_files.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>

void
too_few_files_text(int error_number, char *text, size_t size)
{
   struct rlimit limit;
   if (error_number == ENFILE || getrlimit(RLIMIT_NOFILE, &limit) != 0) {
      (void)snprintf(text, size, "too few file descriptors left on this machine");
   } else {
      (void)snprintf(
         text, size, "too few file descriptors, the limit is %llu (ulimit -n)", (unsigned long long)limit.rlim_cur);
   }
}
