/* The breakdown of a cold start from invented facts, and the advice. */
#include "cold_start.h"
#include "test_main.h"

#define TRIP 20000

/* A pool: names, a monitor's connection, then the command's. Microseconds. */
static struct witness_lookup lookups[] = {
   {.name = "earlier", .start_us = 10, .end_us = 20, .round_trips = 1},
   {.name = "srv", .start_us = 100000, .end_us = 120000, .round_trips = 1},
   {.name = "txt", .start_us = 121000, .end_us = 141000, .round_trips = 1},
   {.name = "m1 A", .start_us = 142000, .end_us = 162000, .round_trips = 1},
   {.name = "m1 AAAA", .start_us = 142100, .end_us = 162100, .round_trips = 1}, /* at the same time as A */
   {.name = "m1 again", .start_us = 230000, .end_us = 250000, .round_trips = 1},
   {.name = "late", .start_us = 900000, .end_us = 920000, .round_trips = 1}, /* after the answer */
};
static struct witness_connection connections[] = {
   {.opened_us = 5},
   {.opened_us = 165000, .secured_us = 205000, .tls_round_trips = 1},
   {.opened_us = 255000, .secured_us = 296000, .tls_round_trips = 1, .proving_us = 318000, .proving_messages = 1},
};
static struct witness_hello hellos[] = {
   {.connection = 1, .start_us = 205000, .end_us = 225000},
   {.connection = 2, .start_us = 297000, .end_us = 317000},
};
static struct witness_command commands[] = {
   {.connection = 0, .start_us = 6, .end_us = 7},
   {.connection = 2, .start_us = 340000, .end_us = 341000},
};

static const struct witness_facts facts = {.lookups = lookups,
                                           .lookup_count = 7,
                                           .connections = connections,
                                           .connection_count = 3,
                                           .hellos = hellos,
                                           .hello_count = 2,
                                           .commands = commands,
                                           .command_count = 2};

static const struct cold_start_window window = {
   .start_us = 30000, .end_us = 400000, .connection = 1, .command = 1, .lookup = 1, .round_trip_us = TRIP};

TEST(a_pool_is_taken_apart)
{
   static const double parts[COLD_START_PARTS] = {70, 65 + 20, 90 - 20, 20, 22, 21, 22, 21, 39};
   struct drill_cold_start cold;
   assert_true(cold_start_look(&cold, &facts, &window));
   for (int i = 0; i < COLD_START_PARTS; i++) {
      assert_float_equal(cold.ms[i], parts[i], 0.001);
   }
   assert_float_equal(cold.total_ms, 370, 0.001);
   /* SRV, TXT, A; TCP, TLS, hello of the monitor; A; TCP, TLS, hello, one authentication message, the command. */
   assert_int_equal(cold.round_trips, 3 + 3 + 1 + 5);
   assert_int_equal(cold.connections, 2);
   assert_int_equal(cold.lookups, 5);
}

/* Made beside the first one: a single-threaded client contacts all members at once. */
TEST(another_connection_beside_it)
{
   struct drill_cold_start cold;
   struct witness_connection beside[3];
   struct witness_facts changed = facts;
   memcpy(beside, connections, sizeof beside);
   beside[2].opened_us = 165500;
   changed.connections = beside;
   assert_true(cold_start_look(&cold, &changed, &window));
   assert_int_equal(cold.round_trips, 3 + 5);
   assert_float_equal(cold.ms[COLD_START_DISCOVERY], 0.5, 0.001);
}

TEST(nothing_to_take_apart)
{
   struct drill_cold_start cold;
   struct witness_facts changed = facts;
   changed.command_count = 1;
   assert_false(cold_start_look(&cold, &changed, &window));
   changed = facts;
   changed.connection_count = 1;
   assert_false(cold_start_look(&cold, &changed, &window));
   assert_false(cold.tried);
}

static const struct drill_cold_start given = {.setting = "as given",
                                              .tried = true,
                                              .round_trip_ms = 20,
                                              .total_ms = 400,
                                              .round_trips = 12,
                                              .ms = {[COLD_START_PROCESS] = 150, [COLD_START_DNS] = 250}};

/* The same without some of the waits; the process happens to be slower. */
static struct drill_cold_start
with(const char *setting, double waits_ms, unsigned round_trips)
{
   struct drill_cold_start cold = given;
   (void)strcpy(cold.setting, setting);
   cold.ms[COLD_START_PROCESS] = 250;
   cold.ms[COLD_START_DNS] = waits_ms;
   cold.total_ms = 250 + waits_ms;
   cold.round_trips = round_trips;
   return cold;
}

TEST(advice_is_what_was_proved)
{
   char text[512];
   struct drill_cold_start refused = {.setting = "option=1", .reason = "unknown option"};
   struct drill_cold_start starts[] = {given, with("few", 190, 9), with("same", 205, 12), refused};
   starts[1].connections = 7;
   starts[2].connections = 1; /* no reason to name it: it is no faster */
   cold_start_advice(TEXT_OUT(text), starts, 4);
   assert_string_equal(text,
                       "With few the cold start waits 60 ms less for the network: 9 round trips instead of 12, "
                       "and 7 connections instead of 0. No faster: same. Of 400 ms, 12 round trips take at least 240 "
                       "ms and the start of the process takes 150 ms.");
   cold_start_advice(TEXT_OUT(text), starts, 1);
   assert_string_equal(text,
                       "Of 400 ms, 12 round trips take at least 240 ms and the start of the process takes 150 ms.");
}
