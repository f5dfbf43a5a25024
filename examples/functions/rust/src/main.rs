//! A Lambda function for provided.al2023: it inserts a document and deletes it by its _id.

use lambda_runtime::{run, service_fn, Error, LambdaEvent};
use mongodb::bson::{doc, Document};
use mongodb::{Client, Collection};
use serde_json::{json, Value};

async fn handle(orders: &Collection<Document>) -> Result<Value, Error> {
    let inserted = orders.insert_one(doc! { "item": "coffee" }).await?;
    let deleted = orders.delete_one(doc! { "_id": inserted.inserted_id }).await?;
    let body = json!({ "deleted": deleted.deleted_count }).to_string();
    Ok(json!({ "statusCode": 200, "body": body }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    // One client for all invocations of this environment, with the connections it has.
    let client = Client::with_uri_str(std::env::var("MONGODB_URI")?).await?;
    let orders = client.database("shop").collection::<Document>("orders");
    run(service_fn(|_: LambdaEvent<Value>| handle(&orders))).await
}
