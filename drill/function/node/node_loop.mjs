/*
 * The loop of a runtime for functions in Node.js: asks Lambda's Runtime API for the next event, passes it to the function
 * that _HANDLER names, and posts the answer. It follows AWS's own client, aws-lambda-ric, whose npm package has a part in
 * C++ and can't be built on every machine: modules of both kinds, async handlers and those with a callback, errors with
 * errorType, errorMessage and trace. It does not stream answers (awslambda), and does not write lines with time stamps.
 */
import { existsSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const API = "/2018-06-01/runtime";
const ERROR_TYPE = "Lambda-Runtime-Function-Error-Type";
const INVOCATION_ID = "lambda-runtime-invocation-id";
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

/* Not fetch, which times out after five minutes, because a function may be frozen for longer. */
function request(method, path, body = "", headers = {}) {
   return new Promise((resolve, reject) => {
      const length = Buffer.byteLength(body);
      const options = { host, port, agent, method, path: API + path, headers: { ...headers, "Content-Length": length } };
      const sent = http.request(options, (response) => {
         const parts = [];
         response.on("data", (part) => parts.push(part));
         response.on("end", () => resolve({ headers: response.headers, text: Buffer.concat(parts).toString() }));
         response.on("error", reject);
      });
      sent.on("error", reject);
      sent.end(body);
   });
}

/* The thrown value, as Lambda's callers get it. */
function failureOf(thrown) {
   if (!(thrown instanceof Error)) {
      return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
   }
   return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? "").split("\n") };
}

function named(name, message) {
   const error = new Error(message);
   error.name = name;
   return error;
}

function postError(path, thrown, headers = {}) {
   const failure = failureOf(thrown);
   console.error(thrown);
   return request("POST", path, JSON.stringify(failure), { ...headers, [ERROR_TYPE]: failure.errorType });
}

/* --- the handler --------------------------------------------------------------------------------------------------- */

async function loadModule(path) {
   const file = ["", ".js", ".mjs", ".cjs"].map((ending) => path + ending).find((name) => existsSync(name));
   if (file === undefined) {
      throw named("Runtime.ImportModuleError", `Error: Cannot find module '${path}'`);
   }
   try {
      return await import(pathToFileURL(file).href);
   } catch (error) {
      if (error instanceof SyntaxError) {
         throw named("Runtime.UserCodeSyntaxError", String(error));
      }
      if (["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"].includes(error?.code)) {
         throw named("Runtime.ImportModuleError", String(error));
      }
      throw error;
   }
}

/* "folder/module.a.b": export a of folder/module, and b of that. */
async function loadHandler(name) {
   const [, folder, module, nested] = name.match(/^(.*\/)?([^./]*)\.(.*)$/) ?? [];
   if (module === undefined || name.includes("..")) {
      throw named("Runtime.MalformedHandlerName", `'${name}' is not a valid handler name`);
   }
   const found = await loadModule(join(process.env.LAMBDA_TASK_ROOT, folder ?? "", module));
   const within = (root) => nested.split(".").reduce((value, key) => value?.[key], root);
   const handler = within(found) ?? within(found.default);
   if (typeof handler !== "function") {
      throw named("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
   }
   if (handler.length >= 3 && Number.parseInt(process.versions.node) >= 24) {
      console.error(`${name} has a callback: Lambda's runtimes for Node.js 24 and later refuse such handlers.`);
   }
   return handler;
}

/* --- an invocation ------------------------------------------------------------------------------------------------- */

function parsed(text) {
   return text === undefined ? undefined : JSON.parse(text);
}

function contextOf(headers) {
   return {
      callbackWaitsForEmptyEventLoop: true,
      awsRequestId: headers["lambda-runtime-aws-request-id"],
      invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
      functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
      memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
      clientContext: parsed(headers["lambda-runtime-client-context"]),
      identity: parsed(headers["lambda-runtime-cognito-identity"]),
      getRemainingTimeInMillis: () => Number(headers["lambda-runtime-deadline-ms"]) - Date.now(),
   };
}

/* What handler returns or calls back with. A callback's answer waits for everything that the function has begun, unless context says otherwise; a function that neither returns a promise nor calls back answers null then. */
function answerOf(handler, event, context) {
   return new Promise((resolve, reject) => {
      let answer = null;
      const end = () => {
         process.off("beforeExit", end);
         resolve(answer);
      };
      const callback = (error, value) => {
         if (error !== undefined && error !== null) {
            process.off("beforeExit", end);
            reject(error);
         } else {
            answer = value;
            context.callbackWaitsForEmptyEventLoop || end();
         }
      };
      process.on("beforeExit", end);
      const returned = handler(event, context, callback);
      if (typeof returned?.then === "function") {
         process.off("beforeExit", end);
         returned.then(resolve, reject);
      }
   });
}

async function invoke(handler, { headers, text }, open) {
   const path = `/invocation/${headers["lambda-runtime-aws-request-id"]}`;
   const back = headers[INVOCATION_ID] === undefined ? {} : { [INVOCATION_ID]: headers[INVOCATION_ID] };
   process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"] ?? "";
   open.fail = (error) => postError(`${path}/error`, error, back);
   try {
      const answer = await answerOf(handler, JSON.parse(text), contextOf(headers));
      await request("POST", `${path}/response`, JSON.stringify(answer ?? null), back);
   } catch (error) {
      await open.fail(error);
   }
}

/* --- the process --------------------------------------------------------------------------------------------------- */

async function main() {
   const open = { fail: (error) => postError("/init/error", error) };
   const end = async (error, status) => {
      await open.fail(error);
      process.exit(status);
   };
   process.on("uncaughtException", (error) => end(error, 129));
   process.on("unhandledRejection", (reason) => end(named("Runtime.UnhandledPromiseRejection", String(reason)), 128));
   let handler;
   try {
      handler = await loadHandler(process.env._HANDLER);
   } catch (error) {
      await end(error, 1);
   }
   for (;;) {
      await invoke(handler, await request("GET", "/invocation/next"), open);
   }
}

main();
