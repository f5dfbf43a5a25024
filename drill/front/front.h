/*
 * front: makes one MongoDB-compatible server look like a replica set of three members that can be failed over, killed,
 * frozen and made to misbehave. The members are three ports of this process; hello is answered here, everything else
 * goes to the server behind. Models no replication lag, rollback or split brain.
 */
#ifndef FAAS_DRILL_FRONT_H
#define FAAS_DRILL_FRONT_H

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
   struct timeline *timeline;  /* connections, hellos, commands, server events and faults; may be NULL */
   struct witness *witness;    /* may be NULL */
   unsigned round_trip_ms;     /* by which each answer is late, and the first one of a connection twice */
   const char *authority_file; /* TLS and a user; the certificate for clients goes there. NULL: neither */
   const char *domain;         /* members are m1.DOMAIN and so on, and found by DNS, which is not the front's; needs
                                * an authority_file. NULL: they go by 127.0.0.1 */
};

struct front;

/* Listens on three ephemeral ports of 127.0.0.1; member 0 is primary. NULL with error set when the server behind does
 * not answer a hello within 10 s, or no port is to be had. Threads of its own; every call below is for any thread. */
struct front *front_new(const struct front_config *config, struct drill_error *error);

/* Closes all connections. Takes NULL. */
void front_destroy(struct front *front);

/* "mongodb://127.0.0.1:P1,127.0.0.1:P2,127.0.0.1:P3/?replicaSet=drill", with an authority_file also a password,
 * tls=true and tlsCAFile. With a domain "mongodb+srv://drill.DOMAIN/" instead. */
const char *front_uri(const struct front *front);

/* The one that names the members, whether there is a domain or not. */
const char *front_member_uri(const struct front *front);

#define FRONT_SET_NAME "drill"
#define FRONT_HOST_MAX 64
/* Of the member, without its port: "127.0.0.1", or "m1.DOMAIN" of member 0. */
void front_host(const struct front *front, unsigned member, char host[FRONT_HOST_MAX]);

void front_round_trip(struct front *front, unsigned round_trip_ms);

#define FRONT_DELAY_MAX_MS 3600000

/* How late answers are, those to hellos too. All zero: in time. A member that is late does what a message asks at the
 * end of that time; a write it does also when the client has left meanwhile, as a server that reads its socket late. */
struct front_delays {
   unsigned late_ms[FRONT_MEMBERS];
   unsigned loss_percent; /* of messages in each direction, below 100: sent again after 200 ms, then after 400 ms … */
};

/* From now on. Without any delay left it returns when all that was held back has been done. */
void front_delay(struct front *front, const struct front_delays *delays);

/* Of one with a user: another password from now on, and so another URI. Whoever is connected stays so. */
int front_new_password(struct front *front, struct drill_error *error);

uint16_t front_port(struct front *front, unsigned member);

#define FRONT_NONE (-1)

/* All members go to new ports, and so there is another URI; all connections are closed, the next member is primary at
 * once. The old address of member kept goes on answering, as a secondary that has the new list of hosts and is not in
 * it, until the fourth move from then; the other two refuse connections. With FRONT_NONE all former addresses do. */
int front_move(struct front *front, int kept, struct drill_error *error);

/* Member that is primary, or -1 while there is none. */
int front_primary(struct front *front);

struct front_failover {
   unsigned election_ms; /* how long there is no primary */
   unsigned late_ms;     /* how much later than that awaitable and exhaust hellos are told */
   bool kill;            /* the old primary goes down, its connections with it; else it steps down to secondary */
};

/* The next member that is up becomes primary. Returns at once, the election goes on in the background;
 * front_wait_primary waits. -1 when no other member is up. */
int front_failover(struct front *front, const struct front_failover *how, struct drill_error *error);
/* The same when the next command of that name ("insert") arrives, which is not applied then. NULL: when any command of
 * an application comes to the primary. */
int front_failover_on(struct front *front,
                      const char *command,
                      const struct front_failover *how,
                      struct drill_error *error);
/* true when there is a primary within timeout_ms. */
bool front_wait_primary(struct front *front, unsigned timeout_ms);

/* A member that goes down closes its port and connections; one that is frozen keeps both and says nothing. start and
 * thaw undo. No election follows by itself; one that starts while there is neither a primary nor an election becomes
 * primary. */
int front_kill(struct front *front, unsigned member, struct drill_error *error);
int front_start(struct front *front, unsigned member, struct drill_error *error);
int front_freeze(struct front *front, unsigned member, struct drill_error *error);
int front_thaw(struct front *front, unsigned member, struct drill_error *error);

enum front_fault_kind {
   FRONT_FAULT_ERROR,      /* reply with error_code and its labels, nothing applied */
   FRONT_FAULT_DELAY,      /* answer delay_ms late */
   FRONT_FAULT_CLOSE,      /* close the connection, nothing applied */
   FRONT_FAULT_RESET,      /* the same with RST */
   FRONT_FAULT_LOSE_REPLY, /* apply, then close instead of the reply */
   FRONT_FAULT_HOLD_REPLY, /* apply, then this connection's packets vanish, and the reply with them */
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
/* All of them, and what front_failover_on waits for. */
void front_clear_faults(struct front *front);

/* How a connection ends whose client is suspended. */
enum front_ending {
   FRONT_ENDING_CLOSED, /* FIN: the client's kernel knows by the thaw */
   FRONT_ENDING_RESET,  /* the client can't tell until it sends something, which is answered with RST */
   FRONT_ENDING_SILENT, /* every packet vanishes, in both directions, and nobody is told */
};

const char *front_ending_name(enum front_ending ending); /* "closed", "reset", "silent" */

#define FRONT_ALL (-1)

/* Ends the connections open now, of one member or of FRONT_ALL. New ones work, if their member is up. One that was
 * reset or silent before stays so, also when its member goes down. Returns how many. */
size_t front_end_connections(struct front *front, enum front_ending ending, int member);

/* One write as the server behind applied it: the front's own record. */
struct front_write {
   int64_t at_us;
   bool is_delete;
   char collection[64]; /* "faas.lambda"; cut when longer */
   char id[25];     /* of the document: an ObjectId in hexadecimal, a hash of any other _id; empty when there is none */
   int n;           /* as the server acknowledged it; -1 when no reply came */
   bool reply_lost; /* applied, but the client was not told */
   bool retry;      /* seen before with this lsid and txnNumber */
   uint16_t client_port;
};

/* A copy, in order; free() it. NULL with *count 0 when there is none. */
struct front_write *front_writes(struct front *front, size_t *count);

/* False when the record, a copy of it too, lacks something: it holds a million writes, and needs memory. */
bool front_record_is_complete(struct front *front);

struct front_counters {
   uint64_t connections_created;
   unsigned connections_open;
   unsigned connections_most;    /* open at once, so far */
   unsigned connections_dropped; /* of those open: whose packets vanish */
   uint64_t connections_reset;   /* ended with RST */
   uint64_t connections_refused; /* tried to a member that is down */
   bool sees_refused;            /* false: not known, that needs CAP_NET_RAW */
   uint64_t commands;            /* all but hello and what belongs to authentication */
   uint64_t hellos;
   uint64_t awaited_hellos; /* with maxAwaitTimeMS */
   uint64_t messages_lost;  /* by loss_percent of front_delays */
   int shortage;            /* errno of what the front ran out of: a client met that, and no fault; 0: nothing */
};

void front_counters(struct front *front, struct front_counters *counters);

#define FRONT_LIMITED_SECONDS 120

/* Connections by member, and what a limit of them did. */
struct front_limited {
   unsigned open[FRONT_MEMBERS];
   uint64_t refused;                                  /* since then: accepted and closed at once */
   unsigned refused_in_second[FRONT_LIMITED_SECONDS]; /* of those, in each second since then */
   unsigned clients;                                  /* that were refused, told apart by their user; 0: not known */
   unsigned sustained; /* attempts a second that one of them made for two seconds on end, behind its first */
};

/* Each member takes so many connections at once, those that are open included, and closes others as soon as it has
 * accepted them; 0: no limit. */
void front_limit_connections(struct front *front, unsigned most);
void front_limited(struct front *front, struct front_limited *limited);

/* Each member admits so many commands a second, and as many at once at the beginning; it answers the others with
 * IngressRequestRateLimitExceeded, whose labels are SystemOverloadedError and RetryableError. 0: it admits all.
 * base_backoff_ms: baseBackoffMS in that error; 0: it has none. */
void front_shed_commands(struct front *front, unsigned per_second, unsigned base_backoff_ms);

/* What the witness has counted; zeros without one. */
void front_witnessed(struct front *front, struct witness_counts *counts);

/* What one client said about itself in its first hello on a connection, as relaxed extended JSON, newest connection
 * first; free() it. NULL when none has. */
char *front_handshake(struct front *front);

/* Nothing listens any more where the server behind was. */
bool front_server_refuses(struct front *front);

/* Asks the server behind. -1 with error set. */
int64_t
front_count_documents(struct front *front, const char *database, const char *collection, struct drill_error *error);

#endif
