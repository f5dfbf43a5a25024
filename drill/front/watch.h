/*
 * watch: one descriptor in the front's epoll set, and its callback.
 */
#pragma once

#include <stdint.h>

struct watch {
   int epoll_fd;
   int fd; /* -1: none */
   uint32_t events;
   void (*ready)(void *owner, uint32_t events);
   void *owner;
};

/* Sets the events to wait for. 0 removes the descriptor from the epoll set, because epoll would otherwise keep
 * reporting a hang-up. Returns -1 with errno set if epoll refuses. */
int watch_set(struct watch *watch, uint32_t events);

/* Closes the descriptor, if there is one. */
void watch_close(struct watch *watch);
