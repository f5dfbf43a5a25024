/*
 * address: HOST:PORT of a server, as it is given on a command line. Stands on nothing.
 */
#ifndef FAAS_DRILL_FRONT_ADDRESS_H
#define FAAS_DRILL_FRONT_ADDRESS_H

#include <stdint.h>

/* HOST:PORT or [HOST]:PORT, cut in place: *host points into it. -1 when it is neither; address is whole then. */
int address_split(char *address, const char **host, uint16_t *port);

#endif
