/*
 * witness: the traffic between a drill's functions and the database, as the front saw it: connections, handshakes,
 * hellos and commands. It contains only facts; the judge interprets them.
 *
 * The front writes it; phases and rules read it. Thread-safe. Bounded: counts cover everything, details only the first
 * WITNESS_..._MAX of each kind; `left_out` counts the others.
 */
#pragma once

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
   unsigned bytes;       /* of the document, as BSON */
   unsigned connections; /* how many introduced themselves with it */
   bool has_client;      /* false: no first hello of a connection had one */
   bool has_env;
   bool container_outside_env; /* client.container, which belongs in client.env */
   bool container_in_env;
   char driver[64];
   char version[32];
   char env_name[32];
   char env_region[32];
   char backpressure[8]; /* of the hello that has the document: "2", "true"; "" when it is missing */
   int env_memory_mb;    /* -1: missing */
   bool has_os_details;  /* os has more than its type */
};

enum witness_end {
   WITNESS_OPEN,
   WITNESS_CLOSED_BY_CLIENT,
   WITNESS_CLOSED_BY_MEMBER, /* killed, stepped down, a fault */
   WITNESS_DROPPED           /* its packets vanish or meet RST: the client does not notice before it sends some */
};

/* One TCP connection of a client. Times are of clock_now_us(). */
struct witness_connection {
   unsigned member; /* 0 to 2; for a former address, the member that used to listen there */
   uint16_t member_port;
   uint16_t client_port;
   int64_t opened_us;
   int64_t closed_us; /* 0: still open */
   enum witness_end end;
   size_t handshake; /* index, or WITNESS_NONE */
   unsigned hellos;
   unsigned awaitable; /* awaitable and exhaust hellos among them */
   unsigned commands;
   int64_t secured_us; /* when the TLS handshake was over; 0: plain TCP, or not yet */
   unsigned tls_round_trips;
   int64_t proving_us; /* when the first message of authentication came outside a hello; 0: none did */
   unsigned proving_messages;
   uint32_t owner; /* the user of the client's process, which distinguishes environments; 0: unknown */
};

enum witness_hello_kind {
   WITNESS_PLAIN,
   WITNESS_AWAITABLE, /* with topologyVersion and maxAwaitTimeMS */
   WITNESS_EXHAUST    /* one answer of a stream */
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
   int n;               /* how many documents were written by the reply; -1: it does not say */
   bool overloaded;     /* the error has the label SystemOverloadedError */
   int base_backoff_ms; /* baseBackoffMS of that error; 0: none */
};

/* A time in which the set was not whole: it had no primary or held an election, a member was down, frozen or late, or
 * messages were lost. */
struct witness_unrest {
   int64_t start_us;
   int64_t end_us; /* 0: not over. When there are WITNESS_UNRESTS_MAX, the last has no end. */
};

/* A client tried to connect to a member that was down. */
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

/* One insert or delete of one document, as the server behind applied it. Writes are in the front's own record. */
struct witness_write {
   int64_t at_us;
   bool is_delete;
   char collection[64]; /* "faas.lambda"; cut when longer */
   char id[25];     /* of the document: an ObjectId in hexadecimal, a hash of any other _id; empty when there is none */
   int n;           /* as the server acknowledged it; -1 when no reply came */
   bool reply_lost; /* applied, but the client got no reply */
   bool retry;      /* seen before with this lsid and txnNumber */
   uint16_t client_port;
};

/* Counts of everything, kept or not. */
struct witness_counts {
   unsigned long connections;
   unsigned long hellos;
   unsigned long awaitable;
   unsigned long exhaust;  /* among the awaitable ones */
   unsigned long commands; /* all but endSessions and killCursors, which clean up */
   unsigned long commands_failed;
   unsigned long commands_retried; /* second and later attempts */
   unsigned long refused;          /* connections that members refused because they were down */
   bool sees_refused;              /* false: refused connections can't be seen, which needs CAP_NET_RAW */
   unsigned long left_out;         /* counted but not kept, except lookups */
   unsigned long lookups;
};

struct witness;

/* Returns NULL when out of memory. destroy accepts NULL. */
struct witness *witness_new(void);
void witness_destroy(struct witness *witness);

/* --- for those who see it. All accept WITNESS_NONE as index. ------------------------------------------------------ */

size_t witness_opened(struct witness *witness, unsigned member, uint16_t member_port, uint16_t client_port);
void witness_closed(struct witness *witness, size_t connection, enum witness_end end);

void witness_owned(struct witness *witness, size_t connection, uint32_t owner);
void witness_secured(struct witness *witness, size_t connection, unsigned round_trips);
void witness_authenticates(struct witness *witness, size_t connection);

/* The first hello of a connection came. Copies handshake and its document. */
void witness_introduced(struct witness *witness, size_t connection, const struct witness_handshake *handshake);

size_t witness_hello_began(struct witness *witness, size_t connection, enum witness_hello_kind kind);
void witness_hello_ended(struct witness *witness, size_t hello, enum witness_outcome outcome);

/* A command came. Copies its content; the witness itself sets the attempt, the start and the outcome. Returns its
 * index. */
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

/* Refused connections can be seen from now on. Before that, none seen means nothing. */
void witness_sees_refused(struct witness *witness);
/* Returns false if its details are not kept. */
bool witness_refused(struct witness *witness, unsigned member, uint16_t member_port, uint16_t client_port);

/* Copies lookup. */
void witness_looked_up(struct witness *witness, const struct witness_lookup *lookup);

/* Reports whether the set is whole from now on, as it is at the beginning. Repeating the same has no effect. */
void witness_whole(struct witness *witness, bool whole);

/* --- for those who read it ---------------------------------------------------------------------------------------- */

/* A copy of all facts at one moment. The documents of handshakes belong to the witness. */
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
};

void witness_counts(struct witness *witness, struct witness_counts *counts);

/* The document of the newest connection that introduced itself with one; free() it. NULL: there is none. */
char *witness_newest_document(struct witness *witness);

/* The client's port of the newest command that counts; 0: none came. */
uint16_t witness_last_port(struct witness *witness);

/* Whether a connection from that port of a client is open. */
bool witness_is_open(struct witness *witness, uint16_t client_port);

/* Returns false when out of memory; there are no facts then. */
bool witness_facts_init(struct witness_facts *facts, struct witness *witness);
void witness_facts_clear(struct witness_facts *facts);

/* For each connection, whether it measures round trips: it carried hellos only, at least two, while an older connection
 * of that kind to the same member was open. One bool for each; free() them. Returns NULL when out of memory. When
 * several functions run at once, all monitors but the first seem to measure round trips. */
bool *witness_round_trips(const struct witness_facts *facts);

/* Whether the command is more than a client's cleaning up: endSessions, killCursors. */
bool witness_is_work(const struct witness_command *command);

/* Whether the connection carried hellos only: it is a monitor's, or measures round trips. */
bool witness_is_monitoring(const struct witness_connection *connection);
