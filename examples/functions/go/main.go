// A Lambda function for provided.al2023: it inserts a document and deletes it by its _id.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// One client for all invocations of this environment, with the connections it has.
var client *mongo.Client

type response struct {
	StatusCode int    `json:"statusCode"`
	Body       string `json:"body"`
}

func handle(ctx context.Context) (*response, error) {
	orders := client.Database("shop").Collection("orders")
	inserted, err := orders.InsertOne(ctx, bson.D{{Key: "item", Value: "coffee"}})
	if err != nil {
		return nil, err
	}
	deleted, err := orders.DeleteOne(ctx, bson.D{{Key: "_id", Value: inserted.InsertedID}})
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]int64{"deleted": deleted.DeletedCount})
	return &response{StatusCode: http.StatusOK, Body: string(body)}, err
}

func main() {
	var err error
	if client, err = mongo.Connect(options.Client().ApplyURI(os.Getenv("MONGODB_URI"))); err != nil {
		log.Fatal(err)
	}
	lambda.Start(handle)
}
