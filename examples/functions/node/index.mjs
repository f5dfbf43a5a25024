/* A Lambda function for the managed runtimes for Node.js: it inserts a document and deletes it by its _id. */
import { MongoClient } from "mongodb";

/* Outside the handler: one client, with its connections, for all invocations of this environment. */
const client = new MongoClient(process.env.MONGODB_URI);

export async function handler() {
   const orders = client.db("shop").collection("orders");
   const { insertedId } = await orders.insertOne({ item: "coffee" });
   const { deletedCount } = await orders.deleteOne({ _id: insertedId });
   return { statusCode: 200, body: JSON.stringify({ deleted: deletedCount }) };
}
