/**
 * Microsoft's five clouds as platform.md section 2 has them: who signs in, who discovers, who runs.
 * Written apart from the crate's own table on purpose, so that a slip there shows here.
 *
 * @typedef {object} Cloud
 * @property {string[]} loginHosts       the first is the one that tokens name
 * @property {string} tokenService       issuer of v1 access tokens, tenant id to be appended
 * @property {string} flowAudience       exact, with the trailing slash
 * @property {string} flowApiHost
 * @property {string} environmentSuffix  host suffix of environment hosts
 * @property {number} tailLength         how many hex digits stand after the dot in an environment host
 * @property {string} logicSuffix        host suffix of the older trigger hosts
 */

/** @type {Record<"public" | "gcc" | "gccHigh" | "dod" | "china", Cloud>} */
export const clouds = {
  public: {
    loginHosts: ["login.microsoftonline.com", "login.windows.net"],
    tokenService: "https://sts.windows.net/",
    flowAudience: "https://service.flow.microsoft.com/",
    flowApiHost: "api.flow.microsoft.com",
    environmentSuffix: "environment.api.powerplatform.com",
    tailLength: 2,
    logicSuffix: "logic.azure.com",
  },
  gcc: {
    loginHosts: ["login.microsoftonline.com"],
    tokenService: "https://sts.windows.net/",
    flowAudience: "https://gov.service.flow.microsoft.us/",
    flowApiHost: "gov.api.flow.microsoft.us",
    environmentSuffix: "environment.api.gov.powerplatform.microsoft.us",
    tailLength: 1,
    logicSuffix: "logic.azure.us",
  },
  gccHigh: {
    loginHosts: ["login.microsoftonline.us"],
    tokenService: "https://sts.windows.net/",
    flowAudience: "https://high.service.flow.microsoft.us/",
    flowApiHost: "high.api.flow.microsoft.us",
    environmentSuffix: "environment.api.high.powerplatform.microsoft.us",
    tailLength: 1,
    logicSuffix: "logic.azure.us",
  },
  dod: {
    loginHosts: ["login.microsoftonline.us"],
    tokenService: "https://sts.windows.net/",
    flowAudience: "https://service.flow.appsplatform.us/",
    flowApiHost: "api.flow.appsplatform.us",
    environmentSuffix: "environment.api.appsplatform.us",
    tailLength: 1,
    logicSuffix: "logic.azure.us",
  },
  china: {
    loginHosts: ["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
    tokenService: "https://sts.chinacloudapi.cn/",
    flowAudience: "https://service.powerautomate.cn/",
    flowApiHost: "api.powerautomate.cn",
    environmentSuffix: "environment.api.powerplatform.partner.microsoftonline.cn",
    tailLength: 1,
    logicSuffix: "logic.azure.cn",
  },
};

/**
 * `{all but the last n}.{last n}.environment.{api host}`, lower case, dashes dropped.
 * @param {string} environmentId a GUID or `Default-<guid>`
 * @param {keyof typeof clouds} cloud
 */
export function environmentHost(environmentId, cloud) {
  const { environmentSuffix, tailLength } = clouds[cloud];
  const name = environmentId.toLowerCase().replaceAll("-", "");
  return `${name.slice(0, -tailLength)}.${name.slice(-tailLength)}.${environmentSuffix}`;
}
