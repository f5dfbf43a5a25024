/* faas-front: the front as a program, for a driver of any language. It takes commands on stdin. */
#include "address.h"
#include "command_line.h"
#include "console.h"
#include "descriptors.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_ROOM 4096

static volatile sig_atomic_t stopping;

static void
stop(int signal_number)
{
   (void)signal_number;
   stopping = 1;
}

static void
print_help(void)
{
   fputs("Usage: faas-front --server HOST:PORT [--secure FILE]\n"
         "\n"
         "Shows one MongoDB-compatible server as a replica set of three members. You can fail it over, kill and freeze "
         "members,\n"
         "and lose packets, while your own program talks to it. All three members are that one server: there is no "
         "replication\n"
         "lag, rollback or split brain.\n"
         "\n"
         "   --server HOST:PORT  the server, a replica set of one, because retryable writes need that\n"
         "   --secure FILE       members use TLS and SCRAM-SHA-256. FILE is written: the certificate of the authority, "
         "for your\n"
         "                       program; the URI has its path and the password\n"
         "   --version           print the version\n"
         "   --help              print this text\n"
         "\n"
         "The first line on stdout is the URI for your program. Then every line on stdin is a command. Each is "
         "answered with\n"
         "one line of JSON with \"ok\", and with \"error\" if that is false:\n",
         stdout);
   fputs(console_help, stdout);
   fputs(
      "\n"
      "Try your driver against a failover: start faas-front, start your program with the URI that it prints, and type\n"
      "   failover election_ms=2000\n"
      "A retryable write sent now must succeed after about two seconds. Then try the harder cases:\n"
      "   failover_on insert election_ms=500 late_ms=1000 kill\n"
      "   fault lose_reply command=insert     the retry must not insert twice: see n and retry in \"writes\"\n"
      "   end silent                          how long until your program notices that its connections are dead?\n",
      stdout);
}

static bool
answer(struct front *front, const char *line)
{
   bool quit = false;
   char *text = console_answer(front, line, &quit);
   bool told = text != NULL && puts(text) >= 0 && fflush(stdout) == 0;
   free(text);
   return told && !quit;
}

/* Answers the whole lines in buffer and keeps the rest. Returns false when there is nothing more to answer. */
static bool
answer_lines(struct front *front, char *buffer, size_t *length)
{
   char *line = buffer;
   char *end;
   while ((end = memchr(line, '\n', *length - (size_t)(line - buffer))) != NULL) {
      *end = '\0';
      if (!answer(front, line)) {
         return false;
      }
      line = end + 1;
   }
   *length -= (size_t)(line - buffer);
   memmove(buffer, line, *length);
   if (*length == LINE_ROOM - 1) {
      *length = 0;
   }
   return true;
}

/* Signals are delivered only during ppoll, so none is missed between the check of stopping and the wait. */
static void
converse(struct front *front, const sigset_t *while_waiting)
{
   char buffer[LINE_ROOM];
   size_t length = 0;
   while (!stopping) {
      struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
      if (ppoll(&input, 1, NULL, while_waiting) < 0) {
         continue;
      }
      ssize_t count = read(STDIN_FILENO, buffer + length, LINE_ROOM - 1 - length);
      if (count <= 0) {
         return;
      }
      length += (size_t)count;
      if (!answer_lines(front, buffer, &length)) {
         return;
      }
   }
}

static void
catch_signals(sigset_t *before)
{
   struct sigaction action = {.sa_handler = stop};
   sigset_t caught;
   sigemptyset(&caught);
   sigaddset(&caught, SIGTERM);
   sigaddset(&caught, SIGINT);
   sigprocmask(SIG_BLOCK, &caught, before);
   sigaction(SIGTERM, &action, NULL);
   sigaction(SIGINT, &action, NULL);
   signal(SIGPIPE, SIG_IGN);
}

enum { OWN_SERVER };
enum action { ACTION_SERVE, ACTION_HELP, ACTION_VERSION };

struct options {
   enum action action;
   const char *authority_file;
};

static int
serve(char *address, const char *authority_file)
{
   struct front_config config = {.authority_file = authority_file};
   struct drill_error error;
   sigset_t before;
   if (command_line_is_delicate(address)) {
      fputs("faas-front: --server takes HOST:PORT, not a connection string\n", stderr);
      return 2;
   }
   if (address_split(address, &config.server_host, &config.server_port) != 0) {
      fprintf(stderr, "faas-front: --server takes HOST:PORT, found \"%s\"\n", address);
      return 2;
   }
   descriptors_allow();
   catch_signals(&before);
   struct witness *witness = witness_new();
   if (witness == NULL) {
      fputs("faas-front: out of memory\n", stderr);
      return 2;
   }
   config.witness = witness;
   struct front *front = front_new(&config, &error);
   if (front == NULL) {
      fprintf(stderr, "faas-front: %s\n", error.message);
      witness_destroy(witness);
      return 2;
   }
   printf("%s\n", front_uri(front));
   fflush(stdout);
   converse(front, &before);
   front_destroy(front);
   witness_destroy(witness);
   return 0;
}

int
main(int argc, char **argv)
{
   static const struct command_line_option known[] = {
      OPTION_OWN("server", OWN_SERVER),
      OPTION_TEXT("secure", struct options, authority_file),
      OPTION_ACTION("version", struct options, action, ACTION_VERSION),
      OPTION_ACTION("help", struct options, action, ACTION_HELP),
   };
   struct options options = {0};
   struct command_line line;
   command_line_init(&line, known, sizeof known / sizeof known[0], &options, argc, argv);
   char *server = NULL;
   int own;
   while ((own = command_line_next(&line)) == OWN_SERVER) {
      server = line.value;
   }
   if (own == COMMAND_LINE_WRONG) {
      fprintf(stderr, "faas-front: %s\n", line.message);
      return 2;
   }
   if (options.action == ACTION_VERSION) {
      printf("faas-front %s\n", FAAS_DRILL_VERSION);
      return 0;
   }
   if (options.action == ACTION_HELP) {
      print_help();
      return 0;
   }
   if (server == NULL || optind < argc) {
      fputs("faas-front: the arguments must be --server HOST:PORT and options; see faas-front --help\n", stderr);
      return 2;
   }
   return serve(server, options.authority_file);
}
