/* For LD_PRELOAD: appends APPEND_NAME and APPEND_PLATFORM to the driver's metadata, as a library that wraps the driver
 * does after initialising it (mongoc_handshake_data_append). Does not work with a statically linked driver. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

void mongoc_init(void);

__attribute__((visibility("default"))) void
mongoc_init(void)
{
   void (*next_init)(void);
   bool (*append)(const char *, const char *, const char *);
   *(void **)&next_init = dlsym(RTLD_NEXT, "mongoc_init");
   *(void **)&append = dlsym(RTLD_NEXT, "mongoc_handshake_data_append");
   next_init();
   (void)append(getenv("APPEND_NAME"), NULL, getenv("APPEND_PLATFORM"));
}
