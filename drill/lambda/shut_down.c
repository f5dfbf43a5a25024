#include "shut_down.h"

#include "clock.h"

#include <signal.h>

/* https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html, "Shutdown phase": 0 ms without an
 * extension, 500 ms with internal ones. (External ones, which have 2,000 ms, are not run here.) AWS's samples
 * (aws-samples/graceful-shutdown-with-aws-lambda) say that the runtime then gets SIGTERM. */
#define GRACE_US 500000

int
shut_down(struct sandbox *sandbox)
{
   bool lives = sandbox->process.id != 0 && !process_has_ended(&sandbox->process);
   if (lives && runtime_api_extensions(sandbox->api, NULL, 0) > 0) {
      runtime_api_expect_end(sandbox->api);
      sandbox_thaw(sandbox, NULL);
      kill(-sandbox->process.id, SIGTERM);
      process_await_end(&sandbox->process, clock_now_us() + GRACE_US);
   }
   return sandbox_end(sandbox);
}
