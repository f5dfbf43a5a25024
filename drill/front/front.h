/*
 * front: makes one MongoDB-compatible server look like a replica set of three members that can be failed over, killed,
 * frozen and made to misbehave. The members are three ports of this process. The front answers hello itself and passes
 * everything else to the server behind. It does not model replication lag, rollback or split brain.
 */
#pragma once

#include "error.h"
#include "timeline.h"
#include "witness.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRONT_MEMBERS 3

struct front_config {
   const char *server_host; /* the server behind */
   uint16_t server_port;
   struct timeline *timeline; /* connections, hellos, commands, server events and faults; may be NULL */
   struct witness *witness;
   unsigned round_trip_ms; /* how late each answer is; the first one of a connection is twice as late */
   const char
      *authority_file; /* turns on TLS and a user; the certificate for clients is written there. NULL: neither */
   const char *domain; /* members are m1.DOMAIN and so on, which the caller's DNS must resolve; needs an authority_file.
                          NULL: their address is 127.0.0.1 */
};

struct front;

/* Listens on three ephemeral ports of 127.0.0.1; member 0 is primary. Returns NULL with error set when the server
 * behind does not answer a hello within 10 s, or when no port is free. Runs a thread of its own; every call below is
 * thread-safe. */
struct front *front_new(const struct front_config *config, struct drill_error *error);

/* Closes all connections. Accepts NULL. */
void front_destroy(struct front *front);

/* "mongodb://127.0.0.1:P1,127.0.0.1:P2,127.0.0.1:P3/?replicaSet=drill", with an authority_file also a password,
 * tls=true and tlsCAFile. With a domain "mongodb+srv://drill.DOMAIN/" instead. */
const char *front_uri(const struct front *front);

/* The URI that names the members, with or without a domain. */
const char *front_member_uri(const struct front *front);

#define FRONT_SET_NAME "drill"
#define FRONT_HOST_MAX 64
/* The member's host, without its port: "127.0.0.1", or with a domain "m1.DOMAIN" for member 0. */
void front_host(const struct front *front, unsigned member, char host[FRONT_HOST_MAX]);

void front_round_trip(struct front *front, unsigned round_trip_ms);

#define FRONT_DELAY_MAX_MS 3600000

/* How late answers are, including those to hellos. All zero: no delay. A late member applies a message at the end of
 * its delay, even if the client has left meanwhile, like a server that reads its socket late. */
struct front_delays {
   unsigned late_ms[FRONT_MEMBERS];
   unsigned loss_percent; /* of messages in each direction, below 100: resent after 200 ms, then after 400 ms … */
};

/* Sets the delays from now on. When the last delay is removed, waits until everything that was held back has been done.
 */
void front_delay(struct front *front, const struct front_delays *delays);

/* For a front with a user: sets another password, which changes the URI. Connected clients stay authenticated. */
int front_new_password(struct front *front, struct drill_error *error);

uint16_t front_port(struct front *front, unsigned member);

#define FRONT_NONE (-1)

/* Moves all members to new ports, which changes the URI, and closes all connections. The next member is primary at
 * once. Until the fourth later move, the old address of member `kept` keeps answering, as a secondary that has the new
 * list of hosts but is not in it; the other two old addresses refuse connections. With FRONT_NONE all old addresses
 * refuse them. */
int front_move(struct front *front, int kept, struct drill_error *error);

/* The number of the primary, or -1 while there is none. */
int front_primary(struct front *front);

struct front_failover {
   unsigned election_ms; /* how long there is no primary */
   unsigned late_ms;     /* how much later awaitable and exhaust hellos report it */
   bool kill;            /* the old primary goes down and its connections close; else it steps down to secondary */
};

/* Makes the next member that is up primary. Returns at once, while the election continues in the background;
 * front_wait_primary waits for it. Returns -1 with error set if no other member is up, or if an election is in
 * progress. */
int front_failover(struct front *front, const struct front_failover *how, struct drill_error *error);
/* Does the same when the next command of that name ("insert") arrives, which is then not applied. NULL: when any
 * application's command reaches the primary. */
int front_failover_on(struct front *front,
                      const char *command,
                      const struct front_failover *how,
                      struct drill_error *error);
/* Returns true when there is a primary within timeout_ms. */
bool front_wait_primary(struct front *front, unsigned timeout_ms);

/* A killed member closes its port and its connections; a frozen one keeps both and does not answer. start and thaw undo
 * that. No election follows by itself, but a member that starts while there is neither a primary nor an election
 * becomes primary. */
enum front_change { FRONT_KILL, FRONT_START, FRONT_FREEZE, FRONT_THAW };
int front_change(struct front *front, enum front_change change, unsigned member, struct drill_error *error);

enum front_fault_kind {
   FRONT_FAULT_ERROR,      /* reply with error_code and its labels, nothing applied */
   FRONT_FAULT_DELAY,      /* answer delay_ms late */
   FRONT_FAULT_CLOSE,      /* close the connection, nothing applied */
   FRONT_FAULT_RESET,      /* close the connection with RST, nothing applied */
   FRONT_FAULT_LOSE_REPLY, /* apply, then close the connection instead of replying */
   FRONT_FAULT_HOLD_REPLY, /* apply, then this connection's packets vanish, and with them the reply */
   FRONT_FAULT_BLACK_HOLE, /* this connection's packets vanish from now on, in both directions; nothing applied */
};

struct front_fault {
   enum front_fault_kind kind;
   char command[32]; /* empty: any but hello and authentication */
   unsigned times;   /* how often; 0: until front_clear_faults */
   int error_code;
   unsigned delay_ms;
};

int front_add_fault(struct front *front, const struct front_fault *fault, struct drill_error *error);
/* Clears all faults, and a pending front_failover_on. */
void front_clear_faults(struct front *front);

/* How the connection of a suspended client ends. */
enum front_ending {
   FRONT_ENDING_CLOSED, /* FIN: the client's kernel has it by the thaw */
   FRONT_ENDING_RESET,  /* the client notices when it sends something, which RST answers */
   FRONT_ENDING_SILENT, /* every packet vanishes, in both directions, and neither side notices */
};

#define FRONT_ALL (-1)

/* Ends the connections that are open now, of one member or of FRONT_ALL. New ones work if their member is up. A
 * connection that is already reset or silent stays so, even when its member goes down. Returns how many it ended. */
size_t front_end_connections(struct front *front, enum front_ending ending, int member);

/* Copies all writes, in order; free() the result. Returns NULL with *count 0 if there are none. *complete is false if
 * the record, or its copy, lacks a write: it holds a million, and memory may run out. complete may be NULL. */
struct witness_write *front_writes(struct front *front, size_t *count, bool *complete);

/* What the witness does not count. */
struct front_counters {
   unsigned connections_open;
   unsigned connections_most;    /* the most open at once so far */
   unsigned connections_dropped; /* of those open: their packets vanish */
   uint64_t connections_reset;   /* ended with RST */
   uint64_t messages_lost;       /* by loss_percent of front_delays */
   int shortage; /* errno of what the front itself ran out of, which a client then noticed; 0: nothing */
};

/* Waits up to 250 ms until the front has read what clients had sent before the call, including the ends of connections.
 */
void front_counters(struct front *front, struct front_counters *counters);

#define FRONT_LIMITED_SECONDS 120

/* Open connections of each member, and what the limit did since it was set. */
struct front_limited {
   unsigned open[FRONT_MEMBERS];
   uint64_t refused;                                  /* accepted and closed at once, by limit or rate */
   unsigned refused_in_second[FRONT_LIMITED_SECONDS]; /* of those, in each second since the limit was set */
   unsigned clients;   /* how many clients were refused, distinguished by their user; 0: unknown */
   unsigned sustained; /* attempts per second that one of them kept up for two seconds in a row, without its first */
   uint64_t queued;    /* accepted later, as the rate required */
   int64_t queued_most_us; /* the longest wait */
   uint64_t left_queue;    /* of those: the client closed the connection first */
};

struct front_limits {
   unsigned most;       /* connections at once, including those that are open; 0: no limit */
   unsigned per_second; /* new connections a second, after an initial burst of as many; 0: no limit */
   unsigned queue;      /* how many connections beyond that rate may wait */
};

/* Limits the connections of each member, which closes any other right after accepting it. A waiting connection is not
 * read from before its time. */
void front_limit_connections(struct front *front, const struct front_limits *limits);
void front_limited(struct front *front, struct front_limited *limited);

/* Each member admits this many commands a second, after an initial burst of as many. It answers the others with
 * IngressRequestRateLimitExceeded, whose labels are SystemOverloadedError and RetryableError. 0: admits all.
 * base_backoff_ms: baseBackoffMS of that error; 0: none. */
void front_shed_commands(struct front *front, unsigned per_second, unsigned base_backoff_ms);

/* The witness of the config. */
struct witness *front_witness(const struct front *front);

/* Whether nothing listens any more at the address of the server behind. */
bool front_server_refuses(struct front *front);

/* Asks the server behind for a count. Returns -1 with error set if that fails. */
int64_t
front_count_documents(struct front *front, const char *database, const char *collection, struct drill_error *error);
