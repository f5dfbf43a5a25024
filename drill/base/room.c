#include "room.h"

#include <stdlib.h>
#include <string.h>

/* There is room for FIRST elements, then for the next power of two above the count. */
#define FIRST 32

bool
room_for_one(void *array, size_t count, size_t size, size_t most)
{
   bool is_full = count == 0 || (count >= FIRST && (count & (count - 1)) == 0);
   if (count >= most || !is_full) {
      return count < most;
   }
   void *elements;
   memcpy(&elements, array, sizeof elements);
   elements = realloc(elements, (count == 0 ? FIRST : 2 * count) * size);
   if (elements != NULL) {
      memcpy(array, &elements, sizeof elements);
   }
   return elements != NULL;
}
