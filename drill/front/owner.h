/*
 * owner: finds the user of the process at the other end of a local connection, in the kernel's socket table. As root,
 * the drill gives each environment its own user.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Returns a socket for owner_find, or -1 if the kernel can't be asked. close(2) it. */
int owner_open(void);

/* Finds who has the client's end of the connection from client_port to port, both of 127.0.0.1. Returns false if that
 * is unknown, and for a descriptor of -1. */
bool owner_find(int descriptor, uint16_t client_port, uint16_t port, uid_t *owner);
