import { contentTypesNamespace, endingOf, xsi } from "./formats.mjs";
import { controlPart, ribbonPart, webResourcePart } from "./parts.mjs";
import { writeXml } from "./xml.mjs";
import { writeZip } from "./zip.mjs";

/** The bytes of the solution of a manifest (manifest.mjs). The same manifest and files give the same bytes. */
export function packSolution(manifest, { managed = false, ribbons = false } = {}) {
  const controls = manifest.controls.map((folder) => controlPart(folder, manifest));
  const webResources = manifest.webResources.map((item) => webResourcePart(item, manifest));
  const tables = ribbons ? manifest.ribbons.map(ribbonPart) : [];
  const parts = [...tables, ...webResources, ...controls];
  const files = [
    ["customizations.xml", customizations({ manifest, tables, webResources, controls })],
    ["solution.xml", solution(manifest, parts, managed)],
    ...[...controls, ...webResources].flatMap((part) => part.files),
  ];
  const names = files.map(([name]) => name);
  return writeZip([...files, ["[Content_Types].xml", contentTypes(names)]]);
}

/** As an export's file is named: EntraFlow_0_1_0_0_managed.zip. */
export const fileNameOf = ({ uniqueName, version }, managed) =>
  `${uniqueName}_${version.replaceAll(".", "_")}${managed ? "_managed" : ""}.zip`;

function solution(manifest, parts, managed) {
  const { publisher, languageCode } = manifest;
  const named = (name) => ({
    LocalizedName: { "@description": name, "@languagecode": languageCode },
  });
  const described = (description) => ({
    Description: { "@description": description, "@languagecode": languageCode },
  });
  const nil = { "@xsi:nil": true };
  return writeXml({
    ImportExportXml: {
      // Of an export of 2022: an environment refuses packages that are newer than itself.
      "@version": "9.2.22044.142",
      "@SolutionPackageVersion": "9.2",
      "@languagecode": languageCode,
      "@generatedBy": "CrmLive",
      "@xmlns:xsi": xsi,
      SolutionManifest: {
        UniqueName: manifest.uniqueName,
        LocalizedNames: named(manifest.displayName),
        Descriptions: described(manifest.description),
        Version: manifest.version,
        Managed: managed ? 1 : 0,
        Publisher: {
          UniqueName: publisher.uniqueName,
          LocalizedNames: named(publisher.displayName),
          Descriptions: described(publisher.description),
          EMailAddress: nil,
          SupportingWebsiteUrl: nil,
          CustomizationPrefix: publisher.prefix,
          CustomizationOptionValuePrefix: publisher.optionValuePrefix,
          Addresses: { Address: [address(1), address(2)] },
        },
        RootComponents: {
          RootComponent: parts
            .map(({ root }) => root)
            .sort(
              (a, b) => a["@type"] - b["@type"] || (a["@schemaName"] < b["@schemaName"] ? -1 : 1),
            ),
        },
        MissingDependencies: {},
      },
    },
  });
}

const blankBefore =
  "City County Country Fax FreightTermsCode ImportSequenceNumber Latitude Line1 Line2 Line3 Longitude Name PostalCode PostOfficeBox PrimaryContactName";
const blankAfter =
  "StateOrProvince Telephone1 Telephone2 Telephone3 TimeZoneRuleVersionNumber UPSZone UTCOffset UTCConversionTimeZoneCode";

/** Every export has two of these, with nothing in them. */
function address(number) {
  const blanks = (names) =>
    Object.fromEntries(names.split(" ").map((name) => [name, { "@xsi:nil": true }]));
  return {
    AddressNumber: number,
    AddressTypeCode: 1,
    ...blanks(blankBefore),
    ShippingMethodCode: 1,
    ...blanks(blankAfter),
  };
}

/** All the sections of an export, in its order, also the empty ones: some imports fail without them. */
function customizations({ manifest, tables, webResources, controls }) {
  const list = (name, parts) => (parts.length > 0 ? { [name]: parts.map(({ xml }) => xml) } : {});
  return writeXml({
    ImportExportXml: {
      "@xmlns:xsi": xsi,
      Entities: list("Entity", tables),
      Roles: {},
      Workflows: {},
      FieldSecurityProfiles: {},
      Templates: {},
      EntityMaps: {},
      EntityRelationships: {},
      OrganizationSettings: {},
      optionsets: {},
      ...(webResources.length > 0 && { WebResources: list("WebResource", webResources) }),
      CustomControls: list("CustomControl", controls),
      EntityDataProviders: {},
      Languages: { Language: manifest.languageCode },
    },
  });
}

/** Whatever has an ending by its ending, and the web resources, which have none, by name. */
function contentTypes(names) {
  const type = "application/octet-stream";
  const endings = new Set(["xml", ...names.map(endingOf).filter(Boolean)]);
  const bare = names.filter((name) => endingOf(name) === "");
  return writeXml({
    Types: {
      "@xmlns": contentTypesNamespace,
      Default: [...endings]
        .sort()
        .map((ending) => ({ "@Extension": ending, "@ContentType": type })),
      ...(bare.length > 0 && {
        Override: bare.map((name) => ({ "@PartName": `/${name}`, "@ContentType": type })),
      }),
    },
  });
}
