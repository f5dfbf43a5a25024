#include "too_few_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define WANTED_MAX 16

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

bool
too_few_files_left(unsigned wanted, char *text, size_t size)
{
   int saved = errno;
   int opened[WANTED_MAX];
   unsigned count = 0;
   bool too_few = false;
   while (count < wanted && count < WANTED_MAX && (opened[count] = open("/", O_PATH | O_CLOEXEC)) >= 0) {
      count++;
   }
   if (count < wanted && count < WANTED_MAX && (errno == EMFILE || errno == ENFILE)) {
      too_few_files_text(errno, text, size);
      too_few = true;
   }
   while (count > 0) {
      (void)close(opened[--count]);
   }
   errno = saved;
   return too_few;
}
