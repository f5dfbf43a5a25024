/*
 * address: parses HOST:PORT of a server, as given on a command line.
 */
#pragma once

#include <stdint.h>

/* Splits HOST:PORT or [HOST]:PORT in place; *host points into address. Returns -1, with address unchanged, if it is
 * neither. */
int address_split(char *address, const char **host, uint16_t *port);
