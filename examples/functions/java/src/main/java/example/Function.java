/* A Lambda function for the managed runtimes for Java: it inserts a document and deletes it by its _id. */
package example;

import static com.mongodb.client.model.Filters.eq;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import java.util.Map;
import org.bson.Document;

public class Function implements RequestHandler<Object, Map<String, Object>> {
   /* One client for all invocations of this environment, with the connections it has. */
   private final MongoClient client = MongoClients.create(System.getenv("MONGODB_URI"));

   @Override
   public Map<String, Object> handleRequest(Object event, Context context) {
      var orders = client.getDatabase("shop").getCollection("orders");
      var inserted = orders.insertOne(new Document("item", "coffee"));
      var deleted = orders.deleteOne(eq(inserted.getInsertedId()));
      var body = new Document("deleted", deleted.getDeletedCount()).toJson();
      return Map.of("statusCode", 200, "body", body);
   }
}
