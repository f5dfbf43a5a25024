/*
 * witness: what the functions of a drill said to the database, as the front saw it: connections, handshakes, hellos and
 * commands. Facts only: the judge says what they mean.
 *
 * Written by the front, read by phases and rules. Thread-safe. Bounded: counts cover everything, details the first
 * WITNESS_..._MAX of each kind; `left_out` counts the others.
 */
#ifndef FAAS_DRILL_WITNESS_H
#define FAAS_DRILL_WITNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WITNESS_CONNECTIONS_MAX 20000
#define WITNESS_HELLOS_MAX 100000
#define WITNESS_COMMANDS_MAX 100000
#define WITNESS_HANDSHAKES_MAX 64
#define WITNESS_UNRESTS_MAX 10000
#define WITNESS_REFUSALS_MAX 20000
#define WITNESS_LOOKUPS_MAX 20000
#define WITNESS_SESSION_BYTES 16

/* No index. */
#define WITNESS_NONE SIZE_MAX

/* The client document of a hello (mongodb-handshake, "Hello Command"); "" where a field is missing. */
struct witness_handshake {
   char *document;       /* relaxed extended JSON */
   unsigned bytes;       /* of the document as BSON */
   unsigned connections; /* that introduced themselves by it */
   bool has_client;      /* false: the first hello of a connection had none */
   bool has_env;
   bool container_outside_env; /* client.container, which belongs into client.env */
   bool container_in_env;
   char driver[64];
   char version[32];
   char platform[160];
   char env_name[32];
   char env_region[32];
   char backpressure[8]; /* of the hello beside it: "2", "true"; "" where it is missing */
   int env_memory_mb;    /* -1: missing */
   bool has_os_details;  /* more of os than its type */
};

enum witness_end {
   WITNESS_OPEN,
   WITNESS_CLOSED_BY_CLIENT,
   WITNESS_CLOSED_BY_MEMBER, /* killed, stepped down, a fault */
   WITNESS_DROPPED           /* its packets vanish, or meet RST: the client can't tell before it sends some */
};

/* One TCP connection of a client. Times are of clock_now_us(). */
struct witness_connection {
   unsigned member; /* 0 to 2; of a former address, which was there */
   uint16_t member_port;
   uint16_t client_port;
   int64_t opened_us;
   int64_t closed_us; /* 0: still open */
   enum witness_end end;
   size_t handshake; /* index, or WITNESS_NONE */
   unsigned hellos;
   unsigned awaitable; /* of those, exhaust ones too */
   unsigned commands;
   int64_t secured_us; /* when TLS stood; 0: in plain, or not yet */
   unsigned tls_round_trips;
   int64_t proving_us; /* when the first message of authentication came, beside a hello; 0: none */
   unsigned proving_messages;
};

enum witness_hello_kind {
   WITNESS_PLAIN,
   WITNESS_AWAITABLE, /* with topologyVersion and maxAwaitTimeMS */
   WITNESS_EXHAUST    /* one of a stream of replies */
};

enum witness_outcome { WITNESS_PENDING, WITNESS_OK, WITNESS_ERROR, WITNESS_NO_REPLY };

struct witness_hello {
   size_t connection;
   enum witness_hello_kind kind;
   int64_t start_us;
   int64_t end_us; /* 0: not answered */
   enum witness_outcome outcome;
};

struct witness_command {
   size_t connection;
   char name[24];
   char collection[64]; /* "db.collection", or "db"; cut when longer */
   int64_t start_us;
   int64_t end_us; /* 0: not answered */
   enum witness_outcome outcome;
   int error_code; /* of the command, or of its first write error; 0: none */
   char error_name[40];
   bool retryable_error; /* by label or code (retryable writes and reads), or no reply at all */
   bool is_write;
   bool is_read;
   bool numbered; /* has lsid and txnNumber: a retryable write */
   uint8_t session[WITNESS_SESSION_BYTES];
   bool has_session;
   int64_t transaction_number;
   unsigned attempt;    /* from 1: how often this lsid and txnNumber came */
   int n;               /* documents that the reply says were written; -1: it says nothing */
   bool overloaded;     /* the error has the label SystemOverloadedError */
   int base_backoff_ms; /* that the error has with it; 0: none */
};

/* While the set was not whole: it had no primary, held an election, a member was down, frozen or late, or messages were
 * lost. */
struct witness_unrest {
   int64_t start_us;
   int64_t end_us; /* 0: not over; the last of WITNESS_UNRESTS_MAX never is */
};

/* A connection that was tried to a member that is down. */
struct witness_refusal {
   unsigned member;
   uint16_t member_port;
   uint16_t client_port;
   int64_t at_us;
};

/* A name that was looked up. */
struct witness_lookup {
   char name[64]; /* cut when longer; empty: the query had no name that could be read */
   char type[16]; /* "SRV" */
   int64_t start_us;
   int64_t end_us; /* when the answer leaves */
   unsigned round_trips;
};

/* Of everything, kept or not. */
struct witness_counts {
   unsigned long connections;
   unsigned long hellos;
   unsigned long awaitable;
   unsigned long exhaust; /* of the awaitable ones */
   unsigned long hellos_unanswered;
   unsigned long commands; /* but for endSessions and killCursors, which end things */
   unsigned long commands_failed;
   unsigned long commands_retried; /* second and later attempts */
   unsigned long refused;          /* connections, by members that are down */
   unsigned long left_out;         /* connections, hellos and commands without details */
   unsigned long lookups;
};

struct witness;

/* Returns NULL when out of memory. destroy accepts NULL. */
struct witness *witness_new(void);
void witness_destroy(struct witness *witness);

/* --- for who sees it. All accept NULL as witness and WITNESS_NONE as index. ------------------------------------------
 */

size_t witness_opened(struct witness *witness, unsigned member, uint16_t member_port, uint16_t client_port);
void witness_closed(struct witness *witness, size_t connection, enum witness_end end);

void witness_secured(struct witness *witness, size_t connection, unsigned round_trips);
void witness_authenticates(struct witness *witness, size_t connection);

/* The first hello of a connection; what handshake points to is copied. */
void witness_introduced(struct witness *witness, size_t connection, const struct witness_handshake *handshake);

size_t witness_hello_began(struct witness *witness, size_t connection, enum witness_hello_kind kind);
void witness_hello_ended(struct witness *witness, size_t hello, enum witness_outcome outcome);

/* connection, name, collection, session and number of command are copied; returns its index. */
size_t witness_command_began(struct witness *witness, const struct witness_command *command);

struct witness_reply {
   enum witness_outcome outcome;
   int error_code;
   const char *error_name; /* NULL: none */
   bool retryable_error;
   bool overloaded;
   int base_backoff_ms;
   int n;
};
void witness_command_ended(struct witness *witness, size_t command, const struct witness_reply *reply);

/* Refused connections are seen from now on; else none of them means nothing. */
void witness_sees_refused(struct witness *witness);
void witness_refused(struct witness *witness, unsigned member, uint16_t member_port, uint16_t client_port);

/* Is copied. */
void witness_looked_up(struct witness *witness, const struct witness_lookup *lookup);

/* The set is whole, or is not; it was at the beginning. The same twice is told once. */
void witness_whole(struct witness *witness, bool whole);

/* --- for who reads it ------------------------------------------------------------------------------------------------
 */

/* A copy of all facts at one moment. */
struct witness_facts {
   struct witness_counts counts;
   struct witness_handshake *handshakes;
   size_t handshake_count;
   struct witness_connection *connections;
   size_t connection_count;
   struct witness_hello *hellos;
   size_t hello_count;
   struct witness_command *commands;
   size_t command_count;
   struct witness_unrest *unrests;
   size_t unrest_count;
   struct witness_refusal *refusals;
   size_t refusal_count;
   struct witness_lookup *lookups;
   size_t lookup_count;
   bool sees_refused;
};

void witness_counts(struct witness *witness, struct witness_counts *counts);

/* The client's port of the newest command; 0: none came. */
uint16_t witness_last_port(struct witness *witness);

/* Whether a connection from that port of a client is open. */
bool witness_is_open(struct witness *witness, uint16_t client_port);

/* False when out of memory. Clear it in any case. */
bool witness_facts_init(struct witness_facts *facts, struct witness *witness);
void witness_facts_clear(struct witness_facts *facts);

/* For each connection whether it measures round trips: it carried hellos alone, while an older connection of that kind
 * to the same member was open. One byte each; free() it. Returns NULL when out of memory. Of several functions at once
 * it takes all monitors but the first for such. */
bool *witness_round_trips(const struct witness_facts *facts);

/* Whether the connection carried hellos alone, and so is a monitor's, or measures round trips. */
bool witness_is_monitoring(const struct witness_connection *connection);

#endif
