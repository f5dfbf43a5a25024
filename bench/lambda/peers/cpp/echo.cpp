// The echo function for aws-lambda-cpp.
#include <aws/lambda-runtime/runtime.h>

using namespace aws::lambda_runtime;

int main()
{
    run_handler([](invocation_request const& request) {
        return invocation_response::success(request.payload, "application/json");
    });
    return 0;
}
