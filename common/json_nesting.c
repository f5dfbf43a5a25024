#include "json_nesting.h"

void
json_nesting_init(struct json_nesting *nesting)
{
   nesting->depth = 0;
}

void
json_nesting_push(struct json_nesting *nesting, char opener)
{
   if (nesting->depth < JSON_MAX_DEPTH) {
      unsigned char *byte = &nesting->objects[nesting->depth / CHAR_BIT];
      unsigned bit = 1u << (nesting->depth % CHAR_BIT);

      *byte = (unsigned char)(opener == '{' ? *byte | bit : *byte & ~bit);
   }
   nesting->depth++;
}

bool
json_nesting_in_object(const struct json_nesting *nesting)
{
   if (nesting->depth == 0 || nesting->depth > JSON_MAX_DEPTH) {
      return false;
   }
   size_t innermost = nesting->depth - 1;
   return (nesting->objects[innermost / CHAR_BIT] >> (innermost % CHAR_BIT)) & 1;
}

bool
json_nesting_pop(struct json_nesting *nesting, char closer)
{
   if (nesting->depth == 0) {
      return false;
   }
   if (nesting->depth <= JSON_MAX_DEPTH && json_nesting_in_object(nesting) != (closer == '}')) {
      return false;
   }
   nesting->depth--;
   return true;
}
