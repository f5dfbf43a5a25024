/* connections: real loopback sockets, opened and closed through the program's own socket calls. */
#include "connections.h"

#include "interpose.h"
#include "test_main.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

static struct capture *capture;
static struct capture_snapshot *snapshot;
static int listener;
static struct sockaddr_in address;

BEFORE_EACH(set_up)
{
   assert_true(interpose_install(NULL));
   capture = capture_new(1, NULL);
   snapshot = capture_snapshot_new(NULL);
   connections_observe(capture);
   listener = socket(AF_INET, SOCK_STREAM, 0);
   address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
   socklen_t size = sizeof address;
   assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
   assert_int_equal(listen(listener, 8), 0);
   assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
}

AFTER_EACH(tear_down)
{
   connections_observe(NULL);
   close(listener);
   capture_destroy(capture);
   capture_snapshot_destroy(snapshot);
}

static int
connect_to(void)
{
   int descriptor = socket(AF_INET, SOCK_STREAM, 0);
   assert_true(descriptor >= 0);
   assert_int_equal(connect(descriptor, (struct sockaddr *)&address, sizeof address), 0);
   return descriptor;
}

/* The header of an OP_MSG of 20 bytes. */
static const unsigned char hello[20] = {20, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xdd, 0x07, 0, 0, 'b', 'o', 'd', 'y'};

static void
say_hello(int descriptor)
{
   assert_int_equal(send(descriptor, hello, sizeof hello, 0), sizeof hello);
}

static int
connect_and_say_hello(void)
{
   int descriptor = connect_to();
   say_hello(descriptor);
   return descriptor;
}

static void
expect_open(uint64_t open, uint64_t descriptors)
{
   struct connections_count count = connections_count(NULL, NULL);
   assert_int_equal(count.open, open);
   assert_int_equal(count.descriptors, descriptors);
}

TEST(counts_from_its_first_words)
{
   int descriptor = connect_to();
   expect_open(0, 0);
   say_hello(descriptor);
   say_hello(descriptor);
   expect_open(1, 1);
   close(descriptor);
   expect_open(0, 0);
   capture_end(capture, 0, snapshot);
   assert_int_equal(snapshot->monitoring.created, 1);
   assert_int_equal(snapshot->monitoring.closed, 1);
   assert_int_equal(snapshot->application.created, 0);
}

TEST(tls_counts_too)
{
   static const unsigned char client_hello[] = {22, 3, 1, 0, 5, 1, 0, 0, 1, 0};
   int descriptor = connect_to();
   assert_int_equal(send(descriptor, client_hello, sizeof client_hello, 0), sizeof client_hello);
   expect_open(1, 1);
   unsigned char message[CONNECTIONS_FIRST_MESSAGE_MAX];
   assert_int_equal(connections_first_message(message, sizeof message), 0);
   close(descriptor);
}

TEST(connect_without_an_address_is_refused_only)
{
   int descriptor = socket(AF_INET, SOCK_STREAM, 0);
   assert_int_equal(connect(descriptor, NULL, 0), -1);
   assert_int_equal(connect(descriptor, NULL, sizeof address), -1);
   assert_int_equal(connect(descriptor, (struct sockaddr *)&address, 1), -1);
   assert_int_equal(connect(descriptor, (struct sockaddr *)&address, sizeof address), 0);
   say_hello(descriptor);
   expect_open(1, 1);
   close(descriptor);
}

TEST(http_and_datagrams_do_not)
{
   int descriptor = connect_to();
   static const char request[] = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n";
   assert_int_equal(send(descriptor, request, sizeof request - 1, 0), sizeof request - 1);
   int datagram = socket(AF_INET, SOCK_DGRAM, 0);
   assert_int_equal(connect(datagram, (struct sockaddr *)&address, sizeof address), 0);
   say_hello(datagram);
   expect_open(0, 0);
   close(datagram);
   close(descriptor);
   expect_open(0, 0);
}

static struct lane lanes[2];

static void *
open_as_application(void *argument)
{
   (void)argument;
   static int descriptor;
   lane_init(&lanes[0], 0);
   lane_begin_turn(&lanes[0]);
   lane_enter(&lanes[0]);
   descriptor = connect_and_say_hello();
   return &descriptor;
}

static int
open_from_application_thread(void)
{
   pthread_t thread;
   void *descriptor = NULL;
   assert_int_equal(pthread_create(&thread, NULL, open_as_application, NULL), 0);
   assert_int_equal(pthread_join(thread, &descriptor), 0);
   return *(int *)descriptor;
}

TEST(kinds_are_told_apart_by_thread)
{
   int monitoring = connect_and_say_hello();
   int application = open_from_application_thread();
   capture_end(capture, 0, snapshot);
   assert_int_equal(snapshot->application.open, 1);
   assert_int_equal(snapshot->monitoring.open, 1);
   close(application);
   close(monitoring);
}

TEST(duplicate_left_open_is_a_leak)
{
   int descriptor = connect_and_say_hello();
   int leaked = dup(descriptor);
   expect_open(1, 2);
   close(descriptor);
   expect_open(0, 1);
   close(leaked);
   expect_open(0, 0);
}

/* A scan that found everything in order is not the last one. */
TEST(leak_after_a_good_look_is_found)
{
   int descriptor = connect_and_say_hello();
   expect_open(1, 1);
   expect_open(1, 1);
   int leaked = dup(descriptor);
   close(descriptor);
   expect_open(0, 1);
   expect_open(0, 1);
   close(leaked);
   expect_open(0, 0);
}

TEST(loss_after_a_good_look_is_found)
{
   int descriptor = connect_and_say_hello();
   expect_open(1, 1);
   assert_int_equal(dup2(listener, descriptor), descriptor);
   expect_open(1, 0);
   close(descriptor);
   expect_open(0, 0);
}

TEST(close_behind_our_back_is_noticed)
{
   int descriptor = connect_and_say_hello();
   assert_int_equal(syscall(SYS_close, descriptor), 0);
   expect_open(1, 0);
   close(descriptor);
}

TEST(first_message_over_several_sends)
{
   int descriptor = connect_to();
   unsigned char message[CONNECTIONS_FIRST_MESSAGE_MAX];
   assert_int_equal(send(descriptor, hello, 17, 0), 17);
   assert_int_equal(connections_first_message(message, sizeof message), 0);
   struct iovec parts[] = {{(void *)(uintptr_t)(hello + 17), 1}, {(void *)(uintptr_t)(hello + 18), 2}};
   struct msghdr header = {.msg_iov = parts, .msg_iovlen = 2};
   assert_int_equal(sendmsg(descriptor, &header, 0), 3);
   assert_int_equal(connections_first_message(message, sizeof message), sizeof hello);
   assert_memory_equal(message, hello, sizeof hello);
   close(descriptor);
}

static void *
read_until_it_ends(void *argument)
{
   char byte;
   ssize_t got = recv(*(int *)argument, &byte, 1, 0);
   return got == 0 ? argument : NULL;
}

TEST(interrupt_ends_a_blocked_read)
{
   int descriptor = open_from_application_thread();
   pthread_t thread;
   void *result = NULL;
   assert_int_equal(pthread_create(&thread, NULL, read_until_it_ends, &descriptor), 0);
   connections_interrupt(atomic_load(&lanes[0].turn));
   assert_int_equal(pthread_join(thread, &result), 0);
   assert_non_null(result);
   close(descriptor);
}

static void *
speak_as_the_other_lane(void *argument)
{
   lane_enter(&lanes[1]);
   say_hello(*(int *)argument);
   return NULL;
}

/* The pool gave the connection to another lane, or to the same one again. */
TEST(interrupt_leaves_what_another_turn_uses)
{
   pthread_t thread;
   int descriptor = open_from_application_thread();
   uint64_t before = atomic_load(&lanes[0].turn);
   lane_init(&lanes[1], 1);
   lane_begin_turn(&lanes[0]);
   lane_begin_turn(&lanes[1]);
   assert_int_equal(pthread_create(&thread, NULL, speak_as_the_other_lane, &descriptor), 0);
   assert_int_equal(pthread_join(thread, NULL), 0);
   connections_interrupt(before);
   connections_interrupt(atomic_load(&lanes[0].turn));
   say_hello(descriptor);
   connections_interrupt(atomic_load(&lanes[1].turn));
   assert_int_equal(send(descriptor, hello, sizeof hello, MSG_NOSIGNAL), -1);
   close(descriptor);
}

TEST(interrupt_leaves_monitoring_alone)
{
   int descriptor = connect_and_say_hello();
   connections_interrupt(1);
   say_hello(descriptor);
   close(descriptor);
}

TEST(after_its_deadline_a_thread_neither_connects_nor_sends)
{
   int descriptor = connect_and_say_hello();
   struct lane lane;
   lane_init(&lane, 0);
   atomic_store(&lane.deadline_unix_us, clock_unix_us() - 1);
   lane_enter(&lane);
   assert_int_equal(send(descriptor, hello, sizeof hello, 0), -1);
   assert_int_equal(errno, ETIMEDOUT);
   int other = socket(AF_INET, SOCK_STREAM, 0);
   assert_int_equal(connect(other, (struct sockaddr *)&address, sizeof address), -1);
   assert_int_equal(errno, ETIMEDOUT);
   atomic_store(&lane.deadline_unix_us, INT64_MAX);
   say_hello(descriptor);
   lane_enter(NULL);
   close(other);
   close(descriptor);
}

TEST(a_wait_on_a_condition_ends_at_the_deadline)
{
   pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
   pthread_cond_t never = PTHREAD_COND_INITIALIZER;
   int64_t begin_us = clock_unix_us();
   struct timespec until = {.tv_sec = (time_t)(begin_us / 1000000 + 30)};
   struct lane lane;
   lane_init(&lane, 0);
   atomic_store(&lane.deadline_unix_us, begin_us + 50000);
   lane_enter(&lane);
   assert_int_equal(pthread_mutex_lock(&lock), 0);
   assert_int_equal(pthread_cond_timedwait(&never, &lock, &until), ETIMEDOUT);
   assert_int_equal(pthread_mutex_unlock(&lock), 0);
   lane_enter(NULL);
   assert_true(clock_unix_us() - begin_us >= 50000);
   assert_true(clock_unix_us() - begin_us < 10000000);
}
