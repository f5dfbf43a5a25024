/* The front as a library: what it writes to the timeline and the witness, and calls from several threads at once. The
 * server behind is the test's own, and says yes to everything. */
#include "bson_of.h"
#include "front.h"
#include "wire.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 20000
#define CALLERS 4

static int listener;
static pthread_t stub;
static struct timeline *timeline;
static struct witness *witness;
static struct front *front;
static struct witness_facts facts;
static struct drill_error error;

/* Reads a whole message from a blocking socket: its length, or 0 at the end. */
static size_t
receive_message(int descriptor, uint8_t *bytes, size_t most)
{
   if (recv(descriptor, bytes, 4, MSG_WAITALL) != 4) {
      return 0;
   }
   int32_t length = wire_length(bytes, 4);
   assert_true(length > 4 && (size_t)length <= most);
   return recv(descriptor, bytes + 4, (size_t)length - 4, MSG_WAITALL) == length - 4 ? (size_t)length : 0;
}

/* Destroys body. */
static bool
send_message(int descriptor, int32_t response_to, bson_t *body)
{
   struct buffer message = {0};
   bool sent = wire_append_msg(&message, 1, response_to, 0, body) &&
               send(descriptor, buffer_bytes(&message), message.length, MSG_NOSIGNAL) == (ssize_t)message.length;
   bson_destroy(body);
   buffer_clear(&message);
   return sent;
}

static bool
say_yes(int descriptor)
{
   uint8_t bytes[4096];
   struct wire_message message;
   size_t length = receive_message(descriptor, bytes, sizeof bytes);
   return length != 0 && wire_parse(bytes, length, &message) &&
          send_message(descriptor, message.request_id, bson_of("{'ok': 1.0, 'n': 1, 'maxWireVersion': 21}"));
}

static void *
serve_peer(void *argument)
{
   int peer = (int)(intptr_t)argument;
   while (say_yes(peer)) {
   }
   close(peer);
   return NULL;
}

static void *
serve(void *argument)
{
   (void)argument;
   pthread_t thread;
   for (int peer; (peer = accept(listener, NULL, NULL)) >= 0;) {
      assert_int_equal(pthread_create(&thread, NULL, serve_peer, (void *)(intptr_t)peer), 0);
      pthread_detach(thread);
   }
   return NULL;
}

BEFORE_EACH(set_up)
{
   struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
   socklen_t length = sizeof address;
   listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
   assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
   assert_int_equal(listen(listener, SOMAXCONN), 0);
   assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
   assert_int_equal(pthread_create(&stub, NULL, serve, NULL), 0);
   timeline = timeline_new();
   witness = witness_new();
   struct front_config config = {
      .server_host = "127.0.0.1", .server_port = ntohs(address.sin_port), .timeline = timeline, .witness = witness};
   facts = (struct witness_facts){0};
   front = front_new(&config, &error);
   assert_non_null(front);
}

AFTER_EACH(tear_down)
{
   front_destroy(front);
   witness_facts_clear(&facts);
   timeline_destroy(timeline);
   witness_destroy(witness);
   shutdown(listener, SHUT_RDWR); /* accept returns */
   pthread_join(stub, NULL);
   close(listener);
}

static bool
try_to_connect(uint16_t port, int *descriptor)
{
   struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
   address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
   *descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
   struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
   assert_int_equal(setsockopt(*descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
   return connect(*descriptor, (struct sockaddr *)&address, sizeof address) == 0;
}

static int
connect_to(unsigned member)
{
   int descriptor;
   assert_true(try_to_connect(front_port(front, member), &descriptor));
   return descriptor;
}

/* true if a reply came. */
static bool
ask(int descriptor, const char *command)
{
   uint8_t reply[4096];
   bson_t *body = bson_of("{'%s': 1, '$db': 'admin'}", command);
   return send_message(descriptor, 0, body) && receive_message(descriptor, reply, sizeof reply) > 0;
}

/* How many entries of that kind and label there are, ended and with text in their detail. */
static unsigned
found(enum timeline_kind kind, const char *label, const char *text)
{
   size_t count;
   unsigned matches = 0;
   struct timeline_entry *entries = timeline_copy(timeline, &count);
   for (size_t i = 0; i < count; i++) {
      matches += entries[i].kind == kind && strcmp(entries[i].label, label) == 0 && entries[i].end_us >= 0 &&
                 strstr(entries[i].detail, text) != NULL;
   }
   free(entries);
   return matches;
}

static void
wait_for(enum timeline_kind kind, const char *label, const char *text)
{
   for (int left_ms = PATIENCE_MS; left_ms > 0 && found(kind, label, text) == 0; left_ms -= 5) {
      poll(NULL, 0, 5);
   }
   assert_int_equal(found(kind, label, text), 1);
}

/* Valid until the next call. */
static const char *
label_of(unsigned member)
{
   static char label[32];
   snprintf(label, sizeof label, "127.0.0.1:%u", front_port(front, member));
   return label;
}

TEST(connections_are_told_apart)
{
   int monitor = connect_to(0);
   int application = connect_to(0);
   int dropped = connect_to(0);
   assert_true(ask(monitor, "hello"));
   assert_true(ask(application, "hello"));
   assert_true(ask(application, "ping"));
   close(monitor);
   close(application);
   wait_for(TIMELINE_CONNECTION, label_of(0), "monitoring, client port");
   wait_for(TIMELINE_CONNECTION, label_of(0), "application, client port");
   assert_true(ask(dropped, "hello"));
   assert_int_equal(front_end_connections(front, FRONT_ENDING_SILENT, FRONT_ALL), 1);
   wait_for(TIMELINE_CONNECTION, label_of(0), "vanish");
   assert_int_equal(found(TIMELINE_FAULT, "connections silent", "1, their packets vanish"), 1);
   close(dropped);
}

TEST(a_reset_is_told)
{
   int client = connect_to(0);
   assert_true(ask(client, "hello"));
   assert_int_equal(front_end_connections(front, FRONT_ENDING_RESET, 1), 0);
   assert_int_equal(front_end_connections(front, FRONT_ENDING_RESET, 0), 1);
   wait_for(TIMELINE_CONNECTION, label_of(0), "RST from here on");
   assert_int_equal(found(TIMELINE_FAULT, "connections reset", "1, answered with RST"), 1);
   assert_int_equal(found(TIMELINE_FAULT, "connection reset", "client port"), 0);
   assert_true(witness_facts_init(&facts, witness));
   assert_int_equal(facts.connections[0].end, WITNESS_DROPPED);
   assert_false(ask(client, "hello"));
   wait_for(TIMELINE_FAULT, "connection reset", "monitoring, client port");
   close(client);
}

TEST(an_unsound_set_is_told)
{
   assert_int_equal(front_change(front, FRONT_KILL, 2, &error), 0);
   assert_int_equal(front_change(front, FRONT_START, 2, &error), 0);
   assert_int_equal(front_failover(front, &(struct front_failover){0}, &error), 0);
   assert_int_equal(front_change(front, FRONT_FREEZE, 0, &error), 0);
   assert_true(witness_facts_init(&facts, witness));
   assert_int_equal(facts.unrest_count, 3);
   assert_true(facts.unrests[0].end_us > 0 && facts.unrests[1].end_us > 0);
   assert_int_equal(facts.unrests[2].end_us, 0);
}

TEST(a_refused_connection_is_told)
{
   int descriptor;
   assert_int_equal(front_change(front, FRONT_KILL, 1, &error), 0);
   assert_false(try_to_connect(front_port(front, 1), &descriptor));
   close(descriptor);
   assert_int_equal(front_change(front, FRONT_START, 1, &error), 0);
   assert_true(witness_facts_init(&facts, witness));
   assert_int_equal(facts.refusal_count, facts.counts.sees_refused ? 1 : 0);
   assert_int_equal(found(TIMELINE_CONNECTION, label_of(1), "refused: the member is down"), facts.refusal_count);
}

TEST(server_events_are_told)
{
   assert_int_equal(found(TIMELINE_SERVER, "new primary", "member 0"), 1);
   assert_int_equal(front_failover(front, &(struct front_failover){.election_ms = 50, .kill = true}, &error), 0);
   assert_true(front_wait_primary(front, PATIENCE_MS));
   assert_int_equal(found(TIMELINE_SERVER, "no primary", "member 0 is killed"), 1);
   assert_int_equal(found(TIMELINE_SERVER, "member killed", "member 0"), 1);
   assert_int_equal(found(TIMELINE_SERVER, "new primary", "member 1"), 1);
   assert_int_equal(front_change(front, FRONT_START, 0, &error), 0);
   assert_int_equal(front_change(front, FRONT_FREEZE, 2, &error), 0);
   assert_int_equal(front_change(front, FRONT_THAW, 2, &error), 0);
   assert_int_equal(found(TIMELINE_SERVER, "member started", "member 0"), 1);
   assert_int_equal(found(TIMELINE_SERVER, "member frozen", "member 2"), 1);
   assert_int_equal(found(TIMELINE_SERVER, "member thawed", "member 2"), 1);
}

TEST(faults_last_until_used_up)
{
   struct front_fault fault = {.kind = FRONT_FAULT_ERROR, .command = "ping", .times = 2, .error_code = 91};
   assert_int_equal(front_add_fault(front, &fault, &error), 0);
   int client = connect_to(0);
   assert_true(ask(client, "ping"));
   assert_int_equal(found(TIMELINE_FAULT, "error", ""), 0);
   assert_true(ask(client, "ping"));
   assert_int_equal(found(TIMELINE_FAULT, "error", "used 2 times, last on ping"), 1);
   fault.kind = FRONT_FAULT_CLOSE;
   assert_int_equal(front_add_fault(front, &fault, &error), 0);
   assert_false(ask(client, "ping"));
   front_clear_faults(front);
   assert_int_equal(found(TIMELINE_FAULT, "close", "used 1 time"), 1);
   close(client);
}

TEST(no_more_faults_than_fit)
{
   struct front_fault fault = {.kind = FRONT_FAULT_CLOSE};
   int added = 0;
   while (added < 1000 && front_add_fault(front, &fault, &error) == 0) {
      added++;
   }
   assert_true(added > 8 && added < 1000);
   assert_contains(error.message, "the most allowed");
}

TEST(counters_know_what_ended_before)
{
   for (int i = 0; i < 200; i++) {
      struct front_counters counters;
      int client = connect_to(0);
      ask(client, "hello");
      close(client);
      front_counters(front, &counters);
      assert_int_equal(counters.connections_open, 0);
   }
}

/* One of several threads that make all calls while clients come and go. */
static void *
call_everything(void *argument)
{
   unsigned number = *(unsigned *)argument;
   for (unsigned i = 0; i < 30; i++) {
      struct front_counters counters;
      size_t count;
      int client = connect_to(number % 2 + 1);
      ask(client, i % 2 == 0 ? "hello" : "ping");
      if (i % 10 == number) {
         front_failover(front, &(struct front_failover){.election_ms = 1, .late_ms = i % 2}, NULL);
         front_change(front, FRONT_FREEZE, 0, NULL);
         front_change(front, FRONT_THAW, 0, NULL);
         front_change(front, FRONT_KILL, 0, NULL);
         front_change(front, FRONT_START, 0, NULL);
      }
      front_counters(front, &counters);
      free(front_writes(front, &count, NULL));
      close(client);
   }
   return NULL;
}

TEST(any_thread_may_call)
{
   pthread_t threads[CALLERS];
   unsigned numbers[CALLERS];
   for (unsigned i = 0; i < CALLERS; i++) {
      numbers[i] = i;
      assert_int_equal(pthread_create(&threads[i], NULL, call_everything, &numbers[i]), 0);
   }
   for (unsigned i = 0; i < CALLERS; i++) {
      pthread_join(threads[i], NULL);
   }
   struct witness_counts counts;
   witness_counts(witness, &counts);
   assert_int_equal(counts.connections, CALLERS * 30);
   assert_true(front_wait_primary(front, PATIENCE_MS));
}

/* Contacts members that may be moving, or have moved: no answer is fine, too. */
static void *
ask_on_the_move(void *argument)
{
   const atomic_bool *over = argument;
   for (unsigned i = 0; !atomic_load(over); i++) {
      int client;
      if (try_to_connect(front_port(front, i % FRONT_MEMBERS), &client)) {
         ask(client, "hello");
      }
      close(client);
   }
   return NULL;
}

TEST(members_move_under_their_clients)
{
   pthread_t thread;
   atomic_bool over = false;
   assert_int_equal(pthread_create(&thread, NULL, ask_on_the_move, &over), 0);
   for (int i = 0; i < 50; i++) {
      assert_int_equal(front_move(front, i % (FRONT_MEMBERS + 1) - 1, &error), 0);
   }
   atomic_store(&over, true);
   pthread_join(thread, NULL);
   assert_int_equal(front_move(front, FRONT_MEMBERS, &error), -1);
   assert_int_equal(front_primary(front), 50 % FRONT_MEMBERS);
   int client = connect_to(0);
   assert_true(ask(client, "hello"));
   close(client);
   assert_int_equal(found(TIMELINE_SERVER, "members moved", "127.0.0.1:"), 50);
}

TEST(what_is_not_over_ends_with_the_front)
{
   struct front_fault fault = {.kind = FRONT_FAULT_DELAY, .command = "ping", .delay_ms = 1000};
   int client = connect_to(0);
   assert_true(ask(client, "hello"));
   assert_int_equal(front_add_fault(front, &fault, &error), 0);
   assert_int_equal(front_change(front, FRONT_KILL, 0, &error), 0);
   front_destroy(front);
   front = NULL;
   size_t count;
   struct timeline_entry *entries = timeline_copy(timeline, &count);
   assert_true(count >= 4);
   for (size_t i = 0; i < count; i++) {
      assert_true(entries[i].end_us >= entries[i].start_us);
   }
   free(entries);
   close(client);
}
