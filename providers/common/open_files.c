#include "open_files.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define WANTED_MAX 16

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
         too_few_files_text(errno, text, size);
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
