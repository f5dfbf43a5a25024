/* What clients do after a server has shed their commands: which waits are found, and which can't be those of the
 * client-backpressure specification. */
#include "backoff.h"
#include "test_main.h"

#define MS 1000
#define WAITS 64

static struct backoff_wait waits[WAITS];
static struct backoff backoff;
static struct witness_command commands[32];
static struct witness_connection connections[32];
static struct witness_handshake handshakes[1];
static struct witness_facts facts;
static uint64_t state_of_random;

BEFORE_EACH(set_up)
{
   memset(commands, 0, sizeof commands);
   memset(connections, 0, sizeof connections);
   backoff = (struct backoff){.version = BACKOFF_SECOND, .waits = waits, .by_driver = true};
   handshakes[0] = (struct witness_handshake){.driver = "PyMongo|c", .version = "4.20.1|", .backpressure = "2"};
   facts = (struct witness_facts){.commands = commands,
                                  .connections = connections,
                                  .connection_count = 1,
                                  .handshakes = handshakes,
                                  .handshake_count = 1};
}

AFTER_EACH(forget)
{
   if (backoff.waits != waits) {
      backoff_clear(&backoff);
   }
}

/* Between 0 and 1; Knuth's MMIX. */
static double
random_share(void)
{
   state_of_random = state_of_random * 6364136223846793005U + 1442695040888963407U;
   return (double)(state_of_random >> 11) / 9007199254740992.0;
}

static void
add_wait(unsigned retry, double ms)
{
   waits[backoff.wait_count++] = (struct backoff_wait){.ms = ms, .base_ms = 100, .retry = retry, .by_driver = true};
}

/* count first and as many second waits: of the longest, this share and up to so much more. */
static void
add_waits(size_t count, double share, double more)
{
   for (size_t i = 0; i < 2 * count; i++) {
      unsigned retry = 1 + (unsigned)i % 2;
      add_wait(retry, (share + more * random_share()) * backoff_longest_ms(100, retry));
   }
}

TEST(longest_waits_are_the_specifications)
{
   assert_true(backoff_longest_ms(100, 1) == 200);
   assert_true(backoff_longest_ms(100, 2) == 400);
   assert_true(backoff_longest_ms(500, 1) == 1000);
   assert_true(backoff_longest_ms(100, 20) == 10000);
   assert_true(backoff_longest_before_ms(100, 1) == 100);
   assert_int_equal(backoff_retries_allowed(BACKOFF_SECOND), 2);
   assert_int_equal(backoff_retries_allowed(BACKOFF_FIRST), 5);
}

TEST(tail_is_the_binomial_distributions)
{
   assert_true(backoff_tail(3, 0, 0.5) > 0.999999);
   assert_true(backoff_tail(3, 3, 0.5) > 0.1249 && backoff_tail(3, 3, 0.5) < 0.1251);
   assert_true(backoff_tail(2, 1, 0.1) > 0.1899 && backoff_tail(2, 1, 0.1) < 0.1901);
   assert_true(backoff_tail(3, 4, 0.5) == 0);
}

static void
expect_nothing_red(void)
{
   assert_false(backoff_lacks_pause(&backoff));
   assert_false(backoff_lacks_jitter(&backoff));
   assert_false(backoff_lacks_growth(&backoff));
}

TEST(waits_at_random_are_never_red)
{
   for (unsigned storm = 0; storm < 5000; storm++) {
      set_up();
      add_waits(storm % 33, 0, 1);
      expect_nothing_red();
      /* As the specification had them until July 2026, with a busy machine's milliseconds. */
      set_up();
      backoff.version = BACKOFF_FIRST;
      add_waits(storm % 33, 0.01, 0.5);
      expect_nothing_red();
   }
}

TEST(no_pause_is_red)
{
   add_waits(4, 0.001, 0.002);
   backoff.wait_count = BACKOFF_WAITS_NEEDED;
   assert_true(backoff_lacks_pause(&backoff));
   backoff.wait_count--;
   assert_false(backoff_lacks_pause(&backoff));
}

TEST(no_pause_is_red_on_a_busy_machine)
{
   add_waits(10, 0.001, 0.002);
   for (size_t i = 0; i < 8; i++) {
      waits[i].ms = 60;
   }
   assert_true(backoff_lacks_pause(&backoff));
}

TEST(equal_waits_and_little_jitter_are_red)
{
   add_waits(4, 1, 0);
   assert_false(backoff_lacks_jitter(&backoff)); /* too few */
   set_up();
   add_waits(16, 1, 0.1);
   assert_false(backoff_lacks_pause(&backoff));
   assert_true(backoff_lacks_jitter(&backoff));
   set_up();
   add_waits(32, 0.5, 0.2);
   assert_true(backoff_lacks_jitter(&backoff));
}

TEST(waits_that_do_not_grow_are_told)
{
   for (size_t i = 0; i < WAITS; i++) {
      add_wait(1 + (unsigned)i % 2, 200 * random_share());
   }
   assert_true(backoff_lacks_growth(&backoff));
   assert_true(backoff_excess_ms(&backoff) == 0);
   waits[0].ms = 700;
   assert_true(backoff_excess_ms(&backoff) == 500);
}

static struct witness_command *
command(int64_t at_ms, int64_t number)
{
   struct witness_command *added = &commands[facts.command_count++];
   *added = (struct witness_command){.start_us = at_ms * MS,
                                     .end_us = (at_ms + 1) * MS,
                                     .outcome = WITNESS_ERROR,
                                     .overloaded = true,
                                     .numbered = number != 0,
                                     .has_session = true,
                                     .session = {7},
                                     .transaction_number = number};
   strcpy(added->name, "insert");
   strcpy(added->collection, "shop.lamps");
   return added;
}

static void
looks_at(int64_t since_ms)
{
   forget();
   assert_true(backoff_init(&backoff, &facts, since_ms * MS, 2));
}

TEST(attempts_of_one_operation_follow_each_other)
{
   command(100, 5);
   struct witness_command *other = command(120, 1);
   other->session[0] = 8;
   command(201, 5)->base_backoff_ms = 300;
   command(502, 5)->outcome = WITNESS_OK;
   looks_at(0);
   assert_int_equal(backoff.shed, 3);
   assert_int_equal(backoff.most_retries, 2);
   assert_int_equal(backoff.wait_count, 2);
   assert_true(backoff.waits[0].ms == 100 && backoff.waits[0].base_ms == 100 && backoff.waits[0].retry == 1);
   assert_true(backoff.waits[1].ms == 300 && backoff.waits[1].base_ms == 300 && backoff.waits[1].retry == 2);
   assert_true(backoff_mean_ms(&backoff, 0) == 200 && backoff_mean_ms(&backoff, 3) < 0);
   assert_string_equal(backoff.driver, "PyMongo 4.20.1");
   assert_int_equal(backoff.version, BACKOFF_SECOND);
}

/* The function begins again after its driver gave up: another transaction number. */
TEST(what_a_function_tries_is_not_its_drivers)
{
   command(100, 5);
   command(200, 5);
   command(202, 6);
   command(400, 6);
   looks_at(0);
   assert_true(backoff.by_driver);
   assert_int_equal(backoff.wait_count, 2);
   assert_int_equal(backoff.most_retries, 1);
}

TEST(a_function_alone_is_judged)
{
   handshakes[0].backpressure[0] = '\0';
   for (int64_t i = 0; i < 8; i++) {
      command(100 + 2 * i, 5 + i);
   }
   looks_at(0);
   assert_false(backoff.by_driver);
   assert_int_equal(backoff.version, BACKOFF_UNKNOWN);
   assert_int_equal(backoff.most_retries, 0);
   assert_true(backoff_lacks_pause(&backoff));
}

TEST(reads_without_a_number_are_followed)
{
   command(100, 0);
   command(150, 0)->outcome = WITNESS_OK;
   command(160, 0);
   looks_at(0);
   assert_int_equal(backoff.wait_count, 1);
   assert_int_equal(backoff.shed, 2);
   looks_at(155);
   assert_int_equal(backoff.shed, 1);
}

/* Each error has one wait at most, whatever a client makes of its session. */
TEST(errors_at_the_same_time_are_followed_once)
{
   for (int64_t i = 0; i < 6; i++) {
      command(100 + 10 * (i / 2), 0);
   }
   looks_at(0);
   assert_int_equal(backoff.shed, 6);
   assert_int_equal(backoff.wait_count, 4);
}

/* Adds a connection of that environment's owner, open between the two times; returns its index. */
static size_t
connection(uint32_t owner, int64_t from_ms, int64_t to_ms)
{
   connections[facts.connection_count] =
      (struct witness_connection){.owner = owner, .opened_us = from_ms * MS, .closed_us = to_ms * MS};
   return facts.connection_count++;
}

/* An insert by its own client, which sends nothing else: its first transaction. */
static struct witness_command *
try_anew(uint32_t owner, int64_t at_ms)
{
   struct witness_command *added = command(at_ms, 1);
   added->connection = connection(owner, at_ms - 3, at_ms + 5);
   added->session[0] = (uint8_t)(100 + facts.command_count);
   return added;
}

/* Two environments in turn. */
TEST(a_new_client_for_each_attempt_is_followed)
{
   facts.connection_count = 0;
   for (int64_t i = 0; i < 8; i++) {
      try_anew(i % 2 == 0 ? 1001 : 1002, 100 + 7 * i);
   }
   looks_at(0);
   assert_int_equal(backoff.wait_count, 6);
   assert_int_equal(backoff.by_new_clients, 6);
   assert_int_equal(backoff.most_retries, 0);
   /* 14 ms between attempts: 1 ms until the answer, and 3 ms until the next client connects. */
   assert_true(backoff.waits[0].ms == 10 && backoff.waits[0].retry == 1 && !backoff.waits[0].by_driver);
}

/* A few attempts of two environments may each be the first of one; many may not. */
TEST(without_an_owner_only_many_attempts_are_followed)
{
   facts.connection_count = 0;
   for (int64_t i = 0; i < 20; i++) {
      try_anew(0, 100 + 9 * i);
   }
   looks_at(0);
   assert_int_equal(backoff.wait_count, 0);
   assert_int_equal(backoff.shed, 20);
   forget();
   assert_true(backoff_init(&backoff, &facts, 0, 1));
   assert_int_equal(backoff.wait_count, 19);
   for (int64_t i = 20; i < 24; i++) {
      try_anew(0, 100 + 9 * i);
   }
   looks_at(0);
   assert_int_equal(backoff.by_new_clients, 23);
   assert_true(backoff_lacks_pause(&backoff));
   assert_false(backoff_lacks_jitter(&backoff));
}

/* A pool uses its connection again, and opens a new one because another operation has the first. */
TEST(a_pool_is_no_new_client)
{
   facts.connection_count = 0;
   try_anew(1001, 100);
   try_anew(1001, 110);
   struct witness_command *later = command(300, 9);
   later->connection = 0;
   connections[0].closed_us = 0;
   later->outcome = WITNESS_OK;
   looks_at(0);
   assert_int_equal(backoff.wait_count, 0);
   assert_int_equal(backoff.by_new_clients, 0);
}

/* A connection of the old client's monitor, opened late, is not the start of the new client. */
TEST(a_client_that_is_closing_may_still_connect)
{
   facts.connection_count = 0;
   try_anew(1001, 100);
   connection(1001, 102, 105);
   connection(1001, 240, 400);
   try_anew(1001, 260)->outcome = WITNESS_OK;
   looks_at(0);
   assert_int_equal(backoff.wait_count, 1);
   assert_true(backoff.waits[0].ms == 139);
}
