/* What phase moved reports about an address, from the witness's facts. */
#include "moved.h"
#include "test_main.h"

#define BEFORE 1000
#define SINCE 2000
#define LATER 3000

static struct witness_connection connections[] = {
   {.member_port = 901, .opened_us = BEFORE},
   {.member_port = 901, .opened_us = SINCE},
   {.member_port = 902, .opened_us = LATER},
};

static struct witness_hello hellos[] = {
   {.connection = 0, .start_us = BEFORE},
   {.connection = 0, .start_us = LATER},
   {.connection = 1, .start_us = SINCE},
   {.connection = 2, .start_us = LATER},
   {.connection = WITNESS_NONE, .start_us = LATER},
};

static struct witness_command commands[] = {
   {.connection = 0, .start_us = BEFORE},
   {.connection = 1, .start_us = LATER},
   {.connection = 3, .start_us = LATER}, /* its connection was left out */
};

static struct witness_refusal refusals[] = {
   {.member_port = 901, .at_us = BEFORE},
   {.member_port = 901, .at_us = LATER},
   {.member_port = 902, .at_us = LATER},
};

static const struct witness_facts facts = {
   .connections = connections,
   .connection_count = sizeof connections / sizeof connections[0],
   .hellos = hellos,
   .hello_count = sizeof hellos / sizeof hellos[0],
   .commands = commands,
   .command_count = sizeof commands / sizeof commands[0],
   .refusals = refusals,
   .refusal_count = sizeof refusals / sizeof refusals[0],
};

TEST(counts_what_began_since_then)
{
   struct moved_traffic traffic = {0};
   moved_traffic_add(&traffic, &facts, 901, SINCE);
   assert_int_equal(traffic.connections, 1);
   assert_int_equal(traffic.hellos, 2);
   assert_int_equal(traffic.commands, 1);
   assert_int_equal(traffic.refused, 1);
}

TEST(adds_up_addresses)
{
   struct moved_traffic traffic = {0};
   moved_traffic_add(&traffic, &facts, 901, BEFORE);
   moved_traffic_add(&traffic, &facts, 902, BEFORE);
   moved_traffic_add(&traffic, &facts, 903, BEFORE);
   assert_int_equal(traffic.connections, 3);
   assert_int_equal(traffic.hellos, 4);
   assert_int_equal(traffic.commands, 2);
   assert_int_equal(traffic.refused, 3);
}
