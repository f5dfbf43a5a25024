/*
 * free_port: finds a port of 127.0.0.1 that nobody listens on.
 */
#ifndef FAAS_DRILL_FREE_PORT_H
#define FAAS_DRILL_FREE_PORT_H

/* The port is below those that the kernel gives to outgoing connections, so that none of them takes it before the
 * caller does. Returns 0 with errno set when there is none. */
unsigned short free_port(void);

#endif
