/**
 * The default world: who exists, where, and with which rights. Plain data, fixed ids, so that a
 * failing test reads the same every time. Flows have a file of their own: world-flows.mjs.
 */
import { clouds, environmentHost } from "./clouds.mjs";
import { defaultFlows } from "./world-flows.mjs";

/** Values of the `ef_status` choice column: a publisher's choice prefix, as makers get them. */
const operationStates = {
  pending: 471020000,
  running: 471020001,
  completed: 471020002,
  failed: 471020003,
};

const everything = ["Read", "Create", "Write", "Delete"];

/** Privileges by role, as Dataverse grants them: per table. */
const roles = {
  maker: {
    workflow: everything,
    environmentvariabledefinition: everything,
    environmentvariablevalue: everything,
    ef_flowoperation: everything,
    systemuser: ["Read"],
  },
  /** An end user: may run what makers built, but may not read the workflow table. */
  user: {
    environmentvariabledefinition: ["Read"],
    environmentvariablevalue: ["Read"],
    ef_flowoperation: everything,
    systemuser: ["Read"],
  },
  /** An app's user with Read on workflow, and nothing of environment variables. */
  reader: { workflow: ["Read"], ef_flowoperation: ["Read"], systemuser: ["Read"] },
};

const tenants = {
  contoso: tenant("contoso", "public", "6a1f0c52-3d1e-4b8a-9c07-2f64d3b81e95"),
  fabrikam: tenant("fabrikam", "public", "b7d94e10-58c2-4f3b-8a6d-91e07c2d5a43"),
  gcc: tenant("agency", "gcc", "2c8b7f61-0a94-4e5d-b3f8-64d1a09c7e22"),
  gccHigh: tenant("bureau", "gccHigh", "d05e3a98-7b16-42cf-9e41-83fa5c60b719"),
  dod: tenant("command", "dod", "91f4c6d2-e8a3-4705-8b59-0d72be13a46f"),
  china: tenant("huaxia", "china", "4e6a91b3-c25f-4d80-a7e4-5b38f0d9126c"),
};

/**
 * @param {string} name
 * @param {keyof typeof clouds} cloud
 * @param {string} tenantId
 */
function tenant(name, cloud, tenantId) {
  const [loginHost] = clouds[cloud].loginHosts;
  return {
    name,
    cloud,
    tenantId,
    domain: `${name}.onmicrosoft.com`,
    loginHost,
    authority: `https://${loginHost}/${tenantId}`,
  };
}

const users = {
  ada: user("contoso", "Ada Lovelace", "maker", "1d3f6a20-5b7c-4e89-9f01-a2b3c4d5e601"),
  bob: user("contoso", "Bob Cratchit", "user", "1d3f6a20-5b7c-4e89-9f01-a2b3c4d5e602"),
  /** Reads the workflow table, but stands on no flow's list of allowed users. */
  eve: user("contoso", "Eve Moneypenny", "reader", "1d3f6a20-5b7c-4e89-9f01-a2b3c4d5e603"),
  /** Conditional access wants a second factor from her for the flow service. */
  mia: {
    ...user("contoso", "Mia Wallace", "maker", "1d3f6a20-5b7c-4e89-9f01-a2b3c4d5e604"),
    mfa: true,
  },
  /** Nobody has consented to the app for her yet. */
  cora: {
    ...user("contoso", "Cora Crawley", "maker", "1d3f6a20-5b7c-4e89-9f01-a2b3c4d5e605"),
    consentRequired: true,
  },
  fay: user("fabrikam", "Fay Wray", "maker", "2e4a7b31-6c8d-4f9a-8012-b3c4d5e6f701"),
  gil: user("gcc", "Gil Scott", "maker", "3f5b8c42-7d9e-40ab-9123-c4d5e6f7a801"),
  hana: user("gccHigh", "Hana Kimura", "maker", "406c9d53-8eaf-41bc-a234-d5e6f7a8b901"),
  dom: user("dod", "Dom Cobb", "maker", "517dae64-9fb0-42cd-b345-e6f7a8b9ca01"),
  chen: user("china", "Chen Wei", "maker", "628ebf75-a0c1-43de-8456-f7a8b9cadb01"),
};

/**
 * @param {keyof typeof tenants} tenantName
 * @param {string} name
 * @param {keyof typeof roles} role
 * @param {string} oid
 */
function user(tenantName, name, role, oid) {
  const first = name.split(" ")[0].toLowerCase();
  return {
    name,
    role,
    oid,
    tenant: tenantName,
    tenantId: tenants[tenantName].tenantId,
    upn: `${first}@${tenants[tenantName].domain}`,
    /** The row in the org's systemuser table; not the oid, as in production. */
    systemUserId: oid.replace(/^.{8}/, "5c9d2e1f"),
    mfa: false,
    consentRequired: false,
  };
}

const orgs = {
  contoso: org("contoso", "contoso.crm4.dynamics.com", "e3b7c912-4f06-4a5d-8d21-7b90ac4e15f8"),
  /** Lives in its tenant's default environment. */
  fabrikam: org("fabrikam", "fabrikam.crm.dynamics.com", `Default-${tenants.fabrikam.tenantId}`),
  gcc: org("gcc", "agency.crm9.dynamics.com", "f4c8da23-5017-4b6e-9e32-8ca1bd5f26a9"),
  gccHigh: org(
    "gccHigh",
    "bureau.crm.microsoftdynamics.us",
    "05d9eb34-6128-4c7f-af43-9db2ce6037ba",
  ),
  dod: org("dod", "command.crm.appsplatform.us", "16eafc45-7239-4d80-b054-aec3df7148cb"),
  china: org("china", "huaxia.crm.dynamics.cn", "27fb0d56-834a-4e91-8165-bfd4e08259dc"),
};

/**
 * @param {keyof typeof tenants} tenantName
 * @param {string} host
 * @param {string} environmentId
 */
function org(tenantName, host, environmentId) {
  const { cloud, tenantId } = tenants[tenantName];
  return {
    host,
    url: `https://${host}`,
    environmentId,
    environmentHost: environmentHost(environmentId, cloud),
    organizationId: tenantId.replace(/^.{8}/, "0c5a1e77"),
    tenant: tenantName,
    tenantId,
    cloud,
  };
}

/** Where the org keeps its MSAL pages. */
const redirectPaths = {
  /** Runs msal-browser 5's redirect bridge. */
  bridge: "/WebResources/ef_msal_redirect.html",
  /** An empty page, for msal-browser 3 and 4. */
  blank: "/WebResources/ef_blank.html",
};

const ownApi = "api://8f2c1d60-94ab-4c37-b5e8-3d7f60a1c2b4";

/** The registration of that API, for its own backend: a flow that has its secret. */
const ownApiApp = {
  clientId: ownApi.slice("api://".length),
  clientSecret: "kX8~the-backend-of-the-api-knows-this",
};

/** App registrations, each known to every tenant (multi-tenant, public client, SPA redirects). */
const clients = {
  formApp: {
    name: "Contoso Form Extensions",
    clientId: "3b9f5d7e-1c2a-4d68-8e90-5a6b7c8d9e0f",
    /** Resources whose delegated permissions the registration lists. */
    permissions: ["flow", "graph", ownApi],
  },
  /** The registration somebody made without the Power Automate permission. */
  withoutPermission: {
    name: "Half a Registration",
    clientId: "7e0d6c5b-4a39-4827-9615-04f3e2d1c0b9",
    permissions: ["graph"],
  },
};

/** Environment variables of each org; `value: null` is a definition without a value row. */
const environmentVariables = {
  contoso: [
    /** `flow` stands for the flow's trigger URL at start: it goes stale as a real one does. */
    variable("ef_EchoUrl", "Echo trigger URL", { flow: "echo" }),
    variable("ef_OrdersUrl", "Orders trigger URL", { defaultFlow: "orders" }),
    variable("ef_AnyoneUrl", "Trigger URL with a signature in it", { flow: "anyone" }),
    variable("ef_ForeignUrl", "Somebody typed another host", {
      value: "https://flows.example.net/powerautomate/workflows/1/triggers/manual/paths/invoke",
    }),
    variable("ef_EmptyUrl", "Nobody filled this in", {}),
    variable("ef_NotAUrl", "A word where a URL belongs", { value: "to be done" }),
    /** The row of a secret only names it: where in Azure Key Vault it is. */
    variable("ef_VaultUrl", "Somebody made it a secret", {
      value: "/subscriptions/1/resourceGroups/r/providers/Microsoft.KeyVault/vaults/v/secrets/url",
      secret: true,
    }),
  ],
  fabrikam: [variable("ef_EchoUrl", "Echo trigger URL", { flow: "echoFabrikam" })],
  gcc: [],
  gccHigh: [],
  dod: [],
  china: [],
};

/**
 * @param {string} schemaName
 * @param {string} displayName
 * @param {{value?: string, defaultValue?: string, flow?: string, defaultFlow?: string, secret?: boolean}} content
 */
function variable(schemaName, displayName, content) {
  return { schemaName, displayName, ...content };
}

/** A fresh copy of the default world; tests may change theirs before starting a sandbox with it. */
export function defaultWorld() {
  return structuredClone({
    tenants,
    users,
    orgs,
    roles,
    clients,
    redirectPaths,
    ownApi,
    ownApiApp,
    environmentVariables,
    flows: defaultFlows(orgs, users),
    operationTable: {
      table: "ef_flowoperation",
      input: "ef_input",
      result: "ef_result",
      status: "ef_status",
      error: "ef_error",
      states: operationStates,
    },
    /** Entra's access tokens live 60 to 90 minutes; MSAL renews five minutes before the end. */
    tokenLifetimeSeconds: 3900,
  });
}

/** @typedef {ReturnType<typeof defaultWorld>} World */
