#include "short_memory.h"

#include <cjson/cJSON.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#define NEVER INT_MAX

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static atomic_int allocations_left = NEVER;

static bool
refused(void)
{
   return atomic_load(&allocations_left) != NEVER && atomic_fetch_sub(&allocations_left, 1) <= 0;
}

void *
__wrap_malloc(size_t size)
{
   return refused() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
   return refused() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *memory, size_t size)
{
   return refused() ? NULL : __real_realloc(memory, size);
}

void
short_memory_begin(int good)
{
   atomic_store(&allocations_left, good);
}

void
short_memory_end(void)
{
   atomic_store(&allocations_left, NEVER);
}

int
short_memory_sweep(bool (*attempt)(void))
{
   bool good = false;
   int failed = -1;
   cJSON_Hooks hooks = {.malloc_fn = __wrap_malloc, .free_fn = free};
   cJSON_InitHooks(&hooks);
   while (!good) {
      failed++;
      short_memory_begin(failed);
      good = attempt();
      short_memory_end();
   }
   cJSON_InitHooks(NULL);
   return failed;
}
