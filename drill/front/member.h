/*
 * member: one of the set: its port, whether it is up, and what it and those who wait for news know of the set. Stands
 * on hello, watch.
 */
#ifndef FAAS_DRILL_MEMBER_H
#define FAAS_DRILL_MEMBER_H

#include "hello.h"
#include "watch.h"

struct front_set;

struct member {
   struct front_set *set;
   unsigned number;
   uint16_t port;
   int port_fd; /* keeps the port while the member is down */
   struct watch listener;
   bool up;
   bool frozen;
   struct hello_view actual;
   struct hello_view told; /* to awaitable and exhaust hellos: the same, or still what it was before */
};

/* Takes an ephemeral port; client_waits is to accept, it is called with the member. member_clear takes one that is all
 * zero but for descriptors of -1. */
int member_init(struct member *member, int epoll_fd, void (*client_waits)(void *, uint32_t), struct drill_error *error);
void member_clear(struct member *member);

/* Takes another port; former, one that is clear, keeps the old one. Both are down. */
int member_move(struct member *member, struct member *former, struct drill_error *error);

/* Begins to listen, as a new process; and stops to. */
int member_up(struct member *member, struct drill_error *error);
void member_down(struct member *member);

/* It is up, and not frozen. */
bool member_serves(const struct member *member);

/* Listens on, but nobody takes what comes. */
void member_pause(struct member *member, bool paused);

#endif
