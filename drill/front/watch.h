/*
 * watch: one descriptor in the front's epoll set, and whom to tell.
 */
#ifndef FAAS_DRILL_WATCH_H
#define FAAS_DRILL_WATCH_H

#include <stdint.h>

struct watch {
   int epoll_fd;
   int fd; /* -1: none */
   uint32_t events;
   void (*ready)(void *owner, uint32_t events);
   void *owner;
};

/* 0 as events takes it out of the set: epoll would go on to report a hang-up else. */
int watch_set(struct watch *watch, uint32_t events);

#endif
