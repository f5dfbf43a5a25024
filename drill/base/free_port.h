/*
 * free_port: finds a port of 127.0.0.1 that nobody listens on.
 */
#pragma once

/* The port is below those that the kernel gives to outgoing connections, so that none of them takes it before the
 * caller does. Returns 0 with errno set when there is none. */
unsigned short free_port(void);
