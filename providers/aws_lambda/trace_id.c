#include "trace_id.h"

#include <stdlib.h>
#include <string.h>

#define NAME "_X_AMZN_TRACE_ID="

/* putenv uses this memory itself, which goes away when this shared object is unloaded. */
static char variable[sizeof NAME + 1024] = NAME;

void
trace_id_install(void)
{
   (void)putenv(variable);
}

void
trace_id_remove(void)
{
   (void)unsetenv("_X_AMZN_TRACE_ID");
}

void
trace_id_set(const char *trace_id)
{
   char *value = variable + sizeof NAME - 1;
   size_t length = trace_id == NULL ? 0 : strnlen(trace_id, sizeof variable - sizeof NAME);
   if (length > 0) {
      memcpy(value, trace_id, length);
   }
   value[length] = '\0';
}
