/* What goes wrong in a liar's open, and in the error with which it refuses. */
#include <faas_harness/provider.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The compiler must not see what is wrong. */
static void *volatile nowhere;
static volatile int four = 4;

static enum faas_result
refuse(struct faas_error *error)
{
   (void)snprintf(error->type, sizeof error->type, "Test.Refused");
   (void)snprintf(error->message, sizeof error->message, "refused on purpose");
#if defined(ERROR_NO_TYPE)
   error->type[0] = '\0';
#elif defined(ERROR_NO_MESSAGE)
   error->message[0] = '\0';
#elif defined(ERROR_ONE_WORD)
   (void)snprintf(error->type, sizeof error->type, "Refused");
#elif defined(ERROR_TYPE_UNENDED)
   memset(error->type, 'a', sizeof error->type);
   error->type[4] = '.';
#elif defined(ERROR_MESSAGE_UNENDED)
   memset(error->message, 'a', sizeof error->message);
#elif defined(ERROR_TWO_LINES)
   (void)snprintf(error->message, sizeof error->message, "one\ntwo");
#elif defined(ERROR_NO_UTF8)
   (void)snprintf(error->message, sizeof error->message, "\xc3(");
#elif defined(ERROR_WRITES_ON)
   memset((char *)error + sizeof *error, 'a', (size_t)four);
#endif
   return FAAS_ERROR;
}

#if defined(LEAVES_THREAD)
/* Runs this library's code again and again, so that it certainly crashes once the library is unloaded. */
static void *
run_for_ever(void *context)
{
   for (;;) {
      (void)usleep(10);
   }
   return context;
}
#endif

#if defined(TAKES_SIGTERM)
static void
ignore(int number)
{
   (void)number;
}
#endif

#if defined(SMALL_MESSAGE) || defined(SMALL_FAILURE) || defined(SMALL_OPTION)
/* As a fortified strcpy ends the process. */
static void
copy_into_256_bytes(size_t length)
{
   if (length >= 256) {
      abort();
   }
}
#endif

/* What can go wrong in open. */
static void
lie_in_open(const struct faas_host *host)
{
   (void)host;
#if defined(PRINTS)
   (void)printf("ready\n");
#elif defined(LOGS_NO_UTF8)
   host->log(host->context, FAAS_LOG_INFO, "\xff");
#elif defined(LOGS_NULL)
   host->log(host->context, FAAS_LOG_INFO, NULL);
#elif defined(LOGS_AT_NO_LEVEL)
   host->log(host->context, (enum faas_log_level)four, "a line");
#elif defined(ASKS_UNKNOWN_OPTION)
   (void)host->option(host->context, "color");
#elif defined(WRONG_CONTEXT)
   (void)host->stop_requested(nowhere);
#elif defined(LEAKS_HOST_MEMORY)
   nowhere = host->allocate(host->context, 100);
#elif defined(LEAKS_MEMORY)
   nowhere = malloc(100);
#elif defined(RELEASES_TWICE)
   void *memory = host->allocate(host->context, 100);
   host->release(host->context, memory);
   host->release(host->context, memory);
#elif defined(USES_NO_MEMORY)
   char *memory = malloc(100);
   nowhere = memory;
   ((char *volatile)memory)[0] = 'x';
   free(memory);
#elif defined(USES_NO_HOST_MEMORY)
   char *memory = host->allocate(host->context, 100);
   memset(memory, 'x', 100);
   host->release(host->context, memory);
#elif defined(LEAKS_DESCRIPTOR)
   (void)dup(2);
#elif defined(CLOSES_STDIN)
   (void)close(0);
#elif defined(CLOSES_STOP)
   (void)close(host->stop_descriptor(host->context));
#elif defined(LEAVES_THREAD)
   pthread_t thread;
   if (pthread_create(&thread, NULL, run_for_ever, NULL) == 0) {
      (void)pthread_detach(thread);
   }
#elif defined(TAKES_SIGTERM)
   (void)signal(SIGTERM, ignore);
#elif defined(BLOCKS_SIGNALS)
   sigset_t all;
   (void)sigfillset(&all);
   (void)pthread_sigmask(SIG_BLOCK, &all, NULL);
#elif defined(CHANGES_FOLDER)
   (void)(chdir("/") == 0);
#elif defined(WRITES_TO_HOST)
   ((struct faas_host *)(uintptr_t)host)->reserved = 1;
#elif defined(LEAVES_VARIABLE)
   static char variable[] = "FAAS_LIAR=1";
   (void)putenv(variable);
#elif defined(SMALL_OPTION)
   copy_into_256_bytes(strlen(host->option(host->context, "folder")));
#endif
}
