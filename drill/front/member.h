/*
 * member: one member of the set: its port, whether it is up, and how it and its waiting hellos see the set.
 */
#pragma once

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
   struct hello_view told; /* the view that awaitable and exhaust hellos have: the same, or still the previous one */
};

/* Takes an ephemeral port. client_waits is called with the member when clients wait to be accepted. member_clear
 * accepts a member that is all zero except for descriptors of -1. */
int member_init(struct member *member, int epoll_fd, void (*client_waits)(void *, uint32_t), struct drill_error *error);
void member_clear(struct member *member);

/* Takes another port; `former`, which must be clear, keeps the old one. Both are down. */
int member_move(struct member *member, struct member *former, struct drill_error *error);

/* member_up begins to listen, with a new process id, like a new process. member_down stops listening. */
int member_up(struct member *member, struct drill_error *error);
void member_down(struct member *member);

/* Whether the member is up and not frozen. */
bool member_serves(const struct member *member);

/* While paused, the member listens but accepts nobody. */
void member_pause(struct member *member, bool paused);
