#include "extensions.h"

#include "request_id.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *
extension_state_name(enum extension_state state)
{
   static const char *const names[] = {[EXTENSION_REGISTERED] = "Registered",
                                       [EXTENSION_READY] = "Ready",
                                       [EXTENSION_RUNNING] = "Running",
                                       [EXTENSION_INIT_ERROR] = "InitError",
                                       [EXTENSION_EXIT_ERROR] = "ExitError"};
   return names[state];
}

struct extension *
extensions_by_name(struct extensions *extensions, const char *name)
{
   for (size_t i = 0; i < extensions->count; i++) {
      if (strcmp(extensions->all[i].name, name) == 0) {
         return &extensions->all[i];
      }
   }
   return NULL;
}

struct extension *
extensions_by_id(struct extensions *extensions, const char *id)
{
   for (size_t i = 0; i < extensions->count; i++) {
      if (strcasecmp(extensions->all[i].id, id) == 0) {
         return &extensions->all[i];
      }
   }
   return NULL;
}

struct extension *
extensions_add(struct extensions *extensions, const char *name, bool wants_invoke)
{
   struct extension *extension = &extensions->all[extensions->count++];
   *extension = (struct extension){.wants_invoke = wants_invoke};
   snprintf(extension->name, sizeof extension->name, "%s", name);
   request_id_new(extension->id, sizeof extension->id);
   return extension;
}

const struct extension *
extensions_busy(const struct extensions *extensions, bool init_over)
{
   for (size_t i = 0; i < extensions->count; i++) {
      const struct extension *extension = &extensions->all[i];
      if (extension->state != EXTENSION_READY && (extension->wants_invoke || !init_over)) {
         return extension;
      }
   }
   return NULL;
}

unsigned
extensions_waiting(const struct extensions *extensions)
{
   unsigned count = 0;
   for (size_t i = 0; i < extensions->count; i++) {
      count += extensions->all[i].waiting.connection != NULL ? 1 : 0;
   }
   return count;
}

void
extensions_resume(struct extensions *extensions, bool all)
{
   for (size_t i = 0; i < extensions->count; i++) {
      struct extension *extension = &extensions->all[i];
      if (extension->wants_invoke || all) {
         runtime_call_resume(&extension->waiting);
      }
   }
}

void
extensions_forget(struct extensions *extensions, const struct runtime_request *request)
{
   for (size_t i = 0; i < extensions->count; i++) {
      struct extension *extension = &extensions->all[i];
      if (extension->waiting.request == request) {
         extension->waiting = (struct runtime_call){0};
      }
   }
}
