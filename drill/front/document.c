#include "document.h"

#include <limits.h>

bool
document_find(const bson_t *document, const char *path, bson_iter_t *field)
{
   bson_iter_t iterator;
   return bson_iter_init(&iterator, document) && bson_iter_find_descendant(&iterator, path, field);
}

bool
document_has(const bson_t *document, const char *path)
{
   bson_iter_t field;
   return document_find(document, path, &field);
}

bool
document_part(const bson_t *document, const char *path, bson_t *part)
{
   bson_iter_t field;
   uint32_t length;
   const uint8_t *bytes;
   if (!document_find(document, path, &field) || !BSON_ITER_HOLDS_DOCUMENT(&field)) {
      return false;
   }
   bson_iter_document(&field, &length, &bytes);
   return bson_init_static(part, bytes, length);
}

const char *
document_text(const bson_t *document, const char *path)
{
   bson_iter_t field;
   return document_find(document, path, &field) && BSON_ITER_HOLDS_UTF8(&field) ? bson_iter_utf8(&field, NULL) : "";
}

int
document_number(const bson_t *document, const char *path, int missing)
{
   bson_iter_t field;
   if (!document_find(document, path, &field) || !BSON_ITER_HOLDS_NUMBER(&field)) {
      return missing;
   }
   if (BSON_ITER_HOLDS_DOUBLE(&field)) {
      double number = bson_iter_double(&field);
      return number > INT_MIN && number < INT_MAX ? (int)number : number > 0 ? INT_MAX : INT_MIN;
   }
   int64_t number = bson_iter_as_int64(&field);
   return number > INT_MAX ? INT_MAX : number < INT_MIN ? INT_MIN : (int)number;
}
