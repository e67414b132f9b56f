// Tells whether a layer version is public: node audit.mjs LAYER VERSION. Knows nothing of any fake.
import { GetLayerVersionPolicyCommand, LambdaClient, ResourceNotFoundException } from "@aws-sdk/client-lambda";

const client = new LambdaClient({});

async function statements(LayerName, VersionNumber) {
  try {
    const { Policy } = await client.send(new GetLayerVersionPolicyCommand({ LayerName, VersionNumber }));
    return JSON.parse(Policy).Statement;
  } catch (error) {
    // How it was before there were tests: any error was taken for "no policy", also a throttle.
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
