#include "next_symbol.h"

#include <dlfcn.h>
#include <stddef.h>

void *
next_symbol(const char *name)
{
   void *found = dlsym(RTLD_NEXT, name);
#if defined(__x86_64__) && defined(__GLIBC__)
   /* Before glibc 2.36, and Amazon Linux 2023 has an older one, dlsym(RTLD_NEXT) finds the oldest version of a symbol,
    * not the default one (glibc bug 14932). Conditions had another layout before 2.3.2. Only glibc's own symbol is
    * replaced, not one that a sanitizer has put before it. */
   if (found != NULL && found == dlvsym(RTLD_NEXT, name, "GLIBC_2.2.5")) {
      void *newer = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
      found = newer == NULL ? found : newer;
   }
#endif
   return found;
}
