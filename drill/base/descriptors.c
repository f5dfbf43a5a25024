#include "descriptors.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#define DESCRIPTORS_MAX 65536

void
descriptors_allow(void)
{
   struct rlimit limit;
   if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
      limit.rlim_cur = limit.rlim_max < DESCRIPTORS_MAX ? limit.rlim_max : DESCRIPTORS_MAX;
      setrlimit(RLIMIT_NOFILE, &limit);
   }
}

void
descriptors_close(int descriptor)
{
   int problem = errno;
   if (descriptor >= 0) {
      close(descriptor);
   }
   errno = problem;
}
