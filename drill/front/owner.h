/*
 * owner: whose the other end of a connection of this machine is: the user of its process, by the kernel's table of
 * sockets. As root the drill gives each environment a user of its own. Stands on nothing.
 */
#ifndef FAAS_DRILL_FRONT_OWNER_H
#define FAAS_DRILL_FRONT_OWNER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A socket to ask by, or -1 where the kernel cannot be asked. close(2) it. */
int owner_open(void);

/* Of the connection from client_port to port, both of 127.0.0.1. False when it is not known, also for descriptor -1. */
bool owner_find(int descriptor, uint16_t client_port, uint16_t port, uid_t *owner);

#endif
