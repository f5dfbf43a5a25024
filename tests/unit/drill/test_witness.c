/* The facts that the front records: attempts at one command, one handshake for many connections, limits. */
#include "test_main.h"
#include "witness.h"

static struct witness *witness;
static struct witness_facts facts;

BEFORE_EACH(set_up)
{
   witness = witness_new();
   facts = (struct witness_facts){0};
}

AFTER_EACH(tear_down)
{
   witness_facts_clear(&facts);
   witness_destroy(witness);
}

static void
look(void)
{
   witness_facts_clear(&facts);
   assert_true(witness_facts_init(&facts, witness));
}

static struct witness_command
numbered(const char *name, uint8_t session, int64_t number)
{
   struct witness_command command = {.connection = WITNESS_NONE, .numbered = true, .transaction_number = number};
   strcpy(command.name, name);
   command.session[0] = session;
   return command;
}

TEST(attempts_of_one_number_are_counted)
{
   const struct witness_command commands[] = {
      numbered("insert", 1, 1), numbered("insert", 2, 1), numbered("insert", 1, 1), numbered("delete", 1, 2)};
   static const unsigned attempts[] = {1, 1, 2, 1};
   for (size_t i = 0; i < 4; i++) {
      size_t index = witness_command_began(witness, &commands[i]);
      witness_command_ended(
         witness,
         index,
         &(struct witness_reply){.outcome = i == 0 ? WITNESS_ERROR : WITNESS_OK, .error_code = 91, .n = 1});
   }
   look();
   for (size_t i = 0; i < 4; i++) {
      assert_int_equal(facts.commands[i].attempt, attempts[i]);
   }
   assert_int_equal(facts.counts.commands, 4);
   assert_int_equal(facts.counts.commands_failed, 1);
   assert_int_equal(facts.counts.commands_retried, 1);
}

TEST(one_handshake_for_many_connections)
{
   char first[] = "{\"a\": 1}", second[] = "{\"a\": 2}";
   struct witness_handshake handshake = {.document = first, .has_client = true, .driver = "one"};
   for (unsigned i = 0; i < 3; i++) {
      size_t connection = witness_opened(witness, i, 27017, 40000);
      handshake.document = i < 2 ? first : second;
      witness_introduced(witness, connection, &handshake);
   }
   const struct witness_handshake none = {.document = NULL};
   witness_introduced(witness, witness_opened(witness, 0, 27017, 40001), &none);
   look();
   assert_int_equal(facts.handshake_count, 3);
   assert_int_equal(facts.handshakes[0].connections, 2);
   assert_string_equal(facts.handshakes[1].document, second);
   assert_false(facts.handshakes[2].has_client);
   assert_int_equal(facts.connections[1].handshake, 0);
   assert_int_equal(facts.connections[3].handshake, 2);
}

TEST(a_flood_is_counted_and_not_kept)
{
   size_t connection = witness_opened(witness, 0, 27017, 40000);
   for (unsigned i = 0; i < WITNESS_HELLOS_MAX + 10; i++) {
      witness_hello_ended(witness, witness_hello_began(witness, connection, WITNESS_PLAIN), WITNESS_OK);
   }
   look();
   assert_int_equal(facts.hello_count, WITNESS_HELLOS_MAX);
   assert_int_equal(facts.counts.hellos, WITNESS_HELLOS_MAX + 10);
   assert_int_equal(facts.counts.left_out, 10);
   assert_int_equal(facts.connections[0].hellos, WITNESS_HELLOS_MAX + 10);
   assert_true(witness_is_monitoring(&facts.connections[0]));
}

TEST(ends_are_told_once)
{
   size_t connection = witness_opened(witness, 0, 27017, 40000);
   witness_closed(witness, connection, WITNESS_DROPPED);
   witness_closed(witness, connection, WITNESS_CLOSED_BY_CLIENT);
   witness_closed(witness, WITNESS_NONE, WITNESS_CLOSED_BY_CLIENT);
   look();
   assert_int_equal(facts.connections[0].end, WITNESS_DROPPED);
   witness_destroy(NULL);
}

TEST(a_set_that_is_not_whole)
{
   static const bool told[] = {true, false, false, true, true, false};
   for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
      witness_whole(witness, told[i]);
   }
   look();
   assert_int_equal(facts.unrest_count, 2);
   assert_true(facts.unrests[0].end_us >= facts.unrests[0].start_us);
   assert_int_equal(facts.unrests[1].end_us, 0);
   for (unsigned i = 0; i < WITNESS_UNRESTS_MAX + 2; i++) {
      witness_whole(witness, true);
      witness_whole(witness, false);
   }
   look();
   assert_int_equal(facts.unrest_count, WITNESS_UNRESTS_MAX);
   assert_int_equal(facts.unrests[WITNESS_UNRESTS_MAX - 1].end_us, 0);
}

TEST(refused_connections)
{
   look();
   assert_false(facts.counts.sees_refused);
   witness_sees_refused(witness);
   for (uint16_t i = 0; i < 3; i++) {
      witness_refused(witness, i, (uint16_t)(27017 + i), (uint16_t)(40000 + i));
   }
   look();
   assert_true(facts.counts.sees_refused);
   assert_int_equal(facts.counts.refused, 3);
   assert_int_equal(facts.refusal_count, 3);
   assert_int_equal(facts.refusals[1].member_port, 27018);
   assert_int_equal(facts.refusals[2].client_port, 40002);
   assert_true(facts.refusals[1].at_us >= facts.refusals[0].at_us);
}
