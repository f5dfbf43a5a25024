#include "console.h"

#include "faults.h"
#include "words.h"

#include <bson/bson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char console_help[] =
   "   failover [election_ms=N] [late_ms=N] [kill]\n"
   "                       the next member becomes primary after an election of N ms; monitors learn of it late_ms\n"
   "                       later. The old primary steps down, or with kill goes down with its connections\n"
   "   failover_on COMMAND [election_ms=N] [late_ms=N] [kill]\n"
   "                       the same when the next command of that name arrives; that command is not applied\n"
   "   wait_primary MS     wait until there is a primary\n"
   "   primary             the primary's member number, or -1\n"
   "   kill N, start N     member N (0, 1 or 2) goes down, or comes up; no election follows by itself\n"
   "   freeze N, thaw N    member N accepts connections but does not answer, until it is thawed\n"
   "   fault KIND [command=NAME] [times=N] [code=N] [delay_ms=N]\n"
   "                       KIND is error (with code), delay (with delay_ms), close, reset, lose_reply (applied, then\n"
   "                       closed), hold_reply (applied, then silent) or black_hole. Applies to any command except\n"
   "                       hello, or to NAME; once, or N times (0: always)\n"
   "   clear               remove all faults and failover_on\n"
   "   delays MS MS MS [loss=PERCENT]\n"
   "                       delay the answers of members 0, 1 and 2, hellos included; lose PERCENT of the messages in\n"
   "                       each direction: they are sent again after 200 ms, then 400 ms. 0 0 0: no delays\n"
   "   end HOW [member=N]  end the connections that are open now, all or those to member N; new ones work. HOW is\n"
   "                       closed (FIN), reset (a connection that sends something gets RST) or silent (packets\n"
   "                       vanish, as at a firewall)\n"
   "   password            change the password of the --secure user; the answer has the new URI. Open connections\n"
   "                       stay authenticated\n"
   "   move [N]            all members move to new ports; the answer has the new URI. The old address of member N\n"
   "                       keeps answering, as a secondary that lists the new ports; without N none does\n"
   "   counters, writes, handshake\n"
   "                       connections and commands; inserts and deletes as applied; the client document of a hello.\n"
   "                       connectionsRefused, by members that are down, is null without CAP_NET_RAW\n"
   "   count DB COLL       number of documents at the server\n"
   "   quit                end the program, as do end of input and SIGTERM\n";

/* One line, and the answer to it. */
struct console {
   struct front *front;
   struct words words;
   bson_t *answer;
   struct drill_error error;
   bool quit;
};

/* From the word at first on: [election_ms=N] [late_ms=N] [kill] */
static int
read_failover(struct console *console, size_t first, struct front_failover *how)
{
   *how = (struct front_failover){0};
   const struct words_option options[] = {{.name = "election_ms", .number = &how->election_ms},
                                          {.name = "late_ms", .number = &how->late_ms},
                                          {.name = "kill", .is_there = &how->kill}};
   return words_options(&console->words, first, options, 3, &console->error);
}

static int
failover(struct console *console)
{
   struct front_failover how;
   return read_failover(console, 1, &how) != 0 ? -1 : front_failover(console->front, &how, &console->error);
}

static int
failover_on(struct console *console)
{
   struct front_failover how;
   return read_failover(console, 2, &how) != 0
             ? -1
             : front_failover_on(console->front, console->words.list[1], &how, &console->error);
}

static int
primary(struct console *console)
{
   BSON_APPEND_INT32(console->answer, "primary", front_primary(console->front));
   return 0;
}

static int
wait_primary(struct console *console)
{
   unsigned timeout_ms;
   if (words_number(&console->words, 1, &timeout_ms, &console->error) != 0) {
      return -1;
   }
   if (!front_wait_primary(console->front, timeout_ms)) {
      drill_error_set(&console->error, "no primary within %u ms", timeout_ms);
      return -1;
   }
   return primary(console);
}

static int
member(struct console *console)
{
   static const char *const names[] = {
      [FRONT_KILL] = "kill", [FRONT_START] = "start", [FRONT_FREEZE] = "freeze", [FRONT_THAW] = "thaw"};
   enum front_change change = FRONT_KILL;
   unsigned number;
   while (strcmp(names[change], console->words.list[0]) != 0) {
      change++;
   }
   return words_number(&console->words, 1, &number, &console->error) == 0
             ? front_change(console->front, change, number, &console->error)
             : -1;
}

static int
add_fault(struct console *console)
{
   unsigned code = 0;
   struct front_fault fault = {.times = 1};
   const struct words_option options[] = {
      {.name = "code", .number = &code},
      {.name = "times", .number = &fault.times},
      {.name = "delay_ms", .number = &fault.delay_ms},
      {.name = "command", .text = fault.command, .text_size = sizeof fault.command},
   };
   const char *kind = console->words.list[1];
   for (; strcmp(faults_name(fault.kind), kind) != 0; fault.kind++) {
      if (fault.kind == FRONT_FAULT_BLACK_HOLE) {
         return words_unknown(&console->words, kind, &console->error);
      }
   }
   if (words_options(&console->words, 2, options, sizeof options / sizeof *options, &console->error) != 0) {
      return -1;
   }
   fault.error_code = (int)code;
   return front_add_fault(console->front, &fault, &console->error);
}

static int
delays(struct console *console)
{
   struct front_delays how = {.loss_percent = 0};
   const struct words_option option = {.name = "loss", .number = &how.loss_percent};
   for (size_t i = 0; i < FRONT_MEMBERS; i++) {
      if (words_number(&console->words, i + 1, &how.late_ms[i], &console->error) != 0) {
         return -1;
      }
      if (how.late_ms[i] > FRONT_DELAY_MAX_MS) {
         drill_error_set(&console->error, "a delay is at most %d ms, found %u", FRONT_DELAY_MAX_MS, how.late_ms[i]);
         return -1;
      }
   }
   if (words_options(&console->words, FRONT_MEMBERS + 1, &option, 1, &console->error) != 0) {
      return -1;
   }
   if (how.loss_percent > 99) {
      drill_error_set(&console->error, "loss takes 0 to 99 percent, found %u", how.loss_percent);
      return -1;
   }
   front_delay(console->front, &how);
   return 0;
}

static int
clear(struct console *console)
{
   front_clear_faults(console->front);
   return 0;
}

static int
end(struct console *console)
{
   static const char *const names[] = {
      [FRONT_ENDING_CLOSED] = "closed", [FRONT_ENDING_RESET] = "reset", [FRONT_ENDING_SILENT] = "silent"};
   enum front_ending ending = FRONT_ENDING_CLOSED;
   const char *how = console->words.list[1];
   unsigned number = 0;
   const struct words_option option = {.name = "member", .number = &number};
   for (; strcmp(names[ending], how) != 0; ending++) {
      if (ending == FRONT_ENDING_SILENT) {
         return words_unknown(&console->words, how, &console->error);
      }
   }
   if (words_options(&console->words, 2, &option, 1, &console->error) != 0) {
      return -1;
   }
   if (number >= FRONT_MEMBERS) {
      drill_error_set(&console->error, "no member %u: members are 0 to %d", number, FRONT_MEMBERS - 1);
      return -1;
   }
   size_t ended = front_end_connections(console->front, ending, console->words.count > 2 ? (int)number : FRONT_ALL);
   BSON_APPEND_INT64(console->answer, "ended", (int64_t)ended);
   return 0;
}

static int
password(struct console *console)
{
   if (front_new_password(console->front, &console->error) != 0) {
      return -1;
   }
   BSON_APPEND_UTF8(console->answer, "uri", front_uri(console->front));
   return 0;
}

static int
move(struct console *console)
{
   unsigned kept = 0;
   bool named = console->words.count > 1;
   if ((named && words_number(&console->words, 1, &kept, &console->error) != 0) ||
       front_move(console->front, named ? (int)kept : FRONT_NONE, &console->error) != 0) {
      return -1;
   }
   BSON_APPEND_UTF8(console->answer, "uri", front_uri(console->front));
   return 0;
}

static int
counters(struct console *console)
{
   struct front_counters now;
   front_counters(console->front, &now);
   struct witness_counts seen;
   witness_counts(front_witness(console->front), &seen);
   BSON_APPEND_INT64(console->answer, "connectionsCreated", (int64_t)seen.connections);
   BSON_APPEND_INT64(console->answer, "connectionsOpen", now.connections_open);
   BSON_APPEND_INT64(console->answer, "connectionsMost", now.connections_most);
   BSON_APPEND_INT64(console->answer, "connectionsDropped", now.connections_dropped);
   BSON_APPEND_INT64(console->answer, "connectionsReset", (int64_t)now.connections_reset);
   if (seen.sees_refused) {
      BSON_APPEND_INT64(console->answer, "connectionsRefused", (int64_t)seen.refused);
   } else {
      BSON_APPEND_NULL(console->answer, "connectionsRefused");
   }
   BSON_APPEND_INT64(console->answer, "commands", (int64_t)seen.commands);
   BSON_APPEND_INT64(console->answer, "commandsFailed", (int64_t)seen.commands_failed);
   BSON_APPEND_INT64(console->answer, "commandsRetried", (int64_t)seen.commands_retried);
   BSON_APPEND_INT64(console->answer, "hellos", (int64_t)seen.hellos);
   BSON_APPEND_INT64(console->answer, "awaitedHellos", (int64_t)seen.awaitable);
   BSON_APPEND_INT64(console->answer, "messagesLost", (int64_t)now.messages_lost);
   return 0;
}

static void
append_write(bson_t *list, size_t index, const struct witness_write *write)
{
   char key[24];
   bson_t entry;
   snprintf(key, sizeof key, "%zu", index);
   BSON_APPEND_DOCUMENT_BEGIN(list, key, &entry);
   BSON_APPEND_UTF8(&entry, "command", write->is_delete ? "delete" : "insert");
   BSON_APPEND_UTF8(&entry, "id", write->id);
   BSON_APPEND_INT32(&entry, "n", write->n);
   BSON_APPEND_BOOL(&entry, "replyLost", write->reply_lost);
   BSON_APPEND_BOOL(&entry, "retry", write->retry);
   BSON_APPEND_INT32(&entry, "clientPort", write->client_port);
   BSON_APPEND_INT64(&entry, "atUs", write->at_us);
   bson_append_document_end(list, &entry);
}

static int
writes(struct console *console)
{
   size_t count;
   struct witness_write *list = front_writes(console->front, &count, NULL);
   bson_t array = BSON_INITIALIZER;
   for (size_t i = 0; i < count; i++) {
      append_write(&array, i, &list[i]);
   }
   BSON_APPEND_ARRAY(console->answer, "writes", &array);
   bson_destroy(&array);
   free(list);
   return 0;
}

static int
handshake(struct console *console)
{
   char *text = witness_newest_document(front_witness(console->front));
   bson_t *client = text == NULL ? NULL : bson_new_from_json((const uint8_t *)text, -1, NULL);
   free(text);
   if (client == NULL) {
      BSON_APPEND_NULL(console->answer, "client");
   } else {
      BSON_APPEND_DOCUMENT(console->answer, "client", client);
   }
   bson_destroy(client);
   return 0;
}

static int
count_documents(struct console *console)
{
   int64_t n = front_count_documents(console->front, console->words.list[1], console->words.list[2], &console->error);
   if (n < 0) {
      return -1;
   }
   BSON_APPEND_INT64(console->answer, "n", n);
   return 0;
}

static int
quit(struct console *console)
{
   console->quit = true;
   return 0;
}

static const struct {
   const char *name;
   int (*run)(struct console *console);
   size_t least; /* words after it */
   size_t most;
} commands[] = {
   {"failover", failover, 0, 3},
   {"failover_on", failover_on, 1, 4},
   {"wait_primary", wait_primary, 1, 1},
   {"primary", primary, 0, 0},
   {"kill", member, 1, 1},
   {"start", member, 1, 1},
   {"freeze", member, 1, 1},
   {"thaw", member, 1, 1},
   {"fault", add_fault, 1, 5},
   {"clear", clear, 0, 0},
   {"delays", delays, 3, 4},
   {"end", end, 1, 2},
   {"password", password, 0, 0},
   {"move", move, 0, 1},
   {"counters", counters, 0, 0},
   {"writes", writes, 0, 0},
   {"handshake", handshake, 0, 0},
   {"count", count_documents, 2, 2},
   {"quit", quit, 0, 0},
};

static int
run(struct console *console)
{
   for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
      if (strcmp(commands[i].name, console->words.list[0]) != 0) {
         continue;
      }
      size_t arguments = console->words.count - 1;
      if (arguments < commands[i].least || arguments > commands[i].most) {
         drill_error_set(&console->error,
                         "%s takes %zu to %zu arguments, found %zu; see faas-front --help",
                         commands[i].name,
                         commands[i].least,
                         commands[i].most,
                         arguments);
         return -1;
      }
      return commands[i].run(console);
   }
   drill_error_set(&console->error, "no command \"%s\"; faas-front --help lists them", console->words.list[0]);
   return -1;
}

char *
console_answer(struct front *front, const char *line, bool *quit_asked)
{
   struct console console = {.front = front, .answer = bson_new()};
   bool done = words_init(&console.words, line, &console.error) == 0 && run(&console) == 0;
   BSON_APPEND_BOOL(console.answer, "ok", done);
   if (!done) {
      BSON_APPEND_UTF8(console.answer, "error", console.error.message);
   }
   char *text = bson_as_relaxed_extended_json(console.answer, NULL);
   char *answer = text == NULL ? NULL : strdup(text);
   bson_free(text);
   bson_destroy(console.answer);
   *quit_asked = console.quit;
   return answer;
}
