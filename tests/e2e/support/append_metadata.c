/*
 * For LD_PRELOAD: appends to the driver's metadata what APPEND_NAME and APPEND_PLATFORM say, as a library that wraps it
 * does once it is initialised (mongoc_handshake_data_append). Of a driver that is linked statically it sees nothing.
 */
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
