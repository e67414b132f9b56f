// Makes one call for each line of standard input, and prints its result as one line.
// A line is {"account": …, "operation": …, "parameters": {…}}, or {"paginate": "ListLayerVersions", "size": 2, …}.
import { createInterface } from "node:readline";
import * as sdk from "@aws-sdk/client-lambda";

const clients = new Map();

function clientOf(account) {
  if (!clients.has(account)) {
    const credentials = account ? { accessKeyId: account, secretAccessKey: "layerperm" } : undefined;
    clients.set(account, new sdk.LambdaClient(credentials ? { credentials } : {}));
  }
  return clients.get(account);
}

async function makeCall({ account, operation, parameters, paginate, size }) {
  const client = clientOf(account);
  if (paginate) {
    const pages = [];
    for await (const page of sdk[`paginate${paginate}`]({ client, pageSize: size }, parameters)) {
      pages.push(page.LayerVersions.map((version) => version.Version));
    }
    return { pages };
  }
  const { ZipFile, ...content } = parameters.Content ?? {};
  if (ZipFile) parameters.Content = { ...content, ZipFile: Buffer.from(ZipFile, "base64") };
  const { $metadata, ...output } = await client.send(new sdk[`${operation}Command`](parameters));
  return { output, attempts: $metadata.attempts };
}

for await (const line of createInterface({ input: process.stdin })) {
  let result;
  try {
    result = await makeCall(JSON.parse(line));
  } catch (error) {
    result = {
      code: error.name,
      message: error.message,
      class: error.constructor.name,
      status: error.$metadata?.httpStatusCode,
      attempts: error.$metadata?.attempts,
    };
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
