/*
 * isolation: finds how far a function can be separated from this machine, as on Lambda.
 */
#pragma once

enum isolation {
   ISOLATION_FULL,     /* its own file system and its own user: the host is root */
   ISOLATION_OWN_USER, /* its own file system, as the user who runs the host */
   ISOLATION_NONE      /* the machine's file system: neither root nor the kernel allows more */
};

/* Tries each isolation in child processes, which takes some milliseconds. Thread-safe. */
enum isolation isolation_possible(void);

/* "full", "own-user", "none" */
const char *isolation_name(enum isolation isolation);

/* Says, for people, what the function may do here that Lambda forbids; NULL for ISOLATION_FULL. */
const char *isolation_difference(enum isolation isolation);
