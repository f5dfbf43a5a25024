/*
 * listener: the socket on which requests arrive: TCP, or a Unix socket as Fn expects it.
 */
#ifndef HTTP_LISTENER_H
#define HTTP_LISTENER_H

#include "faas_harness/provider.h"

#include <sys/un.h>

struct listener {
   int descriptor;                                       /* -1: none */
   char address[sizeof(struct sockaddr_un) + 64];        /* in the form that users write */
   char link[sizeof((struct sockaddr_un *)0)->sun_path]; /* empty: TCP */
   char path[sizeof((struct sockaddr_un *)0)->sun_path]; /* the link's target */
};

/* address is HOST:PORT, where HOST is a numeric IPv4 address and PORT may be 0, or unix:PATH. Nobody can connect yet.
 * On FAAS_ERROR (Provider.BadOption or Provider.NotListening) there is nothing to clear. */
enum faas_result listener_init(struct listener *listener, const char *address, struct faas_error *error);

/* From now on clients can connect. A Unix socket is created beside its path, with mode 0666, and linked there only now.
 */
enum faas_result listener_start(struct listener *listener, struct faas_error *error);

/* From now on nobody can connect. */
void listener_clear(struct listener *listener);

#endif
