#include "driver_log.h"

#include "log.h"

#include <stdint.h>
#include <stdlib.h>

static void
on_log(mongoc_log_level_t level, const char *domain, const char *message, void *context)
{
   (void)context;
   enum faas_log_level ours = level <= MONGOC_LOG_LEVEL_CRITICAL  ? FAAS_LOG_ERROR
                              : level <= MONGOC_LOG_LEVEL_WARNING ? FAAS_LOG_WARNING
                              : level <= MONGOC_LOG_LEVEL_INFO    ? FAAS_LOG_INFO
                                                                  : FAAS_LOG_DEBUG;
   log_line(ours, "libmongoc", "%s: %s", domain, message);
}

void
driver_log_install(void)
{
   mongoc_log_set_handler(on_log, NULL);
   /* A single-threaded client logs its creation before it takes a handler. Without this variable that goes to stderr,
    * and never to stdout, where answers go. */
   if (getenv("MONGODB_LOG_PATH") != NULL) {
      (void)unsetenv("MONGODB_LOG_PATH");
   }
}

#if MONGOC_CHECK_VERSION(1, 30, 0)

/* An entry as JSON; free it with bson_free. Secrets are removed from its texts before JSON escapes them. */
static char *
entry_json(const mongoc_structured_log_entry_t *entry, const struct redactor *redactor)
{
   bson_t clean = BSON_INITIALIZER;
   bson_iter_t field;
   bson_t *document = mongoc_structured_log_entry_message_as_bson(entry);
   bool more = bson_iter_init(&field, document);
   while (more && bson_iter_next(&field)) {
      if (BSON_ITER_HOLDS_UTF8(&field)) {
         char *text = bson_iter_dup_utf8(&field, NULL);
         redactor_apply(redactor, text);
         bson_append_utf8(&clean, bson_iter_key(&field), -1, text, -1);
         bson_free(text);
      } else {
         bson_append_iter(&clean, NULL, 0, &field);
      }
   }
   char *json = bson_as_relaxed_extended_json(&clean, NULL);
   bson_destroy(document);
   bson_destroy(&clean);
   return json;
}

static void
on_structured_log(const mongoc_structured_log_entry_t *entry, void *context)
{
   mongoc_structured_log_level_t level = mongoc_structured_log_entry_get_level(entry);
   enum faas_log_level ours = level <= MONGOC_STRUCTURED_LOG_LEVEL_ERROR     ? FAAS_LOG_ERROR
                              : level <= MONGOC_STRUCTURED_LOG_LEVEL_WARNING ? FAAS_LOG_WARNING
                              : level <= MONGOC_STRUCTURED_LOG_LEVEL_INFO    ? FAAS_LOG_INFO
                                                                             : FAAS_LOG_DEBUG;
   char *json = entry_json(entry, context);
   log_line(ours,
            "libmongoc",
            "%s: %s",
            mongoc_structured_log_get_component_name(mongoc_structured_log_entry_get_component(entry)),
            json == NULL ? mongoc_structured_log_entry_get_message_string(entry) : json);
   bson_free(json);
}

bool
driver_log_install_structured(mongoc_client_pool_t *pool, mongoc_client_t *single, const struct redactor *redactor)
{
   /* Levels stay as the environment sets them. */
   mongoc_structured_log_opts_t *options = mongoc_structured_log_opts_new();
   mongoc_structured_log_opts_set_handler(options, on_structured_log, (void *)(uintptr_t)redactor);
   bool set = pool != NULL ? mongoc_client_pool_set_structured_log_opts(pool, options)
                           : mongoc_client_set_structured_log_opts(single, options);
   mongoc_structured_log_opts_destroy(options);
   return set;
}

void
driver_log_silence(mongoc_client_t *single)
{
   mongoc_structured_log_opts_t *options = mongoc_structured_log_opts_new();
   mongoc_structured_log_opts_set_handler(options, NULL, NULL);
   (void)mongoc_client_set_structured_log_opts(single, options);
   mongoc_structured_log_opts_destroy(options);
}

#else

bool
driver_log_install_structured(mongoc_client_pool_t *pool, mongoc_client_t *single, const struct redactor *redactor)
{
   (void)pool;
   (void)single;
   (void)redactor;
   return true;
}

void
driver_log_silence(mongoc_client_t *single)
{
   (void)single;
}

#endif
