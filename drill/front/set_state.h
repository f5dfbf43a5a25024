/*
 * set_state: the state of the emulated replica set, for all parts of the front that share it. All code that includes
 * this header runs with the front's lock held.
 */
#pragma once

#include "backend.h"
#include "delays.h"
#include "faults.h"
#include "front.h"
#include "limit.h"
#include "member.h"
#include "record.h"
#include "server.h"
#include "tls.h"
#include "users.h"

#include <sys/queue.h>

/* For how many moves the former addresses are kept, so that no other process gets their ports. */
#define SET_MOVES_KEPT 4
#define SET_ADDRESSES (FRONT_MEMBERS * (1 + SET_MOVES_KEPT))

struct connection;

struct front_set {
   int epoll_fd;
   struct timeline *timeline;
   struct witness *witness;
   struct server server;
   struct backend backend;
   struct member members[SET_ADDRESSES]; /* the first FRONT_MEMBERS are the set's; the rest are former addresses */
   unsigned moves;
   int32_t version;      /* of the list of hosts */
   struct watch refused; /* the packet socket; descriptor -1: none */
   int primary;          /* -1: none */
   int last_primary;     /* the previous primary, while there is none */
   int candidate;        /* to be elected at election_us; -1: no election is in progress */
   int64_t election_us;
   int64_t told_us; /* when waiting hellos get the news; 0: at once */
   uint32_t election;
   size_t no_primary_entry;
   bool failover_armed;       /* for the next command of that name */
   char failover_command[32]; /* empty: any command of an application that comes to the primary */
   struct front_failover failover_how;
   struct faults faults;
   struct record *record;
   LIST_HEAD(connection_list, connection) connections;
   struct connection_list buried; /* closed, to be freed once no event can refer to them */
   unsigned replies_owed;         /* commands at the server whose client has left */
   int64_t accept_us;             /* when to accept again, after running out of descriptors; 0: now */
   struct front_counters counters;
   struct limit limit;
   struct pace pace;         /* for connections */
   struct pace shed;         /* for commands; none waits */
   unsigned base_backoff_ms; /* of the error of a command that was shed */
   char *domain;             /* of the members' names; NULL: they are named by their address */
   struct tls *tls;          /* NULL: plain TCP */
   int64_t round_trip_us;    /* how late answers are */
   struct delays delays;
   struct users users;
   int32_t request_id;
   int64_t due_us; /* when the loop must check its timers again */
};

/* Makes the loop check its timers at at_us, or sooner. */
static inline void
set_due(struct front_set *set, int64_t at_us)
{
   set->due_us = at_us < set->due_us ? at_us : set->due_us;
}
