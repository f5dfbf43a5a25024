/*
 * isolation: how much of Lambda's separation from the machine a function can be given here.
 */
#ifndef FAAS_DRILL_ISOLATION_H
#define FAAS_DRILL_ISOLATION_H

enum isolation {
   ISOLATION_FULL,     /* a file system of its own, and a user of its own: the host is root */
   ISOLATION_OWN_USER, /* a file system of its own, as the user who runs the host */
   ISOLATION_NONE      /* the machine's file system: neither root nor the kernel allows more */
};

/* Tries it, in processes of its own. Takes some milliseconds. Thread-safe. */
enum isolation isolation_possible(void);

/* "full", "own-user", "none" */
const char *isolation_name(enum isolation isolation);

/* How the function is then more free than on Lambda, for people; NULL for ISOLATION_FULL. */
const char *isolation_difference(enum isolation isolation);

#endif
