#include "next_symbol.h"

#include <dlfcn.h>

void *
next_symbol(const char *name)
{
   return dlsym(RTLD_NEXT, name);
}
