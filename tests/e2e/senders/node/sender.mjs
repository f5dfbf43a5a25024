// Sends a CloudEvent by CloudEvents' SDK for JavaScript and prints the result: sender.mjs binary|structured URL.
import { CloudEvent, emitterFor, HTTP, httpTransport, Mode } from "cloudevents";

const [mode, url] = process.argv.slice(2);
const event = new CloudEvent({
  id: `node-${mode}`,
  source: "/tests",
  type: "test.event",
  datacontenttype: "application/json",
  data: { from: "node", text: "ü" },
});
const emit = emitterFor(httpTransport(url), { mode: mode === "structured" ? Mode.STRUCTURED : Mode.BINARY });
const answer = await emit(event); // headers and body; the SDK's own transport hands on no status
const told = HTTP.isEvent(answer) ? HTTP.toEvent(answer) : {};
console.log(JSON.stringify({ type: told.type, id: told.id, data: told.data }));
