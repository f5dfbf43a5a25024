/* What phase storm reports: verdict, capacity, and which setting helps. */
#include "storm_verdict.h"
#include "test_main.h"

static const struct connection_limit limit = {.tier = "M0", .per_node = 500, .usable = 490};
static struct storm_facts facts;
static char text[512];

BEFORE_EACH(set_up)
{
   facts =
      (struct storm_facts){.limit = &limit,
                           .connections = 51,
                           .warm = 51,
                           .given = {.environments = 100, .got_in = 9, .slowest_ms = 2000, .limited.refused = 700}};
   for (unsigned i = 0; i < FRONT_LIMITED_SECONDS; i++) {
      facts.given.rate[i] = i < 10 ? 6 : -1;
   }
}

static void
hold(enum storm_try_kind kind, unsigned connections, unsigned got_in)
{
   facts.tries[kind] = (struct storm_try){
      .connections = connections, .held = true, .storm = {.environments = 100, .got_in = got_in, .slowest_ms = 3000}};
}

static void
advises(const char *words)
{
   storm_advise(TEXT_OUT(text), &facts);
   if (strstr(text, words) == NULL) {
      fail_msg("\"%s\"; expected \"%s\"", text, words);
   }
}

TEST(what_helps_comes_first)
{
   hold(STORM_MIN_POOL, 40, 9);
   hold(STORM_MAX_POOL, 2, 100);
   advises(
      "M0's 490 connections per node are enough for 9 environments, for 245 with maxPoolSize=1 (2 each), for 12 "
      "with minPoolSize=0 (40 each). Add maxPoolSize=1 to the URI: then 100 of 100 connected, the last after 3.0 s, "
      "with 0 attempts refused. minPoolSize=0 does not help: 9 of 100 connected.");
   assert_null(strstr(text, "larger tier"));
}

TEST(idle_connections_and_a_single_client)
{
   hold(STORM_MAX_IDLE, 3, 60);
   hold(STORM_SINGLE_CLIENT, 1, 70);
   advises("for 163 with maxIdleTimeMS=1000 (3 each, once idle), for 490 with a single-threaded client (1 each)");
   advises("With maxIdleTimeMS=1000, on a second invocation: 60 of 100 connected");
   advises("With a single-threaded client: 70 of 100 connected");
   advises("choose a larger tier");
}

TEST(a_storm_that_nobody_lost_needs_no_setting)
{
   facts.given.got_in = 100;
   hold(STORM_MAX_POOL, 2, 100);
   storm_advise(TEXT_OUT(text), &facts);
   assert_null(strstr(text, "Add "));
   assert_false(storm_fails(TEXT_OUT(text), &facts));
}

TEST(too_many_environments_are_no_fault)
{
   assert_false(storm_fails(TEXT_OUT(text), &facts));
   facts.tries[STORM_MAX_POOL].connections = 5;
   assert_false(storm_fails(TEXT_OUT(text), &facts));
   facts.tries[STORM_MAX_POOL].connections = 4;
   assert_true(storm_fails(TEXT_OUT(text), &facts));
}

/* 24 a second: four attempts for each of three members in 500 ms. */
TEST(hammering_is_more_than_the_specifications_allow)
{
   facts.given.rate[0] = 500;
   facts.given.rate[3] = facts.given.rate[4] = 23.9;
   assert_false(storm_fails(TEXT_OUT(text), &facts));
   facts.given.rate[3] = facts.given.rate[4] = 24.1;
   assert_true(storm_fails(TEXT_OUT(text), &facts));
   assert_contains(text, "the driver specifications allow 24");
   facts.given.rate[4] = 6;
   assert_false(storm_fails(TEXT_OUT(text), &facts));
}

/* The mean is low, but one environment is not. */
TEST(one_that_hammers_is_found_among_calm_ones)
{
   facts.given.limited.clients = 100;
   facts.given.limited.sustained = 24;
   assert_false(storm_fails(TEXT_OUT(text), &facts));
   facts.given.limited.sustained = 310;
   assert_true(storm_fails(TEXT_OUT(text), &facts));
   assert_contains(text, "one environment made 310 attempts a second");
   storm_describe(TEXT_OUT(text), &facts);
   assert_contains(text, "the busiest environment sustained 310 a second");
}

/* It is not the function's fault either that a server lets in few connections a second, and no larger tier helps. */
TEST(a_rate_takes_time)
{
   facts.per_second = 20;
   facts.connections = 2;
   facts.given.limited.queued = 30;
   facts.given.limited.queued_most_us = 4200000;
   facts.given.limited.left_queue = 7;
   strcpy(facts.given.example, "the function's error");
   hold(STORM_MAX_POOL, 1, 80);
   advises("An idle environment holds 2 connections to one member: at 20 new connections a second per node, 100 "
           "environments need 9.0 s to connect, 4.0 s with maxPoolSize=1. Add maxPoolSize=1 to the URI: then 80 of 100 "
           "connected");
   advises(" 91 gave up, the last with: the function's error. Limit");
   advises("let the server queue more (ingressConnectionEstablishmentMaxQueueDepth; here --connection-queue)");
   assert_null(strstr(text, "larger tier"));
   assert_false(storm_fails(TEXT_OUT(text), &facts));
   storm_describe(TEXT_OUT(text), &facts);
   assert_contains(text, "; 30 connections queued, for up to 4.2 s, 7 of them closed by the client while queued");
   facts.given.limited.refused = facts.given.limited.queued = 0;
   assert_true(storm_fails(TEXT_OUT(text), &facts));
   assert_contains(
      text, "91 of 100 environments never connected, although the members neither refused nor queued a connection");
}
