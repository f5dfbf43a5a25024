/* An environment of a platform whose functions are servers: how it is made, and how it ends. */
#include "descriptors.h"
#include "guard.h"
#include "http_exchange.h"
#include "service_process.h"
#include "thread.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

static void
destroy(void *self)
{
   struct service *service = self;
   if (service == NULL) {
      return;
   }
   service_shut_down(service);
   function_root_clear(&service->root);
   violations_destroy(service->violations);
   free(service->app);
   temporary_folder_remove(service->shared, service->config->guard);
   descriptors_close(service->interrupt);
   pthread_cond_destroy(&service->left);
   pthread_mutex_destroy(&service->lock);
   pthread_mutex_destroy(&service->starting);
   free(service);
}

static int
set_up(struct service *service, struct drill_error *error)
{
   const struct function_config *config = service->config;
   if (service->kind->read_app != NULL) {
      service->app = service->kind->read_app(config->task_root);
      if (service->app == NULL) {
         return drill_error_set(error, "out of memory: could not read the package's description of its function");
      }
   }
   if (service->kind->channel == SERVICE_UNIX) {
      service->shared = temporary_folder_new("faas-iofs", "the function's socket", config->guard, error);
      if (service->shared == NULL || chmod(service->shared, 0777) != 0) {
         return -1;
      }
   }
   return function_root_init(&service->root, config, service->shared, error);
}

static void *
create(const struct function_config *config, int instance, struct drill_error *error)
{
   struct service *service = http_exchange_start() ? calloc(1, sizeof *service) : NULL;
   if (service == NULL) {
      drill_error_set(error, "out of memory: could not create an execution environment");
      return NULL;
   }
   service->config = config;
   service->kind = config->platform->service;
   service->instance = instance;
   service->process.descriptor = -1;
   service->root.mounts = -1;
   service->lines = (struct line_channel){.to_function = -1, .from_function = -1};
   service->freezer =
      (struct freezer){.process = &service->process, .timeline = config->timeline, .instance = instance};
   pthread_mutex_init(&service->starting, NULL);
   pthread_mutex_init(&service->lock, NULL);
   pthread_cond_init(&service->left, NULL);
   service->interrupt = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
   service->violations = violations_new();
   if (service->interrupt < 0 || service->violations == NULL) {
      drill_error_set(error, "cannot create an execution environment: %s", strerror(errno));
      destroy(service);
      return NULL;
   }
   if (set_up(service, error) != 0) {
      destroy(service);
      return NULL;
   }
   return service;
}

static void
interrupt(void *self)
{
   const struct service *service = self;
   wakeup_send(service->interrupt);
}

static pid_t
process(void *self)
{
   struct service *service = self;
   return atomic_load(&service->process_id);
}

const struct platform_host service_host = {
   .create = create,
   .destroy = destroy,
   .invoke = service_invoke,
   .initialise = service_initialise,
   .interrupt = interrupt,
   .process = process,
};
