/*
 * Faults of seeded.py that are its driver's, in Node.js, as an ES module for Lambda's managed runtime: SEED names the fault.
 */
import { MongoClient } from "mongodb";

const SEED = process.env.SEED;
const OPTIONS = {
   stream: { serverMonitoringMode: "stream" },
   no_retry: { retryWrites: false },
   hello_flood: { heartbeatFrequencyMS: 1, minHeartbeatFrequencyMS: 1 },
};

/* Before there is a client, which looks at them once. */
if (SEED === "hide_platform") {
   for (const name of Object.keys(process.env).filter((each) => /^(AWS_|LAMBDA_)/.test(each))) {
      delete process.env[name];
   }
}

const makeClient = () => new MongoClient(process.env.MONGODB_URI, OPTIONS[SEED] ?? {});
const client = SEED === "new_client" ? null : makeClient();

export async function handler() {
   const own = client ?? makeClient();
   const orders = own.db("shop").collection("orders");
   const { insertedId } = await orders.insertOne({});
   await orders.deleteOne({ _id: insertedId });
   if (client === null) {
      await own.close();
   }
   return { statusCode: 200, body: "done" };
}
