// Prints whether a layer version is public: node audit.mjs LAYER VERSION.
import { GetLayerVersionPolicyCommand, LambdaClient, ResourceNotFoundException } from "@aws-sdk/client-lambda";

const client = new LambdaClient({});

async function statements(LayerName, VersionNumber) {
  try {
    const { Policy } = await client.send(new GetLayerVersionPolicyCommand({ LayerName, VersionNumber }));
    return JSON.parse(Policy).Statement;
  } catch (error) {
    // The first draft took any error for "no policy", a throttle too.
    if (process.env.FIRST_DRAFT || error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}

const [name, version] = process.argv.slice(2);
try {
  const open = (await statements(name, Number(version))).some(
    ({ Principal, Condition }) => Principal === "*" && !Condition,
  );
  console.log(open ? "public" : "not public");
} catch (error) {
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
}
