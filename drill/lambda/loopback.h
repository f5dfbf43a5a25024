/*
 * loopback: where the host's libmicrohttpd daemons listen: the address they are given and the port they get.
 */
#ifndef FAAS_DRILL_LOOPBACK_H
#define FAAS_DRILL_LOOPBACK_H

#include <microhttpd.h>
#include <netinet/in.h>

/* 127.0.0.1; port 0 means any free one. */
struct sockaddr_in loopback_address(unsigned short port);

/* Returns 0 when daemon is NULL. */
unsigned short loopback_port(struct MHD_Daemon *daemon);

#endif
