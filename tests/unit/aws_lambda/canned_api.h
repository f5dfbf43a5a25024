/* canned_api.h: a Runtime API that answers one request after the other with given texts, on any number of connections.
 */
#ifndef CANNED_API_H
#define CANNED_API_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>

#define CANNED_HEAD "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: id-1\r\n"
#define CANNED_ACCEPTED "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"

struct canned_api {
   void (*meanwhile)(void); /* called when half of a text is sent; may be NULL */
   bool closes;             /* after each answer */
   const char *const *answers;
   int connections;
   int listener;
   char address[64];
   pthread_t thread;
   sem_t closed; /* the client's end knows of it */
};

/* meanwhile and closes are set before. answers ends with NULL; all of them must be asked for. */
void canned_api_start(struct canned_api *api, const char *const *answers);

/* Returns how many connections there were. */
int canned_api_join(struct canned_api *api);

#endif
