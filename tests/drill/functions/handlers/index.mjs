/* Functions for Lambda's managed runtimes for Node.js, as an ES module. */
export const handler = async (event, context) => {
   console.log("written to stdout");
   return {
      event,
      request: context.awsRequestId,
      left_ms: context.getRemainingTimeInMillis(),
      memory: context.memoryLimitInMB,
      arn: context.invokedFunctionArn,
      client: context.clientContext,
      file: import.meta.url,
      node: process.versions.node,
      variables: process.env,
   };
};

export const raises = async () => {
   throw new RangeError("no such order");
};

export const throwsText = async () => {
   throw "no such order";
};

export const rejectsAside = async () => {
   Promise.reject(new Error("nobody waits for this"));
   await new Promise((resolve) => setTimeout(resolve, 10000));
};

export const leaves = () => {
   process.exit(3);
};

export const nested = { orders: { list: async () => ["an order"] } };
export const number = 5;
