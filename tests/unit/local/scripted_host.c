#include "scripted_host.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static void
log_line(void *context, enum faas_log_level level, const char *message)
{
   (void)context;
   fprintf(stderr, "log %d: %s\n", (int)level, message);
}

static int
stop_descriptor(void *context)
{
   return ((struct scripted_host *)context)->stop_pipe[0];
}

static bool
stop_requested(void *context)
{
   struct pollfd stop = {.fd = stop_descriptor(context), .events = POLLIN};

   return poll(&stop, 1, 0) == 1;
}

void
scripted_host_init(struct scripted_host *scripted)
{
   memset(scripted, 0, sizeof *scripted);
   scripted->host = (struct faas_host){
      .size = sizeof scripted->host,
      .abi_version = FAAS_PROVIDER_ABI_VERSION,
      .context = scripted,
      .harness_version = "0.0.0",
      .log = log_line,
      .stop_requested = stop_requested,
      .stop_descriptor = stop_descriptor,
   };
   if (pipe(scripted->stop_pipe) != 0) {
      perror("pipe");
      abort();
   }
}

void
scripted_host_clear(struct scripted_host *scripted)
{
   close(scripted->stop_pipe[0]);
   close(scripted->stop_pipe[1]);
}

void
scripted_host_stop(struct scripted_host *scripted)
{
   if (write(scripted->stop_pipe[1], "", 1) != 1) {
      perror("stop");
      abort();
   }
}

int
scripted_terminal(int *slave)
{
   struct termios raw;
   int master = posix_openpt(O_RDWR | O_NOCTTY);

   if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 ||
       (*slave = open(ptsname(master), O_RDWR | O_NOCTTY)) < 0 || tcgetattr(*slave, &raw) != 0) {
      perror("terminal");
      abort();
   }
   raw.c_oflag &= ~(tcflag_t)OPOST;
   (void)tcsetattr(*slave, TCSANOW, &raw);
   return master;
}
