#include "system_gaps.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool
is_there(const char *root, const char *path)
{
   char whole[PATH_MAX];
   int wrote = snprintf(whole, sizeof whole, "%s%s", root, path);
   return wrote > 0 && (size_t)wrote < sizeof whole && access(whole, F_OK) == 0;
}

/* Debian's OpenSSL looks for trusted roots in this folder only. */
#define DEBIAN_ROOTS "/usr/lib/ssl/certs"
#define AMAZON_ROOTS "/etc/pki/tls/certs/ca-bundle.crt"

void
system_gaps_fill(const char *root)
{
   if (getenv("SSL_CERT_FILE") == NULL && getenv("SSL_CERT_DIR") == NULL && !is_there(root, DEBIAN_ROOTS) &&
       is_there(root, AMAZON_ROOTS)) {
      (void)setenv("SSL_CERT_FILE", AMAZON_ROOTS, 0);
   }
   /* The driver would warn at every start that it cannot share its counters. */
   if (!is_there(root, "/dev/shm")) {
      (void)setenv("MONGOC_DISABLE_SHM", "1", 0);
   }
}
