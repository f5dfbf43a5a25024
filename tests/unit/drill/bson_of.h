/*
 * bson_of: documents of the tests, as extended JSON.
 */
#ifndef FAAS_TESTS_BSON_OF_H
#define FAAS_TESTS_BSON_OF_H

#include "test_main.h"

#include <bson/bson.h>

/* By a format of printf, with ' for ". Destroy it. */
__attribute__((format(printf, 1, 2))) static inline bson_t *
bson_of(const char *format, ...)
{
   char json[1024];
   va_list values;
   va_start(values, format);
   vsnprintf(json, sizeof json, format, values);
   va_end(values);
   for (char *quote = json; (quote = strchr(quote, '\'')) != NULL;) {
      *quote = '"';
   }
   bson_error_t error;
   bson_t *document = bson_new_from_json((const uint8_t *)json, -1, &error);
   if (document == NULL) {
      fail_msg("%s: %s", json, error.message);
   }
   return document;
}

#endif
