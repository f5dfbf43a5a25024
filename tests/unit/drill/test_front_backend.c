/* The front's connections to the server behind: lent while a command is there, and never more than a server accepts. */
#include "backend.h"
#include "test_main.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

struct client {
   struct backend_loan loan; /* the first member: lent() gets its address */
   int descriptor;
};

static struct server server;
static struct backend backend;
static struct client clients[BACKEND_LENT_MAX + 3];
static int listener;

static void
lent(struct backend_loan *loan, int descriptor)
{
   ((struct client *)loan)->descriptor = descriptor;
}

BEFORE_EACH(set_up)
{
   struct sockaddr_in *address = (struct sockaddr_in *)&server.address;
   server.address_length = sizeof *address;
   *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
   listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
   memset(clients, 0, sizeof clients);
   backend_init(&backend, &server);
   for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++) {
      clients[i].loan.lent = lent;
      clients[i].descriptor = -1;
   }
   assert_int_equal(bind(listener, (struct sockaddr *)address, sizeof *address), 0);
   assert_int_equal(listen(listener, BACKEND_LENT_MAX), 0);
   assert_int_equal(getsockname(listener, (struct sockaddr *)address, &server.address_length), 0);
}

AFTER_EACH(tear_down)
{
   for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++) {
      if (clients[i].descriptor >= 0) {
         close(clients[i].descriptor);
      }
   }
   backend_clear(&backend);
   close(listener);
}

static void
borrow(struct client *client)
{
   client->descriptor = backend_borrow(&backend, &client->loan);
}

static void
give_back(struct client *client)
{
   int descriptor = client->descriptor;
   client->descriptor = -1;
   backend_give_back(&backend, &client->loan, descriptor);
}

static void
borrow_all(void)
{
   for (size_t i = 0; i < BACKEND_LENT_MAX; i++) {
      borrow(&clients[i]);
      assert_true(clients[i].descriptor >= 0);
   }
}

TEST(one_serves_many_clients)
{
   borrow(&clients[0]);
   int descriptor = clients[0].descriptor;
   assert_true(descriptor >= 0);
   give_back(&clients[0]);
   borrow(&clients[1]);
   assert_int_equal(clients[1].descriptor, descriptor);
}

TEST(one_that_the_server_closed_is_not_lent)
{
   borrow(&clients[0]);
   int at_server = accept(listener, NULL, NULL);
   assert_true(at_server >= 0);
   give_back(&clients[0]);
   close(at_server);
   borrow(&clients[1]);
   assert_true(clients[1].descriptor >= 0);
   char byte;
   assert_int_equal(recv(clients[1].descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT), -1);
   assert_int_equal(errno, EAGAIN);
}

TEST(those_beyond_the_most_wait_their_turn)
{
   struct client *first = &clients[BACKEND_LENT_MAX], *second = first + 1, *third = first + 2;
   borrow_all();
   borrow(first);
   borrow(second);
   borrow(third);
   assert_true(first->loan.waits && second->loan.waits && third->loan.waits);
   backend_end(&backend, &second->loan); /* its client left */
   assert_false(second->loan.waits);
   give_back(&clients[0]);
   assert_true(first->descriptor >= 0 && !first->loan.waits);
   assert_int_equal(third->descriptor, -1);
   close(clients[1].descriptor);
   clients[1].descriptor = -1;
   backend_end(&backend, &clients[1].loan);
   assert_true(third->descriptor >= 0 && !third->loan.waits);
   assert_int_equal(second->descriptor, -1);
   assert_int_equal(backend.lent, BACKEND_LENT_MAX);
}

TEST(those_that_authenticate_do_not_wait)
{
   struct client *last = &clients[BACKEND_LENT_MAX];
   borrow_all();
   last->descriptor = backend_connect(&backend, &last->loan);
   assert_true(last->descriptor >= 0 && !last->loan.waits);
   assert_int_equal(backend.lent, BACKEND_LENT_MAX);
}
