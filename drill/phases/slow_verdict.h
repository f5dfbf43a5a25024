/*
 * slow_verdict: describes and judges what phase slow measured.
 */
#pragma once

#include "append.h"

#include <stdbool.h>
#include <stddef.h>

#define SLOW_CASES_MAX 8

enum slow_member { SLOW_PRIMARY, SLOW_SECONDARY };

enum slow_end {
   SLOW_LEFT_OUT, /* the delay exceeds the time limit, or the driver does not know the setting */
   SLOW_ANSWERED,
   SLOW_FAILED,    /* with an error from the function */
   SLOW_TIMED_OUT, /* the time limit expired first */
   SLOW_ENDED,     /* the process ended */
};

/* What the client gave up waiting for, and after how many milliseconds; below 0 if it gave none up. */
struct slow_given_up {
   double hello_ms;
   double command_ms;
   char command[24];
   bool with_hello; /* given up together with the hello */
};

/* What one invocation wrote. */
struct slow_written {
   unsigned documents; /* inserted; not counting retries that the server answered from its memory */
   bool unanswered;    /* true if the client had given up on one of these inserts */
};

/* One invocation with a slow member. */
struct slow_case {
   enum slow_member member;
   unsigned late_ms;
   bool cold;
   enum slow_end end;
   double took_ms; /* a cold one counts from its first connection */
   char reason[200];
   struct slow_given_up given_up;
   struct slow_written written;
   unsigned commands_there; /* sent to the slow member */
};

/* The same invocation without a slow member. */
struct slow_usual {
   double took_ms;
   unsigned messages; /* to the primary: hellos, authentication, commands; the most that can follow one another */
   unsigned documents;
};

struct slow_loss {
   unsigned percent;
   unsigned invocations;
   unsigned answered;
   double slowest_ms;
   char reason[200]; /* how one invocation failed */
};

/* A repeated case, with a URI setting that ends its wait sooner. */
struct slow_proof {
   bool tried;
   char setting[64];
   struct slow_case again;
};

struct slow_facts {
   unsigned timeout_ms;
   struct slow_usual warm;
   struct slow_usual cold;
   struct slow_case cases[SLOW_CASES_MAX];
   size_t count;
   struct slow_loss loss;
   struct slow_proof waits;   /* connectTimeoutMS and socketTimeoutMS, for a warm function that timed out */
   struct slow_proof whole;   /* timeoutMS, if those do not help */
   struct slow_proof connect; /* connectTimeoutMS, for a function that waited for a secondary */
};

void slow_describe(struct text_out out, const struct slow_facts *facts);
void slow_advise(struct text_out out, const struct slow_facts *facts);

/* Returns whether the wait ended well before the time limit. */
bool slow_proof_helps(const struct slow_facts *facts, const struct slow_proof *proof);

/* Return whether a case, or the packet loss, fails the phase, and write why. */
bool slow_case_fails(struct text_out out, const struct slow_facts *facts, const struct slow_case *one);
bool slow_loss_fails(struct text_out out, const struct slow_facts *facts);
