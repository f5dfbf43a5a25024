#include "descriptors.h"

#include <sys/resource.h>

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
