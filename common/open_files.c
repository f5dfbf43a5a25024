#include "open_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define WANTED_MAX 16

static void
describe(int error_number, char *text, size_t size)
{
   struct rlimit limit;
   if (error_number == ENFILE || getrlimit(RLIMIT_NOFILE, &limit) != 0) {
      (void)snprintf(text, size, "too few file descriptors left on this machine");
   } else {
      (void)snprintf(
         text, size, "too few file descriptors, the limit is %llu (ulimit -n)", (unsigned long long)limit.rlim_cur);
   }
}

bool
open_files_are_short(unsigned wanted, char *text, size_t size)
{
   int saved = errno;
   int opened[WANTED_MAX];
   unsigned count = 0;
   bool are_short = false;
   while (!are_short && count < wanted && count < WANTED_MAX) {
      opened[count] = open("/", O_PATH | O_CLOEXEC);
      if (opened[count] >= 0) {
         count++;
      } else if (errno == EMFILE || errno == ENFILE) {
         describe(errno, text, size);
         are_short = true;
      } else {
         break;
      }
   }
   while (count > 0) {
      (void)close(opened[--count]);
   }
   errno = saved;
   return are_short;
}
