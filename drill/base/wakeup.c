#include "wakeup.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

void
wakeup_send(int descriptor)
{
   const uint64_t one = 1;
   while (write(descriptor, &one, sizeof one) < 0 && errno == EINTR) {
   }
}

void
wakeup_clear(int descriptor)
{
   uint64_t count;
   while (read(descriptor, &count, sizeof count) < 0 && errno == EINTR) {
   }
}
