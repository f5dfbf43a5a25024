#include "address.h"

#include <stdlib.h>
#include <string.h>

int
address_split(char *address, const char **host, uint16_t *port)
{
   char *colon = strrchr(address, ':');
   char *end = NULL;
   unsigned long number = colon == NULL ? 0 : strtoul(colon + 1, &end, 10);
   if (colon == NULL || colon == address || end == colon + 1 || *end != '\0' || number == 0 || number > UINT16_MAX) {
      return -1;
   }
   *colon = '\0';
   *host = address;
   *port = (uint16_t)number;
   if (address[0] == '[' && colon[-1] == ']') {
      colon[-1] = '\0';
      *host = address + 1;
   }
   return 0;
}
