#include "judge_case.h"

struct witness_facts facts;
struct witness_connection connections[8];
struct witness_hello hellos[64];
struct witness_command commands[16];
struct witness_handshake handshakes[4];
struct judge_invocation invocations[4];
struct witness_write writes[16];
struct witness_unrest unrests[2];
struct witness_refusal refusals[8];
struct judge_case seen;
struct finding finding;

void
set_up(void)
{
   memset(connections, 0, sizeof connections);
   memset(hellos, 0, sizeof hellos);
   memset(commands, 0, sizeof commands);
   memset(handshakes, 0, sizeof handshakes);
   memset(writes, 0, sizeof writes);
   facts = (struct witness_facts){.handshakes = handshakes,
                                  .connections = connections,
                                  .hellos = hellos,
                                  .commands = commands,
                                  .unrests = unrests,
                                  .refusals = refusals,
                                  .counts.sees_refused = true};
   invocations[0] = (struct judge_invocation){.name = "cold",
                                              .start_us = 1 * S,
                                              .end_us = 2 * S,
                                              .runs_from_us = 1 * S,
                                              .runs_until_us = 2 * S,
                                              .suspended_us = 1 * S,
                                              .passed = true,
                                              .alone = true};
   seen = (struct judge_case){.facts = &facts,
                              .invocations = invocations,
                              .invocation_count = 1,
                              .writes = writes,
                              .writes_complete = true,
                              .platform = "AWS Lambda",
                              .client_env = "aws.lambda",
                              .region = "us-east-1",
                              .memory_mb = 128,
                              .uri_options = "",
                              .heartbeat_frequency_ms = 10000,
                              .running_ms = 1500};
}

void
judged(const char *name, enum judge_verdict verdict, const char *words)
{
   finding = (struct finding){.verdict = JUDGE_SKIPPED, .measured = -1};
   for (size_t i = 0; i < judge_rule_count; i++) {
      if (strcmp(judge_rules[i].name, name) == 0) {
         judge_rules[i].judge(&seen, &finding);
      }
   }
   if (finding.verdict != verdict || strstr(finding.detail, words) == NULL) {
      fail_msg("%s: verdict %d, \"%s\"; expected %d, \"%s\"", name, finding.verdict, finding.detail, verdict, words);
   }
}

size_t
connect_to(unsigned member, int64_t at_us)
{
   connections[facts.connection_count] = (struct witness_connection){
      .member = member, .member_port = (uint16_t)(27017 + member), .client_port = 40000, .opened_us = at_us};
   facts.counts.connections++;
   return facts.connection_count++;
}

void
hello(size_t connection, int64_t at_us, enum witness_hello_kind kind)
{
   hellos[facts.hello_count++] = (struct witness_hello){
      .connection = connection, .kind = kind, .start_us = at_us, .end_us = at_us + MS, .outcome = WITNESS_OK};
   facts.counts.hellos++;
   facts.counts.awaitable += kind != WITNESS_PLAIN ? 1 : 0;
   connections[connection].hellos++;
}

struct witness_command *
command(size_t connection, const char *name, int64_t at_us)
{
   struct witness_command *added = &commands[facts.command_count++];
   *added = (struct witness_command){.connection = connection,
                                     .start_us = at_us,
                                     .end_us = at_us + MS,
                                     .outcome = WITNESS_OK,
                                     .is_write = strcmp(name, "find") != 0,
                                     .is_read = strcmp(name, "find") == 0,
                                     .attempt = 1};
   snprintf(added->name, sizeof added->name, "%s", name);
   strcpy(added->collection, "shop.orders");
   facts.counts.commands++;
   connections[connection].commands++;
   return added;
}

void
fail_command(struct witness_command *failed)
{
   failed->outcome = WITNESS_ERROR;
   failed->error_code = 189;
   strcpy(failed->error_name, "PrimarySteppedDown");
   failed->retryable_error = true;
}

void
write_document(bool is_delete, int n, const char *id)
{
   struct witness_write *added = &writes[seen.write_count++];
   *added = (struct witness_write){.is_delete = is_delete, .n = n, .collection = "shop.orders"};
   strcpy(added->id, id);
}

struct witness_handshake *
introduce(void)
{
   struct witness_handshake *added = &handshakes[facts.handshake_count++];
   *added = (struct witness_handshake){.bytes = 300,
                                       .connections = 2,
                                       .has_client = true,
                                       .has_env = true,
                                       .env_memory_mb = 128,
                                       .has_os_details = true};
   strcpy(added->env_name, "aws.lambda");
   strcpy(added->env_region, "us-east-1");
   return added;
}

BEFORE_EACH(start)
{
   set_up();
}
