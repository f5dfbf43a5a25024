#include "runtime_call.h"

struct runtime_call
runtime_call_suspend(struct MHD_Connection *connection, struct runtime_request *request)
{
   request->waits = true;
   MHD_suspend_connection(connection);
   return (struct runtime_call){.connection = connection, .request = request};
}

void
runtime_call_resume(struct runtime_call *call)
{
   if (call->connection != NULL) {
      call->request->resumed = true;
      MHD_resume_connection(call->connection);
      *call = (struct runtime_call){0};
   }
}
