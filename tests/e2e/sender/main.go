// Sends a CloudEvent by CloudEvents' SDK for Go and prints what came of it: sender binary|structured URL.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2"
	"github.com/cloudevents/sdk-go/v2/binding"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
)

// What Knative's eventing sends again (knative/specs, eventing data plane).
func isRetriable(status int) bool {
	return status == 404 || status == 408 || status == 409 || status == 429 || status >= 500
}

func send(mode, url string) (map[string]any, error) {
	client, err := cloudevents.NewClientHTTP(cehttp.WithIsRetriableFunc(isRetriable))
	if err != nil {
		return nil, err
	}
	ctx := cloudevents.ContextWithTarget(context.Background(), url)
	ctx = cloudevents.ContextWithRetriesConstantBackoff(ctx, 10*time.Millisecond, 3)
	if mode == "structured" {
		ctx = binding.WithForceStructured(ctx)
	} else {
		ctx = binding.WithForceBinary(ctx)
	}
	event := cloudevents.NewEvent()
	event.SetID("go-" + mode)
	event.SetSource("/tests")
	event.SetType("test.event")
	if err := event.SetData(cloudevents.ApplicationJSON, map[string]any{"from": "go", "text": "ü"}); err != nil {
		return nil, err
	}

	answer, result := client.Request(ctx, event)
	told := map[string]any{"acknowledged": cloudevents.IsACK(result), "result": fmt.Sprint(result)}
	var retries *cehttp.RetriesResult
	if errors.As(result, &retries) {
		told["retries"] = retries.Retries
		result = retries.Result // of the last try, which RetriesResult does not unwrap
	}
	var last *cehttp.Result
	if errors.As(result, &last) {
		told["status"] = last.StatusCode
	}
	if answer != nil {
		told["type"], told["id"], told["data"] = answer.Type(), answer.ID(), json.RawMessage(answer.Data())
	}
	return told, nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: sender binary|structured URL")
		os.Exit(2)
	}
	told, err := send(os.Args[1], os.Args[2])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(told)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sender:", err)
		os.Exit(1)
	}
}
