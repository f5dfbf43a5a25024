/*
 * seeded.py in Node.js, as an ES module for Lambda's managed runtime: SEED names the fault.
 *
 * none: inserts a document and deletes it by its _id, over one client. The others depart from that in one way, as there.
 */
import { MongoClient, MongoError } from "mongodb";

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
const client = ["no_database", "new_client"].includes(SEED) ? null : makeClient();

async function insertAndDelete(collection) {
   const { insertedId } = await collection.insertOne(SEED === "string_id" ? { _id: `order ${process.hrtime.bigint()}` } : {});
   await collection.deleteOne({ [SEED === "wrong_filter" ? "id" : "_id"]: insertedId });
}

async function work(from) {
   const collection = from.db("shop").collection("orders");
   if (SEED === "reads") {
      await collection.findOne({ _id: 1 });
   } else if (SEED === "updates") {
      await collection.updateOne({ _id: 1 }, { $inc: { n: 1 } });
   } else if (SEED === "by_filter") {
      await collection.insertOne({ hello: "world" });
      await collection.deleteOne({ hello: "world" });
   } else {
      await insertAndDelete(collection);
   }
}

async function workWithOwnClient() {
   const own = makeClient();
   await work(own);
   await own.close();
}

export async function handler() {
   if (SEED === "no_database") {
      return { ok: 1 };
   }
   try {
      await (SEED === "new_client" ? workWithOwnClient() : work(client));
   } catch (error) {
      if (error instanceof MongoError && SEED === "status_500") {
         return { statusCode: 500, body: error.message };
      }
      if (error instanceof MongoError && SEED === "swallow") {
         return { statusCode: 200 };
      }
      throw error;
   }
   return { statusCode: 200, body: "done" };
}
