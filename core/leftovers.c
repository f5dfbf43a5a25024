#include "leftovers.h"

#include <string.h>

static void
forget(struct leftovers *leftovers, size_t index)
{
   leftovers->count--;
   memmove(&leftovers->documents[index],
           &leftovers->documents[index + 1],
           (leftovers->count - index) * sizeof leftovers->documents[0]);
}

void
leftovers_add(struct leftovers *leftovers, const bson_oid_t *id)
{
   if (leftovers->count == LEFTOVERS_MAX) {
      forget(leftovers, 0);
   }
   leftovers->documents[leftovers->count] = (struct leftover){.tries = 0};
   bson_oid_copy(id, &leftovers->documents[leftovers->count].id);
   leftovers->count++;
}

void
leftovers_delete(struct leftovers *leftovers, struct lane *lane, mongoc_collection_t *collection)
{
   size_t index = 0;
   while (index < leftovers->count) {
      struct leftover *document = &leftovers->documents[index];
      bson_t selector = BSON_INITIALIZER;
      BSON_APPEND_OID(&selector, "_id", &document->id);
      lane_forget_write(lane);
      bool deleted = mongoc_collection_delete_one(collection, &selector, NULL, NULL, NULL);
      bson_destroy(&selector);
      if (!deleted) {
         return;
      }
      document->tries++;
      if (lane->acknowledged > 0 || document->tries == LEFTOVERS_TRIES) {
         forget(leftovers, index);
      } else {
         index++;
      }
   }
}
